//! Why a step failed: what was asked of whom, and what came back.

use crate::engine::EngineError;
use crate::platform::PlatformError;
use ironkeep_core::PodId;
use std::time::Duration;

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The platform couldn't or wouldn't.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// An engine couldn't or wouldn't.
    #[error("{pod} on {command}: {error}")]
    Engine {
        /// Who was asked.
        pod: PodId,
        /// For what.
        command: String,
        /// What came back.
        error: EngineError,
    },
    /// The pod has no address to talk to it.
    #[error("pod {0} has no address")]
    NoAddress(PodId),
    /// Something was done and what it should lead to hasn't come.
    #[error("{0}")]
    NotReached(String),
    /// It took too long.
    #[error("not done within {0:?}")]
    Late(Duration),
}
