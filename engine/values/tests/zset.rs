//! Sorted sets against a vector in order: small and big, every operation, with clones kept aside.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may panic as the test may")]

use ironkeep_values::hash::Hasher;
use ironkeep_values::packed::Packed;
use ironkeep_values::zset::{LexEnd, Limits, ZSet};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;

type Pair = (Vec<u8>, f64);

fn hasher() -> Hasher {
    Hasher::new([5; 16])
}

#[derive(Clone, Default)]
struct Model(Vec<Pair>);

impl Model {
    fn find(&self, member: &[u8]) -> Option<usize> {
        self.0.iter().position(|(own, _)| own == member)
    }

    fn put(&mut self, member: &[u8], score: f64) {
        if let Some(at) = self.find(member) {
            self.0.remove(at);
        }
        let at = self.0.partition_point(|(m, s)| (*s, m.as_slice()) < (score, member));
        self.0.insert(at, (member.to_vec(), score));
    }
}

fn collect(set: &ZSet) -> Vec<Pair> {
    set.iter().map(|(member, score)| (member.to_vec(), score)).collect()
}

fn check(set: &ZSet, model: &Model) {
    set.check(&hasher()).unwrap();
    assert_eq!(set.len(), model.0.len());
    assert_eq!(collect(set), model.0);
    let mut back: Vec<Pair> = set.iter().rev().map(|(member, score)| (member.to_vec(), score)).collect();
    back.reverse();
    assert_eq!(back, model.0);
    for (rank, (member, score)) in model.0.iter().enumerate() {
        assert_eq!(set.rank(member, &hasher()), Some((rank, *score)));
        assert_eq!(set.score(member, &hasher()), Some(*score));
        assert_eq!(set.at(rank).map(|(m, s)| (m.to_vec(), s)), Some((member.clone(), *score)));
    }
    assert!(set.at(model.0.len()).is_none());
    assert!(set.size() >= model.0.iter().map(|(member, _)| member.len() + 1).sum());
    check_scan(set, model, 7);
}

fn check_scan(set: &ZSet, model: &Model, count: usize) {
    let (mut cursor, mut seen) = (0, Vec::new());
    loop {
        cursor = set.scan(cursor, count, &hasher(), |member, score| seen.push((member.to_vec(), score)));
        if cursor == 0 {
            break;
        }
    }
    seen.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
    assert_eq!(seen, model.0);
}

fn check_scores(set: &ZSet, model: &Model, min: Bound<f64>, max: Bound<f64>) {
    use std::ops::RangeBounds;
    let expected: Vec<_> = model.0.iter().filter(|(_, score)| (min, max).contains(score)).cloned().collect();
    let ranks = set.ranks_by_score(min, max);
    let found: Vec<Pair> = set.range(ranks).map(|(member, score)| (member.to_vec(), score)).collect();
    assert_eq!(found, expected, "{min:?} to {max:?}");
}

#[derive(Clone, Debug)]
enum Op {
    Put(u32, i32),
    Remove(u32),
    RemoveRange(usize, usize),
    PopFirst,
    PopLast,
    Clone,
    Compact,
    Scores(i32, i32, u8),
    Walk(usize, usize, Vec<bool>),
}

fn op(members: u32, scores: i32) -> impl Strategy<Value = Op> {
    prop_oneof![
        30 => (0..members, 0..scores).prop_map(|(m, s)| Op::Put(m, s)),
        10 => (0..members).prop_map(Op::Remove),
        1 => (any::<usize>(), 0usize..200).prop_map(|(a, b)| Op::RemoveRange(a, b)),
        1 => Just(Op::PopFirst),
        1 => Just(Op::PopLast),
        1 => Just(Op::Clone),
        1 => Just(Op::Compact),
        1 => (0..scores, 0..scores, any::<u8>()).prop_map(|(a, b, c)| Op::Scores(a, b, c)),
        1 => (any::<usize>(), 0usize..150, prop::collection::vec(any::<bool>(), 150))
            .prop_map(|(a, b, c)| Op::Walk(a, b, c)),
    ]
}

/// Members of many lengths, some of them numbers.
fn member(n: u32) -> Vec<u8> {
    match n % 5 {
        0 => n.to_string().into_bytes(),
        1 => format!("{}{n}", "long".repeat(n as usize % 60)).into_bytes(),
        _ => format!("m{n}").into_bytes(),
    }
}

fn bound(kind: u8, score: f64) -> Bound<f64> {
    match kind % 3 {
        0 => Bound::Included(score),
        1 => Bound::Excluded(score),
        _ => Bound::Unbounded,
    }
}

/// Scores that are whole, broken, equal for many members.
fn score(n: i32) -> f64 {
    if n % 3 == 0 { f64::from(n) } else { f64::from(n) / 7.0 }
}

fn run(ops: Vec<Op>, limits: Limits) {
    let (mut set, mut model) = (ZSet::new(), Model::default());
    let mut kept: Vec<(ZSet, Model)> = Vec::new();
    for op in ops {
        let len = model.0.len();
        match op {
            Op::Put(m, s) => {
                let (member, score) = (member(m), score(s));
                let old = model.find(&member).map(|at| model.0[at].1);
                assert_eq!(set.insert(&member, score, limits, &hasher()), old);
                model.put(&member, score);
            }
            Op::Remove(m) => {
                let at = model.find(&member(m));
                assert_eq!(set.remove(&member(m), &hasher()), at.map(|at| model.0.remove(at).1));
            }
            Op::RemoveRange(a, b) => {
                let start = a % (len + 1);
                let mut removed = Vec::new();
                set.remove_range(start..start + b, &hasher(), |m, s| removed.push((m.to_vec(), s)));
                assert_eq!(removed, model.0.drain(start..(start + b).min(len)).collect::<Vec<_>>());
            }
            Op::PopFirst => {
                let first = (len > 0).then(|| model.0.remove(0));
                assert_eq!(set.pop_first(&hasher()), first);
            }
            Op::PopLast => assert_eq!(set.pop_last(&hasher()), model.0.pop()),
            Op::Clone => kept.push((set.clone(), model.clone())),
            Op::Compact => set.compact(limits),
            Op::Scores(a, b, kinds) => {
                check_scores(&set, &model, bound(kinds, score(a)), bound(kinds / 3, score(b)));
            }
            Op::Walk(a, b, turns) => {
                let start = a % (len + 1);
                let (mut own, end) = (set.range(start..start + b), (start + b).min(len));
                let mut its = model.0[start..end].iter();
                for front in turns {
                    let (own, its) =
                        if front { (own.next(), its.next()) } else { (own.next_back(), its.next_back()) };
                    assert_eq!(own.map(|(m, s)| (m.to_vec(), s)), its.cloned());
                }
            }
        }
    }
    check(&set, &model);
    for (set, model) in kept {
        check(&set, &model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn small_and_big(ops in prop::collection::vec(op(60, 30), 1..300)) {
        run(ops, Limits { entries: 16, bytes: 64 });
    }

    #[test]
    fn big_from_the_first_member(ops in prop::collection::vec(op(1500, 1000), 1..3000)) {
        run(ops, Limits { entries: 0, bytes: 0 });
    }

    #[test]
    fn few_scores_for_many(ops in prop::collection::vec(op(800, 3), 1..2000)) {
        run(ops, Limits { entries: 8, bytes: 64 });
    }

    #[test]
    fn ranges_by_bytes(
        members in prop::collection::btree_set("[a-c]{0,4}", 0..200),
        ends in prop::collection::vec(("[a-c]{0,4}", "[a-c]{0,4}", 0u8..16), 20),
        entries in prop_oneof![Just(0usize), Just(500)],
    ) {
        let limits = Limits { entries, bytes: 64 };
        let set = ZSet::build(members.iter().map(|m| (m, 1.0)), limits, &hasher()).unwrap();
        for (min, max, kinds) in &ends {
            let (low, high) = (lex_end(*kinds, min), lex_end(kinds / 4, max));
            let expected: Vec<&String> = members.iter().filter(|m| is_in(m.as_bytes(), low, high)).collect();
            let found = set.range(set.ranks_by_lex(low, high)).map(|(m, _)| m.to_vec());
            prop_assert_eq!(found.collect::<Vec<_>>(), expected.iter().map(|m| m.as_bytes()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn builds_in_any_order(numbers in prop::collection::hash_set(0u32..5000, 0..800), entries in 0usize..400) {
        let mut model = Model::default();
        numbers.iter().for_each(|n| model.put(&member(*n), score(*n as i32 % 50)));
        let pairs = numbers.iter().map(|n| (member(*n), score(*n as i32 % 50)));
        let limits = Limits { entries, bytes: 300 };
        let mut set = ZSet::build(pairs, limits, &hasher()).unwrap();
        prop_assert_eq!(set.encoding(), if numbers.len() <= entries { "listpack" } else { "skiplist" });
        check(&set, &model);
        for n in numbers.iter().take(100) {
            set.insert(&member(*n), -1.0, limits, &hasher());
            model.put(&member(*n), -1.0);
        }
        check(&set, &model);
    }

    /// Members that stay are shown by a scan during which others come, go and move.
    #[test]
    fn a_scan_misses_nobody_who_stays(changes in prop::collection::vec((0u32..3000, 0i32..40), 400)) {
        let limits = Limits { entries: 8, bytes: 64 };
        let mut set = ZSet::new();
        for n in 0..1000 {
            set.insert(&member(n), 0.0, limits, &hasher());
        }
        let (mut cursor, mut seen) = (0, HashSet::new());
        let mut changes = changes.into_iter();
        loop {
            cursor = set.scan(cursor, 10, &hasher(), |member, _| {
                seen.insert(member.to_vec());
            });
            if cursor == 0 {
                break;
            }
            for (n, s) in changes.by_ref().take(6) {
                // The first thousand only get other scores.
                if n < 1000 || s % 2 == 0 {
                    set.insert(&member(n), f64::from(s), limits, &hasher());
                } else {
                    set.remove(&member(n), &hasher());
                }
            }
        }
        for n in 0..1000 {
            prop_assert!(seen.contains(&member(n)), "{} is missed", n);
        }
    }

    #[test]
    fn takes_listpacks_as_they_are_or_refuses(items in prop::collection::vec("[0-9a-e.]{1,3}|inf|nan", 0..12)) {
        let packed: Packed = items.iter().map(|item| item.as_bytes()).collect();
        let limits = Limits { entries: 128, bytes: 64 };
        let members: HashSet<_> = items.iter().step_by(2).collect();
        let scores: Option<Vec<f64>> =
            items.iter().skip(1).step_by(2).map(|s| s.parse().ok().filter(|s: &f64| !s.is_nan())).collect();
        let good = items.len() % 2 == 0 && members.len() * 2 == items.len() && scores.is_some();
        let set = ZSet::from_packed(packed.clone(), limits, &hasher());
        prop_assert_eq!(set.is_some(), good, "{:?}", items);
        if let (Some(set), Some(scores)) = (set, scores) {
            let mut model = Model::default();
            items.iter().step_by(2).zip(scores).for_each(|(m, s)| model.put(m.as_bytes(), s));
            check(&set, &model);
        }
    }
}

fn lex_end(kind: u8, text: &str) -> LexEnd<'_> {
    match kind % 4 {
        0 => LexEnd::Lowest,
        1 => LexEnd::Highest,
        2 => LexEnd::Included(text.as_bytes()),
        _ => LexEnd::Excluded(text.as_bytes()),
    }
}

fn is_in(member: &[u8], min: LexEnd, max: LexEnd) -> bool {
    let above = match min {
        LexEnd::Lowest => true,
        LexEnd::Highest => false,
        LexEnd::Included(end) => member >= end,
        LexEnd::Excluded(end) => member > end,
    };
    above
        && match max {
            LexEnd::Lowest => false,
            LexEnd::Highest => true,
            LexEnd::Included(end) => member <= end,
            LexEnd::Excluded(end) => member < end,
        }
}

#[test]
fn is_small_up_to_its_limits() {
    let limits = Limits { entries: 3, bytes: 4 };
    let mut set = ZSet::new();
    for member in ["a", "b", "1234"] {
        set.insert(member.as_bytes(), 1.5, limits, &hasher());
        assert_eq!(set.encoding(), "listpack");
    }
    set.insert(b"a", 7.0, limits, &hasher());
    assert_eq!(set.encoding(), "listpack");
    let mut other = set.clone();
    set.insert(b"c", 1.0, limits, &hasher());
    assert_eq!(set.encoding(), "skiplist");
    set.remove(b"c", &hasher());
    assert_eq!(set.encoding(), "skiplist");
    set.compact(limits);
    assert_eq!(set.encoding(), "listpack");
    other.remove(b"b", &hasher());
    other.insert(b"12345", 1.0, limits, &hasher());
    assert_eq!(other.encoding(), "skiplist");
    other.compact(limits);
    assert_eq!(other.encoding(), "skiplist");
}

#[test]
fn refuses_twins() {
    let twins = |limits| ZSet::build([("a", 1.0), ("b", 1.0), ("a", 2.0)], limits, &hasher()).is_none();
    assert!(twins(Limits { entries: 0, bytes: 0 }));
    assert!(twins(Limits { entries: 10, bytes: 10 }));
    let many = (0..5000).map(|n| (member(n % 4999 * 5), f64::from(n)));
    assert!(ZSet::build(many, Limits { entries: 10, bytes: 10 }, &hasher()).is_none());
}

#[test]
fn members_of_any_size() {
    let limits = Limits { entries: 128, bytes: 64 };
    let (mut set, mut model) = (ZSet::new(), Model::default());
    for n in 0..300u32 {
        let member = vec![b'a' + (n % 26) as u8; (n * n) as usize % 20_000];
        set.insert(&member, f64::from(n % 7), limits, &hasher());
        model.put(&member, f64::from(n % 7));
    }
    check(&set, &model);
    set.remove_range(20..model.0.len() - 20, &hasher(), |_, _| ());
    model.0.drain(20..model.0.len() - 20);
    check(&set, &model);
}

#[test]
fn memory_is_close_to_the_members() {
    let limits = Limits { entries: 128, bytes: 64 };
    let mut set = ZSet::new();
    let mut state = 7u64;
    for n in 0..50_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        set.insert(format!("member:{n:09}").as_bytes(), (state >> 20) as f64, limits, &hasher());
    }
    assert!(set.size() < 50_000 * 50, "{} bytes a member", set.size() / 50_000);
    while set.len() > 5000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let rank = (state >> 33) as usize % set.len();
        set.remove_range(rank..rank + 1, &hasher(), |_, _| ());
    }
    set.check(&hasher()).unwrap();
    assert!(set.size() < 5000 * 80, "{} bytes a member", set.size() / 5000);
}

/// Half of the scores are one and the same, so many leaves begin with it; some join across inner nodes.
fn tied(step: u64) -> (Vec<u8>, f64) {
    let random = hasher().hash(&step.to_le_bytes());
    let score = if random >> 63 == 0 { 5.0 } else { (random as u32 % 1000) as f64 };
    (member(random as u32 >> 8 & 0x7fff), score)
}

#[test]
fn many_ties_stay_in_order() {
    let limits = Limits { entries: 128, bytes: 64 };
    let (mut set, mut model) = (ZSet::new(), BTreeMap::new());
    for (name, score) in (0..40_000).map(tied) {
        assert_eq!(set.insert(&name, score, limits, &hasher()), model.insert(name, score));
    }
    let mut pairs: Vec<Pair> = model.into_iter().collect();
    pairs.sort_by(|a, b| a.1.total_cmp(&b.1));
    assert_eq!(collect(&set), pairs);
}

#[test]
fn loading_ahead_changes_nothing() {
    let limits = Limits { entries: 128, bytes: 64 };
    let (mut set, mut model) = (ZSet::new(), BTreeMap::new());
    for (step, (name, score)) in (0..40_000).map(tied).enumerate() {
        if step % 16 == 0 {
            let hashes: Vec<u64> = (0..70).map(|n| hasher().hash(&member(step as u32 + n))).collect();
            set.load_ahead(&hashes, &[score, 5.0, -1.0, f64::INFINITY][..step / 16 % 5]);
        }
        assert_eq!(set.insert(&name, score, limits, &hasher()), model.insert(name, score));
    }
    set.check(&hasher()).unwrap();
    assert!(set.size() > 1 << 20);
    assert!(model.iter().all(|(name, score)| set.score(name, &hasher()) == Some(*score)));
}
