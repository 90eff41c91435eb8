//! How many nodes Valkey's radix tree has over the nodes of a stream: XINFO STREAM tells it.
//!
//! Takes sorted ids. In that tree there is a node for each key, one for each place where keys part, and one for each run
//! of bytes without a choice.

use super::Id;

/// Bytes of a key.
const LEN: usize = 16;

/// The number of radix tree nodes.
pub(super) fn count(ids: impl Iterator<Item = Id>) -> usize {
    let mut nodes = 0;
    // The depths at which the way to the last key parts, the deepest last.
    let mut forks: Vec<usize> = Vec::new();
    let mut last = None::<[u8; LEN]>;
    for key in ids.map(Id::to_bytes) {
        nodes += 1;
        let Some(before) = last.replace(key) else { continue };
        let depth = before.iter().zip(&key).take_while(|(a, b)| a == b).count();
        let (runs, below) = close(&mut forks, depth);
        nodes += runs + run(depth, below);
        if forks.last() != Some(&depth) {
            forks.push(depth);
            nodes += 1;
        }
    }
    let (runs, top) = close(&mut forks, 0);
    let (runs, top) = if forks.pop() == Some(0) { (runs + run(0, top), 0) } else { (runs, top) };
    // The root is the first fork or the run before it; without keys it is a node of its own.
    nodes + runs + usize::from(top > 0)
}

/// Leaves the forks below a depth: how many runs were on the way up, and how deep the last fork was.
fn close(forks: &mut Vec<usize>, depth: usize) -> (usize, usize) {
    let (mut runs, mut below) = (0, LEN);
    while let Some(fork) = forks.pop_if(|fork| *fork > depth) {
        runs += run(fork, below);
        below = fork;
    }
    (runs, below)
}

/// Whether there are bytes between a fork, whose children know their first byte, and what is below it.
fn run(fork: usize, below: usize) -> usize {
    usize::from(below > fork + 1)
}
