//! What the operator thinks.
//!
//! Takes a `ValkeyCluster` and what was observed of the world; gives the desired state, a plan and a status.
//! Everything here is a pure function: no clock, no socket, no Kubernetes client. Time comes in as an argument.
//!
//! ```text
//! spec ─► resolve ─► Desired ─┐
//!                             ├─► plan ─► Plan (steps, waits, losses) ─► report ─► status
//! platform + engines ─► Observed
//! ```

pub mod desired;
pub mod ids;
pub mod observed;
pub mod parse;
pub mod plan;
pub mod report;
pub mod resolve;
pub mod slots;
pub mod step;

pub use desired::Desired;
pub use ids::{NodeId, ObjectRef, PodId, Role};
pub use observed::{Millis, Observed};
pub use plan::{Plan, plan};
pub use report::report;
pub use resolve::{Resolved, resolve, resolve_or_go_on};
pub use slots::Slots;
pub use step::Step;
