//! Sets out of sets, against those of the standard library, and the forms that Valkey gives them.

use ironkeep_values::hash::Hasher;
use ironkeep_values::set::{self, Limits, Set};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

type Model = BTreeSet<Vec<u8>>;

const LIMITS: Limits = Limits { intset_entries: 512, listpack_entries: 128, listpack_value: 64 };

fn hasher() -> Hasher {
    Hasher::new([4; 16])
}

fn build(model: &Model, limits: &Limits) -> Set {
    Set::of(model.iter().map(Vec::as_slice), limits, &hasher())
}

fn members(set: &Set) -> Model {
    let all: Model = set.iter().map(|item| item.to_vec()).collect();
    assert_eq!(all.len(), set.len());
    all
}

/// Whether a set that holds this may be of this form.
fn may_be(encoding: &str, members: &Model, limits: &Limits) -> bool {
    let integers = members.iter().all(|member| member.iter().all(u8::is_ascii_digit));
    match encoding {
        "intset" => integers && members.len() <= limits.intset_entries,
        "listpack" => {
            members.len() <= limits.listpack_entries
                && members.iter().all(|member| member.len() <= limits.listpack_value)
        }
        _ => true,
    }
}

/// Members out of few, so that sets have some in common: integers, or also others.
fn model() -> impl Strategy<Value = Model> {
    let number = (1u32..200).prop_map(|number| number.to_string().into_bytes());
    let other = prop_oneof![
        3 => (1u32..200).prop_map(|number| number.to_string().into_bytes()),
        3 => "[a-e]{1,2}".prop_map(String::into_bytes),
        1 => "x{5,12}".prop_map(String::into_bytes),
    ];
    prop_oneof![prop::collection::btree_set(number, 0..90), prop::collection::btree_set(other, 0..90)]
}

proptest! {
    #[test]
    fn what_sets_have_in_common_together_and_alone(
        models in prop::collection::vec(model(), 1..5),
        again in prop::option::weighted(0.2, 0usize..5),
        intset_entries in 0usize..100,
        listpack_entries in 0usize..100,
        listpack_value in 1usize..10,
    ) {
        let (limits, hasher) = (Limits { intset_entries, listpack_entries, listpack_value }, hasher());
        let sets: Vec<Set> = models.iter().map(|model| build(model, &limits)).collect();
        let mut all: Vec<(&Set, &Model)> = sets.iter().zip(&models).collect();
        all.extend(again.and_then(|at| all.get(at).copied()));
        let together = || all.iter().map(|(set, _)| *set).collect::<Vec<_>>();

        let common = all.iter().skip(1).fold(models[0].clone(), |common, (_, model)| &common & *model);
        let result = Set::intersection(&mut together(), &limits, &hasher);
        prop_assert_eq!(members(&result), common.clone());
        prop_assert!(may_be(result.encoding(), &common, &limits));
        let mut visited = Model::new();
        set::intersect(&mut together(), &hasher, |item| {
            assert!(visited.insert(item.to_vec()));
            if visited.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        prop_assert!(visited.is_subset(&common) && visited.len() == common.len().min(3));

        let union: Model = models.iter().flatten().cloned().collect();
        let result = Set::union(&together(), &limits, &hasher);
        prop_assert_eq!(members(&result), union.clone());
        prop_assert!(may_be(result.encoding(), &union, &limits));
        prop_assert_eq!(members(&Set::gathered(&together(), &limits, &hasher)), union);

        let alone = all.iter().skip(1).fold(models[0].clone(), |alone, (_, model)| &alone - *model);
        let mut others = together().split_off(1);
        let result = Set::difference(&sets[0], &mut others, &limits, &hasher);
        prop_assert_eq!(members(&result), alone.clone());
        prop_assert!(may_be(result.encoding(), &alone, &limits));
        let mut visited = Model::new();
        set::subtract(&sets[0], &mut others, &hasher, |item| assert!(visited.insert(item.to_vec())));
        prop_assert_eq!(visited, alone);

        // Nothing of this changes the sets.
        for (set, model) in all {
            prop_assert_eq!(&members(set), model);
        }
    }
}

#[test]
fn forms_are_those_of_valkey() {
    let numbers =
        |range: std::ops::Range<u32>| -> Model { range.map(|n| n.to_string().into_bytes()).collect() };
    let hasher = hasher();
    let (few, many) = (build(&numbers(0..100), &LIMITS), build(&numbers(0..600), &LIMITS));
    let mixed = build(&(&numbers(0..50) | &Model::from([b"a".to_vec()])), &LIMITS);
    assert_eq!([few.encoding(), many.encoding(), mixed.encoding()], ["intset", "hashtable", "listpack"]);
    // All integers: an intset, whatever the sets were.
    assert_eq!(Set::intersection(&mut [&many, &mixed], &LIMITS, &hasher).encoding(), "intset");
    assert_eq!(Set::intersection(&mut [&mixed, &mixed], &LIMITS, &hasher).encoding(), "listpack");
    assert_eq!(Set::union(&[&few, &mixed], &LIMITS, &hasher).encoding(), "listpack");
    assert_eq!(Set::union(&[&few, &many], &LIMITS, &hasher).encoding(), "hashtable");
    // Looked up, one by one.
    assert_eq!(Set::difference(&many, &mut [&few], &LIMITS, &hasher).encoding(), "intset");
    // Taken out of a copy, which was large.
    let difference = Set::difference(&many, &mut [&few, &few, &few], &LIMITS, &hasher);
    assert_eq!((difference.encoding(), difference.len()), ("hashtable", 500));
}
