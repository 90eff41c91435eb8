//! The table: the rows of all groups, one after the other, with what can be worked out of them filled in
//! when the program is compiled. A sub-command follows its container.

use super::flags::Flags;
use super::keys::{KeyFlags, KeySpec};
use super::row::{Group, Spec};
use super::shape::Shape;
use super::{
    bitmap, client, command, connection, diagnostics, generic, geo, hash, hll, list, list_blocking, pubsub,
    server, set, sort, stream, string, transactions, zset, zset_combined, zset_ranges,
};

const GROUPS: &[(Group, &[Spec])] = &[
    (Group::String, string::ROWS),
    (Group::Bitmap, bitmap::ROWS),
    (Group::List, list::ROWS),
    (Group::List, list_blocking::ROWS),
    (Group::Set, set::ROWS),
    (Group::SortedSet, zset::ROWS),
    (Group::SortedSet, zset_ranges::ROWS),
    (Group::SortedSet, zset_combined::ROWS),
    (Group::Hash, hash::ROWS),
    (Group::Stream, stream::ROWS),
    (Group::HyperLogLog, hll::ROWS),
    (Group::Geo, geo::ROWS),
    (Group::PubSub, pubsub::ROWS),
    (Group::Generic, generic::ROWS),
    (Group::Generic, sort::ROWS),
    (Group::Connection, connection::ROWS),
    (Group::Connection, client::ROWS),
    (Group::Transactions, transactions::ROWS),
    (Group::Server, command::ROWS),
    (Group::Server, diagnostics::ROWS),
    (Group::Server, server::ROWS),
];

/// How many commands and sub-commands there are: ids go from 0 to one less.
pub const COUNT: usize = {
    let mut count = 0;
    let mut group = 0;
    while group < GROUPS.len() {
        count += GROUPS[group].1.len();
        group += 1;
    }
    count
};

/// All commands and sub-commands; `TABLE[spec.id()]` is `spec`.
pub static TABLE: [Spec; COUNT] = {
    let mut table = [Spec::BLANK; COUNT];
    let mut id = 0;
    let mut container = 0;
    let mut group = 0;
    while group < GROUPS.len() {
        let (name, rows) = GROUPS[group];
        let mut i = 0;
        while i < rows.len() {
            table[id] = rows[i].completed(id as u16, name);
            if table[id].is_sub() {
                table[container].sub_count += 1;
            } else {
                container = id;
            }
            id += 1;
            i += 1;
        }
        group += 1;
    }
    table
};

impl Spec {
    const fn completed(self, id: u16, group: Group) -> Self {
        let shape = Shape::of(self.keys);
        let mut flags = self.flags;
        // The legacy triple of COMMAND INFO can tell of one range and nothing else.
        if matches!(shape, Shape::Keynum { .. } | Shape::Special) && has_keys(self.keys) {
            flags = flags.and(Flags::MOVABLE_KEYS);
        }
        Self { id, group, shape, flags, acl: self.acl.with_implied(flags), ..self }
    }
}

/// Whether any of these specs is of keys, and not of channels that are only routed like keys.
const fn has_keys(specs: &[KeySpec]) -> bool {
    let mut i = 0;
    while i < specs.len() {
        if !specs[i].flags.has(KeyFlags::NOT_KEY) {
            return true;
        }
        i += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Run;
    use std::collections::HashSet;

    #[test]
    fn ids_are_places() {
        assert!(TABLE.iter().enumerate().all(|(place, spec)| spec.id() == place));
    }

    #[test]
    fn names_are_unique_and_in_lower_case() {
        let names: HashSet<_> = TABLE.iter().map(|spec| spec.full_name).collect();
        assert_eq!(names.len(), COUNT);
        assert!(names.iter().all(|name| name.to_lowercase() == **name && name.len() < 32));
    }

    #[test]
    fn sub_commands_follow_their_container() {
        let subs: usize = Spec::commands().map(|spec| spec.subs().len()).sum();
        assert_eq!(subs + Spec::commands().count(), COUNT);
        for container in Spec::commands() {
            for sub in container.subs() {
                assert_eq!(sub.full_name, format!("{}|{}", container.full_name, sub.name()));
                assert_eq!(sub.container().map(Spec::id), Some(container.id()));
            }
            assert_eq!(
                matches!(container.run, Run::Container),
                !container.subs().is_empty() && container.name() != "command"
            );
        }
    }

    #[test]
    fn flags_make_sense() {
        for spec in &TABLE {
            assert!(!(spec.flags.has(Flags::WRITE) && spec.flags.has(Flags::READONLY)), "{}", spec.full_name);
            assert!(spec.arity != 0 && !spec.docs.summary.is_empty(), "{}", spec.full_name);
        }
    }
}
