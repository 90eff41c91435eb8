//! Fair lots: numbers below a bound, and distinct ones.
//!
//! Takes a source of random bits as an argument. Must not have one itself.

use std::collections::HashSet;

/// A number below `bound`, each as likely as another; zero if the bound is zero.
pub fn below(bound: usize, random: &mut dyn FnMut() -> u64) -> usize {
    let wide = bound as u64;
    loop {
        let product = u128::from(random()) * u128::from(wide);
        // The lowest few products would make some numbers more likely: draw again.
        if product as u64 >= wide.wrapping_neg().checked_rem(wide).unwrap_or(0) {
            return (product >> 64) as usize;
        }
    }
}

/// `count` distinct numbers below `bound`, each choice as likely as another, in no particular order; all numbers if
/// there aren't as many.
pub fn distinct(count: usize, bound: usize, random: &mut dyn FnMut() -> u64) -> Vec<usize> {
    if count >= bound {
        return (0..bound).collect();
    }
    let mut drawn = HashSet::with_capacity(count);
    let mut numbers = Vec::with_capacity(count);
    // Floyd's way: a number that was drawn already stands for the newest one, which can't have been.
    for newest in bound - count..bound {
        let number = below(newest + 1, random);
        let number = if drawn.insert(number) { number } else { newest };
        drawn.insert(number);
        numbers.push(number);
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> impl FnMut() -> u64 {
        let (hasher, mut state) = (crate::hash::Hasher::new([1; 16]), 0u64);
        move || {
            state += 1;
            hasher.hash(&state.to_le_bytes())
        }
    }

    #[test]
    fn every_number_below_is_as_likely() {
        let mut random = source();
        for bound in [1, 3, 7, 10] {
            let mut counts = vec![0u32; bound];
            (0..bound * 10_000).for_each(|_| counts[below(bound, &mut random)] += 1);
            assert!(counts.iter().all(|count| (9_400..10_600).contains(count)), "{counts:?}");
        }
        assert_eq!(below(0, &mut random), 0);
    }

    #[test]
    fn distinct_numbers_are_distinct_and_fair() {
        let mut random = source();
        let mut counts = [0u32; 12];
        for _ in 0..12_000 {
            let mut numbers = distinct(4, 12, &mut random);
            numbers.iter().for_each(|&number| counts[number] += 1);
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), 4);
        }
        assert!(counts.iter().all(|count| (3_600..4_400).contains(count)), "{counts:?}");
        assert_eq!(distinct(5, 3, &mut random), [0, 1, 2]);
    }
}
