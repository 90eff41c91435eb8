//! Strings as the keyspace holds them: bytes in the entry, an integer, or a long text outside.
//!
//! What every command on strings needs: look at one, choose how to keep one, name its encoding.

use crate::{Fault, Rules};
use ironkeep_keyspace::entry::{Entry, NewValue, Value};
use ironkeep_keyspace::object::{Object, ObjectRef};
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
    stored_as_bytes(bytes)
}

/// How a string is to be kept that is not looked at for being a number.
#[inline(always)]
pub fn stored_as_bytes(bytes: &[u8]) -> NewValue<'_> {
    if bytes.len() <= INLINE_MOST {
        NewValue::Bytes(bytes)
    } else {
        NewValue::Object(Object::from_text(bytes.to_vec()))
    }
}

/// The length of a string of two parts, if it may be so long.
pub fn joined_len(rules: &Rules, head: usize, tail: usize) -> Result<usize, Fault> {
    let most = rules.max_string.min(isize::MAX as usize);
    head.checked_add(tail).filter(|len| *len <= most).ok_or(Fault::TooLong)
}

/// A string taken out of the keyspace: short ones are copied, long ones shared.
pub enum TakenText {
    /// A copy.
    Copy(Vec<u8>),
    /// A reference to the same text.
    Shared(Object),
}

impl TakenText {
    /// Takes a value, if it is a string.
    pub fn of(value: Value<'_>) -> Result<Self, Fault> {
        match value {
            Value::Object(object) if object.text().is_some() => Ok(Self::Shared(object.share())),
            _ => Text::of(value).map(|text| Self::Copy(text.with(<[u8]>::to_vec))),
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Copy(bytes) => bytes,
            Self::Shared(object) => object.text().unwrap_or_default(),
        }
    }
}

/// What OBJECT ENCODING says of a value.
pub fn encoding_name(entry: &Entry) -> &'static str {
    match entry.value() {
        Value::Int(_) => "int",
        Value::Object(ObjectRef::List(list)) => list.encoding(),
        Value::Object(ObjectRef::Set(set)) => set.encoding(),
        Value::Object(ObjectRef::ZSet(zset)) => zset.encoding(),
        Value::Object(ObjectRef::Map(map)) => map.encoding(),
        Value::Object(ObjectRef::Stream(stream)) => stream.encoding(),
        Value::Bytes(bytes) if !entry.is_raw() && embeds(entry, bytes.len()) => "embstr",
        _ => "raw",
    }
}

/// Whether Valkey would keep a string in one allocation with its key: in two cache lines at most.
fn embeds(entry: &Entry, value: usize) -> bool {
    const OBJECT_HEADER: usize = 8;
    let key = entry.key().len();
    let key_header = match key {
        0..32 => 1,
        32..=252 => 3,
        _ => 5,
    };
    // Each of the two strings ends in a zero byte; the key has one more byte, which says how long its header is.
    let key_room = 1 + key_header + key + 1;
    let value_room = 3 + value + 1;
    let expiry = if entry.expiry().is_some() { 8 } else { 0 };
    OBJECT_HEADER + expiry + key_room + value_room <= 128
}
