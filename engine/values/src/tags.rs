//! Tags: a byte of each key's hash, compared eight at a time.
//!
//! Must not know what has the tags.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES << 7;

/// The places of a tag among eight. Behind one that is right there may be one that isn't.
#[inline(always)]
pub(crate) fn places(tags: [u8; 8], tag: u8) -> impl Iterator<Item = usize> {
    let differs = u64::from_le_bytes(tags) ^ (u64::from(tag) * ONES);
    // The high bit of every byte that is zero; what a borrow adds above a true one is harmless.
    let mut found = differs.wrapping_sub(ONES) & !differs & HIGHS;
    std::iter::from_fn(move || {
        let place = found.trailing_zeros() / 8;
        found &= found.wrapping_sub(1);
        (place < 8).then_some(place as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_found() {
        for tag in [0, 1, 7, 127, 128, 255] {
            let mut tags = [tag ^ 2; 8];
            assert_eq!(places(tags, tag).count(), 0);
            for at in 0..8 {
                tags[at] = tag;
                let found: Vec<usize> = places(tags, tag).collect();
                assert!((0..=at).all(|right| found.contains(&right)), "{tag} {at} {found:?}");
            }
        }
    }
}
