//! What can be wrong with bytes from the other side: the one error type of this crate.
//!
//! `Display` gives the text that Valkey sends after `ERR Protocol error: `. It must not format user data other
//! than the one offending byte.

use std::fmt;

/// A breach of the protocol. The connection it came over cannot be trusted any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtocolError {
    /// An inline request without an end of line within its limit.
    TooBigInline,
    /// An inline request whose quotes do not pair.
    UnbalancedQuotes,
    /// The line with the number of arguments does not end within its limit.
    TooBigCount,
    /// The number of arguments is not a number, or too large.
    InvalidCount,
    /// More arguments than a client may send before it has authenticated.
    UnauthenticatedCount,
    /// The line with the length of an argument does not end within its limit.
    TooBigLength,
    /// An argument starts with this byte and not with `$`.
    ExpectedBulk(u8),
    /// The length of an argument is not a number, negative, or too large.
    InvalidLength,
    /// A longer argument than a client may send before it has authenticated.
    UnauthenticatedLength,
    /// A line or an argument that should end in CR LF does not.
    InvalidCrlf,
    /// A reply that no server may send.
    InvalidReply,
    /// A reply that is nested more deeply than the bound.
    ReplyTooDeep,
    /// A reply of more elements or bytes than the bound.
    ReplyTooLarge,
}

impl ProtocolError {
    /// The words that Valkey logs for this error, which differ from those it sends.
    #[must_use]
    pub fn log_text(self) -> &'static str {
        match self {
            Self::TooBigInline => "too big inline request",
            Self::UnbalancedQuotes => "unbalanced quotes in inline request",
            Self::TooBigCount => "too big mbulk count string",
            Self::InvalidCount => "invalid mbulk count",
            Self::UnauthenticatedCount => "unauth mbulk count",
            Self::TooBigLength => "too big bulk count string",
            Self::ExpectedBulk(_) => "expected $ but got something else",
            Self::InvalidLength => "invalid bulk length",
            Self::UnauthenticatedLength => "unauth bulk length",
            Self::InvalidCrlf => "invalid CRLF in request",
            Self::InvalidReply => "invalid reply",
            Self::ReplyTooDeep => "reply nested too deeply",
            Self::ReplyTooLarge => "reply too large",
        }
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExpectedBulk(byte) => write!(out, "expected '$', got '{}'", char::from(*byte)),
            Self::InvalidCount => out.write_str("invalid multibulk length"),
            Self::UnauthenticatedCount => out.write_str("unauthenticated multibulk length"),
            Self::UnauthenticatedLength => out.write_str("unauthenticated bulk length"),
            Self::UnbalancedQuotes => out.write_str("unbalanced quotes in request"),
            other => out.write_str(other.log_text()),
        }
    }
}

impl std::error::Error for ProtocolError {}
