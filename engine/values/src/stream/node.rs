//! Entries with neighbouring ids in one listpack, exactly as RDB files hold them.
//!
//! `live deleted n name*n 0` (the master entry), then for each entry `flags ms seq [n] ([name] value)* pieces`: ms and seq
//! are distances from the node's own id, names are left out where they are those of the master entry, and the last
//! piece tells how many precede it. Takes bytes of files only after a check. An entry that goes is only marked.

use super::entry::{Entry, FIXED, Reader, integer};
use super::log::LARGEST;
use super::{Id, Limits};
use crate::error::Error;
use crate::packed::{Packed, Place};
use crate::tree::{Change, Leaf};

pub(super) const DELETED: i64 = 1;
pub(super) const SAME_NAMES: i64 = 2;
/// Pieces of the master entry besides the names, and where the names begin.
pub(super) const NAMES_AT: usize = 3;
/// The most bytes that a piece takes besides its value.
const PER_PIECE: usize = 11;

/// Some neighbouring entries.
#[derive(Clone)]
pub struct Node {
    id: Id,
    live: u32,
    deleted: u32,
    /// A place before which all entries are deleted, if one is known besides the first.
    front: Option<Place>,
    packed: Packed,
}

impl Node {
    /// A node without entries; those with these names will not repeat them.
    pub(super) fn new<'a>(id: Id, names: impl Iterator<Item = &'a [u8]> + Clone) -> Self {
        let mut packed = Packed::new();
        packed.push_back(0);
        packed.push_back(0);
        packed.push_back(names.clone().count() as i64);
        names.for_each(|name| packed.push_back(name));
        packed.push_back(0);
        Self { id, live: 0, deleted: 0, front: None, packed }
    }

    /// A node with a first entry.
    pub(super) fn starting<'a>(id: Id, pairs: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone) -> Self {
        let mut node = Self::new(id, pairs.clone().map(|(name, _)| name));
        node.append(id, pairs);
        node
    }

    /// A node from a file, if it is sound.
    pub fn load(id: Id, packed: Packed) -> Result<Self, Error> {
        let mut items = packed.iter();
        let mut count = || u32::try_from(items.next()?.integer()?).ok();
        let (live, deleted) = count().zip(count()).ok_or(Error::CorruptStream)?;
        let node = Self { id, live, deleted, front: None, packed };
        node.is_sound().then_some(node).ok_or(Error::CorruptStream)
    }

    /// The id that those of the entries are told by.
    pub fn id(&self) -> Id {
        self.id
    }

    /// The listpack as it stands in an RDB file.
    pub fn as_bytes(&self) -> &[u8] {
        self.packed.as_bytes()
    }

    /// How many entries are not deleted.
    pub(super) fn live(&self) -> u32 {
        self.live
    }

    /// Whether an entry with values of so many bytes, in so many pairs, may be added.
    pub(super) fn has_room(&self, bytes: usize, pairs: usize, limits: Limits) -> bool {
        let most = if limits.bytes == 0 { LARGEST } else { limits.bytes.min(LARGEST) };
        self.packed.bytes_len() + bytes < most
            && (limits.entries == 0 || self.len() < limits.entries)
            && self.packed.fits(Self::bytes_for(bytes, pairs))
    }

    /// The most bytes that an entry can take, in a node of its own.
    pub(super) fn bytes_for(bytes: usize, pairs: usize) -> usize {
        bytes.saturating_add((2 * pairs + 2 * FIXED + 4).saturating_mul(PER_PIECE))
    }

    /// Adds an entry at the end.
    pub(super) fn append<'a>(&mut self, id: Id, pairs: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone) {
        self.live += 1;
        if let Some(place) = self.packed.first() {
            self.replace(place, i64::from(self.live));
        }
        let same = self.has_names(pairs.clone().map(|(name, _)| name));
        self.write_entry(id, pairs, same);
    }

    fn write_entry<'a>(
        &mut self,
        id: Id,
        pairs: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone,
        same: bool,
    ) {
        let (ms, seq) = id.minus(self.id);
        let packed = &mut self.packed;
        packed.push_back(if same { SAME_NAMES } else { 0 });
        packed.push_back(ms);
        packed.push_back(seq);
        let mut pieces = 3;
        if !same {
            packed.push_back(pairs.clone().count() as i64);
            pieces += 1;
        }
        for (name, value) in pairs {
            if !same {
                packed.push_back(name);
                pieces += 1;
            }
            packed.push_back(value);
            pieces += 1;
        }
        packed.push_back(pieces);
    }

    /// Whether these are the names of the master entry.
    fn has_names<'a>(&self, mut names: impl Iterator<Item = &'a [u8]>) -> bool {
        let mut items = self.packed.iter().skip(NAMES_AT - 1);
        let count = integer(items.next());
        let same =
            (0..count).all(|_| names.next().zip(items.next()).is_some_and(|(name, item)| item.equals(name)));
        same && names.next().is_none()
    }

    pub(super) fn packed(&self) -> &Packed {
        &self.packed
    }

    /// Where to begin to look for entries that are not deleted.
    pub(super) fn front(&self) -> Option<Place> {
        self.front.or_else(|| Reader::of(self).first_place())
    }

    /// Where the entry with this id is, unless it is deleted.
    pub(super) fn find(&self, id: Id) -> Option<Place> {
        let reader = Reader::of(self);
        let mut place = self.front();
        loop {
            let entry = reader.at(place?)?;
            if entry.id() >= id && !entry.is_deleted() {
                return place.filter(|_| entry.id() == id);
            }
            place = entry.end();
        }
    }

    /// The id of the last entry, deleted or not.
    pub(super) fn last_id(&self) -> Id {
        let last = self.packed.last().and_then(|end| Reader::of(self).before(end));
        last.map_or(Id::MIN, |(entry, _)| entry.id())
    }

    /// Marks an entry as deleted. The node goes with the last one.
    pub(super) fn delete(&mut self, place: Place) -> Change<Self> {
        if self.live == 1 {
            return Change::Empty;
        }
        self.mark(place);
        self.write_counts(1);
        if self.front() == Some(place) {
            self.delete_front(|_, _| true);
        }
        Change::Kept
    }

    /// Marks entries as deleted until `done` says so, which sees an id and how many were marked before. Gives how many
    /// were marked.
    pub(super) fn delete_front(&mut self, mut done: impl FnMut(Id, u32) -> bool) -> u32 {
        let (mut place, mut marked) = (self.front(), 0);
        while let Some(at) = place {
            let Some(entry) = Reader::of(self).at(at) else { break };
            if entry.is_deleted() {
                place = entry.end();
            } else if done(entry.id(), marked) {
                break;
            } else {
                self.mark(at);
                marked += 1;
            }
        }
        self.front = place;
        self.write_counts(marked);
        marked
    }

    fn mark(&mut self, place: Place) {
        let flags = integer(Some(self.packed.get(place)));
        self.replace(place, flags | DELETED);
    }

    /// Replaces a value. Where its length changes, what is known of places behind it is lost.
    fn replace(&mut self, place: Place, value: i64) {
        let len = self.packed.bytes_len();
        self.packed.replace(place, value);
        if self.packed.bytes_len() != len {
            self.front = None;
        }
    }

    /// Notes that so many entries more are deleted.
    fn write_counts(&mut self, more: u32) {
        self.live = self.live.saturating_sub(more);
        self.deleted += more;
        if let Some(first) = self.packed.first() {
            self.replace(first, i64::from(self.live));
            if let Some(second) = self.packed.next(first) {
                self.replace(second, i64::from(self.deleted));
            }
        }
    }

    /// Whether everything is there that the counts tell, and nothing else.
    fn is_sound(&self) -> bool {
        let reader = Reader::of(self);
        let names = self.packed.item(NAMES_AT - 1).and_then(|item| item.integer());
        if names.is_none_or(|names| names < 0) || reader.terminator() != Some(0) {
            return false;
        }
        let (mut live, mut deleted, mut place) = (0u32, 0u32, reader.first_place());
        while let Some(at) = place {
            let Some(entry) = reader.at(at).filter(Entry::is_sound) else { return false };
            *(if entry.is_deleted() { &mut deleted } else { &mut live }) += 1;
            place = entry.end();
        }
        (live, deleted) == (self.live, self.deleted)
    }

    /// Adds a copy of another node's entry.
    fn adopt(&mut self, entry: &Entry<'_>) {
        let pairs: Vec<_> = entry.pairs().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
        self.append(entry.id(), pairs.iter().map(|(name, value)| (name.as_slice(), value.as_slice())));
        if entry.is_deleted()
            && let Some((_, place)) = self.packed.last().and_then(|end| Reader::of(self).start(end))
        {
            self.mark(place);
            self.write_counts(1);
        }
    }
}

impl Leaf for Node {
    type Key = Id;

    fn key(&self) -> Id {
        self.id
    }

    /// Deleted entries count: a node may have no others.
    fn len(&self) -> usize {
        self.live as usize + self.deleted as usize
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.packed.size()
    }

    /// Never: the nodes of a stream are what its files and its replicas have.
    fn joins(&self, _: &Self, _: usize) -> bool {
        false
    }

    fn append(&mut self, right: &Self) {
        let reader = Reader::of(right);
        let mut place = reader.first_place();
        while let Some(entry) = place.and_then(|place| reader.at(place)) {
            self.adopt(&entry);
            place = entry.end();
        }
    }

    fn split_off(&mut self, n: usize) -> Self {
        let reader = Reader::of(self);
        let mut place = reader.first_place();
        for _ in 0..n {
            place = place.and_then(|place| reader.at(place)).and_then(|entry| entry.end());
        }
        let cut = place;
        let first = place.and_then(|place| reader.at(place));
        let id = first.as_ref().map_or(self.id, Entry::id);
        let names: Vec<_> = first.iter().flat_map(Entry::pairs).map(|(name, _)| name.to_vec()).collect();
        let mut right = Self::new(id, names.iter().map(Vec::as_slice));
        while let Some(entry) = place.and_then(|place| reader.at(place)) {
            right.adopt(&entry);
            place = entry.end();
        }
        if let Some(cut) = cut {
            self.packed.remove_run(cut, usize::MAX);
            self.front = None;
        }
        (self.live, self.deleted) = (self.live - right.live, self.deleted - right.deleted);
        self.write_counts(0);
        right
    }
}
