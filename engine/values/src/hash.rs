//! The keyed hash of key names, and of the members of sets and hashes.
//!
//! Takes bytes, gives 64 well-mixed bits. The secret makes the place of a key in the tables unknown
//! to clients, so that nobody can choose keys which all meet in one bucket. Who reads the bits:
//! the low eight choose a partition, the next ones a segment of its table, the top nineteen are the tag.
//! Must not be written to disk or sent anywhere: it differs from process to process.

/// A hash function with its secret.
#[derive(Clone, Copy, Debug)]
pub struct Hasher {
    secret: [u64; 4],
}

/// Multiplies to 128 bits and folds the halves: every input bit reaches every output bit.
#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide as u64) ^ ((wide >> 64) as u64)
}

#[inline(always)]
fn read8(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[inline(always)]
fn read4(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u64::from(u32::from_le_bytes(word))
}

impl Hasher {
    /// Derives the four secret words from 16 bytes of randomness (or from `hash-seed`).
    pub fn new(seed: [u8; 16]) -> Self {
        let (low, high) = (read8(&seed, 0), read8(&seed, 8));
        let mut state = low ^ 0x9e37_79b9_7f4a_7c15;
        let mut secret = [0; 4];
        for (i, word) in secret.iter_mut().enumerate() {
            state = fold(state ^ high, 0xd6e8_feb8_6659_fd93).wrapping_add(low ^ (i as u64 + 1) << 32);
            // An odd word cannot be zero, which would let an input through unmixed.
            *word = state | 1;
        }
        Self { secret }
    }

    /// The hash of a key.
    #[inline]
    pub fn hash(&self, key: &[u8]) -> u64 {
        let [s0, s1, s2, s3] = self.secret;
        let len = key.len();
        let (a, b, seed) = match len {
            8..=16 => (read8(key, 0), read8(key, len - 8), s3),
            4..=7 => (read4(key, 0), read4(key, len - 4), s3),
            1..=3 => {
                (u64::from(key[0]) << 16 | u64::from(key[len / 2]) << 8 | u64::from(key[len - 1]), 0, s3)
            }
            0 => (0, 0, s3),
            _ => (read8(key, len - 16), read8(key, len - 8), self.long(key)),
        };
        fold(fold(a ^ s0, b ^ s1 ^ seed) ^ s2, seed ^ len as u64)
    }

    /// Mixes everything but the last 16 bytes of a long key.
    #[inline]
    fn long(&self, key: &[u8]) -> u64 {
        let mut seed = self.secret[3];
        for chunk in key[..key.len() - 1].chunks_exact(16) {
            seed = fold(read8(chunk, 0) ^ self.secret[1], read8(chunk, 8) ^ seed);
        }
        // A zero seed would erase the last multiplication.
        seed | 1 << 63
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn differs_by_key_by_length_and_by_secret() {
        let (h, other) = (Hasher::new([7; 16]), Hasher::new([8; 16]));
        let mut seen = HashSet::new();
        for len in 0..100 {
            let key = vec![0u8; len];
            assert!(seen.insert(h.hash(&key)), "length {len}");
            assert_ne!(h.hash(&key), other.hash(&key));
        }
    }

    #[test]
    fn spreads_counting_keys_evenly() {
        let h = Hasher::new([3; 16]);
        let (mut low, mut top) = (vec![0u32; 256], vec![0u32; 256]);
        for i in 0..256_000 {
            let hash = h.hash(format!("key:{i:012}").as_bytes());
            low[(hash & 255) as usize] += 1;
            top[(hash >> 56) as usize] += 1;
        }
        // 1000 expected, standard deviation about 32: seven of them is beyond chance.
        for count in low.iter().chain(&top) {
            assert!((780..1220).contains(count), "{count}");
        }
    }

    #[test]
    fn every_bit_of_a_long_key_counts() {
        let h = Hasher::new([1; 16]);
        for len in [17, 31, 32, 33, 64, 100] {
            let base = vec![b'x'; len];
            for i in 0..len {
                let mut key = base.clone();
                key[i] ^= 1;
                assert_ne!(h.hash(&key), h.hash(&base), "length {len}, byte {i}");
            }
        }
    }
}
