//! The rows of the commands on streams.

use super::row::Spec;

pub(super) const ROWS: &[Spec] = &[];
