//! Makes good commands bad, now and then; and keeps away those whose outcome depends on the moment.

use crate::rig::grammar::Command;
use crate::rig::random::Random;
use crate::rig::words::odd;

/// Spoils a command, perhaps.
pub fn perhaps(command: &mut Command, random: &mut Random) {
    if random.chance(30) {
        for word in command.iter_mut() {
            if word.iter().all(u8::is_ascii_uppercase) {
                recase(word, random);
            }
        }
    }
    if random.chance(12) {
        for _ in 0..=random.below(2) {
            once(command, random);
        }
    }
}

fn recase(word: &mut [u8], random: &mut Random) {
    for byte in word {
        if random.chance(50) {
            *byte = byte.to_ascii_lowercase();
        }
    }
}

fn once(command: &mut Command, random: &mut Random) {
    // The name stays: there are templates for names that do not exist.
    let (at, other) = (1 + random.below(command.len()), 1 + random.below(command.len()));
    match random.below(5) {
        0 if at < command.len() => drop(command.remove(at)),
        1 if at < command.len() => command.insert(at, command[at].clone()),
        2 if at.max(other) < command.len() => command.swap(at, other),
        3 if at < command.len() => command[at] = odd(random),
        _ => command.push(odd(random)),
    }
}

/// Whether a command lets a key expire so soon that the two servers need not agree on it afterwards. MSETEX also
/// keeps keys that have expired already, and RANDOMKEY and SCAN remove of those what they meet by chance.
pub fn expires_soon(command: &Command) -> bool {
    let soon = |word: Option<&Vec<u8>>, limit: i64| {
        let number = word.and_then(|word| std::str::from_utf8(word).ok()?.parse::<i64>().ok());
        number.is_some_and(|number| (1..limit).contains(&number))
    };
    const SECONDS: i64 = 100_000;
    const NOW: i64 = 2_000_000_000;
    let follows = |word: &str, limit| {
        let is = |at: usize| command[at].eq_ignore_ascii_case(word.as_bytes());
        (1..command.len()).any(|at| is(at) && soon(command.get(at + 1), limit))
    };
    match command[0].to_ascii_uppercase().as_slice() {
        b"EXPIRE" | b"SETEX" => soon(command.get(2), SECONDS),
        b"PEXPIRE" | b"PSETEX" => soon(command.get(2), SECONDS * 1000),
        b"SET" | b"GETEX" => follows("EX", SECONDS) || follows("PX", SECONDS * 1000),
        b"MSETEX" => {
            follows("EX", SECONDS)
                || follows("PX", SECONDS * 1000)
                || follows("EXAT", NOW)
                || follows("PXAT", NOW * 1000)
        }
        _ => false,
    }
}

/// Whether a command gives the client a name with a zero byte, which Valkey takes for the end of the name.
pub fn names_with_zero(command: &Command) -> bool {
    let names = [&b"CLIENT"[..], b"HELLO"].iter().any(|name| command[0].eq_ignore_ascii_case(name));
    names && command.iter().any(|word| word.contains(&0))
}
