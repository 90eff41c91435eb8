//! The bytes of a command: mostly the usual ones, now and then a line as people type it.

use crate::rig::grammar::Command;
use crate::rig::random::Random;
use ironkeep_wire::client::encode_command;
use std::fmt::Write;

/// Lines have a limit; what is longer than this is not sent as one.
const LONGEST: usize = 2000;

/// The command in some form that means the same.
pub fn any(command: &Command, random: &mut Random) -> Vec<u8> {
    if !random.chance(5) || command.iter().map(Vec::len).sum::<usize>() > LONGEST {
        return encode_command(command);
    }
    let words: Vec<String> = command.iter().map(|word| quoted(word, random)).collect();
    let end = if random.chance(50) { "\r\n" } else { "\n" };
    let blank = ["  ", " ", "\t"][random.below(3)];
    (words.join(blank) + end).into_bytes()
}

/// A word of a line: plain if it may be, in quotes, or in quotes and byte by byte.
fn quoted(word: &[u8], random: &mut Random) -> String {
    let plain = !word.is_empty() && word.iter().all(|byte| byte.is_ascii_alphanumeric());
    if plain && random.chance(70) {
        return word.escape_ascii().to_string();
    }
    if word.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'\\') && random.chance(50) {
        return format!("'{}'", word.escape_ascii()).replace("\\\"", "\"");
    }
    let mut text = String::from("\"");
    for byte in word {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'a'..=b'z' | b'A'..=b'Z' | b' ' => text.push(char::from(*byte)),
            _ => write!(text, "\\x{byte:02x}").unwrap(),
        }
    }
    text + "\""
}
