//! Why a command did not do what it was asked: the errors that clients know by their texts.

/// An error of a data command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The value is of another type.
    WrongType,
    /// Words that the command does not know, or not together.
    Syntax,
    /// Not an integer, or out of range.
    NotInteger,
    /// Not a float.
    NotFloat,
    /// The result would not fit.
    Overflow,
    /// A decrement by the smallest number.
    DecrementOverflow,
    /// A float result that is infinite or no number.
    NanOrInfinity,
    /// The string would be longer than `proto-max-bulk-len`.
    TooLong,
    /// An offset that is negative or too large.
    Offset,
    /// A bit offset that is no number or too large.
    BitOffset,
    /// A bit that is neither 0 nor 1.
    BitValue,
    /// An expiry that is zero, negative or beyond what a clock can say, for the command of this name.
    InvalidExpire(&'static str),
    /// A key that must be there is not.
    NoSuchKey,
    /// A database that does not exist.
    DbOutOfRange,
    /// Source and destination are the same key.
    SameObject,
    /// A wrong number of arguments, for the command of this name.
    Arity(&'static str),
    /// Anything else; the whole line.
    Other(&'static str),
}

impl Fault {
    /// The line, with its code.
    pub fn text(self) -> std::borrow::Cow<'static, str> {
        let line = match self {
            Self::WrongType => "WRONGTYPE Operation against a key holding the wrong kind of value",
            Self::Syntax => "ERR syntax error",
            Self::NotInteger => "ERR value is not an integer or out of range",
            Self::NotFloat => "ERR value is not a valid float",
            Self::Overflow => "ERR increment or decrement would overflow",
            Self::DecrementOverflow => "ERR decrement would overflow",
            Self::NanOrInfinity => "ERR increment would produce NaN or Infinity",
            Self::TooLong => "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
            Self::Offset => "ERR offset is out of range",
            Self::BitOffset => "ERR bit offset is not an integer or out of range",
            Self::BitValue => "ERR bit is not an integer or out of range",
            Self::NoSuchKey => "ERR no such key",
            Self::DbOutOfRange => "ERR DB index is out of range",
            Self::SameObject => "ERR source and destination objects are the same",
            Self::Other(line) => line,
            Self::InvalidExpire(command) => {
                return format!("ERR invalid expire time in '{command}' command").into();
            }
            Self::Arity(command) => {
                return format!("ERR wrong number of arguments for '{command}' command").into();
            }
        };
        line.into()
    }
}
