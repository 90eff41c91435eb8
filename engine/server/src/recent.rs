//! The commands that a thread looked up last, by their names as they were written.
//!
//! Requests come in runs of the same few commands: a look here costs a compare of a few bytes. Only commands
//! without sub-commands, whose name alone tells what they are.

use ironkeep_commands::Args;
use ironkeep_commands::spec::{self, Found};

const SLOTS: usize = 8;
const LONGEST: usize = 15;

#[derive(Clone, Copy)]
struct Slot {
    len: u8,
    name: [u8; LONGEST],
    found: Found,
}

/// Some commands.
pub struct Recent {
    slots: [Slot; SLOTS],
}

impl Default for Recent {
    fn default() -> Self {
        Self { slots: [Slot { len: 0, name: [0; LONGEST], found: Found::NoCommand }; SLOTS] }
    }
}

/// Where a name is kept. GET and SET, MGET and MSET do not meet.
#[inline(always)]
fn slot_of(name: &[u8]) -> usize {
    name.first().map_or(0, |first| usize::from(first >> 2) & (SLOTS - 1))
}

impl Recent {
    /// The command that a request calls.
    #[inline(always)]
    pub fn find(&mut self, args: Args<'_>) -> Found {
        let name = args.at(0);
        let slot = &self.slots[slot_of(name)];
        if name.len() == usize::from(slot.len)
            && *name == slot.name[..name.len().min(LONGEST)]
            && slot.len > 0
        {
            return slot.found;
        }
        self.look_up(args)
    }

    #[inline(never)]
    fn look_up(&mut self, args: Args<'_>) -> Found {
        let (name, found) = (args.at(0), spec::find(&args));
        if let Found::Spec(spec) = found
            && !spec.is_sub()
            && spec.subs().is_empty()
            && name.len() <= LONGEST
        {
            let slot = &mut self.slots[slot_of(name)];
            slot.len = name.len() as u8;
            slot.name[..name.len()].copy_from_slice(name);
            slot.found = found;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ironkeep_commands::OwnedArgs;

    #[test]
    fn gives_what_a_search_gives() {
        let mut recent = Recent::default();
        for name in
            ["get", "GET", "set", "get", "sEt", "config", "", "nonsense", "incrbyfloat", "Get", "bitfield_ro"]
        {
            for _ in 0..2 {
                let owned = OwnedArgs::collect([name.as_bytes(), b"x"].into_iter());
                let id = |found| if let Found::Spec(spec) = found { Some(spec.id()) } else { None };
                assert_eq!(id(recent.find(owned.args())), id(spec::find(&owned.args())), "{name}");
            }
        }
    }
}
