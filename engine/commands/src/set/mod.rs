//! Commands on sets.
