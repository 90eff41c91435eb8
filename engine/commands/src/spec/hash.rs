//! The rows of the commands on hashes.

use super::row::Spec;

pub(super) const ROWS: &[Spec] = &[];
