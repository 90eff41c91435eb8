//! Amounts as Kubernetes writes them (`500m`, `10Gi`, `1e3`) and as engines write them (`100mb`).

/// The largest count of digits worth reading; Kubernetes has no amounts beyond 2^63.
const MAX_DIGITS: usize = 30;

/// A Kubernetes quantity in thousandths, rounded up.
pub fn kubernetes(text: &str) -> Option<i128> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || digits.len() > MAX_DIGITS || fraction.contains('.') {
        return None;
    }
    let scale = 10i128.checked_pow(fraction.len().try_into().ok()?)?;
    let value = digits.parse::<i128>().ok()?;
    let (multiply, divide) = thousandths(suffix)?;
    let value = value.checked_mul(multiply)?;
    let divide = divide.checked_mul(scale)?;
    Some(sign * (value / divide + i128::from(value % divide != 0)))
}

/// How many thousandths the unit of a suffix is, as a fraction.
fn thousandths(suffix: &str) -> Option<(i128, i128)> {
    let binary = |power: u32| Some((1000 * 1024i128.pow(power), 1));
    let decimal = |power: u32| Some((10i128.pow(power + 3), 1));
    match suffix {
        "n" => Some((1, 1_000_000)),
        "u" => Some((1, 1000)),
        "m" => Some((1, 1)),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        _ => exponent(suffix),
    }
}

/// `e3` and `E-3`.
fn exponent(suffix: &str) -> Option<(i128, i128)> {
    let power: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    match power {
        -9..=-4 => Some((1, 10i128.pow((-power - 3).unsigned_abs()))),
        -3..=18 => Some((10i128.pow((power + 3).unsigned_abs()), 1)),
        _ => None,
    }
}

/// An engine's amount of memory in bytes: `100`, `100k` (1000), `100kb` (1024), in any case.
pub fn memory(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" => 1000,
        "kb" => 1 << 10,
        "m" => 1_000_000,
        "mb" => 1 << 20,
        "g" => 1_000_000_000,
        "gb" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantities_are_read_as_kubernetes_does() {
        let cases = [
            ("0", 0),
            ("1", 1000),
            ("500m", 500),
            ("1.5", 1500),
            ("0.0001", 1),
            ("1Ki", 1_024_000),
            ("1.5Gi", 1_610_612_736_000),
            ("10G", 10_000_000_000_000),
            ("1e3", 1_000_000),
            ("12E-1", 1200),
            ("5E", 5_000_000_000_000_000_000_000),
            ("-1", -1000),
            (".5", 500),
            ("5.", 5000),
            ("100n", 1),
        ];
        for (text, thousandths) in cases {
            assert_eq!(kubernetes(text), Some(thousandths), "{text}");
        }
        for text in
            ["", "Gi", "1gi", "1 Gi", "1GiB", "1..5", "1.2.3", "e", "1e", "1e99", "--1", "ten", "1_000", "."]
        {
            assert_eq!(kubernetes(text), None, "{text}");
        }
    }

    #[test]
    fn memory_is_read_as_engines_do() {
        for (text, bytes) in
            [("0", 0), ("1b", 1), ("1k", 1000), ("1KB", 1024), ("2mb", 2 << 20), ("1Gb", 1 << 30)]
        {
            assert_eq!(memory(text), Some(bytes), "{text}");
        }
        for text in ["", "mb", "-1", "1.5gb", "1Gi", "1 mb", "99999999999999999999", "18446744073709551615gb"]
        {
            assert_eq!(memory(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            kubernetes(&text);
            memory(&text);
        }

        #[test]
        fn whole_numbers_are_themselves(number in 0u32..) {
            prop_assert_eq!(kubernetes(&number.to_string()), Some(i128::from(number) * 1000));
            prop_assert_eq!(kubernetes(&format!("{number}Mi")), Some((i128::from(number) * 1000) << 20));
        }
    }
}
