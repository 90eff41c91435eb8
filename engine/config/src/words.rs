//! Words of a configuration line: taking a line apart, and quoting a word so that it can be taken apart
//! again.
//!
//! The rules are Valkey's: blanks part words; inside double quotes `\n \r \t \b \a \xHH` and `\c` are
//! escapes; inside single quotes only `\'` is. Text right after a closing quote belongs to the same word.

/// Takes a line apart. `None` when a quote is not closed.
pub fn split(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut words = Vec::new();
    let mut rest = without_blanks(line);
    while !rest.is_empty() {
        let (word, after) = first_word(rest)?;
        words.push(word);
        rest = without_blanks(after);
    }
    Some(words)
}

/// The blanks of C's `isspace`: Rust's ASCII whitespace and the vertical tab.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

/// A line without the blanks it begins with.
fn without_blanks(line: &[u8]) -> &[u8] {
    let blanks = line.iter().take_while(|byte| is_blank(**byte)).count();
    &line[blanks..]
}

fn first_word(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut word = Vec::new();
    let mut rest = text;
    loop {
        rest = match rest {
            [] | [b' ' | b'\n' | b'\r' | b'\t', ..] => return Some((word, rest)),
            [b'"', after @ ..] => double_quoted(after, &mut word)?,
            [b'\'', after @ ..] => single_quoted(after, &mut word)?,
            [byte, after @ ..] => {
                word.push(*byte);
                after
            }
        };
    }
}

/// Appends what stands before the closing double quote; gives what follows it.
fn double_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        let (byte, after) = match rest {
            [] => return None,
            [b'"', after @ ..] => return Some(after),
            [b'\\', b'x', high, low, after @ ..] if is_hex(*high) && is_hex(*low) => {
                (hex(*high) * 16 + hex(*low), after)
            }
            [b'\\', escaped, after @ ..] => (unescape(*escaped), after),
            [byte, after @ ..] => (*byte, after),
        };
        word.push(byte);
        rest = after;
    }
}

/// Appends what stands before the closing single quote; gives what follows it.
fn single_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        let (byte, after) = match rest {
            [] => return None,
            [b'\'', after @ ..] => return Some(after),
            [b'\\', b'\'', after @ ..] => (b'\'', after),
            [byte, after @ ..] => (*byte, after),
        };
        word.push(byte);
        rest = after;
    }
}

fn unescape(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 0x08,
        b'a' => 0x07,
        other => other,
    }
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}

/// Appends a word in double quotes so that [`split`] gives it back.
pub fn quote(word: &[u8], line: &mut Vec<u8>) {
    line.push(b'"');
    for byte in word {
        match byte {
            b'\\' | b'"' => line.extend([b'\\', *byte]),
            b'\n' => line.extend(b"\\n"),
            b'\r' => line.extend(b"\\r"),
            b'\t' => line.extend(b"\\t"),
            0x07 => line.extend(b"\\a"),
            0x08 => line.extend(b"\\b"),
            b' '..=b'~' => line.push(*byte),
            other => line.extend(format!("\\x{other:02x}").as_bytes()),
        }
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::{quote, split};
    use proptest::prelude::*;

    fn words(line: &str) -> Option<Vec<String>> {
        split(line.as_bytes()).map(|words| words.into_iter().map(|w| String::from_utf8(w).unwrap()).collect())
    }

    #[test]
    fn parts_at_blanks_and_honours_quotes() {
        assert_eq!(words("  save 900\t1 ").unwrap(), ["save", "900", "1"]);
        assert_eq!(words(r#"a "b c" 'd e' "" ''"#).unwrap(), ["a", "b c", "d e", "", ""]);
        assert_eq!(words(r#"x "\x41\n\"\q" '\'\n'"#).unwrap(), ["x", "A\n\"q", "'\\n"]);
        assert_eq!(words(r#""foo"bar"#).unwrap(), ["foobar"]);
        assert_eq!(words("").unwrap(), Vec::<String>::new());
        assert_eq!(words("\x0b a\x0bb").unwrap(), ["a\x0bb"]);
    }

    #[test]
    fn refuses_open_quotes() {
        for line in ["\"abc", "a 'b", "a \"b\\\"", "a 'b\\'"] {
            assert_eq!(words(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn quoting_is_undone_by_splitting(words in proptest::collection::vec(any::<Vec<u8>>(), 0..5)) {
            let mut line = Vec::new();
            for word in &words {
                quote(word, &mut line);
                line.push(b' ');
            }
            prop_assert_eq!(split(&line).unwrap(), words);
        }
    }
}
