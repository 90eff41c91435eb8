//! The entries of a stream and what it remembers of those that are gone.
//!
//! Takes new entries with ids above all before, gives entries by id. Nodes begin, end and lose entries exactly as
//! Valkey's do, so that files and trimming by whole nodes agree.

use super::entry::{Entry, Reader};
use super::node::Node;
use super::range::Range;
use super::{Id, Limits, Trim, radix};
use crate::error::Error;
use crate::tree::{Change, Leaf, Tree};
use std::cmp::Ordering;

/// The most bytes of an entry, and of a node.
pub(super) const LARGEST: usize = 1 << 30;

/// The entries.
#[derive(Clone, Default)]
pub struct Log {
    nodes: Tree<Node>,
    node_count: usize,
    facts: Facts,
}

/// What files tell of a stream besides its nodes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Facts {
    /// How many entries there are.
    pub length: u64,
    /// The highest id that an entry ever had.
    pub last_id: Id,
    /// The lowest id of an entry; zero without entries.
    pub first_id: Id,
    /// The highest id of an entry that was deleted.
    pub max_deleted_id: Id,
    /// How many entries were ever added.
    pub entries_added: u64,
}

/// Nodes that were trimmed off: to be dropped wherever that is no trouble.
pub struct Trimmed {
    /// How many entries went.
    pub entries: u64,
    _nodes: Tree<Node>,
}

impl Log {
    /// A log from what a file holds.
    pub(super) fn load(nodes: Vec<Node>, facts: Facts) -> Result<Self, Error> {
        let sorted = nodes.is_sorted_by(|a, b| a.id() < b.id());
        let length: u64 = nodes.iter().map(|node| u64::from(node.live())).sum();
        if !sorted || length != facts.length {
            return Err(Error::CorruptStream);
        }
        let nodes = Tree::from_leaves(nodes);
        let node_count = nodes.leaves().count();
        Ok(Self { nodes, node_count, facts })
    }

    /// What files tell besides the nodes.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// How many entries there are.
    pub fn len(&self) -> u64 {
        self.facts.length
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.facts.length == 0
    }

    /// Bytes of memory.
    pub fn size(&self) -> usize {
        size_of::<Self>() - size_of::<Tree<Node>>() + self.nodes.size()
    }

    /// The nodes in order.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.leaves()
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.node_count
    }

    /// How many nodes Valkey's radix tree over them has.
    pub fn radix_node_count(&self) -> usize {
        radix::count(self.nodes().map(Node::id))
    }

    /// The id for an entry that is added now, unless there is none left.
    pub fn next_id(&self, now: u64) -> Option<Id> {
        let last = self.facts.last_id;
        if now > last.ms { Some(Id::new(now, 0)) } else { last.next() }
    }

    /// The id for an entry with this time, unless there is none left. It may be too low.
    pub fn next_id_at(&self, ms: u64) -> Option<Id> {
        let last = self.facts.last_id;
        if ms == last.ms { Some(Id::new(ms, last.seq.checked_add(1)?)) } else { Some(Id::new(ms, 0)) }
    }

    /// Adds an entry.
    pub fn append<'a>(
        &mut self,
        id: Id,
        pairs: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone,
        limits: Limits,
    ) -> Result<(), Error> {
        if id <= self.facts.last_id {
            return Err(Error::IdNotAbove);
        }
        let (bytes, count) = measure(pairs.clone())?;
        let appended = self.nodes.change_last(|node| {
            if node.has_room(bytes, count, limits) {
                node.append(id, pairs.clone());
                (Change::Kept, 0)
            } else {
                (Change::Split(vec![Node::starting(id, pairs.clone())]), 1)
            }
        });
        self.node_count += appended.unwrap_or_else(|| {
            self.nodes.push_back(Node::starting(id, pairs));
            1
        });
        self.note_added(id);
        Ok(())
    }

    fn note_added(&mut self, id: Id) {
        let facts = &mut self.facts;
        facts.length += 1;
        facts.entries_added = facts.entries_added.wrapping_add(1);
        facts.last_id = id;
        if facts.length == 1 {
            facts.first_id = id;
        }
    }

    /// The entries with ids from `low` to `high`, in order.
    pub fn range(&self, low: Id, high: Id) -> Range<'_> {
        Range::new(&self.nodes, low, high, false)
    }

    /// The same entries against their order.
    pub fn range_back(&self, low: Id, high: Id) -> Range<'_> {
        Range::new(&self.nodes, low, high, true)
    }

    /// The entry with this id.
    pub fn get(&self, id: Id) -> Option<Entry<'_>> {
        let (node, _) = self.nodes.by_key(|first| first.cmp(&id))?;
        Reader::of(node).at(node.find(id)?)
    }

    /// The id of the last entry.
    pub fn top_id(&self) -> Option<Id> {
        self.range_back(Id::MIN, Id::MAX).next().map(|entry| entry.id())
    }

    /// The lowest id of an entry that takes up memory, be it deleted. Who replays a trim by ids trims up to here.
    pub fn lowest_kept_id(&self) -> Option<Id> {
        Range::with_deleted(&self.nodes).next().map(|entry| entry.id())
    }

    /// Deletes an entry; says whether it was there.
    pub fn delete(&mut self, id: Id) -> bool {
        let Some(place) = self.nodes.by_key(|first| first.cmp(&id)).and_then(|(node, _)| node.find(id))
        else {
            return false;
        };
        let gone = self.nodes.change_by_key(
            |first| first.cmp(&id),
            |node, _| {
                let change = node.delete(place);
                let gone = usize::from(matches!(change, Change::Empty));
                (change, gone)
            },
        );
        self.node_count -= gone.unwrap_or(0);
        self.facts.length -= 1;
        self.facts.max_deleted_id = self.facts.max_deleted_id.max(id);
        if id == self.facts.first_id || self.is_empty() {
            self.find_first_id();
        }
        true
    }

    /// Takes entries off the front.
    pub fn trim(&mut self, trim: Trim) -> Trimmed {
        let (items, nodes, mut removed, rest) = self.plan_trim(trim);
        self.node_count -= nodes;
        let trimmed = self.nodes.remove_range(0..items, 0);
        if rest {
            let left = self.facts.length - removed;
            let marked = self.nodes.change_first(|node| {
                let marked = node.delete_front(|id, marked| match trim {
                    Trim::ToLength { length, .. } => left - u64::from(marked) <= length,
                    Trim::ToId { id: low, .. } => id >= low,
                });
                (Change::Kept, u64::from(marked))
            });
            removed += marked.unwrap_or(0);
        }
        self.facts.length -= removed;
        if removed > 0 || self.is_empty() {
            self.find_first_id();
        }
        Trimmed { entries: removed, _nodes: trimmed }
    }

    /// How many items and nodes go as a whole, how many entries those are, and whether the next node loses some.
    fn plan_trim(&self, trim: Trim) -> (usize, usize, u64, bool) {
        let (mut items, mut nodes, mut removed) = (0, 0, 0);
        for node in self.nodes.leaves() {
            let (live, left) = (u64::from(node.live()), self.facts.length - removed);
            let (done, whole) = match trim {
                Trim::ToLength { length, .. } => (left <= length, left - live >= length),
                Trim::ToId { id, .. } => (false, node.last_id() < id),
            };
            let (exact, limit) = trim.work();
            if done || (limit > 0 && removed + live > limit) {
                break;
            }
            if !whole {
                return (items, nodes, removed, exact);
            }
            items += node.len();
            nodes += 1;
            removed += live;
        }
        (items, nodes, removed, false)
    }

    fn find_first_id(&mut self) {
        let first = self.range(Id::MIN, Id::MAX).next();
        self.facts.first_id = first.map_or(Id::MIN, |entry| entry.id());
    }

    /// Sets the last id, as XSETID does.
    pub fn set_last_id(&mut self, id: Id) {
        self.facts.last_id = id;
    }

    /// Sets how many entries were ever added.
    pub fn set_entries_added(&mut self, count: u64) {
        self.facts.entries_added = count;
    }

    /// Sets the highest id of a deleted entry.
    pub fn set_max_deleted_id(&mut self, id: Id) {
        self.facts.max_deleted_id = id;
    }

    /// Whether an entry from this id on was deleted that the log knows of.
    pub(super) fn has_gap_from(&self, id: Id) -> bool {
        let Facts { length, max_deleted_id, .. } = self.facts;
        length > 0 && max_deleted_id != Id::MIN && id <= max_deleted_id
    }

    /// How many entries were ever added up to this id, if that can be told.
    pub fn added_up_to(&self, id: Id) -> Option<u64> {
        let Facts { length, last_id, first_id, max_deleted_id, entries_added } = self.facts;
        if entries_added == 0 {
            return Some(0);
        }
        if (length == 0 && id <= last_id) || (id == last_id && (id >= max_deleted_id || id == Id::MIN)) {
            return Some(entries_added);
        }
        if (id != Id::MIN && id < max_deleted_id) || id > last_id {
            return None;
        }
        let whole = max_deleted_id == Id::MIN || max_deleted_id < first_id;
        let before = entries_added.wrapping_sub(length);
        match id.cmp(&first_id) {
            _ if !whole => None,
            Ordering::Less => Some(before),
            Ordering::Equal => Some(before.wrapping_add(1)),
            Ordering::Greater => None,
        }
    }
}

/// Bytes and number of the pairs, if they can be kept.
fn measure<'a>(pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Result<(usize, usize), Error> {
    let (mut bytes, mut count) = (0usize, 0usize);
    for (name, value) in pairs {
        bytes = bytes.saturating_add(name.len()).saturating_add(value.len());
        count += 1;
    }
    let fits = Node::bytes_for(bytes, count) <= LARGEST;
    fits.then_some((bytes, count)).ok_or(Error::EntryTooLarge)
}
