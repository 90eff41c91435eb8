//! What the tests of the whole server share: servers to start, connections to them, random commands.
//!
//! A server is a process on a socket of its own and ends with its [`Node`]. Every wait has a limit, after which
//! the test fails.

#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(clippy::unwrap_used, reason = "the helpers of a test may panic as the test may")]

pub mod grammar;
pub mod link;
pub mod node;
pub mod random;
pub mod sorted;
pub mod stream_words;
pub mod words;

/// Bytes for people: printable characters as they are, long ones cut.
pub fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 300;
    let text = bytes[..bytes.len().min(MOST)].escape_ascii().to_string();
    if bytes.len() > MOST { format!("{text}… ({} bytes)", bytes.len()) } else { text }
}

/// A command for people.
pub fn shown_command(words: &[Vec<u8>]) -> String {
    words.iter().map(|word| format!("\"{}\"", shown(word))).collect::<Vec<_>>().join(" ")
}

/// A number that the environment gives, or else `default`.
pub fn number_from_environment(name: &str, default: u64) -> u64 {
    match std::env::var_os(name) {
        Some(text) => {
            text.to_str().and_then(|text| text.parse().ok()).expect("the environment gives a number")
        }
        None => default,
    }
}
