//! From words to a value: what a parameter accepts, and the message when it does not.
//!
//! Takes the row, the words and the value so far (some parameters are set piece by piece). Knows nothing of
//! files or of CONFIG SET, and leaves it to the caller whether a feature is built.

mod lists;
mod number;

use crate::{
    row::{Choice, Kind, Row},
    value::Value,
};
use std::borrow::Cow;

pub use number::memory;

/// Parses the words given for a parameter.
pub(crate) fn parse(row: &Row, words: &[&[u8]], so_far: &Value) -> Result<Value, String> {
    let value = match row.kind {
        Kind::Choice(choices) => one_choice(choices, words)?,
        Kind::Flags(choices) => flags(choices, words)?,
        Kind::Addresses => lists::addresses(words)?,
        Kind::SavePoints => lists::save_points(words)?,
        Kind::OutputLimits => lists::output_limits(words, so_far)?,
        Kind::OomScores => lists::oom_scores(words)?,
        Kind::Percentiles => lists::percentiles(words)?,
        Kind::Primary => lists::primary(words)?,
        Kind::Bool | Kind::Int { .. } | Kind::Text { .. } | Kind::Dir | Kind::Events => {
            let [word] = words else { return Err("wrong number of arguments".to_owned()) };
            single(row, word)?
        }
    };
    match row.check {
        Some(check) => check(value),
        None => Ok(value),
    }
}

fn single(row: &Row, word: &[u8]) -> Result<Value, String> {
    match row.kind {
        Kind::Bool => yes_no(word),
        Kind::Int { min, max, unit } => number::parse(min, max, unit, word).map(Value::Int),
        Kind::Events => lists::events(word),
        Kind::Dir if word.is_empty() => Err("dir can't be empty".to_owned()),
        _ => Ok(Value::text(word)),
    }
}

fn yes_no(word: &[u8]) -> Result<Value, String> {
    if word.eq_ignore_ascii_case(b"yes") {
        Ok(Value::Bool(true))
    } else if word.eq_ignore_ascii_case(b"no") {
        Ok(Value::Bool(false))
    } else {
        Err("argument must be 'yes' or 'no'".to_owned())
    }
}

fn find(choices: &'static [Choice], word: &[u8]) -> Option<&'static Choice> {
    choices.iter().find(|choice| choice.name.as_bytes().eq_ignore_ascii_case(word))
}

fn one_choice(choices: &'static [Choice], words: &[&[u8]]) -> Result<Value, String> {
    let [word] = words else { return Err(must_be_one_of(choices)) };
    find(choices, word).map(Value::Choice).ok_or_else(|| must_be_one_of(choices))
}

fn flags(choices: &'static [Choice], words: &[&[u8]]) -> Result<Value, String> {
    if words.is_empty() {
        return Err(must_be_one_of(choices));
    }
    words
        .iter()
        .try_fold(0, |bits, word| find(choices, word).map(|choice| bits | choice.number))
        .map_or_else(|| Err(must_be_one_of(choices)), |bits| Ok(Value::Flags(bits)))
}

fn must_be_one_of(choices: &[Choice]) -> String {
    let names: Vec<&str> = choices.iter().map(|choice| choice.name).collect();
    format!("argument(s) must be one of the following: {}", names.join(", "))
}

/// A word as text for messages and for the parsers of numbers.
fn as_text(word: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(word)
}
