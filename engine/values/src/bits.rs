//! Bits of a string: bit 0 is the highest bit of the first byte.
//!
//! Takes bytes and ranges of bits, counts, finds and combines. A range that goes past the end is cut there.

use std::ops::Range;

/// How many bits of the range are set.
pub fn count(bytes: &[u8], bits: Range<u64>) -> u64 {
    let Some((first, last)) = bounds(bytes, &bits) else { return 0 };
    let whole = ones(&bytes[first..=last]);
    let before = u16::from(bytes[first]) >> (8 - bits.start % 8);
    let past = bits.end.min(bytes.len() as u64 * 8).wrapping_neg() % 8;
    let after = bytes[last] & ((1u16 << past) - 1) as u8;
    whole - u64::from(before.count_ones()) - u64::from(after.count_ones())
}

/// The first bit of the range that is set, or clear.
pub fn find(bytes: &[u8], set: bool, bits: Range<u64>) -> Option<u64> {
    let (first, last) = bounds(bytes, &bits)?;
    let skipped = if set { 0 } else { 0xff };
    let head = (bytes[first] ^ skipped) & (0xff >> (bits.start % 8));
    let (at, byte) = if head == 0 {
        let at = first + 1 + position_of_other(&bytes[first + 1..=last], skipped)?;
        (at, bytes[at] ^ skipped)
    } else {
        (first, head)
    };
    let found = at as u64 * 8 + u64::from(byte.leading_zeros());
    (found < bits.end).then_some(found)
}

/// The bytes that hold the first and the last bit of the range, if there are any.
fn bounds(bytes: &[u8], bits: &Range<u64>) -> Option<(usize, usize)> {
    let end = bits.end.min(bytes.len() as u64 * 8);
    (bits.start < end).then(|| ((bits.start / 8) as usize, ((end - 1) / 8) as usize))
}

/// Where the first byte is that is not this one.
fn position_of_other(bytes: &[u8], this: u8) -> Option<usize> {
    const STEP: usize = 64;
    let same = bytes.chunks_exact(STEP).take_while(|chunk| *chunk == [this; STEP]).count() * STEP;
    bytes[same..].iter().position(|byte| *byte != this).map(|at| same + at)
}

/// How many bits are set.
fn ones(bytes: &[u8]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if bytes.len() >= 32 && is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
        // SAFETY: this processor was just asked whether it has these instructions.
        return unsafe { ones_with_avx2(bytes) };
    }
    ones_by_words(bytes)
}

/// The same loop, compiled for instructions that not every processor has.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
fn ones_with_avx2(bytes: &[u8]) -> u64 {
    ones_by_words(bytes)
}

#[inline(always)]
fn ones_by_words(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let in_words: u64 = words.iter().map(|word| u64::from(u64::from_ne_bytes(*word).count_ones())).sum();
    in_words + rest.iter().map(|byte| u64::from(byte.count_ones())).sum::<u64>()
}

/// How strings are combined bit by bit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Combine {
    /// Set where all are set.
    And,
    /// Set where one is set.
    Or,
    /// Set where an odd number is set.
    Xor,
}

impl Combine {
    /// Combines strings into one as long as the longest; shorter ones end in zeros.
    pub fn of(self, operands: &[&[u8]]) -> Vec<u8> {
        let mut result = vec![0; operands.iter().map(|operand| operand.len()).max().unwrap_or(0)];
        let Some((first, others)) = operands.split_first() else { return result };
        result[..first.len()].copy_from_slice(first);
        for other in others {
            self.apply(&mut result, other);
        }
        result
    }

    /// The loops are plain, so that the compiler makes them work on whole vectors.
    fn apply(self, result: &mut [u8], other: &[u8]) {
        let (common, rest) = result.split_at_mut(other.len());
        let pairs = common.iter_mut().zip(other);
        match self {
            Self::And => {
                pairs.for_each(|(result, other)| *result &= other);
                rest.fill(0);
            }
            Self::Or => pairs.for_each(|(result, other)| *result |= other),
            Self::Xor => pairs.for_each(|(result, other)| *result ^= other),
        }
    }
}

/// All bits the other way round.
pub fn invert(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| !byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bit(bytes: &[u8], at: u64) -> bool {
        bytes.get((at / 8) as usize).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1)
    }

    /// Bytes with long runs of zeros and of ones.
    fn runs() -> impl Strategy<Value = Vec<u8>> {
        let run = (prop_oneof![Just(0), Just(0xff), any::<u8>()], 0..100usize);
        prop::collection::vec(run, 0..5).prop_map(|runs| {
            runs.into_iter().flat_map(|(byte, len)| std::iter::repeat_n(byte, len)).collect()
        })
    }

    proptest! {
        #[test]
        fn counts_as_one_by_one(bytes in runs(), start in 0..4500u64, len in 0..4500u64) {
            let bits = start..start + len;
            let model = bits.clone().filter(|at| bit(&bytes, *at)).count();
            prop_assert_eq!(count(&bytes, bits), model as u64);
        }

        #[test]
        fn finds_as_one_by_one(bytes in runs(), set: bool, start in 0..4500u64, len in 0..4500u64) {
            let mut within = start..(start + len).min(bytes.len() as u64 * 8);
            let model = within.find(|at| bit(&bytes, *at) == set);
            prop_assert_eq!(find(&bytes, set, start..start + len), model);
        }

        #[test]
        fn combines_as_one_by_one(operands in prop::collection::vec(runs(), 1..5)) {
            let slices: Vec<&[u8]> = operands.iter().map(Vec::as_slice).collect();
            let longest = operands.iter().map(Vec::len).max().unwrap_or(0);
            for (how, fold) in [
                (Combine::And, (|a, b| a & b) as fn(u8, u8) -> u8),
                (Combine::Or, |a, b| a | b),
                (Combine::Xor, |a, b| a ^ b),
            ] {
                let at = |i: usize| operands.iter().map(move |o| o.get(i).copied().unwrap_or(0));
                let model: Vec<u8> = (0..longest).map(|i| at(i).reduce(fold).unwrap_or(0)).collect();
                prop_assert_eq!(how.of(&slices), model);
            }
        }
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert_eq!(count(b"", 0..u64::MAX), 0);
        assert_eq!(find(b"", false, 0..u64::MAX), None);
        assert_eq!(count(b"\xff", u64::MAX - 1..u64::MAX), 0);
        assert_eq!(Combine::And.of(&[]), b"");
        assert_eq!(invert(b"\x00\xf0"), b"\xff\x0f");
    }
}
