//! Kubernetes quantities: how much `1.5Gi` is, and how the API server spells it.
//!
//! The API server rewrites quantities when it stores an object (`0.5` becomes `500m`). What is desired has to be
//! spelt the same way, or it would look different from what is observed for ever.

/// The finest amount that Kubernetes keeps: a thousand millionth.
const NANO: i128 = 1_000_000_000;
/// No quantity that makes sense is longer.
const LONGEST: usize = 48;
/// Suffixes of powers of ten, with their exponents.
const DECIMAL: [(&str, i32); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];
/// Suffixes of powers of 1024, in order.
const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// How a quantity is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notation {
    /// `1.5k`
    Decimal,
    /// `1Ki`
    Binary,
    /// `1e3`
    Exponent,
}

/// How many bytes, rounded up; none if the text is no quantity.
pub fn bytes(text: &str) -> Option<u64> {
    let (nanos, _) = parse(text)?;
    u64::try_from(ceil(nanos, NANO)).ok()
}

/// The spelling that the API server keeps. What can't be read stays as it is: the API server will say why.
pub fn canonical(text: &str) -> String {
    match parse(text) {
        Some((nanos, Notation::Binary)) if nanos.abs() >= 1024 * NANO => {
            // Without a unit it is read again as a decimal number.
            binary(ceil(nanos, NANO)).unwrap_or_else(|bytes| canonical(&bytes.to_string()))
        }
        Some((nanos, Notation::Exponent)) => decimal(nanos, |exponent| match exponent {
            0 => String::new(),
            _ => format!("e{exponent}"),
        }),
        Some((nanos, _)) => decimal(nanos, |exponent| {
            DECIMAL
                .iter()
                .find(|(_, e)| *e == exponent)
                .map_or_else(|| format!("e{exponent}"), |(s, _)| (*s).to_owned())
        }),
        None => text.to_owned(),
    }
}

fn parse(text: &str) -> Option<(i128, Notation)> {
    let text = text.trim();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    if text.len() > LONGEST || !number.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let (notation, base, exponent) = scale(suffix)?;
    let nanos = fixed(number, base, exponent)?;
    Some((if text.starts_with('-') { -nanos } else { nanos }, notation))
}

/// What a suffix multiplies by: base and exponent.
fn scale(suffix: &str) -> Option<(Notation, i128, i32)> {
    if let Some(at) = BINARY.iter().position(|s| *s == suffix) {
        return Some((Notation::Binary, 1024, at as i32 + 1));
    }
    if let Some((_, exponent)) = DECIMAL.iter().find(|(s, _)| *s == suffix) {
        return Some((Notation::Decimal, 10, *exponent));
    }
    let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    (-18..=18).contains(&exponent).then_some((Notation::Exponent, 10, exponent))
}

/// `number × base^exponent` in nanos, rounded up.
fn fixed(number: &str, base: i128, exponent: i32) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits: i128 = format!("0{whole}{fraction}").parse().ok()?;
    let scaled = digits.checked_mul(NANO)?.checked_mul(base.checked_pow(exponent.max(0) as u32)?)?;
    let divisor = 10i128
        .checked_pow(fraction.len() as u32)?
        .checked_mul(base.checked_pow((-exponent).max(0) as u32)?)?;
    Some(ceil(scaled, divisor))
}

/// With the largest unit that leaves a whole number; the amount itself if there is none.
fn binary(mut amount: i128) -> Result<String, i128> {
    let mut suffix = Err(amount);
    for unit in BINARY {
        if amount % 1024 != 0 {
            break;
        }
        amount /= 1024;
        suffix = Ok(unit);
    }
    suffix.map(|unit| format!("{amount}{unit}"))
}

fn decimal(mut amount: i128, suffix: impl Fn(i32) -> String) -> String {
    if amount == 0 {
        return "0".to_owned();
    }
    let mut exponent = -9;
    while exponent < 18 && amount % 1000 == 0 {
        amount /= 1000;
        exponent += 3;
    }
    format!("{amount}{}", suffix(exponent))
}

/// Divides and rounds away from zero.
fn ceil(amount: i128, by: i128) -> i128 {
    let up = i128::from(amount % by != 0) * amount.signum();
    amount / by + up
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spells_as_the_api_server_does() {
        let pairs = [
            ("0.5", "500m"),
            ("1000m", "1"),
            ("1500m", "1500m"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("1Gi", "1Gi"),
            ("512Ki", "512Ki"),
            ("1000Mi", "1000Mi"),
            ("128974848", "128974848"),
            ("1000000", "1M"),
            ("0", "0"),
            ("0Gi", "0"),
            ("0.5Ki", "512"),
            ("216.093Ti", "237596766181k"),
            ("1e3", "1e3"),
            ("1000e0", "1e3"),
            ("1.0", "1"),
            ("0.1", "100m"),
            (".5", "500m"),
            ("100M", "100M"),
            ("1500M", "1500M"),
            ("-1000m", "-1"),
            ("", ""),
            ("abc", "abc"),
            ("1Zi", "1Zi"),
            (".", "."),
        ];
        for (given, expected) in pairs {
            assert_eq!(canonical(given), expected, "{given}");
        }
    }

    #[test]
    fn counts_bytes() {
        assert_eq!(bytes("1Gi"), Some(1 << 30));
        assert_eq!(bytes("1.5Ki"), Some(1536));
        assert_eq!(bytes("1G"), Some(1_000_000_000));
        assert_eq!(bytes("100m"), Some(1));
        assert_eq!(bytes("-1"), None);
        assert_eq!(bytes("999999999999Ei"), None);
    }

    proptest! {
        #[test]
        fn the_spelling_is_stable_and_means_the_same(text in "[0-9]{1,9}(\\.[0-9]{1,6})?(n|u|m|k|M|G|T|Ki|Mi|Gi|Ti|e[0-9])?") {
            let once = canonical(&text);
            prop_assert_eq!(&canonical(&once), &once);
            prop_assert_eq!(bytes(&once), bytes(&text));
        }

        #[test]
        fn anything_may_come(text in "\\PC*") {
            canonical(&text);
            bytes(&text);
        }
    }
}
