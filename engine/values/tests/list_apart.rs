//! Lists whose short elements lie outside of listpacks too. A test of its own: the setting is one for all lists.

use ironkeep_values::list::{List, Part, Way, keep_apart};
use proptest::prelude::*;

fn plain_parts(list: &List) -> usize {
    list.parts().filter(|part| matches!(part, Part::Plain(_))).count()
}

fn texts(list: &List) -> Vec<Vec<u8>> {
    list.walk_all(Way::Forward).map(|item| item.to_vec()).collect()
}

proptest! {
    #[test]
    fn long_and_short_elements_mix(steps in prop::collection::vec((0..6u8, 0..30usize, "[a-c]{0,12}"), 0..200)) {
        keep_apart(8);
        let (mut list, mut model) = (List::new(), Vec::new());
        for (what, at, text) in steps {
            let value = text.into_bytes();
            match what {
                0 => {
                    list.push_front(&value);
                    model.insert(0, value);
                }
                1 => {
                    list.push_back(&value);
                    model.push(value);
                }
                2 => {
                    list.insert(at, &value);
                    model.insert(at.min(model.len()), value);
                }
                3 => {
                    prop_assert_eq!(list.set(at, &value), at < model.len());
                    if let Some(old) = model.get_mut(at) {
                        *old = value;
                    }
                }
                4 => {
                    let end = (at + value.len()).min(model.len());
                    drop(list.remove_range(at..at + value.len()));
                    model.drain(at.min(end)..end);
                }
                _ => {
                    let found = model.iter().position(|known| *known == value);
                    prop_assert_eq!(list.remove_value(&value, Way::Forward, 1), usize::from(found.is_some()));
                    found.map(|n| model.remove(n));
                }
            }
            prop_assert_eq!(texts(&list), model.clone());
        }
    }

    #[test]
    fn elements_lie_apart_from_the_size_on(count in 1..40usize) {
        keep_apart(8);
        let mut list = List::new();
        (0..count).for_each(|n| list.push_back(if n % 2 == 0 { b"short" } else { b"as long as that" }));
        prop_assert_eq!(plain_parts(&list), count / 2);
        // What shrinks far enough is one listpack again.
        drop(list.remove_range(3..usize::MAX));
        prop_assert_eq!(texts(&list).len(), count.min(3));
    }
}
