//! How long a blocking command waits: the argument that all of them have.
//!
//! Takes the text and the time, gives the point in time. Must not wait.

use crate::Fault;
use ironkeep_wire::Extended;

const OUT_OF_RANGE: Fault = Fault::Other("ERR timeout is out of range");

/// When a command that was told to wait for so many seconds gives up, milliseconds since the epoch; zero: never.
/// The seconds may have a fraction; what is below a millisecond counts as one.
pub fn deadline(text: &[u8], now: i64) -> Result<i64, Fault> {
    let seconds = Extended::parse(text).ok_or(Fault::Other("ERR timeout is not a float or out of range"))?;
    let millis = seconds.times_ceil(1000).ok_or(OUT_OF_RANGE)?;
    after(millis, now)
}

/// The same for a command that is told whole milliseconds (XREAD).
pub fn deadline_in_millis(text: &[u8], now: i64) -> Result<i64, Fault> {
    let not_a_number = Fault::Other("ERR timeout is not an integer or out of range");
    after(ironkeep_wire::parse_i64(text).ok_or(not_a_number)?, now)
}

fn after(millis: i64, now: i64) -> Result<i64, Fault> {
    match millis {
        ..0 => Err(Fault::Other("ERR timeout is negative")),
        0 => Ok(0),
        _ => millis.checked_add(now).ok_or(OUT_OF_RANGE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Result<i64, String> {
        deadline(text.as_bytes(), 5).map_err(|fault| fault.text()[4..].to_owned())
    }

    #[test]
    fn a_fraction_is_rounded_up() {
        assert_eq!(seconds("0"), Ok(0));
        assert_eq!(seconds("1"), Ok(1005));
        assert_eq!(seconds("0.0001"), Ok(6));
        assert_eq!(seconds("1.5e-1"), Ok(155));
        assert_eq!(seconds("0x10"), Ok(16_005));
        // Rounded up this is zero, as in Valkey.
        assert_eq!(seconds("-0.0001"), Ok(0));
    }

    #[test]
    fn limits() {
        let (range, negative) = (Err("timeout is out of range".into()), Err("timeout is negative".into()));
        assert_eq!(seconds("9223372036854775.802"), Ok(i64::MAX));
        assert_eq!(seconds("9223372036854775.807"), range);
        assert_eq!(seconds("1e30"), range);
        assert_eq!(seconds("inf"), range);
        assert_eq!(seconds("-1"), negative);
        assert_eq!(seconds("-inf"), negative);
        assert_eq!(seconds("-1e30"), negative);
        for text in ["", "x", "1 ", "nan", "1e5000"] {
            assert_eq!(seconds(text), Err("timeout is not a float or out of range".into()), "{text}");
        }
    }

    #[test]
    fn milliseconds_are_whole() {
        assert_eq!(deadline_in_millis(b"7", 5), Ok(12));
        assert_eq!(deadline_in_millis(b"0", 5), Ok(0));
        let text = |text| deadline_in_millis(text, 5).map_err(|fault| fault.text()[4..].to_owned());
        assert_eq!(text(b"1.5"), Err("timeout is not an integer or out of range".into()));
        assert_eq!(text(b"-1"), Err("timeout is negative".into()));
        assert_eq!(text(b"9223372036854775807"), Err("timeout is out of range".into()));
    }
}
