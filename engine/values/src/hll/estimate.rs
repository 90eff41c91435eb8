//! From the values of the registers to the estimate, by Otmar Ertl's formula ("New cardinality estimation algorithms
//! for HyperLogLog sketches", arXiv:1702.01284).
//!
//! Takes how often each value occurs.

use super::{HIGHEST, REGISTERS};

/// Half of the inverse of the logarithm of two.
const ALPHA: f64 = 0.721_347_520_444_481_7;

/// The estimated number of different elements.
pub(super) fn from_histogram(histogram: &[u32; 64]) -> u64 {
    let all = REGISTERS as f64;
    let mut z = all * tau((all - f64::from(histogram[HIGHEST])) / all);
    for count in histogram[1..HIGHEST].iter().rev() {
        z = (z + f64::from(*count)) * 0.5;
    }
    z += all * sigma(f64::from(histogram[0]) / all);
    let estimate = (ALPHA * all * all / z).round();
    // Registers that no hash can give have no estimate: the number that Valkey's conversion gives.
    if estimate.is_finite() { estimate as u64 } else { 1 << 63 }
}

fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if before == z {
            return z;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x) * (1.0 - x) * y;
        if before == z {
            return z / 3.0;
        }
    }
}
