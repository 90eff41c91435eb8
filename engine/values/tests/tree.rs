//! The tree of chunks against a plain vector: every operation, with clones kept aside.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may panic as the test may")]

use ironkeep_values::tree::{Change, Leaf, Tree};
use proptest::prelude::*;

const MOST: usize = 6;
const ROOM: usize = 4;

#[derive(Clone, Debug)]
struct Chunk(Vec<u32>);

impl Leaf for Chunk {
    type Key = u32;
    const FANOUT: usize = 4;
    fn key(&self) -> u32 {
        self.0[0]
    }
    fn len(&self) -> usize {
        self.0.len()
    }
    fn size(&self) -> usize {
        self.0.len() * 4
    }
    fn joins(&self, right: &Self, most: usize) -> bool {
        self.0.len() + right.0.len() <= most
    }
    fn append(&mut self, right: &Self) {
        self.0.extend(&right.0);
    }
    fn split_off(&mut self, n: usize) -> Self {
        assert!(n > 0 && n < self.0.len());
        Chunk(self.0.split_off(n))
    }
}

/// Sorted numbers, each once.
#[derive(Clone, Default)]
struct Numbers(Tree<Chunk>);

impl Numbers {
    fn insert(&mut self, x: u32) {
        let done = self.0.change_by_key(
            |key| key.cmp(&x),
            |leaf, _| {
                if let Err(at) = leaf.0.binary_search(&x) {
                    leaf.0.insert(at, x);
                }
                if leaf.0.len() <= MOST {
                    return (Change::Kept, ());
                }
                // Sometimes in two, sometimes in single ones, so that many nodes come at once.
                let rest = leaf.0.split_off(if x.is_multiple_of(3) { 1 } else { MOST / 2 });
                let each = if x.is_multiple_of(3) { 1 } else { MOST };
                (Change::Split(rest.chunks(each).map(|c| Chunk(c.to_vec())).collect()), ())
            },
        );
        if done.is_none() {
            self.0.push_back(Chunk(vec![x]));
        }
    }

    fn remove_at(&mut self, n: usize) {
        self.0.change_at(n, |leaf, at| {
            leaf.0.remove(at);
            match leaf.0.len() {
                0 => (Change::Empty, ()),
                1..=2 => (Change::Shrunk(ROOM), ()),
                _ => (Change::Kept, ()),
            }
        });
    }
}

fn check(tree: &Tree<Chunk>, model: &[u32]) {
    let items: Vec<u32> = tree.leaves().flat_map(|leaf| leaf.0.clone()).collect();
    assert_eq!(items, model);
    assert_eq!(tree.len(), model.len());
    assert_eq!(tree.is_empty(), model.is_empty());
    assert_eq!(tree.first().map(|leaf| leaf.0[0]), model.first().copied());
    assert_eq!(tree.last().and_then(|leaf| leaf.0.last().copied()), model.last().copied());
    for (n, x) in model.iter().enumerate() {
        let (leaf, at) = tree.at(n).unwrap();
        assert_eq!(leaf.0[at], *x);
        let (leaf, first) = tree.by_key(|key| key.cmp(x)).unwrap();
        assert_eq!(leaf.0.iter().position(|y| y == x).map(|at| first + at), Some(n), "{x} by key");
    }
    assert!(tree.at(model.len()).is_none());
    walk_back(tree, model);
    // What it claims to take is at least its items, and no more than a bound for each leaf and a few thin nodes.
    let leaves = tree.leaves().count();
    assert!(tree.size() >= model.len() * 4 + 16 * leaves);
    assert!(tree.size() <= model.len() * 4 + 500 * leaves + 2000, "{} for {leaves}", tree.size());
}

fn walk_back(tree: &Tree<Chunk>, model: &[u32]) {
    let Some((mut cursor, _)) = tree.cursor_at(model.len().wrapping_sub(1)) else {
        assert!(model.is_empty());
        return;
    };
    let mut back: Vec<u32> = Vec::new();
    loop {
        assert_eq!(model[cursor.first()], cursor.leaf().0[0]);
        back.extend(cursor.leaf().0.iter().rev());
        if !cursor.backward() {
            break;
        }
    }
    back.reverse();
    assert_eq!(back, model);
}

#[derive(Clone, Debug)]
enum Op {
    Insert(u32),
    RemoveAt(usize),
    RemoveRange(usize, usize),
    Front,
    Back,
    Cut(usize),
    Clone,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        12 => (1000u32..2000).prop_map(Op::Insert),
        6 => any::<usize>().prop_map(Op::RemoveAt),
        1 => (any::<usize>(), 0usize..60).prop_map(|(a, b)| Op::RemoveRange(a, b)),
        1 => Just(Op::Front),
        1 => Just(Op::Back),
        1 => any::<usize>().prop_map(Op::Cut),
        1 => Just(Op::Clone),
    ]
}

fn run(ops: Vec<Op>) {
    let (mut tree, mut model) = (Numbers::default(), Vec::<u32>::new());
    let mut kept: Vec<(Tree<Chunk>, Vec<u32>)> = Vec::new();
    for op in ops {
        let len = model.len();
        match op {
            Op::Insert(x) => {
                tree.insert(x);
                if let Err(at) = model.binary_search(&x) {
                    model.insert(at, x);
                }
            }
            Op::RemoveAt(n) if len > 0 => {
                tree.remove_at(n % len);
                model.remove(n % len);
            }
            Op::RemoveRange(a, b) => {
                let start = a % (len + 1);
                let range = start..(start + b).min(len);
                let removed = tree.0.remove_range(range.clone(), ROOM);
                check(&removed, &model.drain(range).collect::<Vec<_>>());
            }
            Op::Front => {
                let least = model.first().copied().unwrap_or(1000).saturating_sub(3);
                tree.0.push_front(Chunk(vec![least, least + 1]));
                model.splice(0..0, [least, least + 1]);
            }
            Op::Back => {
                let most = model.last().copied().unwrap_or(1000) + 1;
                tree.0.push_back(Chunk(vec![most]));
                model.push(most);
            }
            Op::Cut(n) => {
                let n = n % (len + 1);
                let right = tree.0.split_off(n);
                check(&tree.0, &model[..n]);
                check(&right, &model[n..]);
                tree.0.append(right, ROOM);
            }
            Op::Clone => kept.push((tree.0.clone(), model.clone())),
            Op::RemoveAt(_) => {}
        }
        assert_eq!(tree.0.len(), model.len());
    }
    check(&tree.0, &model);
    for (tree, model) in kept {
        check(&tree, &model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn does_what_a_vector_does(ops in prop::collection::vec(op(), 1..500)) {
        run(ops);
    }

    #[test]
    fn bulk_build_keeps_order(n in 0usize..300) {
        let all: Vec<u32> = (0..n as u32).collect();
        let tree = Tree::from_leaves(all.chunks(3).map(|c| Chunk(c.to_vec())));
        check(&tree, &all);
    }
}

#[test]
fn stays_dense_when_it_shrinks() {
    let mut tree = Numbers::default();
    for x in 0..20_000u32 {
        tree.insert(x.wrapping_mul(2_654_435_761) >> 8);
    }
    let mut state = 1u64;
    while tree.0.len() > 1000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        tree.remove_at((state >> 33) as usize % tree.0.len());
    }
    let leaves = tree.0.leaves().count();
    assert!(leaves * ROOM / 3 <= 1000, "{leaves} leaves");
    assert!(tree.0.size() < 1000 * 120, "{}", tree.0.size());
}

#[test]
fn appends_leave_full_nodes() {
    let mut tree = Tree::new();
    for x in 0..4096u32 {
        tree.push_back(Chunk(vec![x]));
    }
    let dense = Tree::from_leaves((0..4096u32).map(|x| Chunk(vec![x])));
    assert!(tree.size() < dense.size() * 5 / 4, "{} against {}", tree.size(), dense.size());
}
