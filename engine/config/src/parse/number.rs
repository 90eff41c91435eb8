//! Numbers, as bytes with units, shares, octal permissions and plain.

use super::as_text;
use crate::row::Unit;

/// Parses a number and holds it against its bounds.
pub(super) fn parse(min: i128, max: i128, unit: Unit, word: &[u8]) -> Result<i128, String> {
    let number = match unit {
        Unit::Plain => plain(word).ok_or("argument couldn't be parsed into an integer")?,
        Unit::Memory => memory(word).ok_or("argument must be a memory value")?,
        Unit::SignedMemory => {
            memory(word).or_else(|| plain(word)).ok_or("argument must be a memory value")?
        }
        Unit::MemoryOrPercent => {
            memory(word).or_else(|| share(word)).ok_or("argument must be a memory or percent value")?
        }
        Unit::Octal => octal(word).ok_or("argument couldn't be parsed as an octal number")?,
    };
    if (min..=max).contains(&number) {
        return Ok(number);
    }
    Err(match unit {
        Unit::MemoryOrPercent if number < 0 => {
            format!("percentage argument must be less or equal to {}", -min)
        }
        Unit::Octal => format!("argument must be between {min:o} and {max:o} inclusive"),
        _ => format!("argument must be between {min} and {max} inclusive"),
    })
}

/// A decimal number of 64 bits with no sign but a minus, no blanks and no leading zeros.
fn plain(word: &[u8]) -> Option<i128> {
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    let leading_zero = digits.first() == Some(&b'0') && word != b"0";
    if digits.first() == Some(&b'+') || leading_zero {
        return None;
    }
    as_text(word).parse::<i64>().ok().map(i128::from)
}

/// Bytes with an optional unit: `k m g` are powers of 1000, `kb mb gb` powers of 1024.
pub fn memory(word: &[u8]) -> Option<i128> {
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, unit) = word.split_at(digits);
    let factor: u64 = match unit.to_ascii_lowercase().as_slice() {
        b"" | b"b" => 1,
        b"k" => 1000,
        b"kb" => 1 << 10,
        b"m" => 1_000_000,
        b"mb" => 1 << 20,
        b"g" => 1_000_000_000,
        b"gb" => 1 << 30,
        _ => return None,
    };
    // The empty number is zero, as in Valkey; a sum beyond 64 bits is no number of bytes.
    let number: u64 = if digits.is_empty() { 0 } else { as_text(digits).parse().ok()? };
    number.checked_mul(factor).map(i128::from)
}

/// A share in percent, held as a negative number.
fn share(word: &[u8]) -> Option<i128> {
    let number = plain(word.strip_suffix(b"%")?)?;
    (number >= 0).then_some(-number)
}

fn octal(word: &[u8]) -> Option<i128> {
    i64::from_str_radix(&as_text(word), 8).ok().map(i128::from)
}
