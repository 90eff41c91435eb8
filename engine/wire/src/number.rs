//! Whole numbers: read as strictly as Valkey reads them, written without the formatting machinery.
//!
//! Takes and gives ASCII digits. It must not accept a second spelling of a number: values are stored as integers
//! only when their text can be given back byte by byte.

/// Every number of two digits.
const PAIRS: &[u8; 200] = b"00010203040506070809101112131415161718192021222324252627282930313233343536373839\
40414243444546474849505152535455565758596061626364656667686970717273747576777879\
8081828384858687888990919293949596979899";
/// The most digits an `i64` can have.
const LONGEST: usize = 19;

/// Reads a signed number. Refuses all but its one canonical spelling: no `+`, no leading zero, no blank, no `-0`.
#[inline]
#[must_use]
pub fn parse_i64(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        _ => (false, text),
    };
    let value = match digits {
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= LONGEST => parse_digits(digits)?,
        _ => return None,
    };
    match (negative, value) {
        (false, value) => i64::try_from(value).ok(),
        (true, value) if value <= i64::MIN.unsigned_abs() => Some((value as i64).wrapping_neg()),
        _ => None,
    }
}

/// Reads an unsigned number in any spelling that C's `strtoull` takes, as Valkey does for the parts of stream IDs.
#[must_use]
pub fn parse_u64(text: &[u8]) -> Option<u64> {
    if let Some(value) = parse_i64(text) {
        return u64::try_from(value).ok();
    }
    // A zero byte ends the text for C.
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | 9..=13)).count();
    let (negative, digits) = match &text[blanks..] {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().try_fold(0u64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })?;
    Some(if negative { value.wrapping_neg() } else { value })
}

/// At most nineteen digits, which cannot overflow.
#[inline]
fn parse_digits(digits: &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    Some(value)
}

/// A number's text on the stack.
#[derive(Clone, Copy, Debug)]
pub struct IntText {
    bytes: [u8; 20],
    start: u8,
}

impl IntText {
    /// The text of an unsigned number.
    #[inline]
    #[must_use]
    pub fn unsigned(mut value: u64) -> Self {
        let mut bytes = [b'0'; 20];
        let mut start = bytes.len();
        while value >= 100 {
            let pair = (value % 100) as usize * 2;
            value /= 100;
            start -= 2;
            bytes[start..start + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
        }
        let pair = value as usize * 2;
        bytes[start - 1] = PAIRS[pair + 1];
        bytes[start - 2] = PAIRS[pair];
        start -= if value >= 10 { 2 } else { 1 };
        Self { bytes, start: start as u8 }
    }

    /// The text of a signed number.
    #[inline]
    #[must_use]
    pub fn signed(value: i64) -> Self {
        let mut text = Self::unsigned(value.unsigned_abs());
        if value < 0 {
            // Nineteen digits at most, so there is room for the sign.
            text.start -= 1;
            text.bytes[usize::from(text.start)] = b'-';
        }
        text
    }

    /// The bytes.
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[usize::from(self.start)..]
    }
}

/// Appends the text of an unsigned number.
#[inline]
pub fn write_u64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(IntText::unsigned(value).as_bytes());
}

/// Appends the text of a signed number.
#[inline]
pub fn write_i64(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(IntText::signed(value).as_bytes());
}

/// How long the text of a signed number is, its sign included.
#[inline]
#[must_use]
pub fn digits(value: i64) -> usize {
    let magnitude = value.unsigned_abs().checked_ilog10().map_or(1, |log| log as usize + 1);
    magnitude + usize::from(value < 0)
}
