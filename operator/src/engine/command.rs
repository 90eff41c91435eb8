//! A command as its words, for the wire and for people.

use ironkeep_wire::encode_command;
use std::fmt;

/// The longest word that is shown to people.
const SHOWN: usize = 80;

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command(Vec<String>);

impl Command {
    /// The command of these words.
    pub fn new<W: Into<String>>(words: impl IntoIterator<Item = W>) -> Self {
        Self(words.into_iter().map(Into::into).collect())
    }

    /// The same with one word more.
    #[must_use]
    pub fn and(mut self, word: impl ToString) -> Self {
        self.0.push(word.to_string());
        self
    }

    /// Its bytes on the wire.
    pub fn encode(&self) -> Vec<u8> {
        encode_command(&self.0)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.0.iter().enumerate() {
            let blank = if index == 0 { "" } else { " " };
            let cut = word.char_indices().nth(SHOWN).map_or(word.len(), |(at, _)| at);
            let dots = if cut < word.len() { "…" } else { "" };
            write!(f, "{blank}{}{dots}", &word[..cut])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_it_was_said_and_travels_as_resp() {
        let meet = Command::new(["CLUSTER", "MEET"]).and("::1").and(6379);
        assert_eq!(meet.to_string(), "CLUSTER MEET ::1 6379");
        assert_eq!(meet.encode(), b"*4\r\n$7\r\nCLUSTER\r\n$4\r\nMEET\r\n$3\r\n::1\r\n$4\r\n6379\r\n");
        let long = Command::new(["SET"]).and("é".repeat(1000)).to_string();
        assert_eq!(long.chars().count(), "SET ".len() + SHOWN + 1);
    }
}
