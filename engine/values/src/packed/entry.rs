//! One entry of a listpack: a value to bytes and bytes to a value.
//!
//! | first byte | value |
//! |---|---|
//! | `0xxxxxxx` | integer 0..=127 |
//! | `10xxxxxx` | string up to 63 bytes |
//! | `110xxxxx` +1 | integer of 13 bits |
//! | `1110xxxx` +1 | string up to 4095 bytes |
//! | `f0` +4 | longer string |
//! | `f1` to `f4` | integer of 2, 3, 4 or 8 bytes |
//!
//! Must not panic on any bytes: what isn't an entry decodes to nothing.

use super::item::{Item, Needle, parse_integer};

/// A value ready to be written: the bytes that come before it, and itself unless they say it all.
#[derive(Clone, Copy, Debug)]
pub struct Encoded<'a> {
    head: [u8; 9],
    head_len: u8,
    body: &'a [u8],
}

impl<'a> Encoded<'a> {
    fn headed(head: &[u8], body: &'a [u8]) -> Self {
        let mut full = [0; 9];
        full[..head.len()].copy_from_slice(head);
        Self { head: full, head_len: head.len() as u8, body }
    }

    fn string(bytes: &'a [u8]) -> Self {
        let len = bytes.len();
        match len {
            0..=63 => Self::headed(&[0x80 | len as u8], bytes),
            64..=4095 => Self::headed(&[0xe0 | (len >> 8) as u8, len as u8], bytes),
            _ => {
                let [a, b, c, d] = (len as u32).to_le_bytes();
                Self::headed(&[0xf0, a, b, c, d], bytes)
            }
        }
    }

    fn integer(number: i64) -> Self {
        let bytes = number.to_le_bytes();
        let tagged = |tag: u8, count: usize| {
            let mut head = [tag; 9];
            head[1..=count].copy_from_slice(&bytes[..count]);
            Self { head, head_len: count as u8 + 1, body: &[] }
        };
        match number {
            0..=127 => Self::headed(&[number as u8], &[]),
            -4096..=4095 => Self::headed(&[0xc0 | (number >> 8) as u8 & 0x1f, number as u8], &[]),
            -0x8000..=0x7fff => tagged(0xf1, 2),
            -0x80_0000..=0x7f_ffff => tagged(0xf2, 3),
            -0x8000_0000..=0x7fff_ffff => tagged(0xf3, 4),
            _ => tagged(0xf4, 8),
        }
    }

    /// Bytes of the value, without its length at the end.
    #[inline]
    fn value_len(&self) -> usize {
        usize::from(self.head_len) + self.body.len()
    }

    /// Bytes of the whole entry.
    #[inline]
    pub fn entry_len(&self) -> usize {
        let len = self.value_len();
        len + backlen_len(len)
    }

    /// Writes the entry into exactly its bytes.
    #[inline]
    pub(super) fn write(&self, to: &mut [u8]) {
        let (head, value) = (usize::from(self.head_len), self.value_len());
        to[..head].copy_from_slice(&self.head[..head]);
        to[head..value].copy_from_slice(self.body);
        write_backlen(value, &mut to[value..]);
    }
}

impl<'a> From<&'a [u8]> for Encoded<'a> {
    #[inline]
    fn from(bytes: &'a [u8]) -> Self {
        parse_integer(bytes).map_or_else(|| Self::string(bytes), Self::integer)
    }
}

impl<'a> From<&'a Vec<u8>> for Encoded<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl From<i64> for Encoded<'_> {
    fn from(number: i64) -> Self {
        Self::integer(number)
    }
}

impl<'a> From<Item<'a>> for Encoded<'a> {
    fn from(item: Item<'a>) -> Self {
        match item {
            Item::Bytes(bytes) => Self::from(bytes),
            Item::Int(number) => Self::integer(number),
        }
    }
}

/// Bytes that the length of a value takes at the end of its entry.
#[inline]
pub(super) fn backlen_len(len: usize) -> usize {
    match len {
        0..=0x7f => 1,
        0x80..=0x3fff => 2,
        0x4000..=0x1f_ffff => 3,
        0x20_0000..=0xfff_ffff => 4,
        _ => 5,
    }
}

/// Writes seven bits a byte, the highest first; all but the first byte carry the mark to go on (backwards).
#[inline]
fn write_backlen(len: usize, to: &mut [u8]) {
    let (mut rest, mut at) = (len, to.len());
    while at > 1 {
        at -= 1;
        to[at] = (rest & 0x7f) as u8 | 0x80;
        rest >>= 7;
    }
    to[0] = rest as u8;
}

/// The length of the value whose entry ends here, and how many bytes say so.
#[inline]
pub(super) fn read_backlen(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut len = 0usize;
    for (i, byte) in bytes.iter().rev().take(5).enumerate() {
        len |= usize::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((len, i + 1));
        }
    }
    None
}

/// The value at the beginning of the bytes and the length of its whole entry.
#[inline]
pub(super) fn decode(bytes: &[u8]) -> Option<(Item<'_>, usize)> {
    let (&tag, rest) = bytes.split_first()?;
    let string = |head: usize, len: usize| {
        let body = bytes.get(head..head.checked_add(len)?)?;
        Some((Item::Bytes(body), head + len))
    };
    let (item, len) = match tag {
        0..=0x7f => (Item::Int(i64::from(tag)), 1),
        0x80..=0xbf => string(1, usize::from(tag & 0x3f))?,
        0xc0..=0xdf => {
            let high = i16::from(tag << 3) << 8;
            // Thirteen bits at the top, shifted down with their sign.
            let all = high | i16::from(*rest.first()?) << 3;
            (Item::Int(i64::from(all >> 3)), 2)
        }
        0xe0..=0xef => string(2, usize::from(tag & 0x0f) << 8 | usize::from(*rest.first()?))?,
        0xf0 => string(5, u32::from_le_bytes(*rest.first_chunk()?) as usize)?,
        0xf1 => (Item::Int(i64::from(i16::from_le_bytes(*rest.first_chunk()?))), 3),
        0xf2 => {
            let [a, b, c] = *rest.first_chunk()?;
            (Item::Int(i64::from(i32::from_le_bytes([0, a, b, c]) >> 8)), 4)
        }
        0xf3 => (Item::Int(i64::from(i32::from_le_bytes(*rest.first_chunk()?))), 5),
        0xf4 => (Item::Int(i64::from_le_bytes(*rest.first_chunk()?)), 9),
        _ => return None,
    };
    Some((item, len + backlen_len(len)))
}

/// The length of a first entry that is a short string, the most frequent kind.
#[inline]
fn short_len(bytes: &[u8]) -> Option<usize> {
    bytes.first().filter(|tag| **tag & 0xc0 == 0x80).map(|tag| usize::from(tag & 0x3f))
}

/// The length of the first entry.
#[inline]
pub(super) fn skip_len(bytes: &[u8]) -> Option<usize> {
    match short_len(bytes) {
        Some(len) => Some(len + 2),
        None => decode(bytes).map(|(_, len)| len),
    }
}

/// Whether the first entry is what is sought, and its length.
#[inline]
pub(super) fn compare(bytes: &[u8], needle: &Needle<'_>) -> Option<(bool, usize)> {
    match short_len(bytes) {
        Some(len) => {
            let own = bytes.get(1..len + 1)?;
            // Names often begin alike and seldom end alike.
            let alike = len == needle.bytes.len() && own.last() == needle.bytes.last();
            Some((alike && own == needle.bytes, len + 2))
        }
        None => decode(bytes).map(|(item, len)| (needle.is(&item), len)),
    }
}
