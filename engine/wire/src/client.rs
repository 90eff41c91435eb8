//! The other side of the wire: commands out, replies in. For the operator, the tools and the tests.
//!
//! Takes what a server sent so far, gives its first whole reply. It trusts no length: depth, elements and bytes
//! are bounded, and nothing is allocated for elements that have not arrived.

use crate::double::parse_f64;
use crate::error::ProtocolError;
use crate::number::{parse_i64, write_u64};

/// How deeply replies may be nested.
pub const MAX_DEPTH: usize = 128;
/// The longest string in a reply.
pub const MAX_BULK: usize = 1 << 32;
/// The most elements of one aggregate.
pub const MAX_ELEMENTS: usize = 1 << 31;
/// The longest line.
const MAX_LINE: usize = 64 * 1024;
/// Elements for which room is made before they have arrived.
const FIRST_ELEMENTS: usize = 64;

/// A reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A status (`+`).
    Simple(Vec<u8>),
    /// An error, with its code (`-`, `!`).
    Error(Vec<u8>),
    /// An integer (`:`).
    Integer(i64),
    /// A string (`$`).
    Bulk(Vec<u8>),
    /// Nothing (`_`, `$-1`).
    Null,
    /// Nothing in place of an array (`*-1`).
    NullArray,
    /// An array (`*`).
    Array(Vec<Value>),
    /// A map (`%`).
    Map(Vec<(Value, Value)>),
    /// A set (`~`).
    Set(Vec<Value>),
    /// An out-of-band message (`>`).
    Push(Vec<Value>),
    /// A truth value (`#`).
    Boolean(bool),
    /// A floating point number (`,`).
    Double(f64),
    /// An integer of any size, as its text (`(`).
    BigNumber(Vec<u8>),
    /// A text and its format (`=`).
    Verbatim([u8; 3], Vec<u8>),
    /// A reply that has attributes in front of it (`|`).
    Attributed(Vec<(Value, Value)>, Box<Value>),
}

/// The first reply in `buf` and how many bytes it takes, or nothing when it is not complete.
pub fn parse(buf: &[u8]) -> Result<Option<(Value, usize)>, ProtocolError> {
    let mut reader = Reader { buf, at: 0 };
    let value = reader.value(MAX_DEPTH)?;
    Ok(value.map(|value| (value, reader.at)))
}

/// The bytes of a command.
#[must_use]
pub fn encode_command(args: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let size = args.iter().map(|arg| arg.as_ref().len() + 16).sum::<usize>() + 16;
    let mut out = Vec::with_capacity(size);
    out.push(b'*');
    write_u64(&mut out, args.len() as u64);
    out.extend_from_slice(b"\r\n");
    for arg in args {
        out.push(b'$');
        write_u64(&mut out, arg.as_ref().len() as u64);
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(arg.as_ref());
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// What a step of the parser gives; nothing means that more bytes are needed.
type Parsed<T> = Result<Option<T>, ProtocolError>;

struct Reader<'a> {
    buf: &'a [u8],
    at: usize,
}

/// Leaves the function when something has not arrived yet.
macro_rules! arrived {
    ($parsed:expr) => {
        match $parsed? {
            Some(value) => value,
            None => return Ok(None),
        }
    };
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Parsed<Value> {
        let depth = depth.checked_sub(1).ok_or(ProtocolError::ReplyTooDeep)?;
        let line = arrived!(self.line());
        let (&marker, text) = line.split_first().ok_or(ProtocolError::InvalidReply)?;
        let value = match marker {
            b'+' => Value::Simple(text.to_vec()),
            b'-' => Value::Error(text.to_vec()),
            b':' => Value::Integer(parse_i64(text).ok_or(ProtocolError::InvalidReply)?),
            b'$' if text == b"-1" => Value::Null,
            b'*' if text == b"-1" => Value::NullArray,
            b'$' => Value::Bulk(arrived!(self.bytes(text)).to_vec()),
            b'!' => Value::Error(arrived!(self.bytes(text)).to_vec()),
            b'=' => verbatim(arrived!(self.bytes(text)))?,
            b'*' => Value::Array(arrived!(self.values(text, depth))),
            b'~' => Value::Set(arrived!(self.values(text, depth))),
            b'>' => Value::Push(arrived!(self.values(text, depth))),
            b'%' => Value::Map(arrived!(self.pairs(text, depth))),
            b'|' => {
                let attributes = arrived!(self.pairs(text, depth));
                Value::Attributed(attributes, Box::new(arrived!(self.value(depth))))
            }
            _ => scalar(marker, text)?,
        };
        Ok(Some(value))
    }

    fn line(&mut self) -> Parsed<&'a [u8]> {
        let rest = &self.buf[self.at..];
        match rest.iter().take(MAX_LINE).position(|&byte| byte == b'\n') {
            Some(end) => {
                self.at += end + 1;
                rest[..end].strip_suffix(b"\r").map(Some).ok_or(ProtocolError::InvalidReply)
            }
            None if rest.len() >= MAX_LINE => Err(ProtocolError::ReplyTooLarge),
            None => Ok(None),
        }
    }

    fn bytes(&mut self, len: &[u8]) -> Parsed<&'a [u8]> {
        let len = length(len, MAX_BULK)?;
        let rest = &self.buf[self.at..];
        let (Some(bytes), Some(end)) = (rest.get(..len), rest.get(len..len + 2)) else { return Ok(None) };
        if end != b"\r\n" {
            return Err(ProtocolError::InvalidReply);
        }
        self.at += len + 2;
        Ok(Some(bytes))
    }

    fn values(&mut self, len: &[u8], depth: usize) -> Parsed<Vec<Value>> {
        let len = length(len, MAX_ELEMENTS)?;
        let mut values = Vec::with_capacity(len.min(FIRST_ELEMENTS));
        for _ in 0..len {
            values.push(arrived!(self.value(depth)));
        }
        Ok(Some(values))
    }

    fn pairs(&mut self, len: &[u8], depth: usize) -> Parsed<Vec<(Value, Value)>> {
        let len = length(len, MAX_ELEMENTS)?;
        let mut pairs = Vec::with_capacity(len.min(FIRST_ELEMENTS));
        for _ in 0..len {
            let key = arrived!(self.value(depth));
            pairs.push((key, arrived!(self.value(depth))));
        }
        Ok(Some(pairs))
    }
}

fn length(text: &[u8], bound: usize) -> Result<usize, ProtocolError> {
    let len = parse_i64(text).and_then(|len| usize::try_from(len).ok()).ok_or(ProtocolError::InvalidReply)?;
    if len > bound { Err(ProtocolError::ReplyTooLarge) } else { Ok(len) }
}

fn scalar(marker: u8, text: &[u8]) -> Result<Value, ProtocolError> {
    match (marker, text) {
        (b'_', b"") => Ok(Value::Null),
        (b'#', b"t") => Ok(Value::Boolean(true)),
        (b'#', b"f") => Ok(Value::Boolean(false)),
        (b',', b"nan" | b"-nan") => Ok(Value::Double(f64::NAN)),
        (b',', _) => parse_f64(text).map(Value::Double).ok_or(ProtocolError::InvalidReply),
        (b'(', _) => Ok(Value::BigNumber(text.to_vec())),
        _ => Err(ProtocolError::InvalidReply),
    }
}

fn verbatim(bytes: &[u8]) -> Result<Value, ProtocolError> {
    match bytes {
        [a, b, c, b':', text @ ..] => Ok(Value::Verbatim([*a, *b, *c], text.to_vec())),
        _ => Err(ProtocolError::InvalidReply),
    }
}
