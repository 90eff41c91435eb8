//! Numbers against the standard library's, and against texts that Valkey 9.1 and glibc gave.

use ironkeep_wire::{
    Extended, digits, format_f64, parse_f64, parse_i64, parse_u64, shortest_f64, write_f64, write_fixed,
    write_i64, write_u64,
};
use proptest::prelude::*;

fn double(value: f64) -> String {
    String::from_utf8(format_f64(value).as_bytes().to_vec()).expect("text")
}

fn text(number: Extended) -> String {
    String::from_utf8(number.format_17()).expect("text")
}

/// What INCRBYFLOAT replies.
fn sum(left: &str, right: &str) -> Option<String> {
    Some(text(Extended::parse(left.as_bytes())?.checked_add(Extended::parse(right.as_bytes())?)?))
}

#[test]
fn integers_have_one_spelling() {
    for refused in
        ["", "-", "+1", "01", "-0", "-01", " 1", "1 ", "1.0", "1e3", "0x1", "00", "1-", "--1", "\u{661}"]
    {
        assert_eq!(parse_i64(refused.as_bytes()), None, "{refused:?}");
    }
    assert_eq!(parse_i64(b"0"), Some(0));
    assert_eq!(parse_i64(b"9223372036854775807"), Some(i64::MAX));
    assert_eq!(parse_i64(b"-9223372036854775808"), Some(i64::MIN));
    for refused in
        ["9223372036854775808", "-9223372036854775809", "9999999999999999999", "18446744073709551616"]
    {
        assert_eq!(parse_i64(refused.as_bytes()), None, "{refused:?}");
    }
}

#[test]
fn whole_numbers_may_have_an_exponent() {
    let short = |value: f64| String::from_utf8(shortest_f64(value).as_bytes().to_vec()).expect("text");
    for (value, expected) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (-7.0, "-7"),
        (1e7, "10000000"),
        (1e8, "1e+8"),
        (123_456_789.0, "123456789"),
        (1e15, "1e+15"),
        (0.1, "0.1"),
        (f64::NEG_INFINITY, "-inf"),
    ] {
        assert_eq!(short(value), expected);
    }
}

#[test]
fn unsigned_integers_are_read_leniently() {
    let cases = [
        ("0", 0),
        ("007", 7),
        ("+5", 5),
        (" 5", 5),
        ("18446744073709551615", u64::MAX),
        ("-007", 7u64.wrapping_neg()),
    ];
    for (text, value) in cases {
        assert_eq!(parse_u64(text.as_bytes()), Some(value), "{text:?}");
    }
    for refused in ["", "-", "+", "-5", "5 ", "18446744073709551616", "1x", "99999999999999999999999"] {
        assert_eq!(parse_u64(refused.as_bytes()), None, "{refused:?}");
    }
}

#[test]
fn doubles_as_valkey_prints_them() {
    let cases = [
        (0.0, "0"),
        (-0.0, "-0"),
        (3.0, "3"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (-1.5, "-1.5"),
        (1e15, "1000000000000000"),
        (1e18, "1000000000000000000"),
        (4_611_686_018_427_387_904.0, "4611686018427387904"),
        (4_611_686_018_427_388_928.0, "4611686018427389000"),
        (1e19, "1e+19"),
        (1e21, "1e+21"),
        (1.5e-7, "1.5e-7"),
        (1e-5, "0.00001"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (1.25e-5, "1.25e-5"),
        (1.25e-3, "0.00125"),
        (123_456_789.125, "123456789.125"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (-5e-324, "-5e-324"),
        (2.2250738585072014e-308, "2.2250738585072014e-308"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (-f64::NAN, "nan"),
    ];
    for (value, expected) in cases {
        assert_eq!(double(value), expected);
    }
    let mut out = Vec::new();
    write_f64(&mut out, 2.5);
    assert_eq!(out, b"2.5");
}

#[test]
fn doubles_at_every_exponent() {
    for exponent in 0..0x7ffu64 {
        for fraction in [0, 1, 0x8_0000_0000_0000, 0xf_ffff_ffff_ffff] {
            let value = f64::from_bits(exponent << 52 | fraction);
            assert_eq!(double(value).parse(), Ok(value));
        }
    }
}

#[test]
fn doubles_as_valkey_reads_them() {
    let cases = [
        ("1", 1.0),
        ("+1.5", 1.5),
        ("-.5", -0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("1E-2", 0.01),
        ("007", 7.0),
        ("inf", f64::INFINITY),
        ("+Infinity", f64::INFINITY),
        ("-INF", f64::NEG_INFINITY),
        ("0e9999", 0.0),
        ("5e-324", 5e-324),
    ];
    for (text, value) in cases {
        assert_eq!(parse_f64(text.as_bytes()), Some(value), "{text:?}");
    }
    for refused in [
        "", ".", "nan", "-NaN", " 1", "1 ", "1e", "0x10", "1e309", "-1e309", "1e-400", "1_0", "infin", "\0",
        "1\0",
    ] {
        assert_eq!(parse_f64(refused.as_bytes()), None, "{refused:?}");
    }
}

#[test]
fn fixed_places() {
    let cases = [
        (0.0, "0.0000"),
        (166_274.151_6, "166274.1516"),
        (0.00004, "0.0000"),
        (0.00006, "0.0001"),
        (-1.5, "-1.5000"),
    ];
    for (value, expected) in cases {
        let mut out = Vec::new();
        write_fixed(&mut out, value, 4);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

#[test]
fn sums_as_incrbyfloat_shows_them() {
    let cases = [
        ("0.1", "0.2", "0.3"),
        ("3.0e3", "200", "3200"),
        ("5.0e3", "-5.0e3", "0"),
        ("10.50", "0.1", "10.6"),
        ("3", "1.1", "4.1"),
        ("-1.5", "1.5", "0"),
        ("1", "1e-20", "1"),
        ("-1e-20", "0", "0"),
        ("0x10", "0x.8p1", "17"),
        ("17179869184", "1.5", "17179869185.5"),
        ("1.23", "-9.876", "-8.646"),
        ("10000.12", "0.1", "10000.21999999999999975"),
        ("18446744073709551616", "1", "18446744073709551616"),
        ("18446744073709551615", "1", "18446744073709551616"),
        ("36893488147419103232", "3", "36893488147419103236"),
    ];
    for (left, right, expected) in cases {
        assert_eq!(sum(left, right).as_deref(), Some(expected), "{left} + {right}");
    }
    assert_eq!(sum("1.79e308", "1.79e308").map(|text| text.len()), Some(309));
}

#[test]
fn sums_that_are_no_numbers() {
    for (left, right) in
        [("inf", "1"), ("1", "-inf"), ("inf", "-inf"), ("1e4932", "1e4932"), ("-1e4932", "-1e4932")]
    {
        assert_eq!(sum(left, right), None, "{left} + {right}");
    }
}

#[test]
fn long_doubles_at_their_ends() {
    for refused in [
        "",
        "nan",
        " 1",
        "1 ",
        "1e",
        ".",
        "0x",
        "0x.p1",
        "1e5000",
        "1e-5000",
        "0x1p99999999999",
        "1.8e-4951",
        "1.18973149535723176508e4932",
        "infinit",
    ] {
        assert_eq!(Extended::parse(refused.as_bytes()), None, "{refused:?}");
    }
    assert!(Extended::parse(b"1.9e-4951").is_some());
    assert!(Extended::parse(b"1.18973149535723176502e4932").is_some());
    assert_eq!(Extended::parse(b"0e99999999999999999999"), Some(Extended::ZERO));
    assert_eq!(Extended::parse(&[b'1'; 5120]), None);
    assert_eq!(text(Extended::parse(&[b'1'; 21]).unwrap()), "111111111111111111112");
    assert_eq!(Extended::parse(b"inf").map(text).as_deref(), Some("inf"));
}

/// The text of `hundred_quadrillionths * 10^-17`.
fn decimal(hundred_quadrillionths: i128) -> String {
    let unit = 10i128.pow(17);
    let (whole, part) = (hundred_quadrillionths.abs() / unit, hundred_quadrillionths.abs() % unit);
    let sign = if hundred_quadrillionths < 0 { "-" } else { "" };
    format!("{sign}{whole}.{part:017}")
}

fn tidy(text: &str) -> String {
    match text.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".to_string(),
        tidied => tidied.to_string(),
    }
}

proptest! {
    #[test]
    fn integers_as_std_prints_them(value in any::<i64>(), shift in 0u32..64) {
        for value in [value >> shift, value] {
            let expected = value.to_string();
            let mut out = Vec::new();
            write_i64(&mut out, value);
            prop_assert_eq!(std::str::from_utf8(&out), Ok(&*expected));
            prop_assert_eq!(digits(value), expected.len());
            prop_assert_eq!(parse_i64(&out), Some(value));
            out.clear();
            write_u64(&mut out, value as u64);
            prop_assert_eq!(std::str::from_utf8(&out), Ok(&*(value as u64).to_string()));
            prop_assert_eq!(parse_u64(&out), Some(value as u64));
        }
    }

    #[test]
    fn integers_as_std_reads_them(text in "-?[0-9]{0,21}|[-+0-9 ]{0,4}") {
        let expected = text.parse::<i64>().ok().filter(|value| value.to_string() == text);
        prop_assert_eq!(parse_i64(text.as_bytes()), expected);
    }

    #[test]
    fn doubles_come_back(bits in any::<u64>()) {
        let value = f64::from_bits(bits);
        prop_assume!(!value.is_nan());
        prop_assert_eq!(parse_f64(double(value).as_bytes()), Some(value));
    }

    #[test]
    fn garbage_is_no_number(text in "[-+0-9.eExXpPaAinfINF]{0,12}") {
        let _ = (parse_i64(text.as_bytes()), parse_u64(text.as_bytes()), parse_f64(text.as_bytes()));
        if let Some(number) = Extended::parse(text.as_bytes()) {
            prop_assert!(number.format_17().len() < 5000);
        }
    }

    /// Below 32 the error of a sum is less than half of the last place shown.
    #[test]
    fn small_sums_are_decimal_sums(left in -16 * 10i128.pow(17)..16 * 10i128.pow(17), right in -16 * 10i128.pow(17)..16 * 10i128.pow(17)) {
        let expected = tidy(&decimal(left + right));
        prop_assert_eq!(sum(&decimal(left), &decimal(right)), Some(expected));
    }

    #[test]
    fn whole_sums_are_exact(left in any::<i64>(), right in any::<i64>()) {
        let expected = i128::from(left) + i128::from(right);
        prop_assert_eq!(sum(&left.to_string(), &right.to_string()), Some(expected.to_string()));
    }

    /// The standard library prints every `f64` exactly; so do we, and what it prints we read exactly.
    #[test]
    fn long_doubles_hold_doubles(value in prop_oneof![any::<f64>(), -1e6..1e6f64]) {
        prop_assume!(value.is_finite());
        let number = Extended::from_f64(value).unwrap();
        prop_assert_eq!(text(number), tidy(&format!("{value:.17}")));
        prop_assert_eq!(Extended::parse(format!("{value:.1074}").as_bytes()), Some(number));
        prop_assert_eq!(number.checked_add(Extended::ZERO).map(text), Some(text(number)));
    }

    #[test]
    fn addition_commutes(left in any::<f64>(), right in any::<f64>()) {
        let (left, right) = (Extended::from_f64(left), Extended::from_f64(right));
        prop_assume!(left.is_some() && right.is_some());
        let (left, right) = (left.unwrap(), right.unwrap());
        prop_assert_eq!(left.checked_add(right), right.checked_add(left));
    }
}
