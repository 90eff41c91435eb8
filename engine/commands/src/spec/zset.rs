//! The rows of the commands on sorted sets.

use super::row::Spec;

pub(super) const ROWS: &[Spec] = &[];
