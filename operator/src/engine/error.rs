//! The ways in which an engine doesn't do what it was told.

use ironkeep_core::observed::Engine;
use std::io;

/// Why there is no answer, or not the one that was hoped for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// Nothing listens there, or the connection was cut.
    #[error("connection refused or reset")]
    Refused,
    /// No connection, or no answer, in time.
    #[error("no answer in time")]
    Silent,
    /// The engine is loading its data.
    #[error("it is loading its data")]
    Loading,
    /// The engine answered with an error.
    #[error("{0}")]
    Answer(String),
    /// What came back is no answer: not the protocol, too long, or of another kind than the command gives.
    #[error("{0}")]
    Garbled(String),
    /// The operator's own machine is in the way: no free file descriptor, for one.
    #[error("{0}")]
    Local(String),
}

impl EngineError {
    /// The error that an engine answered with: `LOADING …` is a state, not an error.
    pub fn answer(text: &[u8]) -> Self {
        if text.starts_with(b"LOADING") {
            return Self::Loading;
        }
        Self::Answer(String::from_utf8_lossy(text).into_owned())
    }
}

impl From<io::Error> for EngineError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::*;
        match error.kind() {
            ConnectionRefused | ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof => {
                Self::Refused
            }
            // Nobody says that the engine is gone: it may live behind a broken network.
            HostUnreachable | NetworkUnreachable | NetworkDown | TimedOut => Self::Silent,
            _ => Self::Local(error.to_string()),
        }
    }
}

impl From<EngineError> for Engine {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Refused => Engine::Refused,
            EngineError::Silent => Engine::Silent,
            EngineError::Loading => Engine::Loading,
            EngineError::Answer(text) | EngineError::Garbled(text) | EngineError::Local(text) => {
                Engine::Error(text)
            }
        }
    }
}
