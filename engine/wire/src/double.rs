//! Floating point numbers as Valkey prints and reads them.
//!
//! Printing is Grisu2 (Florian Loitsch, "Printing floating-point numbers quickly and accurately with integers"),
//! because Valkey's is: it is nearly always the shortest text, and where it is not we must not be either, or a
//! score would differ from one server to the other. Reading takes and gives what Valkey's parser does.

use crate::number::{IntText, write_i64, write_u64};
use crate::powers::{Power, scaling_power};

/// The longest text: 17 digits, up to 7 zeros, sign, point, `e`, exponent.
const LONGEST: usize = 32;
const FRACTION_BITS: u32 = 52;
const HIDDEN_BIT: u64 = 1 << FRACTION_BITS;
const EXPONENT_BIAS: i32 = 1023 + FRACTION_BITS as i32;
/// Whole numbers up to here are printed as integers.
const LARGEST_WHOLE: f64 = (1u64 << 62) as f64;

/// A number's text on the stack.
#[derive(Clone, Copy, Debug)]
pub struct DoubleText {
    bytes: [u8; LONGEST],
    len: usize,
}

impl DoubleText {
    fn of(text: &[u8]) -> Self {
        let mut new = Self { bytes: [0; LONGEST], len: 0 };
        new.push(text);
        new
    }

    fn push(&mut self, text: &[u8]) {
        self.bytes[self.len..self.len + text.len()].copy_from_slice(text);
        self.len += text.len();
    }

    fn push_zeros(&mut self, count: usize) {
        self.push(&b"00000000000000000000"[..count]);
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The text of a number: an integer if it is one, else the shortest decimal, else with an exponent.
#[must_use]
pub fn format_f64(value: f64) -> DoubleText {
    if value.is_nan() {
        return DoubleText::of(b"nan");
    }
    let magnitude = value.abs();
    if magnitude > LARGEST_WHOLE || magnitude.trunc() != magnitude {
        return shortest_f64(value);
    }
    let mut text = DoubleText::of(sign(value));
    text.push(IntText::unsigned(magnitude as u64).as_bytes());
    text
}

/// The text of a number that is treated like any other if it is whole: the shortest decimal, or with an exponent.
#[must_use]
pub fn shortest_f64(value: f64) -> DoubleText {
    if value.is_nan() {
        return DoubleText::of(b"nan");
    }
    let mut text = DoubleText::of(sign(value));
    match value.abs() {
        0.0 => text.push(b"0"),
        f64::INFINITY => text.push(b"inf"),
        magnitude => shortest(magnitude).lay_out(&mut text),
    }
    text
}

fn sign(value: f64) -> &'static [u8] {
    if value.is_sign_negative() { b"-" } else { b"" }
}

/// Appends the text of a number.
pub fn write_f64(out: &mut Vec<u8>, value: f64) {
    out.extend_from_slice(format_f64(value).as_bytes());
}

/// The text of a number as C's `%.17g` has it: seventeen digits without zeros at their end.
#[must_use]
pub fn format_f64_17(value: f64) -> Vec<u8> {
    const DIGITS: i32 = 17;
    if value == 0.0 || !value.is_finite() {
        return format_f64(value).as_bytes().to_vec();
    }
    let text = format!("{:.16e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    let count = digits.iter().rposition(|digit| *digit != b'0').map_or(1, |last| last + 1);
    let mut digits = digits[..count].to_vec();
    let mut text = if value < 0.0 { vec![b'-'] } else { Vec::new() };
    let is_plain = (-4..DIGITS).contains(&exponent);
    let whole = if !is_plain { 1 } else { (exponent + 1).max(0) as usize };
    if whole == 0 {
        text.extend_from_slice(b"0.");
        text.resize(text.len() + exponent.unsigned_abs() as usize - 1, b'0');
        text.extend_from_slice(&digits);
        return text;
    }
    digits.resize(digits.len().max(whole), b'0');
    text.extend_from_slice(&digits[..whole]);
    if digits.len() > whole {
        text.push(b'.');
        text.extend_from_slice(&digits[whole..]);
    }
    if !is_plain {
        text.extend(format!("e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs()).bytes());
    }
    text
}

/// Appends a number with `places` digits (at most 17) behind the point, as GEODIST shows distances. A number too
/// large for that becomes the largest that fits.
pub fn write_fixed(out: &mut Vec<u8>, value: f64, places: u32) {
    let unit = 10i64.pow(places.min(17));
    let scaled = (value * unit as f64).round_ties_even() as i64;
    if scaled < 0 {
        out.push(b'-');
    }
    let (whole, part) = (scaled.unsigned_abs() / unit as u64, scaled.unsigned_abs() % unit as u64);
    write_u64(out, whole);
    if places > 0 {
        // The leading one keeps the zeros; the point takes its place.
        let point = out.len();
        write_i64(out, unit + part as i64);
        out[point] = b'.';
    }
}

/// Reads a number in decimal or as `inf` or `infinity`. Refuses blanks, NaN, and what is too large or too small.
#[must_use]
pub fn parse_f64(text: &[u8]) -> Option<f64> {
    if let Some(whole) = parse_digits(text) {
        return Some(whole);
    }
    let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    let names_infinity = text.iter().any(|byte| byte.eq_ignore_ascii_case(&b'n'));
    if value.is_nan() || (value.is_infinite() && !names_infinity) {
        return None;
    }
    let mantissa = text.split(|byte| byte.eq_ignore_ascii_case(&b'e')).next()?;
    let vanished = value == 0.0 && mantissa.iter().any(|byte| matches!(byte, b'1'..=b'9'));
    (!vanished).then_some(value)
}

/// Reads what most numbers are: a few digits and nothing else, which are exact.
#[inline]
fn parse_digits(text: &[u8]) -> Option<f64> {
    const MOST: usize = 15;
    if text.is_empty() || text.len() > MOST || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')) as f64)
}

/// Decimal digits: the number is `0.d1d2d3… * 10^(count + exponent)`, that is `d1d2d3… * 10^exponent`.
struct Decimal {
    digits: [u8; 18],
    count: usize,
    exponent: i32,
}

impl Decimal {
    fn push(&mut self, digit: u8) {
        // Leading zeros are no digits. Eighteen cannot be passed: seventeen always tell two numbers apart.
        if (digit != 0 || self.count > 0) && self.count < self.digits.len() {
            self.digits[self.count] = b'0' + digit;
            self.count += 1;
        }
    }

    fn digits(&self) -> &[u8] {
        &self.digits[..self.count]
    }

    /// Chooses between plain digits, a decimal point, and an exponent.
    fn lay_out(&self, text: &mut DoubleText) {
        let count = self.count as i32;
        let scientific = self.exponent + count - 1;
        let is_plain = self.exponent >= 0 && scientific < count + 7;
        let has_point = self.exponent < 0 && (self.exponent > -7 || scientific.abs() < 4);
        if is_plain {
            text.push(self.digits());
            text.push_zeros(self.exponent as usize);
        } else if has_point && count + self.exponent > 0 {
            let (whole, part) = self.digits().split_at((count + self.exponent) as usize);
            text.push(whole);
            text.push(b".");
            text.push(part);
        } else if has_point {
            text.push(b"0.");
            text.push_zeros(-(count + self.exponent) as usize);
            text.push(self.digits());
        } else {
            self.lay_out_scientific(scientific, text);
        }
    }

    fn lay_out_scientific(&self, exponent: i32, text: &mut DoubleText) {
        let (first, rest) = self.digits().split_at(1);
        text.push(first);
        if !rest.is_empty() {
            text.push(b".");
            text.push(rest);
        }
        text.push(if exponent < 0 { b"e-" } else { b"e+" });
        text.push(IntText::unsigned(u64::from(exponent.unsigned_abs())).as_bytes());
    }
}

/// The digits of a positive finite number.
fn shortest(value: f64) -> Decimal {
    let bits = value.to_bits();
    let (fraction, biased) = (bits & (HIDDEN_BIT - 1), (bits >> FRACTION_BITS) as i32);
    let (mantissa, exponent) = match biased {
        0 => (fraction, 1 - EXPONENT_BIAS),
        _ => (fraction | HIDDEN_BIT, biased - EXPONENT_BIAS),
    };
    // The neighbours half-way up and down, all three scaled to the exponent at which the upper fills 64 bits.
    let upper = 2 * mantissa + 1;
    let shift = upper.leading_zeros();
    let scaled = exponent - 1 - shift as i32;
    let lower = if mantissa == HIDDEN_BIT {
        // A power of two: the number below is twice as near.
        (4 * mantissa - 1) << (shift - 1)
    } else {
        (2 * mantissa - 1) << shift
    };
    let power = scaling_power(scaled);
    let upper = multiply(upper << shift, power) - 1;
    let lower = multiply(lower, power) + 1;
    let centre = multiply((2 * mantissa) << shift, power);
    let window = Window { upper, delta: upper - lower, distance: upper - centre };
    window.cut(-(scaled + power.exponent + 64) as u32, -power.ten)
}

/// The high half of the product, rounded.
fn multiply(mantissa: u64, power: Power) -> u64 {
    let (a, b) = (mantissa, power.mantissa);
    let low = u64::from(u32::MAX);
    let (high_low, low_high) = ((a >> 32) * (b & low), (a & low) * (b >> 32));
    let middle = (high_low & low) + (low_high & low) + (((a & low) * (b & low)) >> 32) + (1 << 31);
    (a >> 32) * (b >> 32) + (high_low >> 32) + (low_high >> 32) + (middle >> 32)
}

/// The texts among which to find the shortest: those of `upper - delta ..= upper`, best at `upper - distance`.
struct Window {
    upper: u64,
    delta: u64,
    distance: u64,
}

impl Window {
    /// Cuts digits from the top until what remains is inside the window. The point is `bits` from the right.
    fn cut(self, bits: u32, exponent: i32) -> Decimal {
        let one = 1u64 << bits;
        let mut decimal = Decimal { digits: [0; 18], count: 0, exponent };
        let (mut whole, mut part) = (self.upper >> bits, self.upper & (one - 1));
        for place in (0..10).rev() {
            let unit = 10u64.pow(place);
            decimal.push((whole / unit) as u8);
            whole %= unit;
            let rest = (whole << bits) + part;
            if rest <= self.delta {
                decimal.exponent += place as i32;
                decimal.round(self.delta, rest, unit << bits, self.distance);
                return decimal;
            }
        }
        let (mut delta, mut distance) = (self.delta, self.distance);
        loop {
            part = part.wrapping_mul(10);
            delta = delta.wrapping_mul(10);
            distance = distance.wrapping_mul(10);
            decimal.exponent -= 1;
            decimal.push((part >> bits) as u8);
            part &= one - 1;
            if part < delta {
                decimal.round(delta, part, one, distance);
                return decimal;
            }
        }
    }
}

impl Decimal {
    /// Lowers the last digit while that brings the number nearer to the true one and keeps it in the window.
    fn round(&mut self, delta: u64, mut rest: u64, unit: u64, distance: u64) {
        let Some(last) = self.count.checked_sub(1) else { return };
        while rest < distance
            && delta - rest >= unit
            && (rest + unit < distance || distance - rest > rest + unit - distance)
        {
            self.digits[last] -= 1;
            rest += unit;
        }
    }
}
