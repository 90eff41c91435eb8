//! Floating point numbers of 64 bits of precision: the x87 `long double` that Valkey adds floats with.
//!
//! INCRBYFLOAT and HINCRBYFLOAT show the sum of two such numbers, and `f64` would show other digits (0.1 + 0.2).
//! Gives reading, addition and printing with the very rounding of the hardware and of glibc. Nothing else.

use crate::bignum::Natural;
use crate::number::write_u64;
use crate::strtold;

/// Exponent of the last bit of the smallest numbers.
const LOWEST: i32 = -16_445;
/// Exponent of the last bit of the largest numbers.
const HIGHEST: i32 = 16_320;
const INFINITE: i32 = i32::MAX;
/// `%.17Lf`
const PLACES: usize = 17;
const UNIT: u128 = 10u128.pow(PLACES as u32);

/// A number `mantissa * 2^exponent`, or an infinity. Never NaN.
///
/// The mantissa's top bit is set unless the exponent is the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extended {
    negative: bool,
    mantissa: u64,
    exponent: i32,
}

impl Extended {
    /// Zero.
    pub const ZERO: Self = Self { negative: false, mantissa: 0, exponent: LOWEST };

    /// Reads what Valkey takes for a float: decimal, hexadecimal or `inf`, nothing around it, neither NaN nor
    /// anything too large or too small to be represented.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        strtold::parse(text)
    }

    /// The same number with more bits. NaN becomes nothing.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        let negative = value.is_sign_negative();
        if value.is_infinite() {
            return Some(Self::infinity(negative));
        }
        let bits = value.to_bits();
        let (fraction, biased) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i32);
        let mantissa = if biased == 0 { fraction } else { fraction | 1 << 52 };
        Some(Self::round(negative, u128::from(mantissa), biased.max(1) - 1075, false))
    }

    pub(crate) fn infinity(negative: bool) -> Self {
        Self { negative, mantissa: 0, exponent: INFINITE }
    }

    /// Whether it is a number, not an infinity.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self.exponent != INFINITE
    }

    pub(crate) fn is_zero(self) -> bool {
        self.mantissa == 0 && self.is_finite()
    }

    /// The sum, or nothing if that would be infinite or NaN.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if !self.is_finite() || !other.is_finite() {
            return None;
        }
        let (high, low) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let exponent = high.exponent - 63;
        let larger = u128::from(high.mantissa) << 63;
        let (smaller, sticky) = shift_right(u128::from(low.mantissa) << 63, high.exponent - low.exponent);
        let sum = if high.negative == low.negative {
            Self::round(high.negative, larger + smaller, exponent, sticky)
        } else if larger >= smaller {
            // What was shifted out makes the difference smaller by less than one.
            let difference = larger - smaller - u128::from(sticky);
            Self::round(high.negative && difference > 0, difference, exponent, sticky)
        } else {
            Self::round(low.negative, smaller - larger, exponent, sticky)
        };
        sum.is_finite().then_some(sum)
    }

    /// The text with at most 17 digits behind the point and no zeros at its end: `%.17Lf`, tidied.
    #[must_use]
    pub fn format_17(self) -> Vec<u8> {
        if !self.is_finite() {
            return if self.negative { b"-inf".to_vec() } else { b"inf".to_vec() };
        }
        let mut text = Vec::with_capacity(24);
        if self.negative {
            text.push(b'-');
        }
        if self.exponent >= 0 {
            text.extend(Natural::shifted(self.mantissa, self.exponent as usize).into_decimal());
            return text;
        }
        let scaled = round_shift(u128::from(self.mantissa) * UNIT, -self.exponent, false);
        if scaled == 0 {
            return b"0".to_vec();
        }
        // The whole part has 64 bits at most, because the exponent is negative.
        write_u64(&mut text, (scaled / UNIT) as u64);
        write_part(&mut text, (scaled % UNIT) as u64);
        text
    }

    /// The product with a whole number, as the hardware rounds it, then rounded up to a whole number. What is below
    /// the smallest integer becomes that; nothing if the product is above the largest one.
    #[must_use]
    pub fn times_ceil(self, by: u32) -> Option<i64> {
        let product = match self.is_finite() {
            true => {
                Self::round(self.negative, u128::from(self.mantissa) * u128::from(by), self.exponent, false)
            }
            false => self,
        };
        let magnitude = product.whole_magnitude();
        if product.negative {
            return Some(0i64.checked_sub_unsigned(magnitude).unwrap_or(i64::MIN));
        }
        i64::try_from(magnitude).ok()
    }

    /// The magnitude without a fraction, rounded up in value; the largest if it does not fit.
    fn whole_magnitude(self) -> u64 {
        if self.is_zero() {
            return 0;
        }
        if self.exponent > 0 {
            return u64::MAX;
        }
        let (kept, has_fraction) = shift_right(self.mantissa.into(), -self.exponent);
        (kept as u64).saturating_add(u64::from(has_fraction && !self.negative))
    }

    /// The nearest number to `mantissa * 2^exponent`, to the even one of two. `sticky` says that the true mantissa
    /// is larger by less than one; then it must have at least 66 bits.
    pub(crate) fn round(negative: bool, mantissa: u128, exponent: i32, sticky: bool) -> Self {
        let width = 128 - mantissa.leading_zeros() as i32;
        if width == 0 {
            return Self { negative, ..Self::ZERO };
        }
        let surplus = (width - 64).max(LOWEST - exponent);
        if surplus <= 0 {
            return Self::checked(negative, (mantissa << -surplus) as u64, exponent + surplus);
        }
        let kept = round_shift(mantissa, surplus, sticky);
        match u64::try_from(kept) {
            Ok(kept) => Self::checked(negative, kept, exponent + surplus),
            // Rounding up has carried into a 65th bit; the others are zero.
            Err(_) => Self::checked(negative, 1 << 63, exponent + surplus + 1),
        }
    }

    fn checked(negative: bool, mantissa: u64, exponent: i32) -> Self {
        if exponent > HIGHEST { Self::infinity(negative) } else { Self { negative, mantissa, exponent } }
    }
}

/// A point and the digits of seventeen that are not zeros at the end.
fn write_part(text: &mut Vec<u8>, part: u64) {
    if part == 0 {
        return;
    }
    let point = text.len();
    // The one in front keeps the leading zeros; the point takes its place.
    write_u64(text, UNIT as u64 + part);
    text[point] = b'.';
    while text.last() == Some(&b'0') {
        text.pop();
    }
}

/// `value / 2^shift` without its fraction, and whether there was one.
fn shift_right(value: u128, shift: i32) -> (u128, bool) {
    match value.checked_shr(shift.unsigned_abs()) {
        Some(kept) => (kept, kept << shift != value),
        None => (0, value != 0),
    }
}

/// `value / 2^shift` rounded to the nearest, to the even one of two. `sticky` as for `Extended::round`.
fn round_shift(value: u128, shift: i32, sticky: bool) -> u128 {
    let (doubled, below) = shift_right(value, shift - 1);
    let (kept, is_half) = (doubled >> 1, doubled & 1 == 1);
    let is_odd = kept & 1 == 1;
    kept + u128::from(is_half && (below || sticky || is_odd))
}
