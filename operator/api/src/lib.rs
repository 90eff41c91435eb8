//! The custom resource `ValkeyCluster`: what a user writes and what the operator reports.
//!
//! Gives the types with their defaults ([`ValkeyClusterSpec`], [`ValkeyClusterStatus`]), the CRD with its schema and
//! rules ([`crd()`]), the checks that local mode needs because it has no API server ([`validate()`], [`manifest`]),
//! and every name that an object of a cluster has ([`names`]).
//! Everything here is pure: no client, no clock, no file, no environment.

pub mod conditions;
mod crd;
pub mod manifest;
pub mod names;
pub mod parameters;
mod problem;
pub mod quantity;
mod reserved;
mod rules;
mod schema;
pub mod spec;
pub mod status;
mod validate;
mod version;

pub use crd::{crd, crd_json, crd_yaml};
pub use problem::Problem;
pub use reserved::reserved;
pub use spec::*;
pub use status::*;
pub use validate::{validate, validate_change};
pub use version::Version;
