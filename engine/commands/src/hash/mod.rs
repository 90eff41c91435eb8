//! Commands on hashes.
