//! Client-side caching, compared with a real Valkey: the same scenes with several clients are played on both, and
//! everything that every client gets must be the same, in the same order, byte for byte. And with several threads:
//! no cache keeps a value that is out of date.
//!
//! `IRONKEEP_SEED` and `IRONKEEP_SCENES` in the environment make other and longer random scenes.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may panic as the test may")]

mod bounds;
mod caches;
mod improvised;
#[path = "../rig/mod.rs"]
mod rig;
mod scenes;
mod stage;
