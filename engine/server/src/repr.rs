//! Bytes as a quoted text that shows every one of them, as MONITOR and the log do.

use std::io::Write;

/// Appends `bytes` in quotes; what cannot be printed is escaped.
pub fn append(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    for byte in bytes {
        match byte {
            b'\\' | b'"' => out.extend_from_slice(&[b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x07 => out.extend_from_slice(b"\\a"),
            0x08 => out.extend_from_slice(b"\\b"),
            b' '..=b'~' => out.push(*byte),
            // Writing to a vector cannot fail.
            _ => drop(write!(out, "\\x{byte:02x}")),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_shown() {
        let mut out = Vec::new();
        append(&mut out, b"a\\\"\n\r\t\x07\x08\x00\x7f\xff z");
        assert_eq!(String::from_utf8(out).unwrap(), r#""a\\\"\n\r\t\a\b\x00\x7f\xff z""#);
    }
}
