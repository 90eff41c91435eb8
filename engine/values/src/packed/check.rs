//! Whether bytes of the outside world are a listpack.
//!
//! Must not trust a length before it has been compared with what is there.

use super::entry::{backlen_len, decode, read_backlen};
use super::{END, HEADER, UNCOUNTED};

/// Checks the header, that the entries fill the block exactly, that each says its length at its end as at its
/// beginning, and the count.
pub(super) fn validate(bytes: &[u8]) -> bool {
    let Some((header, [entries @ .., END])) = bytes.split_first_chunk::<HEADER>() else { return false };
    let [a, b, c, d, low, high] = *header;
    if u32::from_le_bytes([a, b, c, d]) as usize != bytes.len() {
        return false;
    }
    let mut rest = entries;
    let mut count = 0usize;
    while !rest.is_empty() {
        let Some(len) = entry_len(rest) else { return false };
        rest = &rest[len..];
        count += 1;
    }
    let said = u16::from_le_bytes([low, high]);
    said == UNCOUNTED || usize::from(said) == count
}

/// The length of a first entry that is sound and lies within the bytes.
fn entry_len(bytes: &[u8]) -> Option<usize> {
    let (_, len) = decode(bytes)?;
    let (value, said) = read_backlen(bytes.get(..len)?)?;
    (value + said == len && said == backlen_len(value)).then_some(len)
}
