//! The rows of the commands on sets.

use super::row::Spec;

pub(super) const ROWS: &[Spec] = &[];
