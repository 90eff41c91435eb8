//! Streams: a log of entries with rising ids, and groups of consumers that share the reading.
//!
//! Takes and gives ids, bytes and times in milliseconds. The log is a tree of nodes in the exact format of RDB files; groups
//! are sorted maps in chunks. A clone costs O(1), the first change after it copies one path. Must not know clocks.

mod entry;
mod group;
mod id;
mod index;
mod log;
mod node;
mod radix;
mod range;

pub use entry::{Entry, Pairs};
pub use group::{Consumer, Group, Name, Pending};
pub use id::{Id, IdText};
pub use index::Iter;
pub use log::{Facts, Log, Trimmed};
pub use node::Node;
pub use range::Range;

use crate::error::Error;
use index::Index;

/// How large a node may become; zero means without a limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// `stream-node-max-bytes`
    pub bytes: usize,
    /// `stream-node-max-entries`
    pub entries: usize,
}

/// What should go from the front.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trim {
    /// Entries until so many are left.
    ToLength {
        /// How many.
        length: u64,
        /// How exactly.
        extent: Extent,
    },
    /// Entries with ids below this.
    ToId {
        /// The lowest to be left.
        id: Id,
        /// How exactly.
        extent: Extent,
    },
}

/// How exactly a stream is trimmed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// To the entry.
    Exact,
    /// Whole nodes only, of so many entries at most unless that is zero.
    Nodes(u64),
}

impl Trim {
    /// Whether exact, and the limit of entries.
    fn work(self) -> (bool, u64) {
        let (Self::ToLength { extent, .. } | Self::ToId { extent, .. }) = self;
        match extent {
            Extent::Exact => (true, 0),
            Extent::Nodes(limit) => (false, limit),
        }
    }
}

/// A stream.
#[derive(Clone, Default)]
pub struct Stream {
    log: Log,
    groups: Index<Name, Group>,
}

impl Stream {
    /// A stream that never had an entry.
    pub fn new() -> Self {
        Self::default()
    }

    /// A stream from what a file holds: nodes in order, and facts that agree with them. Groups are created afterwards.
    pub fn load(nodes: Vec<Node>, facts: Facts) -> Result<Self, Error> {
        Ok(Self { log: Log::load(nodes, facts)?, groups: Index::default() })
    }

    /// The entries.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The entries, to be changed.
    pub fn log_mut(&mut self) -> &mut Log {
        &mut self.log
    }

    /// How many entries there are.
    pub fn len(&self) -> u64 {
        self.log.len()
    }

    /// Whether there are none: a stream may be empty and have groups.
    pub fn is_empty(&self) -> bool {
        self.log.is_empty()
    }

    /// Bytes of memory.
    pub fn size(&self) -> usize {
        self.log.size() + self.groups.size()
    }

    /// The name that OBJECT ENCODING tells.
    pub fn encoding(&self) -> &'static str {
        "stream"
    }

    /// The groups by name.
    pub fn groups(&self) -> Iter<'_, Name, Group> {
        self.groups.iter()
    }

    /// How many groups there are.
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// A group.
    pub fn group(&self, name: &[u8]) -> Option<&Group> {
        self.groups.get(name).map(|(_, group)| group)
    }

    /// Adds a group that has read up to an id; says whether there was none of this name.
    pub fn create_group(&mut self, name: &[u8], last_id: Id, entries_read: Option<u64>) -> bool {
        let new = self.groups.get(name).is_none();
        if new {
            self.groups.insert(name.into(), Group::new(last_id, entries_read));
        }
        new
    }

    /// Takes a group away.
    pub fn remove_group(&mut self, name: &[u8]) -> Option<Group> {
        self.groups.remove(name)
    }

    /// Changes a group while the entries can be read.
    pub fn change_group<R>(&mut self, name: &[u8], edit: impl FnOnce(&Log, &mut Group) -> R) -> Option<R> {
        let log = &self.log;
        self.groups.change(name, |group| edit(log, group))
    }
}
