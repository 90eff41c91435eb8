//! The rows of the commands on estimated numbers of different elements.

use super::row::Spec;

pub(super) const ROWS: &[Spec] = &[];
