//! Commands on lists.
