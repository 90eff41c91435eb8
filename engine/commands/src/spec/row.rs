//! A row of the table, and the words that rows are written with. A row says what cannot be worked out; what
//! can (id, group, key shape, implied categories, number of sub-commands) is filled in once by `table`.

use super::docs::{Arg, Docs};
use super::flags::{Acl, Flags};
use super::keys::{Begin, Find, KeyFlags, KeySpec};
use super::members::Members;
use super::node::Node;
use super::shape::Shape;
use super::span::Args;
use crate::Ctx;

/// Shows the places and flags of all keys among arguments.
pub type FindKeys = fn(&dyn Args, &mut dyn FnMut(usize, KeyFlags));

/// What runs a command.
#[derive(Clone, Copy)]
pub enum Run {
    /// Works on keys, under the locks of their partitions.
    Data(fn(&mut Ctx<'_>)),
    /// Needs the server around the keyspace, which matches on the node.
    Node(Node),
    /// Has sub-commands only.
    Container,
}

/// The groups that COMMAND DOCS sorts commands into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// Keys of any type.
    Generic,
    /// Strings.
    String,
    /// Bits of strings.
    Bitmap,
    /// Lists.
    List,
    /// Sets.
    Set,
    /// Sorted sets.
    SortedSet,
    /// Hashes.
    Hash,
    /// Streams.
    Stream,
    /// Estimated numbers of different elements.
    HyperLogLog,
    /// Places on the earth.
    Geo,
    /// Messages to whoever listens.
    PubSub,
    /// The connection itself.
    Connection,
    /// MULTI and EXEC.
    Transactions,
    /// The server itself.
    Server,
}

impl Group {
    /// As COMMAND DOCS prints it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::String => "string",
            Self::Bitmap => "bitmap",
            Self::List => "list",
            Self::Set => "set",
            Self::SortedSet => "sorted-set",
            Self::Hash => "hash",
            Self::Stream => "stream",
            Self::HyperLogLog => "hyperloglog",
            Self::Geo => "geo",
            Self::PubSub => "pubsub",
            Self::Connection => "connection",
            Self::Transactions => "transactions",
            Self::Server => "server",
        }
    }
}

/// A command or sub-command. What every call looks at comes first, in one cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Spec {
    /// What runs it.
    pub run: Run,
    /// What it does and may do.
    pub flags: Flags,
    /// The ACL categories it is in.
    pub acl: Acl,
    /// How many arguments it has, its name included; at least so many when negative.
    pub arity: i16,
    pub(super) id: u16,
    pub(super) sub_count: u16,
    pub(super) shape: Shape,
    /// The members that it looks for in the value of its key.
    pub members: Members,
    /// Its name in lower case, with its container before it: `get`, `config|get`.
    pub full_name: &'static str,
    /// Where its keys are.
    pub keys: &'static [KeySpec],
    /// Finds the true flags of its keys where they depend on the arguments.
    pub key_flags: Option<fn(&dyn Args) -> KeyFlags>,
    /// Finds its keys where the specs tell too little: gives the place and the flags of each.
    pub find_keys: Option<FindKeys>,
    /// Whether a call may touch keys that are not among its arguments.
    pub(super) beyond: Option<fn(&dyn Args) -> bool>,
    /// Hints for proxies and cluster clients.
    pub tips: &'static [&'static str],
    /// The group it is in.
    pub group: Group,
    /// What COMMAND DOCS says.
    pub docs: Docs,
}

const fn row(full_name: &'static str, arity: i16, run: Run) -> Spec {
    Spec {
        run,
        flags: Flags::NONE,
        acl: Acl::NONE,
        arity,
        id: 0,
        sub_count: 0,
        shape: Shape::None,
        members: Members::NONE,
        full_name,
        keys: &[],
        key_flags: None,
        find_keys: None,
        beyond: None,
        tips: &[],
        group: Group::Generic,
        docs: Docs { summary: "", since: "", complexity: "", history: &[], args: &[], syscmd: false },
    }
}

/// A command on keys.
pub(super) const fn data(full_name: &'static str, arity: i16, run: fn(&mut Ctx<'_>)) -> Spec {
    row(full_name, arity, Run::Data(run))
}

/// A command on the server.
pub(super) const fn node(full_name: &'static str, arity: i16, node: Node) -> Spec {
    row(full_name, arity, Run::Node(node))
}

/// A name whose sub-commands follow in the table.
pub(super) const fn container(full_name: &'static str, arity: i16) -> Spec {
    row(full_name, arity, Run::Container)
}

impl Spec {
    pub(super) const BLANK: Self = row("", 0, Run::Container);

    pub(super) const fn flags(self, flags: &[Flags]) -> Self {
        Self { flags: Flags::of(flags), ..self }
    }

    /// The categories that its flags don't imply.
    pub(super) const fn acl(self, acl: &[Acl]) -> Self {
        Self { acl: Acl::of(acl), ..self }
    }

    pub(super) const fn keys(self, keys: &'static [KeySpec]) -> Self {
        Self { keys, ..self }
    }

    pub(super) const fn members(self, members: Members) -> Self {
        Self { members, ..self }
    }

    pub(super) const fn key_flags(self, find: fn(&dyn Args) -> KeyFlags) -> Self {
        Self { key_flags: Some(find), ..self }
    }

    /// For commands whose key specs tell too little; one of the specs must look for a word.
    pub(super) const fn find_keys(self, find: FindKeys) -> Self {
        Self { find_keys: Some(find), ..self }
    }

    /// For commands that may touch keys which no argument names, when these arguments say so.
    pub(super) const fn beyond(self, does: fn(&dyn Args) -> bool) -> Self {
        Self { beyond: Some(does), ..self }
    }

    pub(super) const fn tips(self, tips: &'static [&'static str]) -> Self {
        Self { tips, ..self }
    }

    /// What it does, since when, at what cost.
    pub(super) const fn doc(
        mut self,
        since: &'static str,
        complexity: &'static str,
        summary: &'static str,
    ) -> Self {
        self.docs.summary = summary;
        self.docs.since = since;
        self.docs.complexity = complexity;
        self
    }

    pub(super) const fn history(mut self, history: &'static [(&'static str, &'static str)]) -> Self {
        self.docs.history = history;
        self
    }

    pub(super) const fn args(mut self, args: &'static [Arg]) -> Self {
        self.docs.args = args;
        self
    }

    pub(super) const fn syscmd(mut self) -> Self {
        self.docs.syscmd = true;
        self
    }
}

/// One key at position `at`.
pub(super) const fn at(at: u16, flags: &[KeyFlags]) -> KeySpec {
    range(at, 0, 1, flags)
}

/// Every `step`th argument from `first` to the end.
pub(super) const fn to_end(first: u16, step: u16, flags: &[KeyFlags]) -> KeySpec {
    range(first, -1, step, flags)
}

/// Keys from `first` on as many as the argument before them says.
pub(super) const fn counted(count_at: u16, step: u16, flags: &[KeyFlags]) -> KeySpec {
    let find = Find::Keynum { at: 0, first: 1, step };
    KeySpec { begin: Begin::Index(count_at), find, flags: KeyFlags::of(flags), notes: None }
}

/// Keys from `first` to `last`, which counts from `first` or, negative, from the end.
pub(super) const fn range(first: u16, last: i16, step: u16, flags: &[KeyFlags]) -> KeySpec {
    let find = Find::Range { last, step, limit: 0 };
    KeySpec { begin: Begin::Index(first), find, flags: KeyFlags::of(flags), notes: None }
}

/// Keys in the first half of what follows `word`, which is searched from a position on.
pub(super) const fn half_after(word: &'static str, from: i16, flags: &[KeyFlags]) -> KeySpec {
    let find = Find::Range { last: -1, step: 1, limit: 2 };
    KeySpec { begin: Begin::Keyword(word, from), find, flags: KeyFlags::of(flags), notes: None }
}

/// Keys that cannot be found by a rule.
pub(super) const fn unknown(flags: &[KeyFlags]) -> KeySpec {
    KeySpec { begin: Begin::Unknown, find: Find::Unknown, flags: KeyFlags::of(flags), notes: None }
}

/// One key behind a word, which is searched from a position on.
pub(super) const fn after(word: &'static str, from: i16, flags: &[KeyFlags]) -> KeySpec {
    let find = Find::Range { last: 0, step: 1, limit: 0 };
    KeySpec { begin: Begin::Keyword(word, from), find, flags: KeyFlags::of(flags), notes: None }
}

impl KeySpec {
    pub(super) const fn notes(self, notes: &'static str) -> Self {
        Self { notes: Some(notes), ..self }
    }
}
