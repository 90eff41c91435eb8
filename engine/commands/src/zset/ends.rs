//! The ends of ranges: ranks, scores or bytes, as clients write them, and the ranks that they come to.

use crate::Fault;
use ironkeep_values::zset::{LexEnd, ZSet};
use ironkeep_wire::parse_i64;
use std::ops::{Bound, Range};

/// What a range goes by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum By {
    Rank,
    Score,
    Lex,
}

/// A range: its first and its last end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ends<'a> {
    Ranks(i64, i64),
    Scores(Bound<f64>, Bound<f64>),
    Lex(LexEnd<'a>, LexEnd<'a>),
}

impl<'a> Ends<'a> {
    /// Reads both ends.
    pub(super) fn parse(by: By, min: &'a [u8], max: &'a [u8]) -> Result<Self, Fault> {
        let (ends, fault) = match by {
            By::Rank => {
                (parse_i64(min).zip(parse_i64(max)).map(|(a, b)| Self::Ranks(a, b)), Fault::NotInteger)
            }
            By::Score => (
                score(min).zip(score(max)).map(|(a, b)| Self::Scores(a, b)),
                Fault::Other("ERR min or max is not a float"),
            ),
            By::Lex => (
                lex(min).zip(lex(max)).map(|(a, b)| Self::Lex(a, b)),
                Fault::Other("ERR min or max not valid string range item"),
            ),
        };
        ends.ok_or(fault)
    }

    /// The ranks that belong to the range. With `reverse`, ranks are counted from the highest member.
    pub(super) fn ranks(self, set: &ZSet, reverse: bool) -> Range<usize> {
        match self {
            Self::Scores(min, max) => set.ranks_by_score(min, max),
            Self::Lex(min, max) => set.ranks_by_lex(min, max),
            Self::Ranks(start, stop) => {
                let len = set.len();
                let Range { start, end } = within(start, stop, len);
                if reverse { len - end..len - start } else { start..end }
            }
        }
    }
}

/// The part of a range of ranks that is there; negative ones count from the end.
fn within(start: i64, stop: i64, len: usize) -> Range<usize> {
    let from_end = |rank: i64| if rank < 0 { rank.saturating_add_unsigned(len as u64) } else { rank };
    let start = usize::try_from(from_end(start)).unwrap_or(0).min(len);
    let end = usize::try_from(from_end(stop)).map_or(0, |stop| stop.saturating_add(1).min(len));
    start..end.max(start)
}

/// A score that ends a range: `(` before it leaves it out.
fn score(text: &[u8]) -> Option<Bound<f64>> {
    match text {
        [b'(', text @ ..] => number(text).map(Bound::Excluded),
        text => number(text).map(Bound::Included),
    }
}

/// A number up to the first zero byte, as for C; nothing at all is zero. Too large is infinite here.
fn number(text: &[u8]) -> Option<f64> {
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    if text.is_empty() {
        return Some(0.0);
    }
    let number: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    (!number.is_nan()).then_some(number)
}

fn lex(text: &[u8]) -> Option<LexEnd<'_>> {
    match text {
        [b'-'] | [b'-', 0, ..] => Some(LexEnd::Lowest),
        [b'+'] | [b'+', 0, ..] => Some(LexEnd::Highest),
        [b'[', member @ ..] => Some(LexEnd::Included(member)),
        [b'(', member @ ..] => Some(LexEnd::Excluded(member)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_within_a_set() {
        for (start, stop, wanted) in [
            (0, -1, 0..5),
            (-3, -2, 2..4),
            (3, 100, 3..5),
            (5, 6, 5..5),
            (3, 1, 3..3),
            (i64::MIN, i64::MAX, 0..5),
            (i64::MIN, i64::MIN, 0..0),
            (i64::MAX, i64::MAX, 5..5),
        ] {
            assert_eq!(within(start, stop, 5), wanted, "{start} {stop}");
        }
        assert_eq!(within(0, -1, 0), 0..0);
    }

    #[test]
    fn ends_as_clients_write_them() {
        assert_eq!(score(b"(1.5"), Some(Bound::Excluded(1.5)));
        assert_eq!(score(b"-INF"), Some(Bound::Included(f64::NEG_INFINITY)));
        assert_eq!(score(b"1e400"), Some(Bound::Included(f64::INFINITY)));
        assert_eq!(score(b""), Some(Bound::Included(0.0)));
        assert_eq!(score(b"2\0x"), Some(Bound::Included(2.0)));
        for bad in [&b"nan"[..], b"(nan", b" 1", b"1 ", b"((1", b"x", b"1x"] {
            assert_eq!(score(bad), None);
        }
        assert_eq!(lex(b"[a"), Some(LexEnd::Included(b"a")));
        assert_eq!(lex(b"("), Some(LexEnd::Excluded(b"")));
        assert_eq!(lex(b"+"), Some(LexEnd::Highest));
        for bad in [&b""[..], b"a", b"++", b"-1", b"0"] {
            assert_eq!(lex(bad), None);
        }
    }
}
