//! Ids of entries: a time in milliseconds and a number within it.
//!
//! Takes and gives text as clients write it. Must not read a clock.

use crate::packed::parse_integer;
use std::fmt;

/// The id of an entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Id {
    /// Milliseconds.
    pub ms: u64,
    /// The number within the millisecond.
    pub seq: u64,
}

/// Room for the text of any id.
pub type IdText = [u8; 41];

impl Id {
    /// The lowest id, which no entry has.
    pub const MIN: Self = Self { ms: 0, seq: 0 };
    /// The highest id.
    pub const MAX: Self = Self { ms: u64::MAX, seq: u64::MAX };

    /// An id.
    pub const fn new(ms: u64, seq: u64) -> Self {
        Self { ms, seq }
    }

    /// The id right above.
    pub fn next(self) -> Option<Self> {
        match (self.seq.checked_add(1), self.ms.checked_add(1)) {
            (Some(seq), _) => Some(Self { seq, ..self }),
            (None, Some(ms)) => Some(Self { ms, seq: 0 }),
            (None, None) => None,
        }
    }

    /// The id right below.
    pub fn prev(self) -> Option<Self> {
        match (self.seq.checked_sub(1), self.ms.checked_sub(1)) {
            (Some(seq), _) => Some(Self { seq, ..self }),
            (None, Some(ms)) => Some(Self { ms, seq: u64::MAX }),
            (None, None) => None,
        }
    }

    /// The id that a client wrote: `ms-seq`, or `ms` alone with a number to use then. `-` and `+` are no ids here.
    pub fn parse(text: &[u8], missing: u64) -> Option<Self> {
        let (ms, seq) = halves(text)?;
        Some(Self { ms: number(ms)?, seq: seq.map_or(Some(missing), number)? })
    }

    /// Likewise for a new entry: `ms-*` has no number, it gets one from the stream.
    pub fn parse_new(text: &[u8]) -> Option<(u64, Option<u64>)> {
        match halves(text)? {
            (ms, Some(b"*")) => Some((number(ms)?, None)),
            _ => Self::parse(text, 0).map(|id| (id.ms, Some(id.seq))),
        }
    }

    /// The text, written into the room.
    pub fn text(self, room: &mut IdText) -> &[u8] {
        let mut at = room.len();
        write_digits(room, &mut at, self.seq);
        at -= 1;
        room[at] = b'-';
        write_digits(room, &mut at, self.ms);
        &room[at..]
    }

    /// The 16 bytes that stand for it in files: they sort as ids do.
    pub fn to_bytes(self) -> [u8; 16] {
        (u128::from(self.ms) << 64 | u128::from(self.seq)).to_be_bytes()
    }

    /// The id that 16 bytes of a file stand for.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let both = u128::from_be_bytes(bytes);
        Self { ms: (both >> 64) as u64, seq: both as u64 }
    }

    /// The id that is so far from this one, as entries of a node tell it.
    pub(super) fn plus(self, ms: i64, seq: i64) -> Self {
        Self { ms: self.ms.wrapping_add(ms.cast_unsigned()), seq: self.seq.wrapping_add(seq.cast_unsigned()) }
    }

    /// How far this id is from another.
    pub(super) fn minus(self, other: Self) -> (i64, i64) {
        (self.ms.wrapping_sub(other.ms).cast_signed(), self.seq.wrapping_sub(other.seq).cast_signed())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.ms, self.seq)
    }
}

fn write_digits(room: &mut IdText, at: &mut usize, mut number: u64) {
    loop {
        *at -= 1;
        room[*at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return;
        }
    }
}

/// What stands before and after the first dash. A zero byte ends the text, as it ends Valkey's copy of it.
fn halves(text: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    const LONGEST: usize = 127;
    let text = text.split(|byte| *byte == 0).next().filter(|_| text.len() <= LONGEST)?;
    let dash = text.iter().position(|byte| *byte == b'-');
    Some(dash.map_or((text, None), |dash| (&text[..dash], Some(&text[dash + 1..]))))
}

/// A number as Valkey reads it: one that is no signed integer in its usual form as C's `strtoull` does, for which
/// blanks, signs and zeros may precede, and what is negative wraps around.
fn number(text: &[u8]) -> Option<u64> {
    if let Some(usual) = parse_integer(text) {
        return u64::try_from(usual).ok();
    }
    let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | 9..=13)).count();
    let (negative, digits) = match &text[blanks..] {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let mut number = if digits.is_empty() { None } else { Some(0u64) };
    for digit in digits {
        let value = Some(digit.wrapping_sub(b'0')).filter(|value| *value < 10)?;
        number = number?.checked_mul(10)?.checked_add(u64::from(value));
    }
    number.map(|number| if negative { number.wrapping_neg() } else { number })
}
