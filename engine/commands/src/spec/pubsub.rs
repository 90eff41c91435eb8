//! The rows of the commands on messages to whoever listens.

use super::row::Spec;

pub(super) const ROWS: &[Spec] = &[];
