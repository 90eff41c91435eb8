//! From a name to its row. Names come from clients: any bytes, any case. A name of up to sixteen bytes is two
//! folded numbers and usually one probe; the table of probes is made when the program is compiled.

use super::row::Spec;
use super::table::{COUNT, TABLE};

/// At most half full, so that probes stay short.
const SLOTS: usize = (COUNT * 2).next_power_of_two();

/// A name in lower case: its first and its last eight bytes, which overlap in names of less than sixteen. Up
/// to eight bytes are in `first` alone, filled up with zeros.
#[derive(Clone, Copy)]
struct Folded {
    first: u64,
    last: u64,
    len: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    first: u64,
    last: u64,
    /// Zero when the slot is free.
    len: u16,
    id: u16,
}

static PROBES: [Slot; SLOTS] = {
    let mut slots = [Slot { first: 0, last: 0, len: 0, id: 0 }; SLOTS];
    let mut id = 0;
    while id < COUNT {
        if !TABLE[id].is_sub() {
            let name = Folded::of(TABLE[id].full_name.as_bytes());
            let mut at = name.slot();
            while slots[at].len != 0 {
                at = (at + 1) % SLOTS;
            }
            slots[at] = Slot { first: name.first, last: name.last, len: name.len as u16, id: id as u16 };
        }
        id += 1;
    }
    slots
};

/// The command of this name, in any case. Not for `config|get`: see `by_full_name`.
#[inline]
pub fn lookup(name: &[u8]) -> Option<&'static Spec> {
    let folded = Folded::of(name);
    let mut at = folded.slot();
    loop {
        let slot = &PROBES[at];
        if slot.len == 0 {
            return None;
        }
        if slot.first == folded.first && slot.last == folded.last && usize::from(slot.len) == folded.len {
            let spec = &TABLE[usize::from(slot.id)];
            // Only of longer names there is something in between that has not been compared.
            if folded.len <= 16 || name.eq_ignore_ascii_case(spec.full_name.as_bytes()) {
                return Some(spec);
            }
        }
        at = (at + 1) % SLOTS;
    }
}

/// The sub-command of `container` that is called `name`, in any case.
pub fn sub(container: &'static Spec, name: &[u8]) -> Option<&'static Spec> {
    container.subs().iter().find(|spec| name.eq_ignore_ascii_case(spec.name().as_bytes()))
}

/// The command or, as `config|get`, the sub-command of this name.
pub fn by_full_name(name: &[u8]) -> Option<&'static Spec> {
    match name.iter().position(|byte| *byte == b'|') {
        None => lookup(name),
        Some(bar) => sub(lookup(&name[..bar])?, &name[bar + 1..]),
    }
}

impl Folded {
    #[inline]
    const fn of(name: &[u8]) -> Self {
        let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
            (Some(first), Some(last)) if name.len() > 8 => {
                (fold(u64::from_le_bytes(*first)), fold(u64::from_le_bytes(*last)))
            }
            (Some(all), _) => (fold(u64::from_le_bytes(*all)), 0),
            _ => (fold(load_short(name)), 0),
        };
        Self { first, last, len: name.len() }
    }

    /// Where to look first. Fibonacci hashing: the upper bits of the product depend on all bits below.
    #[inline]
    const fn slot(self) -> usize {
        let mixed = self.first ^ self.last.rotate_left(31);
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - SLOTS.trailing_zeros())) as usize
    }
}

/// Fewer than eight bytes, filled up with zeros.
#[inline]
const fn load_short(name: &[u8]) -> u64 {
    match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        // The two overlap in equal bytes.
        (Some(first), Some(last)) => {
            let (first, last) = (u32::from_le_bytes(*first) as u64, u32::from_le_bytes(*last) as u64);
            first | last << ((name.len() - 4) * 8)
        }
        _ => match *name {
            [a, b, c] => u32::from_le_bytes([a, b, c, 0]) as u64,
            [a, b] => u16::from_le_bytes([a, b]) as u64,
            [a] => a as u64,
            _ => 0,
        },
    }
}

/// Lower case for the letters among eight bytes; all other bytes stay what they are.
#[inline]
const fn fold(bytes: u64) -> u64 {
    const ALL: u64 = 0x0101_0101_0101_0101;
    let low = bytes & (0x7F * ALL);
    // The top bit of each byte tells: at least 'A', and above 'Z'.
    let from_a = low + (0x80 - b'A' as u64) * ALL;
    let above_z = low + (0x7F - b'Z' as u64) * ALL;
    let upper = from_a & !above_z & !bytes & (0x80 * ALL);
    bytes | upper >> 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_command_is_found_in_any_case() {
        for spec in TABLE.iter() {
            let upper = spec.full_name.to_uppercase();
            assert_eq!(by_full_name(spec.full_name.as_bytes()).map(Spec::id), Some(spec.id()));
            assert_eq!(by_full_name(upper.as_bytes()).map(Spec::id), Some(spec.id()));
        }
    }

    #[test]
    fn near_misses_are_not_found() {
        for name in [
            "",
            "ge",
            "gett",
            "get\0",
            "config|get",
            "bitfield_r",
            "bitfield_rp",
            "bitfield-ro",
            "exp\u{129}re",
        ] {
            assert!(lookup(name.as_bytes()).is_none(), "{name:?}");
        }
        assert!(by_full_name(b"get|get").is_none());
        assert!(by_full_name(b"config|get|x").is_none());
    }

    #[test]
    fn probes_are_short() {
        let longest = (0..SLOTS).filter(|at| PROBES[*at].len != 0).map(|at| {
            let Slot { first, last, len, .. } = PROBES[at];
            let home = Folded { first, last, len: len.into() }.slot();
            (at + SLOTS - home) % SLOTS
        });
        assert!(longest.max().unwrap() <= 4);
    }

    proptest! {
        #[test]
        fn folding_is_ascii_lower_case(bytes: [u8; 8]) {
            let lower = bytes.map(|byte| byte.to_ascii_lowercase());
            prop_assert_eq!(fold(u64::from_le_bytes(bytes)), u64::from_le_bytes(lower));
        }

        #[test]
        fn lookup_agrees_with_a_search(name in proptest::collection::vec(any::<u8>(), 0..24)) {
            let found = Spec::commands().find(|spec| name.eq_ignore_ascii_case(spec.full_name.as_bytes()));
            prop_assert_eq!(lookup(&name).map(Spec::id), found.map(Spec::id));
        }
    }
}
