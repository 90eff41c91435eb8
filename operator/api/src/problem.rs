//! What is wrong with a spec, for people: the field and a sentence about it.

use std::fmt;

use crate::conditions::reasons;

/// One thing that is wrong with a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field, as in `spec.storage.size`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
    /// The reason of the condition that reports it, one of [`reasons`].
    pub reason: &'static str,
}

impl Problem {
    /// A value that can't be.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), reason: reasons::SPEC_INVALID }
    }

    /// A value that this version can't carry out yet.
    pub fn not_supported(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), reason: reasons::NOT_SUPPORTED }
    }

    /// A value that was changed and may not be.
    pub fn immutable(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), reason: reasons::FIELD_IMMUTABLE }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}
