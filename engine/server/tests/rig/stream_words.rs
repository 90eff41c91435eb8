//! The words of random commands on streams: few streams, groups and consumers, ids that meet.
//!
//! Whether something has been pending for long must not depend on how fast the test is: times are either nothing or far
//! more than it takes.

use super::grammar::Command;
use super::random::Random;

/// Strange ids, and what is none.
const IDS: &[&str] = &[
    "-",
    "+",
    "$",
    ">",
    "0",
    "0-0",
    "0-1",
    "5-",
    "-5",
    "5-5-5",
    " 7",
    "+3",
    "03-1",
    "18446744073709551615",
    "18446744073709551615-18446744073709551615",
    "18446744073709551615-0",
    "18446744073709551616-1",
    "9223372036854775808-3",
    "0-18446744073709551615",
    "x",
    "",
    "3-x",
    "(3",
    "(",
    "(-",
    "4-*",
];

/// A word of a kind, if it is one of these.
pub fn word(kind: &str, random: &mut Random) -> Option<Vec<u8>> {
    let word = match kind {
        "stream" => format!("x{}", random.below(3)),
        "group" => (*random.pick(&["g", "h", "g", "none"])).into(),
        "consumer" => (*random.pick(&["a", "b", "c"])).into(),
        "field" => (*random.pick(&["f", "f", "f", "name", "1", ""])).into(),
        "newid" => new_id(random),
        "id" => id(random),
        "low" => end(random, "-"),
        "high" => end(random, "+"),
        "minidle" => (*random.pick(&["0", "0", "0", "0", "30000000", "-1", "x"])).into(),
        "idle" => (*random.pick(&["0", "1000000", "50000000", "-1", "x", "4000000000000"])).into(),
        "pelcount" => random.between(1, 6).to_string(),
        "shortly" => random.between(1, 2).to_string(),
        _ => return None,
    };
    Some(word.into_bytes())
}

/// An id that is likely to be above all others, as often as not.
fn new_id(random: &mut Random) -> String {
    match random.below(20) {
        0 => (*random.pick(IDS)).into(),
        1..9 => format!("{}-*", random.between(1, 8)),
        _ => id(random),
    }
}

fn id(random: &mut Random) -> String {
    match random.below(30) {
        0 => (*random.pick(IDS)).into(),
        1..4 => random.between(0, 9).to_string(),
        _ => {
            let most = if random.chance(70) { 3 } else { 9 };
            format!("{}-{}", random.between(1, 8), random.between(0, most))
        }
    }
}

fn end(random: &mut Random, open: &str) -> String {
    match random.below(6) {
        0..3 => open.into(),
        3 => format!("({}", id(random)),
        _ => id(random),
    }
}

/// Whether what a command does depends on how long ago something was, or it would wait for long.
pub fn depends_on_time(command: &Command) -> bool {
    let number = |at: usize| std::str::from_utf8(command.get(at)?).ok()?.parse::<i64>().ok();
    let is = |at: usize, word: &str| {
        command.get(at).is_some_and(|given| given.eq_ignore_ascii_case(word.as_bytes()))
    };
    let soon = |at| number(at).is_some_and(|idle| (1..20_000_000).contains(&idle));
    let waits = |at| number(at).is_some_and(|millis| !(1..5).contains(&millis));
    match command[0].to_ascii_uppercase().as_slice() {
        b"XCLAIM" | b"XAUTOCLAIM" => soon(4),
        b"XPENDING" => is(3, "idle") && soon(4),
        b"XREAD" | b"XREADGROUP" => (1..command.len()).any(|at| is(at, "block") && waits(at + 1)),
        b"XADD" => command.iter().any(|word| word == b"*"),
        _ => false,
    }
}
