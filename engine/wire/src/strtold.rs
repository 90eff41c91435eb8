//! Reads the text of a long double, as C's `strtold` does where Valkey uses it.
//!
//! Takes the whole text, gives the nearest number or nothing. It must read all of the text or refuse it, and it
//! must not do unbounded work: the text is at most 5 KiB.

use crate::bignum::Natural;
use crate::extended::Extended;

/// Valkey's buffer for such a text.
const LONGEST: usize = 5 * 1024;
/// No number has more digits in front of its point.
const MOST_DECIMALS: i64 = 4933;
/// Every number with more zeros than this behind its point rounds to zero.
const MOST_ZEROS: i64 = 4951;
/// Exponents are cut to this: far beyond any number, far from any overflow.
const EXPONENT_BOUND: i64 = 1_000_000;
/// Powers of ten up to here have less than 60 bits.
const SMALL_POWER: i64 = 18;
/// Hexadecimal digits that surely fit into 128 bits; more can only break a tie.
const HEX_DIGITS: usize = 32;

/// The digits of a literal, without zeros at either end: the number is `digits * radix^exponent`.
struct Digits {
    values: Vec<u8>,
    exponent: i64,
}

pub(crate) fn parse(text: &[u8]) -> Option<Extended> {
    if text.len() >= LONGEST {
        return None;
    }
    let (negative, body) = match text {
        [b'-', body @ ..] => (true, body),
        [b'+', body @ ..] => (false, body),
        body => (false, body),
    };
    match body {
        [b'i' | b'I', ..] => parse_infinity(negative, body),
        [b'0', b'x' | b'X', digits @ ..] => parse_hexadecimal(negative, digits),
        _ => parse_decimal(negative, body),
    }
}

fn parse_infinity(negative: bool, body: &[u8]) -> Option<Extended> {
    let is_name = body.eq_ignore_ascii_case(b"inf") || body.eq_ignore_ascii_case(b"infinity");
    is_name.then(|| Extended::infinity(negative))
}

fn parse_hexadecimal(negative: bool, body: &[u8]) -> Option<Extended> {
    let (digits, rest) = read_digits(body, 16)?;
    let exponent = read_exponent(rest, b'p')?;
    let (taken, left) = digits.values.split_at(digits.values.len().min(HEX_DIGITS));
    let mantissa = taken.iter().fold(0u128, |value, &digit| value << 4 | u128::from(digit));
    let exponent = exponent + 4 * (digits.exponent + left.len() as i64);
    let number = Extended::round(negative, mantissa, exponent as i32, !left.is_empty());
    representable(number, &digits)
}

fn parse_decimal(negative: bool, body: &[u8]) -> Option<Extended> {
    let (mut digits, rest) = read_digits(body, 10)?;
    digits.exponent += read_exponent(rest, b'e')?;
    let point = digits.values.len() as i64 + digits.exponent;
    if digits.values.is_empty() {
        return Some(Extended::round(negative, 0, 0, false));
    }
    if !(-MOST_ZEROS..=MOST_DECIMALS).contains(&point) {
        return None;
    }
    let number = match small_decimal(negative, &digits) {
        Some(number) => number,
        None => large_decimal(negative, &digits),
    };
    representable(number, &digits)
}

/// Refuses a number that became infinite or zero although its digits are neither.
fn representable(number: Extended, digits: &Digits) -> Option<Extended> {
    (number.is_finite() && (digits.values.is_empty() || !number.is_zero())).then_some(number)
}

/// The usual case: digits that fit a register, and a small power of ten.
fn small_decimal(negative: bool, digits: &Digits) -> Option<Extended> {
    if digits.values.len() > 19 || digits.exponent.abs() > SMALL_POWER {
        return None;
    }
    let value = digits.values.iter().fold(0u128, |value, &digit| value * 10 + u128::from(digit));
    let power = 10u128.pow(digits.exponent.unsigned_abs() as u32);
    if digits.exponent >= 0 {
        return Some(Extended::round(negative, value * power, 0, false));
    }
    // With the top bit set, the quotient has at least 67 bits.
    let shift = value.leading_zeros();
    let (value, exponent) = (value << shift, -(shift as i32));
    Some(Extended::round(negative, value / power, exponent, value % power != 0))
}

/// Divides bit by bit: 68 bits are enough to round.
fn large_decimal(negative: bool, digits: &Digits) -> Extended {
    const BITS: i32 = 68;
    let mut numerator = Natural::from_digits(&digits.values);
    let mut denominator = Natural::from_digits(&[1]);
    let scaled = if digits.exponent >= 0 { &mut numerator } else { &mut denominator };
    scaled.scale_by_ten(digits.exponent.unsigned_abs() as usize);

    let (above, below) = (numerator.bits(), denominator.bits());
    denominator.shift_left(above.saturating_sub(below));
    numerator.shift_left(below.saturating_sub(above));
    let mut quotient = 0u128;
    for _ in 0..BITS {
        quotient <<= 1;
        if numerator >= denominator {
            numerator.subtract(&denominator);
            quotient |= 1;
        }
        numerator.shift_left(1);
    }
    let exponent = above as i32 - below as i32 - (BITS - 1);
    Extended::round(negative, quotient, exponent, !numerator.is_zero())
}

/// Reads digits with or without a point, at least one. Gives what is behind them too.
fn read_digits(body: &[u8], radix: u32) -> Option<(Digits, &[u8])> {
    let mut digits = Digits { values: Vec::with_capacity(body.len().min(32)), exponent: 0 };
    let (mut point, mut seen, mut at) = (false, false, 0);
    while let Some(&byte) = body.get(at) {
        match char::from(byte).to_digit(radix) {
            Some(0) if digits.values.is_empty() => digits.exponent -= i64::from(point),
            Some(digit) => {
                digits.values.push(digit as u8);
                digits.exponent -= i64::from(point);
            }
            None if byte == b'.' && !point => point = true,
            None => break,
        }
        seen |= byte != b'.';
        at += 1;
    }
    while digits.values.last() == Some(&0) {
        digits.values.pop();
        digits.exponent += 1;
    }
    seen.then_some((digits, &body[at..]))
}

/// Reads an exponent, which must be all of `text`, or nothing.
fn read_exponent(text: &[u8], marker: u8) -> Option<i64> {
    let [first, rest @ ..] = text else { return Some(0) };
    if first.to_ascii_lowercase() != marker {
        return None;
    }
    let (negative, digits) = match rest {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value =
        digits.iter().fold(0, |value: i64, byte| (value * 10 + i64::from(byte - b'0')).min(EXPONENT_BOUND));
    Some(if negative { -value } else { value })
}
