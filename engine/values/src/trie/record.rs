//! One record of a leaf: a key, a value, and when it expires, as few bytes as they need.
//!
//! `varint(key length * 4 + has a value + 2 * has an expiry)`, `varint(value length)` if it has a value, eight
//! bytes of expiry if it has one, the key, the value. A member of a set of up to 31 bytes costs one byte more
//! than itself. Takes and gives bytes; must not know leaves or hashes, and must not read bytes from outside.

/// What the trie holds for one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The key: a member of a set, a field of a hash.
    pub key: &'a [u8],
    /// The value; empty for sets.
    pub value: &'a [u8],
    /// When it expires, in milliseconds.
    pub expiry: Option<i64>,
}

impl<'a> Entry<'a> {
    /// A key alone.
    pub fn key(key: &'a [u8]) -> Self {
        Self { key, value: &[], expiry: None }
    }

    /// Whether it has expired: it lives through the millisecond of its expiry.
    #[inline]
    pub fn is_expired(&self, now: i64) -> bool {
        self.expiry.is_some_and(|expiry| expiry < now)
    }
}

const HAS_VALUE: usize = 1;
const HAS_EXPIRY: usize = 2;
/// Bytes of an expiry.
const STAMP: usize = 8;

/// Bytes that a number takes.
#[inline]
fn varint_size(number: usize) -> usize {
    match number {
        0..0x80 => 1,
        _ => (number.ilog2() as usize) / 7 + 1,
    }
}

#[inline]
fn write_varint(out: &mut [u8], mut number: usize) -> usize {
    let mut at = 0;
    while number >= 0x80 {
        out[at] = number as u8 | 0x80;
        number >>= 7;
        at += 1;
    }
    out[at] = number as u8;
    at + 1
}

/// The number at the start of the bytes, and how many bytes it takes.
#[inline]
fn read_varint(bytes: &[u8]) -> (usize, usize) {
    let mut number = usize::from(bytes[0]);
    if number < 0x80 {
        return (number, 1);
    }
    number &= 0x7f;
    let mut at = 1;
    loop {
        let byte = usize::from(bytes[at]);
        number |= (byte & 0x7f) << (7 * at);
        at += 1;
        if byte < 0x80 {
            return (number, at);
        }
    }
}

/// What the first bytes of a record say.
struct Head {
    key: usize,
    value: usize,
    expires: bool,
    /// Where the key begins.
    size: usize,
}

#[inline]
fn head(bytes: &[u8]) -> Head {
    let (word, mut size) = read_varint(bytes);
    let mut value = 0;
    if word & HAS_VALUE != 0 {
        let (length, taken) = read_varint(&bytes[size..]);
        value = length;
        size += taken;
    }
    let expires = word & HAS_EXPIRY != 0;
    size += if expires { STAMP } else { 0 };
    Head { key: word >> 2, value, expires, size }
}

/// Bytes that the record of an entry takes.
#[inline]
pub(super) fn size(entry: &Entry<'_>) -> usize {
    let value = if entry.value.is_empty() { 0 } else { varint_size(entry.value.len()) + entry.value.len() };
    let stamp = if entry.expiry.is_some() { STAMP } else { 0 };
    varint_size(entry.key.len() << 2) + value + stamp + entry.key.len()
}

/// Bytes of the record that begins here.
#[inline]
pub(super) fn size_at(bytes: &[u8]) -> usize {
    let head = head(bytes);
    head.size + head.key + head.value
}

/// Writes the record to the start of `out`; gives its size.
#[inline]
pub(super) fn write(out: &mut [u8], entry: &Entry<'_>) -> usize {
    let flags = if entry.value.is_empty() { 0 } else { HAS_VALUE }
        + if entry.expiry.is_some() { HAS_EXPIRY } else { 0 };
    let mut at = write_varint(out, entry.key.len() << 2 | flags);
    if !entry.value.is_empty() {
        at += write_varint(&mut out[at..], entry.value.len());
    }
    if let Some(expiry) = entry.expiry {
        out[at..at + STAMP].copy_from_slice(&expiry.to_le_bytes());
        at += STAMP;
    }
    for part in [entry.key, entry.value] {
        out[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    at
}

/// Whether the record that begins here has this key.
#[inline]
pub(super) fn has_key(bytes: &[u8], key: &[u8]) -> bool {
    let head = head(bytes);
    head.key == key.len() && &bytes[head.size..head.size + head.key] == key
}

/// Reads the record that begins here.
#[inline]
pub(super) fn read(bytes: &[u8]) -> Entry<'_> {
    let head = head(bytes);
    let expiry = head.expires.then(|| {
        let mut stamp = [0; STAMP];
        stamp.copy_from_slice(&bytes[head.size - STAMP..head.size]);
        i64::from_le_bytes(stamp)
    });
    let (key, rest) = bytes[head.size..].split_at(head.key);
    Entry { key, value: &rest[..head.value], expiry }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_comes_back() {
        for key in [0, 1, 31, 32, 127, 128, 5000] {
            for value in [0, 1, 127, 128, 16_384, 70_000] {
                for expiry in [None, Some(0), Some(i64::MAX), Some(-1)] {
                    let (key, value) = (vec![b'k'; key], vec![b'v'; value]);
                    let entry = Entry { key: &key, value: &value, expiry };
                    let mut bytes = vec![0xff; size(&entry) + 3];
                    assert_eq!(write(&mut bytes, &entry), size(&entry));
                    assert_eq!(size_at(&bytes), size(&entry));
                    assert_eq!(read(&bytes), entry);
                    assert!(has_key(&bytes, &key));
                    assert!(!has_key(&bytes, b"another key"));
                }
            }
        }
    }

    #[test]
    fn a_short_member_costs_one_byte() {
        assert_eq!(size(&Entry::key(&[b'm'; 31])), 32);
    }
}
