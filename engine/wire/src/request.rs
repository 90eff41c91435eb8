//! The request decoder of the server: bytes of a connection in, places of arguments out.
//!
//! Takes the buffer from the start of a request on, gives where each argument lies in it, and remembers how far
//! it came when the request is not complete, so that no byte is looked at twice. It copies no argument (but for
//! inline requests with quotes), allocates nothing on the usual way, and must not trust any announced size.

use crate::error::ProtocolError;
use crate::inline;
use crate::number::parse_i64;

/// The most arguments of a request before the client has authenticated.
const UNAUTHENTICATED_ARGS: i64 = 10;
/// The longest argument before the client has authenticated.
const UNAUTHENTICATED_BULK: usize = 16_384;
/// Places kept for the next partial request; what a larger one needed is given back.
const KEPT_CAPACITY: usize = 1024;

/// One argument: where it lies, counted from the first byte of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Offset of its first byte.
    pub start: usize,
    /// Its length in bytes.
    pub len: usize,
}

impl Arg {
    /// The argument's bytes; `request` is the buffer that was decoded. Empty when it does not lie in there.
    #[inline]
    #[must_use]
    pub fn of(self, request: &[u8]) -> &[u8] {
        request.get(self.start..self.start.saturating_add(self.len)).unwrap_or_default()
    }
}

/// What a client may send.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest argument (`proto-max-bulk-len`). A primary has no limit: `usize::MAX`.
    pub max_bulk_len: usize,
    /// The longest line without an end.
    pub max_inline: usize,
    /// The most arguments of one request.
    pub max_multibulk: usize,
    /// Whether the client may use all of that: before it has authenticated it gets ten short arguments.
    pub authenticated: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bulk_len: 512 * 1024 * 1024,
            max_inline: 64 * 1024,
            max_multibulk: i32::MAX as usize,
            authenticated: true,
        }
    }
}

/// What `Decoder::decode` found at the start of the buffer.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// A whole request; its arguments have been appended.
    Request {
        /// Offset just past the request.
        end: usize,
    },
    /// A whole inline request with quotes, whose arguments had to be copied. None have been appended.
    Inline {
        /// Offset just past the request.
        end: usize,
        /// The arguments, unquoted.
        args: Vec<Vec<u8>>,
    },
    /// A request without arguments (an empty line, `*0`, `*-1`): skip it.
    Nothing {
        /// Offset just past it.
        end: usize,
    },
    /// The request goes on after the end of the buffer.
    Incomplete {
        /// How many more bytes it surely has: at least one, and the rest of an argument that has begun.
        want: usize,
    },
}

/// How far the decoding of a request has come.
#[derive(Clone, Copy, Debug, Default)]
struct Cursor {
    /// Where the next line or argument starts.
    position: usize,
    /// Up to where a line's end has been looked for. Zero only when nothing has been looked at.
    scanned: usize,
    /// Arguments still to come; zero before the count is known.
    outstanding: usize,
    /// Length of the argument at `position`, when its line has been read.
    bulk: Option<usize>,
}

/// Decodes the requests of one connection, one after the other. `default()` stands at the start of a request.
#[derive(Debug, Default)]
pub struct Decoder {
    cursor: Cursor,
    found: Vec<Arg>,
}

impl Decoder {
    /// Bytes at the front of the request that is arriving whose meaning is known.
    pub fn position(&self) -> usize {
        self.cursor.position
    }

    /// Decodes the request at the start of `buf` and appends its arguments to `args`.
    ///
    /// After `Incomplete` call again with the same bytes and more behind them; after anything else call with the
    /// bytes behind `end`. `args` is left as it was unless the step is `Request`. After an error the decoder is
    /// of no use.
    pub fn decode(
        &mut self,
        buf: &[u8],
        args: &mut Vec<Arg>,
        limits: &Limits,
    ) -> Result<Step, ProtocolError> {
        match buf.first() {
            Some(b'*') if self.cursor.scanned == 0 => self.decode_fresh(buf, args, limits),
            Some(b'*') => self.decode_on(buf, args, limits),
            Some(_) => self.decode_inline(buf, args, limits),
            None => Ok(Step::Incomplete { want: 1 }),
        }
    }

    /// Whether a request has begun to arrive but is not complete.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.cursor.scanned != 0
    }

    /// A request seen for the first time: straight into the caller's vector.
    #[inline]
    fn decode_fresh(
        &mut self,
        buf: &[u8],
        args: &mut Vec<Arg>,
        limits: &Limits,
    ) -> Result<Step, ProtocolError> {
        let before = args.len();
        if let Some(end) = whole_request(buf, args, limits) {
            return Ok(Step::Request { end });
        }
        args.truncate(before);
        let mut cursor = Cursor::default();
        let result = cursor.read_request(buf, args, limits);
        match result {
            Ok(Step::Incomplete { .. }) => {
                self.found.extend_from_slice(&args[before..]);
                self.cursor = cursor;
                args.truncate(before);
            }
            Ok(_) => {}
            Err(_) => args.truncate(before),
        }
        result
    }

    /// A request that came in pieces: what was found waits in `found`, so that each piece costs only its own size.
    #[cold]
    fn decode_on(&mut self, buf: &[u8], args: &mut Vec<Arg>, limits: &Limits) -> Result<Step, ProtocolError> {
        let step = self.cursor.read_request(buf, &mut self.found, limits)?;
        if !matches!(step, Step::Incomplete { .. }) {
            args.extend_from_slice(&self.found);
            self.restart();
        }
        Ok(step)
    }

    #[cold]
    fn decode_inline(
        &mut self,
        buf: &[u8],
        args: &mut Vec<Arg>,
        limits: &Limits,
    ) -> Result<Step, ProtocolError> {
        let Some(newline) = self.find_newline(buf) else {
            let too_big = buf.len() > limits.max_inline;
            return if too_big { Err(ProtocolError::TooBigInline) } else { Ok(Step::Incomplete { want: 1 }) };
        };
        self.restart();
        let end = newline + 1;
        let line = buf[..newline].strip_suffix(b"\r").unwrap_or(&buf[..newline]);
        if inline::is_quoted(line) {
            return Ok(Step::Inline { end, args: inline::split_quoted(line)? });
        }
        let before = args.len();
        inline::split_plain(line, args);
        Ok(if args.len() == before { Step::Nothing { end } } else { Step::Request { end } })
    }

    /// A NUL hides every newline behind it, as it does in Valkey: a client that sends binary rubbish is told so
    /// once it has sent too much of it.
    fn find_newline(&mut self, buf: &[u8]) -> Option<usize> {
        let from = self.cursor.scanned.min(buf.len());
        let stop = buf[from..].iter().position(|&byte| byte == b'\n' || byte == 0);
        self.cursor.scanned = stop.map_or(buf.len(), |at| from + at);
        stop.map(|at| from + at).filter(|&at| buf[at] == b'\n')
    }

    fn restart(&mut self) {
        self.cursor = Cursor::default();
        self.found.clear();
        self.found.shrink_to(KEPT_CAPACITY);
    }
}

impl Cursor {
    #[inline]
    fn read_request(
        &mut self,
        buf: &[u8],
        out: &mut Vec<Arg>,
        limits: &Limits,
    ) -> Result<Step, ProtocolError> {
        if self.outstanding == 0 {
            match self.read_count(buf, limits)? {
                None => return Ok(Step::Incomplete { want: 1 }),
                Some(0) => return Ok(Step::Nothing { end: self.position }),
                Some(count) => self.outstanding = count,
            }
        }
        match self.read_args(buf, out, limits)? {
            Some(want) => Ok(Step::Incomplete { want }),
            None => Ok(Step::Request { end: self.position }),
        }
    }

    /// The number of arguments, zero for a request to skip, or nothing when its line is not complete.
    #[inline]
    fn read_count(&mut self, buf: &[u8], limits: &Limits) -> Result<Option<usize>, ProtocolError> {
        if let Some((count, next)) = quick_length(buf, 0, b'*')
            && count <= UNAUTHENTICATED_ARGS as usize
            && count <= limits.max_multibulk
        {
            self.position = next;
            return Ok(Some(count));
        }
        self.read_count_slowly(buf, limits)
    }

    /// The arguments that are in the buffer. Gives how many bytes are wanting, or nothing when all are there.
    #[inline]
    fn read_args(
        &mut self,
        buf: &[u8],
        out: &mut Vec<Arg>,
        limits: &Limits,
    ) -> Result<Option<usize>, ProtocolError> {
        let longest = limits.longest_bulk();
        while self.outstanding > 0 {
            let len = match (self.bulk, quick_length(buf, self.position, b'$')) {
                (Some(len), _) => len,
                (None, Some((len, next))) if len <= longest => {
                    self.position = next;
                    len
                }
                _ => match self.read_length_slowly(buf, limits)? {
                    Some(len) => len,
                    None => return Ok(Some(1)),
                },
            };
            let start = self.position;
            // Neither can overflow: a length is at most i64::MAX, and `position` lies in the buffer.
            let (needed, there) = (len + 2, buf.len() - start);
            if there < needed {
                self.bulk = Some(len);
                self.scanned = start;
                return Ok(Some(needed - there));
            }
            if buf[start + len] != b'\r' || buf[start + len + 1] != b'\n' {
                return Err(ProtocolError::InvalidCrlf);
            }
            out.push(Arg { start, len });
            self.position = start + needed;
            self.outstanding -= 1;
            self.bulk = None;
        }
        Ok(None)
    }

    #[cold]
    fn read_count_slowly(&mut self, buf: &[u8], limits: &Limits) -> Result<Option<usize>, ProtocolError> {
        let Some(end) = self.find_line(buf, limits, ProtocolError::TooBigCount)? else { return Ok(None) };
        if buf[end + 1] != b'\n' {
            return Err(ProtocolError::InvalidCrlf);
        }
        let count = parse_i64(&buf[1..end]).ok_or(ProtocolError::InvalidCount)?;
        if count > 0 && count.unsigned_abs() > limits.max_multibulk as u64 {
            return Err(ProtocolError::InvalidCount);
        }
        if count > UNAUTHENTICATED_ARGS && !limits.authenticated {
            return Err(ProtocolError::UnauthenticatedCount);
        }
        self.position = end + 2;
        Ok(Some(usize::try_from(count).unwrap_or(0)))
    }

    #[cold]
    fn read_length_slowly(&mut self, buf: &[u8], limits: &Limits) -> Result<Option<usize>, ProtocolError> {
        let Some(end) = self.find_line(buf, limits, ProtocolError::TooBigLength)? else { return Ok(None) };
        if buf[self.position] != b'$' {
            return Err(ProtocolError::ExpectedBulk(buf[self.position]));
        }
        if buf[end + 1] != b'\n' {
            return Err(ProtocolError::InvalidCrlf);
        }
        let len = parse_i64(&buf[self.position + 1..end]).and_then(|len| usize::try_from(len).ok());
        let len = len.filter(|&len| len <= limits.max_bulk_len).ok_or(ProtocolError::InvalidLength)?;
        if len > limits.longest_bulk() {
            return Err(ProtocolError::UnauthenticatedLength);
        }
        self.position = end + 2;
        Ok(Some(len))
    }

    /// Where the CR of the line at `position` is, once the byte behind it is there too.
    fn find_line(
        &mut self,
        buf: &[u8],
        limits: &Limits,
        too_big: ProtocolError,
    ) -> Result<Option<usize>, ProtocolError> {
        let from = self.scanned.max(self.position).min(buf.len());
        match buf[from..].iter().position(|&byte| byte == b'\r') {
            Some(at) if from + at + 1 < buf.len() => Ok(Some(from + at)),
            Some(at) => {
                self.scanned = from + at;
                Ok(None)
            }
            None if buf.len() - self.position > limits.max_inline => Err(too_big),
            None => {
                self.scanned = buf.len();
                Ok(None)
            }
        }
    }
}

impl Limits {
    #[inline]
    fn longest_bulk(&self) -> usize {
        if self.authenticated { self.max_bulk_len } else { self.max_bulk_len.min(UNAUTHENTICATED_BULK) }
    }
}

/// The usual case on its own, so that all of it stays in registers: a complete, well-formed request of short lines.
/// Gives its end. Anything else is left to those who know what to say of it.
#[inline]
fn whole_request(buf: &[u8], out: &mut Vec<Arg>, limits: &Limits) -> Option<usize> {
    let (count, mut position) = quick_length(buf, 0, b'*')?;
    if count == 0
        || count > UNAUTHENTICATED_ARGS as usize && !limits.authenticated
        || count > limits.max_multibulk
    {
        return None;
    }
    let longest = limits.longest_bulk();
    for _ in 0..count {
        let (len, start) = quick_length(buf, position, b'$')?;
        let end = start + len;
        if len > longest || buf.get(end..)?.first_chunk::<2>() != Some(b"\r\n") {
            return None;
        }
        out.push(Arg { start, len });
        position = end + 2;
    }
    Some(position)
}

/// Reads a line such as `$12` when it is whole, well-formed and short. Gives the number and where the next line
/// starts; everything else is left to the slow way, which knows what to say of it.
#[inline(always)]
fn quick_length(buf: &[u8], at: usize, marker: u8) -> Option<(usize, usize)> {
    let rest = buf.get(at..)?;
    if let Some(word) = rest.first_chunk::<8>() {
        // One look at eight bytes settles numbers of one and two digits, which nearly all are.
        let word = u64::from_le_bytes(*word);
        let (ones, tens) = ((word >> 8 & 0xff).wrapping_sub(0x30), (word >> 16 & 0xff).wrapping_sub(0x30));
        if word & 0xffff_00ff == 0x0a0d_0000 | u64::from(marker) && ones < 10 {
            return Some((ones as usize, at + 4));
        }
        if word & 0xff_ff00_00ff == 0x0a_0d00_0000 | u64::from(marker)
            && ones.wrapping_sub(1) < 9
            && tens < 10
        {
            return Some(((ones * 10 + tens) as usize, at + 5));
        }
    }
    quick_line(rest, at, marker)
}

/// The same byte by byte.
fn quick_line(rest: &[u8], at: usize, marker: u8) -> Option<(usize, usize)> {
    match *rest {
        [m, a, b'\r', b'\n', ..] if m == marker && a.is_ascii_digit() => Some((digit(a), at + 4)),
        [m, a @ b'1'..=b'9', b, b'\r', b'\n', ..] if m == marker && b.is_ascii_digit() => {
            Some((digit(a) * 10 + digit(b), at + 5))
        }
        [m, a @ b'1'..=b'9', ref rest @ ..] if m == marker => quick_digits(digit(a), rest, at + 2),
        _ => None,
    }
}

/// The rest of a number of up to nine digits, and its CR LF.
#[inline]
fn quick_digits(mut value: usize, rest: &[u8], at: usize) -> Option<(usize, usize)> {
    for (index, pair) in rest.windows(2).take(9).enumerate() {
        match *pair {
            [b'\r', b'\n'] => return Some((value, at + index + 2)),
            [byte @ b'0'..=b'9', _] => value = value * 10 + digit(byte),
            _ => return None,
        }
    }
    None
}

#[inline(always)]
fn digit(byte: u8) -> usize {
    usize::from(byte - b'0')
}
