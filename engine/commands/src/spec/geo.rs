//! The rows of the commands on places on the earth.

use super::row::Spec;

pub(super) const ROWS: &[Spec] = &[];
