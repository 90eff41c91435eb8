//! HyperLogLog: an estimate of how many different elements were added, in a string of at most 12 KiB.
//!
//! Takes and gives the bytes of the string, in Valkey's format: `HYLL`, a byte for the encoding, three unused ones,
//! the cached count (its highest bit: out of date) and 16384 registers, dense or sparse. Results and bytes are those
//! of Valkey. The bytes may come from outside: whatever they are, nothing here goes past their end.

mod dense;
mod estimate;
mod hash;
mod registers;
mod self_test;
mod sparse;

pub use registers::Registers;
pub use self_test::self_test;

use crate::error::Error;

/// How many registers there are.
pub const REGISTERS: usize = 1 << INDEX_BITS;
/// Bytes of a string whose encoding is dense.
pub const DENSE_LEN: usize = HEADER + dense::BYTES;

const INDEX_BITS: u32 = 14;
/// The highest value that a hash can give a register.
const HIGHEST: usize = (64 - INDEX_BITS + 1) as usize;
const MAGIC: &[u8; 4] = b"HYLL";
const HEADER: usize = 16;
const ENCODING_AT: usize = 4;
const COUNT_AT: usize = 8;
const OUT_OF_DATE: u8 = 0x80;

/// How the registers are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// Six bits each.
    Dense,
    /// Runs of equal ones.
    Sparse,
}

impl Encoding {
    /// The name that PFDEBUG ENCODING tells.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dense => "dense",
            Self::Sparse => "sparse",
        }
    }
}

/// A string to which nothing was added yet. Its cached count, zero, is valid.
pub fn empty() -> Vec<u8> {
    let mut value = Vec::with_capacity(HEADER + 2);
    value.extend_from_slice(MAGIC);
    value.push(1);
    value.resize(HEADER, 0);
    sparse::write_zeros(&mut value, REGISTERS);
    value
}

/// The encoding, if the beginning and the length are right. Sparse registers are not looked at.
pub fn encoding(value: &[u8]) -> Result<Encoding, Error> {
    if value.len() < HEADER || !value.starts_with(MAGIC) {
        return Err(Error::NotHyperLogLog);
    }
    match value[ENCODING_AT] {
        0 if value.len() == DENSE_LEN => Ok(Encoding::Dense),
        1 => Ok(Encoding::Sparse),
        _ => Err(Error::NotHyperLogLog),
    }
}

/// Adds an element; says whether a register changed. Sparse registers become dense rather than make the string
/// longer than `sparse_limit`.
pub fn add(value: &mut Vec<u8>, element: &[u8], sparse_limit: usize) -> Result<bool, Error> {
    let (index, rank) = hash::place(element);
    let changed = match encoding(value)? {
        Encoding::Dense => dense::raise(&mut value[HEADER..], index, rank),
        Encoding::Sparse => sparse::raise(value, &mut sparse::Place::start(), index, rank, sparse_limit)?,
    };
    if changed {
        invalidate(value);
    }
    Ok(changed)
}

/// The count that was put into the string, unless a register changed since.
pub fn cached_count(value: &[u8]) -> Option<u64> {
    let bytes = value.get(COUNT_AT..HEADER)?;
    let count = u64::from_le_bytes(bytes.try_into().ok()?);
    (count >> 63 == 0).then_some(count)
}

/// Puts a count into the string.
pub fn cache_count(value: &mut [u8], count: u64) {
    if let Some(place) = value.get_mut(COUNT_AT..HEADER) {
        place.copy_from_slice(&count.to_le_bytes());
    }
}

/// Notes that the cached count is out of date.
pub fn invalidate(value: &mut [u8]) {
    if let Some(byte) = value.get_mut(HEADER - 1) {
        *byte |= OUT_OF_DATE;
    }
}

/// Estimates from the registers.
pub fn count(value: &[u8]) -> Result<u64, Error> {
    let mut histogram = [0; 64];
    match encoding(value)? {
        Encoding::Dense => dense::count_values(&value[HEADER..], &mut histogram),
        Encoding::Sparse => sparse::walk(&value[HEADER..], |_, rank, run| {
            histogram[usize::from(rank)] += run as u32;
        })?,
    }
    Ok(estimate::from_histogram(&histogram))
}

/// Makes sparse registers dense; says whether they were sparse. The cached count stays.
pub fn make_dense(value: &mut Vec<u8>) -> Result<bool, Error> {
    if encoding(value)? == Encoding::Dense {
        return Ok(false);
    }
    let mut made = vec![0; DENSE_LEN];
    made[..HEADER].copy_from_slice(&value[..HEADER]);
    made[ENCODING_AT] = 0;
    let registers = &mut made[HEADER..];
    sparse::walk(&value[HEADER..], |first, rank, run| {
        for index in first..first + run {
            dense::raise(registers, index, rank);
        }
    })?;
    *value = made;
    Ok(true)
}

/// The runs of sparse registers as PFDEBUG DECODE writes them; nothing for dense ones.
pub fn runs(value: &[u8]) -> Result<Option<String>, Error> {
    match encoding(value)? {
        Encoding::Dense => Ok(None),
        Encoding::Sparse => sparse::describe(&value[HEADER..]).map(Some),
    }
}
