//! Registers of a byte each, to merge several strings.
//!
//! Takes strings one after the other, gives the estimate for all of them together or writes them into a string.

use super::{
    ENCODING_AT, Encoding, Error, HEADER, REGISTERS, dense, encoding, estimate, invalidate, make_dense,
    sparse,
};

/// All registers, of a byte each.
pub struct Registers {
    ranks: Box<[u8; REGISTERS]>,
    dense: bool,
}

impl Default for Registers {
    fn default() -> Self {
        Self { ranks: Box::new([0; REGISTERS]), dense: false }
    }
}

impl Registers {
    /// Raises each register to that of the string, which says how many elements were added to this or any before.
    pub fn merge(&mut self, value: &[u8]) -> Result<(), Error> {
        match encoding(value)? {
            Encoding::Dense => {
                self.dense = true;
                dense::raise_all(&value[HEADER..], &mut self.ranks);
                Ok(())
            }
            Encoding::Sparse => {
                let ranks = &mut self.ranks;
                sparse::walk(&value[HEADER..], |first, rank, run| {
                    ranks[first..first + run].iter_mut().for_each(|register| *register = rank.max(*register));
                })
            }
        }
    }

    /// The estimate for everything merged.
    pub fn count(&self) -> u64 {
        let mut histogram = [0; 64];
        self.ranks.iter().for_each(|rank| histogram[usize::from(*rank)] += 1);
        estimate::from_histogram(&histogram)
    }

    /// The registers in order.
    pub fn ranks(&self) -> &[u8; REGISTERS] {
        &self.ranks
    }

    /// Writes the registers into a string that was merged itself, or that is empty. It becomes dense if one of those
    /// merged was, or if it would get longer than the limit.
    pub fn store(&self, value: &mut Vec<u8>, sparse_limit: usize) -> Result<(), Error> {
        if self.dense {
            make_dense(value)?;
            dense::write_all(&mut value[HEADER..], &self.ranks);
        } else {
            self.store_singly(value, sparse_limit)?;
        }
        invalidate(value);
        Ok(())
    }

    fn store_singly(&self, value: &mut Vec<u8>, sparse_limit: usize) -> Result<(), Error> {
        encoding(value)?;
        let mut hint = sparse::Place::start();
        for (index, rank) in self.ranks.iter().enumerate().filter(|(_, rank)| **rank > 0) {
            if value[ENCODING_AT] == 0 {
                dense::raise(&mut value[HEADER..], index, *rank);
            } else {
                sparse::raise(value, &mut hint, index, *rank, sparse_limit)?;
            }
        }
        Ok(())
    }
}
