//! What PFSELFTEST does: registers keep what is written, and the estimates are near the truth.
//!
//! Takes random bits and how much to try, gives Valkey's complaint if there is one.

use super::make_dense;
use super::{
    DENSE_LEN, ENCODING_AT, Encoding, HEADER, REGISTERS, Registers, add, count, dense, empty, encoding,
};

/// Writes and reads `cycles` times all registers, then adds elements, looking at the estimate for each power of ten.
pub fn self_test(
    cycles: u32,
    elements: u64,
    sparse_limit: usize,
    random: &mut dyn FnMut() -> u64,
) -> Result<(), String> {
    for _ in 0..cycles {
        registers_keep(random)?;
    }
    estimates_hold(elements, sparse_limit, random())
}

fn registers_keep(random: &mut dyn FnMut() -> u64) -> Result<(), String> {
    let mut ranks = [0; REGISTERS];
    ranks.iter_mut().for_each(|rank| *rank = random() as u8 & 0x3f);
    let mut value = empty();
    value.resize(DENSE_LEN, 0);
    value[ENCODING_AT] = 0;
    dense::write_all(&mut value[HEADER..], &ranks);
    let mut read = Registers::default();
    read.merge(&value).map_err(|error| error.to_string())?;
    let differs = ranks.iter().zip(read.ranks()).position(|(written, read)| written != read);
    differs.map_or(Ok(()), |at| {
        Err(format!("TESTFAILED Register {at} should be {} but is {}", ranks[at], read.ranks()[at]))
    })
}

fn estimates_hold(elements: u64, sparse_limit: usize, seed: u64) -> Result<(), String> {
    let (mut any, mut dense) = (empty(), empty());
    make_dense(&mut dense).map_err(|error| error.to_string())?;
    let mut checkpoint = 1;
    for number in 1..=elements {
        let element = (number ^ seed).to_le_bytes();
        for value in [&mut any, &mut dense] {
            add(value, &element, sparse_limit).map_err(|error| error.to_string())?;
        }
        if number == checkpoint {
            check(&any, &dense, number, sparse_limit)?;
            checkpoint *= 10;
        }
    }
    Ok(())
}

fn check(any: &[u8], dense: &[u8], truth: u64, sparse_limit: usize) -> Result<(), String> {
    if truth < sparse_limit as u64 / 2 && encoding(any) != Ok(Encoding::Sparse) {
        return Err("TESTFAILED sparse encoding not used".into());
    }
    if count(any) != count(dense) {
        return Err("TESTFAILED dense/sparse disagree".into());
    }
    let error = count(dense).unwrap_or(0).abs_diff(truth);
    let usual = 1.04 / (REGISTERS as f64).sqrt();
    // Ten elements may well fall together: no more is said about them than that at most two do.
    let most = if truth == 10 { 1 } else { (usual * 6.0 * truth as f64).ceil() as u64 };
    if error > most {
        return Err(format!("TESTFAILED Too big error. card:{truth} abserr:{error}"));
    }
    Ok(())
}
