//! The rows of the commands on lists.

use super::row::Spec;

pub(super) const ROWS: &[Spec] = &[];
