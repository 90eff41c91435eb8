//! Scores: how they are ordered, and the text of one in a listpack.
//!
//! Whole numbers are integers of the listpack, others are written as Valkey writes them. Must not meet NaN: commands
//! refuse it, and a listpack with one is refused.

use crate::packed::{Item, Packed, Place};
use ironkeep_wire::format_f64;
use std::cmp::Ordering;

/// Whole numbers up to here are kept as integers.
const LARGEST_WHOLE: f64 = (1u64 << 62) as f64;

/// The order of members: by score, then by bytes. Zero has no sign here.
#[inline]
pub(super) fn order(a: (f64, &[u8]), b: (f64, &[u8])) -> Ordering {
    match a.0.partial_cmp(&b.0) {
        Some(Ordering::Equal) | None => a.1.cmp(b.1),
        Some(other) => other,
    }
}

/// A number that rises with the score.
#[inline]
pub(super) fn mark(score: f64) -> u64 {
    // Adding zero takes the sign of a zero away; then the bits of positive numbers rise, those of negative ones fall.
    let bits = (score + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// Reads a score back. `None` for what is no number.
pub(super) fn read(item: Item) -> Option<f64> {
    match item {
        Item::Int(number) => Some(number as f64),
        Item::Bytes(text) => {
            let score: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
            (!score.is_nan()).then_some(score)
        }
    }
}

/// Writes a score behind the entry at `place`.
pub(super) fn insert_after(packed: &mut Packed, place: Place, score: f64) {
    match whole(score) {
        Some(number) => packed.insert_after(place, number),
        None => packed.insert_after(place, format_f64(score).as_bytes()),
    };
}

/// Writes a score at the end.
pub(super) fn push_back(packed: &mut Packed, score: f64) {
    match whole(score) {
        Some(number) => packed.push_back(number),
        None => packed.push_back(format_f64(score).as_bytes()),
    }
}

fn whole(score: f64) -> Option<i64> {
    (score.abs() <= LARGEST_WHOLE && score.trunc() == score).then_some(score as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_rise_with_scores() {
        let scores = [-f64::INFINITY, -1e300, -1.0, -5e-324, 0.0, 5e-324, 1.0, 1.5, 1e300, f64::INFINITY];
        assert!(scores.windows(2).all(|two| mark(two[0]) < mark(two[1])));
        assert_eq!(mark(-0.0), mark(0.0));
    }

    #[test]
    fn texts_read_back_to_the_same_number() {
        let some =
            [0.1, -2.5e-9, f64::MAX, -f64::MAX, f64::MIN_POSITIVE, 5e-324, f64::INFINITY, -f64::INFINITY];
        for score in some.into_iter().chain([4.7e18, 9.3e18, 1.7e20, 1e-6, 123456789.01234567, -0.000123]) {
            let mut packed = Packed::new();
            push_back(&mut packed, score);
            assert_eq!(packed.iter().next().and_then(read), Some(score));
        }
        for (score, text) in
            [(f64::INFINITY, &b"inf"[..]), (-1.5, b"-1.5"), (1e20, b"1e+20"), (1e-7, b"1e-7")]
        {
            let mut packed = Packed::new();
            push_back(&mut packed, score);
            assert_eq!(packed.iter().next(), Some(Item::Bytes(text)));
        }
    }
}
