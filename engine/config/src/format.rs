//! From a value to text: as CONFIG GET shows it, and as a line of the configuration file.

use crate::{
    choices::{EVENTS, EVENTS_ALL},
    row::{Choice, Kind, Row, Unit},
    value::{OutputLimit, Value},
    words,
};

/// The value as CONFIG GET shows it.
pub(crate) fn shown(row: &Row, value: &Value) -> Vec<u8> {
    match (row.kind, value) {
        (_, Value::Text(bytes)) => bytes.to_vec(),
        (Kind::Int { unit, .. }, Value::Int(number)) => int(unit, *number).into_bytes(),
        (Kind::Flags(choices), Value::Flags(bits)) => flag_names(choices, *bits).into_bytes(),
        (Kind::Events, Value::Flags(bits)) => event_letters(*bits),
        (_, value) => plain(value).into_bytes(),
    }
}

/// Values that look the same whatever the row says.
fn plain(value: &Value) -> String {
    match value {
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Choice(choice) => choice.name.to_owned(),
        Value::Addresses(list) => list.join(" "),
        Value::SavePoints(points) => {
            joined(points.iter().map(|point| format!("{} {}", point.seconds, point.changes)))
        }
        Value::OutputLimits(limits) => joined(
            OUTPUT_CLASSES
                .iter()
                .zip(limits)
                .map(|(class, limit)| output_limit(class, limit, |n| n.to_string())),
        ),
        Value::OomScores(scores) => joined(scores.iter().map(i32::to_string)),
        Value::Percentiles(list) => joined(list.iter().map(percentile)),
        Value::Primary(Some(primary)) => format!("{} {}", primary.0, primary.1),
        Value::Int(number) => number.to_string(),
        Value::Primary(None) | Value::Flags(_) | Value::Text(_) => String::new(),
    }
}

/// The class names CONFIG GET shows, in its order.
const OUTPUT_CLASSES: [&str; 3] = ["normal", "slave", "pubsub"];
/// The class names CONFIG REWRITE writes.
const OUTPUT_CLASSES_WRITTEN: [&str; 3] = ["normal", "replica", "pubsub"];

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn int(unit: Unit, number: i128) -> String {
    match unit {
        Unit::MemoryOrPercent if number < 0 => format!("{}%", -number),
        Unit::Octal => format!("{number:o}"),
        _ => number.to_string(),
    }
}

/// The names of the bits set; the name of "no flag" when none is.
pub(crate) fn flag_names(choices: &[Choice], bits: u32) -> String {
    if bits == 0 {
        return choices.iter().find(|choice| choice.number == 0).map_or("", |none| none.name).to_owned();
    }
    let set = choices.iter().filter(|choice| choice.number & bits != 0);
    joined(set.map(|choice| choice.name.to_owned()))
}

/// The letters of the event classes set. `A` stands for its ten classes, and then `n` is not shown: so does
/// Valkey.
fn event_letters(bits: u32) -> Vec<u8> {
    let all = bits & EVENTS_ALL == EVENTS_ALL;
    let unseen = if all { EVENTS_ALL | 1 << 14 } else { 0 };
    let single = EVENTS.iter().filter(|(_, bit)| bits & bit != 0 && unseen & bit == 0);
    all.then_some(b'A').into_iter().chain(single.map(|(letter, _)| *letter)).collect()
}

fn output_limit(class: &str, limit: &OutputLimit, bytes: fn(u64) -> String) -> String {
    format!("{class} {} {} {}", bytes(limit.hard), bytes(limit.soft), limit.soft_seconds)
}

fn percentile(number: &f64) -> String {
    let digits = format!("{number:.6}");
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number of bytes with the largest unit that leaves no rest.
fn memory(bytes: u64) -> String {
    let units = [("gb", 1 << 30), ("mb", 1 << 20), ("kb", 1 << 10)];
    match units.into_iter().find(|(_, factor)| bytes > 0 && bytes.is_multiple_of(*factor)) {
        Some((unit, factor)) => format!("{}{unit}", bytes / factor),
        None => bytes.to_string(),
    }
}

/// The lines that set the parameter to this value in a configuration file, each with whether it must be
/// written even where the file does not mention the parameter. No line at all: the parameter must not be in
/// the file.
pub(crate) fn written(row: &Row, value: &Value, default: &Value) -> Vec<(Vec<u8>, bool)> {
    let changed = value != default;
    match (row.kind, value) {
        (Kind::OutputLimits, Value::OutputLimits(limits)) => output_limit_lines(row, limits, default),
        (Kind::Text { empty_is_unset: true }, Value::Text(bytes)) if bytes.is_empty() => Vec::new(),
        (Kind::Dir, Value::Text(bytes)) => vec![(text_line(row, bytes), true)],
        (_, Value::Text(bytes)) => vec![(text_line(row, bytes), changed)],
        (Kind::Events, value) => vec![(text_line(row, &shown(row, value)), changed)],
        (Kind::Addresses, _) if !changed => Vec::new(),
        (Kind::Primary, Value::Primary(None)) => Vec::new(),
        // These two are always written: leaving them out would mean their defaults, not an empty list.
        (Kind::SavePoints | Kind::Percentiles, value) => vec![(list_line(row, value), true)],
        (Kind::Addresses, value) => vec![(list_line(row, value), true)],
        (Kind::Int { unit, .. }, Value::Int(number)) => {
            vec![(line(row, int_written(unit, *number).as_bytes()), changed)]
        }
        (_, value) => vec![(line(row, &shown(row, value)), changed)],
    }
}

fn int_written(unit: Unit, number: i128) -> String {
    let is_memory = matches!(unit, Unit::Memory | Unit::SignedMemory | Unit::MemoryOrPercent);
    match u64::try_from(number) {
        Ok(bytes) if is_memory => memory(bytes),
        _ => int(unit, number),
    }
}

fn output_limit_lines(row: &Row, limits: &[OutputLimit; 3], default: &Value) -> Vec<(Vec<u8>, bool)> {
    let classes = OUTPUT_CLASSES_WRITTEN.iter().zip(limits).zip(default.output_limits());
    let lines = classes.map(|((class, limit), default)| {
        (line(row, output_limit(class, limit, memory).as_bytes()), *limit != default)
    });
    lines.collect()
}

fn line(row: &Row, rest: &[u8]) -> Vec<u8> {
    [row.name.as_bytes(), b" ", rest].concat()
}

fn text_line(row: &Row, text: &[u8]) -> Vec<u8> {
    let mut line = line(row, b"");
    words::quote(text, &mut line);
    line
}

fn list_line(row: &Row, value: &Value) -> Vec<u8> {
    let words = shown(row, value);
    if words.is_empty() { line(row, b"\"\"") } else { line(row, &words) }
}
