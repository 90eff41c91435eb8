//! Sparse registers: runs of equal ones, one after the other.
//!
//! `00nnnnnn` is n+1 zeros, `01nnnnnn nnnnnnnn` likewise with 14 bits, `1vvvvvnn` is n+1 registers of value v+1.
//! Takes the whole string where it changes it, else the bytes behind the header. Splits and joins runs exactly as
//! Valkey does: the bytes are compared by whoever keeps copies.

use super::{Error, HEADER, REGISTERS, dense, make_dense};
use std::fmt::Write;

const HIGHEST: u8 = 32;
const LONGEST_RUN: usize = 4;
const LONGEST_SHORT_ZEROS: usize = 64;
/// How many runs are looked at for neighbours to join.
const JOINS: usize = 5;

/// Some registers of equal value.
#[derive(Clone, Copy)]
struct Run {
    rank: u8,
    len: usize,
    /// How many bytes it is written with.
    width: usize,
}

/// Where a run is, and the one before it.
#[derive(Clone, Copy)]
pub(super) struct Place {
    at: usize,
    first: usize,
    /// Where the run before it is, and its first register.
    before: Option<(usize, usize)>,
}

impl Place {
    /// The first run.
    pub(super) fn start() -> Self {
        Self { at: HEADER, first: 0, before: None }
    }

    /// The run before this one: where a change of this one leaves a run beginning.
    fn back(self) -> Self {
        self.before.map_or_else(Self::start, |(at, first)| Self { at, first, before: None })
    }
}

fn run_at(bytes: &[u8], at: usize) -> Option<Run> {
    let byte = *bytes.get(at)?;
    let low = usize::from(byte & 0x3f);
    Some(match byte >> 6 {
        0 => Run { rank: 0, len: low + 1, width: 1 },
        1 => Run { rank: 0, len: (low << 8 | usize::from(*bytes.get(at + 1)?)) + 1, width: 2 },
        _ => Run { rank: (byte >> 2 & 0x1f) + 1, len: usize::from(byte & 3) + 1, width: 1 },
    })
}

/// Visits all runs: first register, value, how many. All registers must be there, and no more.
pub(super) fn walk(bytes: &[u8], mut visit: impl FnMut(usize, u8, usize)) -> Result<(), Error> {
    let (mut at, mut first) = (0, 0);
    while at < bytes.len() {
        let run = run_at(bytes, at).ok_or(Error::CorruptHyperLogLog)?;
        if first + run.len > REGISTERS {
            return Err(Error::CorruptHyperLogLog);
        }
        visit(first, run.rank, run.len);
        at += run.width;
        first += run.len;
    }
    if first == REGISTERS { Ok(()) } else { Err(Error::CorruptHyperLogLog) }
}

/// The runs in words.
pub(super) fn describe(bytes: &[u8]) -> Result<String, Error> {
    let (mut text, mut at) = (String::new(), 0);
    while at < bytes.len() {
        let run = run_at(bytes, at).ok_or(Error::CorruptHyperLogLog)?;
        let space = if at == 0 { "" } else { " " };
        let written = match (run.rank, run.width) {
            (0, 1) => write!(text, "{space}z:{}", run.len),
            (0, _) => write!(text, "{space}Z:{}", run.len),
            (rank, _) => write!(text, "{space}v:{rank},{}", run.len),
        };
        written.map_err(|_| Error::CorruptHyperLogLog)?;
        at += run.width;
    }
    Ok(text)
}

/// Makes a register at least as high as this; says whether it was lower. `hint` is where to begin to look for it, and
/// becomes a place from which to look for a later one.
pub(super) fn raise(
    value: &mut Vec<u8>,
    hint: &mut Place,
    index: usize,
    rank: u8,
    limit: usize,
) -> Result<bool, Error> {
    if rank > HIGHEST {
        return raise_dense(value, index, rank);
    }
    let (place, run) = find(value, *hint, index).ok_or(Error::CorruptHyperLogLog)?;
    *hint = place.back();
    if run.rank >= rank {
        return Ok(false);
    }
    let mut split = Vec::with_capacity(5);
    write_run(&mut split, run.rank, index - place.first);
    write_run(&mut split, rank, 1);
    write_run(&mut split, run.rank, place.first + run.len - 1 - index);
    if split.len() > run.width && value.len() + split.len() - run.width > limit {
        return raise_dense(value, index, rank);
    }
    replace(value, place.at, run.width, &split);
    join_neighbours(value, hint.at);
    Ok(true)
}

fn raise_dense(value: &mut Vec<u8>, index: usize, rank: u8) -> Result<bool, Error> {
    make_dense(value)?;
    Ok(dense::raise(&mut value[HEADER..], index, rank))
}

/// The run that holds a register.
fn find(value: &[u8], hint: Place, index: usize) -> Option<(Place, Run)> {
    // What came before the hint isn't known any more: it serves only to find what is behind it.
    let behind = run_at(value, hint.at).is_some_and(|run| hint.first + run.len <= index);
    let mut place = if behind { hint } else { Place::start() };
    loop {
        let run = run_at(value, place.at)?;
        if index < place.first + run.len {
            return Some((place, run));
        }
        place = Place {
            at: place.at + run.width,
            first: place.first + run.len,
            before: Some((place.at, place.first)),
        };
    }
}

/// Writes one run, unless it is empty.
fn write_run(out: &mut Vec<u8>, rank: u8, len: usize) {
    match (rank, len) {
        (_, 0) => {}
        (0, _) => write_zeros(out, len),
        _ => out.push(0x80 | (rank - 1) << 2 | (len - 1) as u8),
    }
}

/// Writes that many zeros, at least one.
pub(super) fn write_zeros(out: &mut Vec<u8>, len: usize) {
    if len > LONGEST_SHORT_ZEROS {
        out.push(0x40 | ((len - 1) >> 8) as u8);
    }
    out.push((len - 1) as u8);
}

fn replace(value: &mut Vec<u8>, at: usize, width: usize, with: &[u8]) {
    let end = value.len();
    if with.len() > width {
        let more = with.len() - width;
        if value.capacity() - end < more {
            value.reserve_exact(more + end.min(300));
        }
        value.resize(end + more, 0);
    }
    value.copy_within(at + width..end, at + with.len());
    value.truncate(end + with.len() - width);
    value[at..at + with.len()].copy_from_slice(with);
}

/// Joins equal runs that became neighbours, from this run on.
fn join_neighbours(value: &mut Vec<u8>, mut at: usize) {
    for _ in 0..JOINS {
        let Some(run) = run_at(value, at) else { return };
        let next = run_at(value, at + run.width);
        match next {
            Some(next) if run.rank > 0 && next.rank == run.rank && run.len + next.len <= LONGEST_RUN => {
                value.remove(at);
                value[at] = 0x80 | (run.rank - 1) << 2 | (run.len + next.len - 1) as u8;
            }
            _ => at += run.width,
        }
    }
}
