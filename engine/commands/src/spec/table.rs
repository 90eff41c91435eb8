//! The table: the rows of all groups, one after the other, with what can be worked out of them filled in
//! when the program is compiled. A sub-command follows its container.

use super::flags::Flags;
use super::keys::Shape;
use super::row::{Group, Spec};
use super::{bitmap, client, command, connection, diagnostics, generic, server, string, transactions};

const GROUPS: &[(Group, &[Spec])] = &[
    (Group::String, string::ROWS),
    (Group::Bitmap, bitmap::ROWS),
    (Group::Generic, generic::ROWS),
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
        if matches!(shape, Shape::Keynum { .. } | Shape::Special) {
            flags = flags.and(Flags::MOVABLE_KEYS);
        }
        Self { id, group, shape, flags, acl: self.acl.with_implied(flags), ..self }
    }
}
