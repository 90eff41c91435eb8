//! The longest subsequence that two strings have in common.
//!
//! Takes two strings, gives its length or the subsequence with the runs that it is made of. Among several as long
//! it finds the one that Valkey finds. Time and memory grow with the product of the lengths: callers look at
//! [`table_size`] first.

use std::collections::TryReserveError;

/// A piece of the subsequence that stands together in both strings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    /// Where it begins in the first string.
    pub a: usize,
    /// Where it begins in the second string.
    pub b: usize,
    /// How long it is.
    pub len: usize,
}

/// A longest common subsequence.
#[derive(PartialEq, Eq, Debug)]
pub struct Common {
    /// The subsequence.
    pub bytes: Vec<u8>,
    /// Its pieces, the last one first.
    pub runs: Vec<Run>,
}

/// Bytes of memory that [`common`] needs for strings of these lengths.
pub fn table_size(a: usize, b: usize) -> usize {
    a.saturating_add(1).saturating_mul(b.saturating_add(1)).saturating_mul(size_of::<u32>())
}

/// The length alone, which needs little memory.
pub fn length(a: &[u8], b: &[u8]) -> usize {
    let mut row = vec![0u32; b.len() + 1];
    for byte in a {
        let mut diagonal = 0;
        for (j, other) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if byte == other { diagonal + 1 } else { above.max(row[j]) };
            diagonal = above;
        }
    }
    row.last().map_or(0, |len| *len as usize)
}

/// The lengths for all pairs of beginnings, one row for each beginning of `a`.
struct Lengths {
    cells: Vec<u32>,
    width: usize,
}

impl Lengths {
    fn of(a: &[u8], b: &[u8]) -> Result<Self, TryReserveError> {
        let width = b.len() + 1;
        let mut cells = Vec::new();
        cells.try_reserve_exact(table_size(a.len(), b.len()) / size_of::<u32>())?;
        cells.resize(width, 0);
        for byte in a {
            let above = cells.len() - width;
            let mut left = 0;
            cells.push(left);
            for (j, other) in b.iter().enumerate() {
                left = if byte == other { cells[above + j] + 1 } else { cells[above + j + 1].max(left) };
                cells.push(left);
            }
        }
        Ok(Self { cells, width })
    }

    fn at(&self, i: usize, j: usize) -> u32 {
        self.cells[i * self.width + j]
    }
}

/// The subsequence, found from the end. Fails when there is not enough memory.
pub fn common(a: &[u8], b: &[u8]) -> Result<Common, TryReserveError> {
    let lengths = Lengths::of(a, b)?;
    let mut found = Common { bytes: Vec::new(), runs: Vec::new() };
    let (mut i, mut j) = (a.len(), b.len());
    while i > 0 && j > 0 {
        if a[i - 1] == b[j - 1] {
            (i, j) = (i - 1, j - 1);
            found.bytes.push(a[i]);
            found.extend_runs(i, j);
        } else if lengths.at(i - 1, j) > lengths.at(i, j - 1) {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    found.bytes.reverse();
    Ok(found)
}

impl Common {
    fn extend_runs(&mut self, a: usize, b: usize) {
        match self.runs.last_mut() {
            Some(run) if run.a == a + 1 && run.b == b + 1 => *run = Run { a, b, len: run.len + 1 },
            _ => self.runs.push(Run { a, b, len: 1 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn finds_the_runs_from_the_end() -> Result<(), TryReserveError> {
        let found = common(b"ohmytext", b"mynewtext")?;
        assert_eq!(found.bytes, b"mytext");
        assert_eq!(found.runs, [Run { a: 4, b: 5, len: 4 }, Run { a: 2, b: 0, len: 2 }]);
        assert_eq!(common(b"", b"abc")?, Common { bytes: vec![], runs: vec![] });
        Ok(())
    }

    #[test]
    fn sizes_have_no_end() {
        assert_eq!(table_size(1, 2), 24);
        assert_eq!(table_size(usize::MAX, usize::MAX), usize::MAX);
    }

    fn slow(a: &[u8], b: &[u8]) -> usize {
        match (a, b) {
            ([], _) | (_, []) => 0,
            ([x, a_rest @ ..], [y, b_rest @ ..]) if x == y => 1 + slow(a_rest, b_rest),
            ([_, a_rest @ ..], [_, b_rest @ ..]) => slow(a_rest, b).max(slow(a, b_rest)),
        }
    }

    proptest! {
        #[test]
        fn is_common_and_as_long_as_can_be(a in "[abc]{0,9}", b in "[abc]{0,9}") {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            let Ok(found) = common(a, b) else { panic!("out of memory") };
            prop_assert_eq!(found.bytes.len(), slow(a, b));
            prop_assert_eq!(length(a, b), slow(a, b));
            let joined = |text: &[u8], start: fn(&Run) -> usize| -> Vec<u8> {
                found.runs.iter().rev().flat_map(|run| text[start(run)..][..run.len].to_vec()).collect()
            };
            prop_assert_eq!(&joined(a, |run| run.a), &found.bytes);
            prop_assert_eq!(&joined(b, |run| run.b), &found.bytes);
            // Runs go from the end to the beginning and do not touch in both strings at once.
            let in_order = found.runs.windows(2).all(|w| {
                let (a_end, b_end) = (w[1].a + w[1].len, w[1].b + w[1].len);
                a_end <= w[0].a && b_end <= w[0].b && (a_end, b_end) != (w[0].a, w[0].b)
            });
            prop_assert!(in_order);
        }
    }
}
