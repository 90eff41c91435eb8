//! What can be wrong with a value or with what should go into it, in Valkey's words.
//!
//! Must not name keys or commands' arguments: whoever replies knows them.

use std::fmt;

/// Why something was not done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    /// The string does not even look like a HyperLogLog.
    NotHyperLogLog,
    /// The string looks like a HyperLogLog, but its registers make no sense.
    CorruptHyperLogLog,
    /// The id of a new entry is not above the last one.
    IdNotAbove,
    /// An entry is too long to be kept.
    EntryTooLarge,
    /// What was read as parts of a stream does not fit together.
    CorruptStream,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHyperLogLog => "WRONGTYPE Key is not a valid HyperLogLog string value.",
            Self::CorruptHyperLogLog => "INVALIDOBJ Corrupted HLL object detected",
            Self::IdNotAbove => {
                "ERR The ID specified in XADD is equal or smaller than the target stream top item"
            }
            Self::EntryTooLarge => "ERR Elements are too large to be stored",
            Self::CorruptStream => "ERR Bad data format",
        })
    }
}

impl std::error::Error for Error {}
