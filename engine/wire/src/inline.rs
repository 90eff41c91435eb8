//! Inline requests: a line of words, as a person types them into telnet.
//!
//! Takes a line without its end, gives its words. A line without quotes is only cut, one with quotes is copied
//! and unquoted. It must not look for the line's end: that is the decoder's work.

use crate::error::ProtocolError;
use crate::request::Arg;

/// Whether some word must be unquoted.
pub(crate) fn is_quoted(line: &[u8]) -> bool {
    line.iter().any(|byte| matches!(byte, b'"' | b'\''))
}

/// Appends the words of a line without quotes.
pub(crate) fn split_plain(line: &[u8], args: &mut Vec<Arg>) {
    let mut at = 0;
    loop {
        at = skip_blanks(line, at);
        if at == line.len() {
            return;
        }
        let start = at;
        at += line[at..].iter().position(|&byte| ends_word(byte)).unwrap_or(line.len() - at);
        args.push(Arg { start, len: at - start });
    }
}

/// The words of a line, unquoted.
pub(crate) fn split_quoted(line: &[u8]) -> Result<Vec<Vec<u8>>, ProtocolError> {
    let mut words = Vec::new();
    let mut at = skip_blanks(line, 0);
    while at < line.len() {
        let mut word = Vec::new();
        at = read_word(line, at, &mut word)?;
        words.push(word);
        at = skip_blanks(line, at);
    }
    Ok(words)
}

/// Reads one word, which may be made of bare and quoted runs without blanks between them.
fn read_word(line: &[u8], mut at: usize, word: &mut Vec<u8>) -> Result<usize, ProtocolError> {
    while let Some(&byte) = line.get(at) {
        at += 1;
        match byte {
            b'"' => at = read_double_quoted(line, at, word)?,
            b'\'' => at = read_single_quoted(line, at, word)?,
            _ if ends_word(byte) => return Ok(at),
            _ => word.push(byte),
        }
    }
    Ok(at)
}

/// Valkey takes a backslash that is the last but one byte of the line for itself, hence the looks ahead.
fn read_double_quoted(line: &[u8], mut at: usize, word: &mut Vec<u8>) -> Result<usize, ProtocolError> {
    loop {
        match line[at..] {
            [b'\\', b'x', high, low, _, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                word.push(hex_digit(high) << 4 | hex_digit(low));
                at += 4;
            }
            [b'\\', escaped, _, ..] => {
                word.push(unescape(escaped));
                at += 2;
            }
            [b'"', ..] => return Ok(at + 1),
            [byte, ..] => {
                word.push(byte);
                at += 1;
            }
            [] => return Err(ProtocolError::UnbalancedQuotes),
        }
    }
}

fn read_single_quoted(line: &[u8], mut at: usize, word: &mut Vec<u8>) -> Result<usize, ProtocolError> {
    loop {
        match line[at..] {
            [b'\\', b'\'', _, ..] => {
                word.push(b'\'');
                at += 2;
            }
            [b'\'', ..] => return Ok(at + 1),
            [byte, ..] => {
                word.push(byte);
                at += 1;
            }
            [] => return Err(ProtocolError::UnbalancedQuotes),
        }
    }
}

fn skip_blanks(line: &[u8], from: usize) -> usize {
    let blanks = line[from..].iter().take_while(|byte| matches!(byte, b' ' | 9..=13)).count();
    from + blanks
}

/// Fewer bytes end a word than may stand between words: Valkey's rule.
fn ends_word(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

fn unescape(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'a' => 7,
        other => other,
    }
}

fn hex_digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        _ => (byte | 0x20) - b'a' + 10,
    }
}
