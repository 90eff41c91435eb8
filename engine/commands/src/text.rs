//! Strings as the keyspace holds them: bytes in the entry, an integer, or a long text outside.
//!
//! What every command on strings needs: look at one, choose how to keep one.

use crate::Fault;
use ironkeep_keyspace::entry::{NewValue, Value};
use ironkeep_keyspace::object::Object;
use ironkeep_wire::{IntText, parse_i64};

/// Strings longer than this are kept outside of their entry.
pub const INLINE_MOST: usize = 4096;
/// A string that was changed in place is kept outside, with room to grow, when longer than this.
pub const GROWING_MOST: usize = 256;

/// A look at a string.
#[derive(Clone, Copy)]
pub enum Text<'a> {
    /// Its bytes.
    Bytes(&'a [u8]),
    /// The integer that it is.
    Int(i64),
}

impl<'a> Text<'a> {
    /// A value as a string, if it is one.
    #[inline(always)]
    pub fn of(value: Value<'a>) -> Result<Self, Fault> {
        match value {
            Value::Bytes(bytes) => Ok(Self::Bytes(bytes)),
            Value::Int(number) => Ok(Self::Int(number)),
            Value::Object(object) => object.text().map(Self::Bytes).ok_or(Fault::WrongType),
        }
    }

    /// Its length.
    pub fn len(self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Int(number) => ironkeep_wire::digits(number),
        }
    }

    /// Whether it is empty.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Calls `look` with its bytes.
    #[inline]
    pub fn with<R>(self, look: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Bytes(bytes) => look(bytes),
            Self::Int(number) => look(IntText::signed(number).as_bytes()),
        }
    }

    /// The integer that it is, if any.
    pub fn integer(self) -> Option<i64> {
        match self {
            Self::Bytes(bytes) => parse_i64(bytes),
            Self::Int(number) => Some(number),
        }
    }
}

/// How a string that a client sent is to be kept.
#[inline(always)]
pub fn stored(bytes: &[u8]) -> NewValue<'_> {
    // Twenty bytes are the longest integer.
    if bytes.len() <= 20
        && let Some(number) = parse_i64(bytes)
    {
        return NewValue::Int(number);
    }
    if bytes.len() <= INLINE_MOST {
        NewValue::Bytes(bytes)
    } else {
        NewValue::Object(Object::from_text(bytes.to_vec()))
    }
}
