//! The value of an entry as its readers see it.
//!
//! A client sees bytes always; a listpack stores the digits of an integer as the integer. Must not know how
//! either is written.

/// The value of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// A string that isn't an integer in its shortest form.
    Bytes(&'a [u8]),
    /// An integer; for clients it is its decimal digits.
    Int(i64),
}

/// Room for the digits of any `i64`.
pub type Digits = [u8; 20];

impl<'a> Item<'a> {
    /// Whether a client that sees this value sees these bytes.
    #[inline]
    pub fn equals(&self, bytes: &[u8]) -> bool {
        match *self {
            Self::Bytes(own) => own == bytes,
            Self::Int(own) => parse_integer(bytes) == Some(own),
        }
    }

    /// The value as bytes; an integer is written into `digits`.
    #[inline]
    pub fn text<'b>(&self, digits: &'b mut Digits) -> &'b [u8]
    where
        'a: 'b,
    {
        match *self {
            Self::Bytes(bytes) => bytes,
            Self::Int(number) => format_integer(number, digits),
        }
    }

    /// The value as bytes of its own.
    pub fn to_vec(&self) -> Vec<u8> {
        self.text(&mut [0; 20]).to_vec()
    }

    /// How many bytes the value has for a client.
    pub fn text_len(&self) -> usize {
        self.text(&mut [0; 20]).len()
    }

    /// The integer, also if a foreign writer left its digits as a string.
    pub fn integer(&self) -> Option<i64> {
        match *self {
            Self::Bytes(bytes) => parse_integer(bytes),
            Self::Int(number) => Some(number),
        }
    }
}

/// Bytes that are sought among items: the integer that they may be is parsed once.
#[derive(Clone, Copy, Debug)]
pub struct Needle<'a> {
    pub(super) bytes: &'a [u8],
    number: Option<i64>,
}

impl<'a> Needle<'a> {
    /// The search for these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, number: parse_integer(bytes) }
    }

    /// Whether a client sees the sought bytes in the item.
    #[inline]
    pub fn is(&self, item: &Item<'_>) -> bool {
        match *item {
            Item::Bytes(own) => own == self.bytes,
            Item::Int(own) => self.number == Some(own),
        }
    }
}

/// Writes the digits at the end of the room and gives them.
fn format_integer(number: i64, digits: &mut Digits) -> &[u8] {
    let mut rest = number.unsigned_abs();
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    &digits[at..]
}

/// The integer that these bytes are the only decimal form of.
#[inline]
pub fn parse_integer(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    match digits {
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= 19 => {}
        _ => return None,
    }
    let mut number = 0u64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        // Nineteen digits stay below 2^64.
        number = number * 10 + u64::from(digit);
    }
    if negative { 0i64.checked_sub_unsigned(number) } else { i64::try_from(number).ok() }
}
