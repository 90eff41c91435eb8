//! Natural numbers without a bound of their own, for exact conversions between decimal and binary.
//!
//! Only what reading and printing a long double needs. Speed does not matter here; the size of what comes in is
//! bounded by the callers (a few thousand digits).

use std::cmp::Ordering;

/// A natural number, least significant limb first, without zero limbs at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Natural(Vec<u64>);

/// The largest power of ten in a limb, and which it is.
const CHUNK: u64 = 10_000_000_000_000_000_000;
const CHUNK_DIGITS: usize = 19;

impl Natural {
    /// A number of decimal digits, given as 0 to 9.
    pub(crate) fn from_digits(digits: &[u8]) -> Self {
        let mut number = Self(Vec::new());
        for chunk in digits.chunks(CHUNK_DIGITS) {
            let value = chunk.iter().fold(0u64, |value, &digit| value * 10 + u64::from(digit));
            number.multiply_add(10u64.pow(chunk.len() as u32), value);
        }
        number
    }

    /// `mantissa * 2^shift`.
    pub(crate) fn shifted(mantissa: u64, shift: usize) -> Self {
        let mut number = Self(vec![mantissa]);
        number.trim();
        number.shift_left(shift);
        number
    }

    /// Multiplies by `10^exponent`.
    pub(crate) fn scale_by_ten(&mut self, exponent: usize) {
        for _ in 0..exponent / CHUNK_DIGITS {
            self.multiply_add(CHUNK, 0);
        }
        self.multiply_add(10u64.pow((exponent % CHUNK_DIGITS) as u32), 0);
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bits it has.
    pub(crate) fn bits(&self) -> usize {
        self.0.last().map_or(0, |top| self.0.len() * 64 - top.leading_zeros() as usize)
    }

    pub(crate) fn shift_left(&mut self, shift: usize) {
        let bits = (shift % 64) as u32;
        if bits > 0 {
            let mut carry = 0;
            for limb in &mut self.0 {
                let wide = u128::from(*limb) << bits | carry;
                *limb = wide as u64;
                carry = wide >> 64;
            }
            self.0.push(carry as u64);
            self.trim();
        }
        if !self.is_zero() {
            self.0.splice(0..0, std::iter::repeat_n(0, shift / 64));
        }
    }

    /// Takes `other` away, which must not be the larger one.
    pub(crate) fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (index, limb) in self.0.iter_mut().enumerate() {
            let taken = other.0.get(index).copied().unwrap_or(0);
            let (difference, under) = limb.overflowing_sub(taken);
            let (difference, under_again) = difference.overflowing_sub(u64::from(borrow));
            *limb = difference;
            borrow = under || under_again;
        }
        self.trim();
    }

    /// The decimal digits as text.
    pub(crate) fn into_decimal(mut self) -> Vec<u8> {
        let mut digits = Vec::new();
        while !self.is_zero() {
            let mut chunk = self.divide(CHUNK);
            for _ in 0..CHUNK_DIGITS {
                digits.push(b'0' + (chunk % 10) as u8);
                chunk /= 10;
            }
        }
        let len = digits.iter().rposition(|&digit| digit != b'0').map_or(0, |top| top + 1);
        digits.truncate(len.max(1));
        digits.reverse();
        digits
    }

    fn multiply_add(&mut self, factor: u64, summand: u64) {
        let mut carry = u128::from(summand);
        for limb in &mut self.0 {
            let wide = u128::from(*limb) * u128::from(factor) + carry;
            *limb = wide as u64;
            carry = wide >> 64;
        }
        self.0.push(carry as u64);
        self.trim();
    }

    /// Divides, and gives the remainder.
    fn divide(&mut self, divisor: u64) -> u64 {
        let mut rest = 0u128;
        for limb in self.0.iter_mut().rev() {
            let wide = rest << 64 | u128::from(*limb);
            *limb = (wide / u128::from(divisor)) as u64;
            rest = wide % u128::from(divisor);
        }
        self.trim();
        rest as u64
    }

    fn trim(&mut self) {
        let len = self.0.iter().rposition(|&limb| limb != 0).map_or(0, |top| top + 1);
        self.0.truncate(len);
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_len = self.0.len().cmp(&other.0.len());
        by_len.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
