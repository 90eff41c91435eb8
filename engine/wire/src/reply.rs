//! The reply writer of the server: values in, RESP2 or RESP3 bytes at the end of a buffer.
//!
//! Takes what a command answers, gives the bytes that Valkey would send to a client of that protocol version. It
//! must not flush, fail, or check that an announced number of elements follows: the commands see to that.

use crate::double::format_f64;
use crate::extended::Extended;
use crate::number::IntText;

/// Writes replies to the end of a buffer.
#[derive(Debug)]
pub struct Reply<'a> {
    out: &'a mut Vec<u8>,
    resp3: bool,
}

/// A place where a length is to be written later. Finish the last one begun first.
#[derive(Debug)]
#[must_use = "a deferred length that is not finished leaves a reply without its header"]
pub struct Deferred {
    at: usize,
}

impl<'a> Reply<'a> {
    /// A writer that appends to `out`.
    #[inline]
    pub fn new(out: &'a mut Vec<u8>, resp3: bool) -> Self {
        Self { out, resp3 }
    }

    /// Whether the client speaks RESP3.
    #[inline]
    #[must_use]
    pub fn is_resp3(&self) -> bool {
        self.resp3
    }

    /// How many bytes the buffer holds: a mark to which `truncate` can go back.
    #[inline]
    #[must_use]
    pub fn position(&self) -> usize {
        self.out.len()
    }

    /// Takes back everything written since `position` gave this mark.
    pub fn truncate(&mut self, mark: usize) {
        self.out.truncate(mark);
    }

    /// `+OK`.
    #[inline]
    pub fn ok(&mut self) {
        self.out.extend_from_slice(b"+OK\r\n");
    }

    /// A status. Line ends in it become blanks.
    pub fn simple(&mut self, text: impl AsRef<[u8]>) {
        self.line(b'+', text.as_ref());
    }

    /// An error: its code and its text, without the `-`. Line ends at its end go, others become blanks.
    pub fn error(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        let len = text.iter().rposition(|&byte| !is_line_end(byte)).map_or(0, |last| last + 1);
        self.line(b'-', &text[..len]);
    }

    /// An integer.
    #[inline]
    pub fn integer(&mut self, value: i64) {
        match u64::try_from(value) {
            Ok(value) => self.header(b':', value),
            Err(_) => self.long_header(b':', IntText::signed(value)),
        }
    }

    /// A string of bytes.
    #[inline]
    pub fn bulk(&mut self, bytes: &[u8]) {
        self.out.reserve(bytes.len() + 24);
        self.header(b'$', bytes.len() as u64);
        self.out.extend_from_slice(bytes);
        self.out.extend_from_slice(b"\r\n");
    }

    /// The text of an integer as a string.
    #[inline]
    pub fn bulk_int(&mut self, value: i64) {
        self.bulk(IntText::signed(value).as_bytes());
    }

    /// Nothing.
    #[inline]
    pub fn null(&mut self) {
        self.out.extend_from_slice(if self.resp3 { b"_\r\n" } else { b"$-1\r\n" });
    }

    /// Nothing, where a RESP2 client expects an array.
    #[inline]
    pub fn null_array(&mut self) {
        self.out.extend_from_slice(if self.resp3 { b"_\r\n" } else { b"*-1\r\n" });
    }

    /// The header of an array; its elements follow.
    #[inline]
    pub fn array_len(&mut self, len: usize) {
        self.header(b'*', len as u64);
    }

    /// The header of a map of `len` pairs; keys and values follow in turn. An array of twice that in RESP2.
    #[inline]
    pub fn map_len(&mut self, len: usize) {
        let (marker, len) = self.shape(Shape::Map, len);
        self.header(marker, len);
    }

    /// The header of a set. An array in RESP2.
    #[inline]
    pub fn set_len(&mut self, len: usize) {
        let (marker, len) = self.shape(Shape::Set, len);
        self.header(marker, len);
    }

    /// The header of an out-of-band message. An array in RESP2.
    #[inline]
    pub fn push_len(&mut self, len: usize) {
        let (marker, len) = self.shape(Shape::Push, len);
        self.header(marker, len);
    }

    /// The header of attributes of the reply that follows. RESP2 has none: when this gives `false` nothing was
    /// written and the pairs must not be either.
    #[must_use]
    pub fn attribute_len(&mut self, len: usize) -> bool {
        if self.resp3 {
            self.header(b'|', len as u64);
        }
        self.resp3
    }

    /// A truth value; 1 or 0 in RESP2.
    #[inline]
    pub fn boolean(&mut self, value: bool) {
        self.out.extend_from_slice(match (self.resp3, value) {
            (true, true) => b"#t\r\n",
            (true, false) => b"#f\r\n",
            (false, true) => b":1\r\n",
            (false, false) => b":0\r\n",
        });
    }

    /// A floating point number; a string in RESP2.
    pub fn double(&mut self, value: f64) {
        let text = format_f64(value);
        self.scalar(b',', text.as_bytes());
    }

    /// A floating point number as INCRBYFLOAT and the geo commands show it; a string in RESP2.
    pub fn extended(&mut self, value: Extended) {
        self.scalar(b',', &value.format_17());
    }

    /// An integer of any size, as its text; a string in RESP2.
    pub fn big_number(&mut self, text: &[u8]) {
        self.scalar(b'(', text);
    }

    /// A text for people, with its format of three characters (`txt`, `mkd`); a string in RESP2.
    pub fn verbatim(&mut self, format: [u8; 3], text: &[u8]) {
        if !self.resp3 {
            return self.bulk(text);
        }
        self.header(b'=', text.len() as u64 + 4);
        self.out.extend_from_slice(&format);
        self.out.push(b':');
        self.out.extend_from_slice(text);
        self.out.extend_from_slice(b"\r\n");
    }

    /// Bytes that are a reply already.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Begins an aggregate whose length is not known yet.
    pub fn defer(&mut self) -> Deferred {
        Deferred { at: self.out.len() }
    }

    /// Puts the header of an array of `len` elements where `defer` was called.
    pub fn finish_array(&mut self, place: Deferred, len: usize) {
        self.insert(place, (b'*', len as u64));
    }

    /// Puts the header of a map of `len` pairs where `defer` was called.
    pub fn finish_map(&mut self, place: Deferred, len: usize) {
        let header = self.shape(Shape::Map, len);
        self.insert(place, header);
    }

    /// Puts the header of a set of `len` elements where `defer` was called.
    pub fn finish_set(&mut self, place: Deferred, len: usize) {
        let header = self.shape(Shape::Set, len);
        self.insert(place, header);
    }

    #[cold]
    fn insert(&mut self, place: Deferred, (marker, len): (u8, u64)) {
        let end = self.out.len();
        let at = place.at.min(end);
        self.header(marker, len);
        let width = self.out.len() - end;
        self.out[at..].rotate_right(width);
    }

    fn shape(&self, shape: Shape, len: usize) -> (u8, u64) {
        match (shape, self.resp3) {
            (Shape::Map, true) => (b'%', len as u64),
            (Shape::Map, false) => (b'*', len as u64 * 2),
            (Shape::Set, true) => (b'~', len as u64),
            (Shape::Push, true) => (b'>', len as u64),
            (Shape::Set | Shape::Push, false) => (b'*', len as u64),
        }
    }

    /// A RESP3 line, a RESP2 string.
    fn scalar(&mut self, marker: u8, text: &[u8]) {
        if !self.resp3 {
            return self.bulk(text);
        }
        self.out.push(marker);
        self.out.extend_from_slice(text);
        self.out.extend_from_slice(b"\r\n");
    }

    fn line(&mut self, marker: u8, text: &[u8]) {
        self.out.push(marker);
        self.out.extend(text.iter().map(|&byte| if is_line_end(byte) { b' ' } else { byte }));
        self.out.extend_from_slice(b"\r\n");
    }

    /// A marker, a number and a line end. Small numbers are arrays of a known length, which the compiler turns
    /// into one store.
    #[inline]
    fn header(&mut self, marker: u8, value: u64) {
        let digit = |divisor: u64| b'0' + (value / divisor % 10) as u8;
        match value {
            0..10 => self.out.extend_from_slice(&[marker, digit(1), b'\r', b'\n']),
            10..100 => self.out.extend_from_slice(&[marker, digit(10), digit(1), b'\r', b'\n']),
            100..1000 => {
                self.out.extend_from_slice(&[marker, digit(100), digit(10), digit(1), b'\r', b'\n']);
            }
            _ => self.long_header(marker, IntText::unsigned(value)),
        }
    }

    fn long_header(&mut self, marker: u8, text: IntText) {
        self.out.reserve(24);
        self.out.push(marker);
        self.out.extend_from_slice(text.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }
}

/// Aggregates that RESP2 does not have.
#[derive(Clone, Copy)]
enum Shape {
    Map,
    Set,
    Push,
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
