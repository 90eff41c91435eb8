//! Makes good commands bad, now and then; and keeps away those whose outcome depends on the moment.

use crate::rig::grammar::Command;
use crate::rig::random::Random;
use crate::rig::words::{MOMENTS, odd};

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
        b"HEXPIRE" => soon(command.get(2), SECONDS),
        b"HPEXPIRE" => soon(command.get(2), SECONDS * 1000),
        b"SET" | b"GETEX" | b"HSETEX" | b"HGETEX" => follows("EX", SECONDS) || follows("PX", SECONDS * 1000),
        b"MSETEX" => {
            follows("EX", SECONDS)
                || follows("PX", SECONDS * 1000)
                || follows("EXAT", NOW)
                || follows("PXAT", NOW * 1000)
        }
        _ => false,
    }
}

/// Whether a command takes members out of a set by chance, so that the two servers are left with different ones; or
/// asks for more members by chance than anybody wants to wait for.
pub fn leaves_to_chance(command: &Command) -> bool {
    let number = |at: usize| std::str::from_utf8(command.get(at)?).ok()?.parse::<i64>().ok();
    match command[0].to_ascii_uppercase().as_slice() {
        b"SPOP" => command.len() == 2 || number(2).is_some_and(|count| (1..100_000).contains(&count)),
        b"SRANDMEMBER" => number(2).is_some_and(|count| (-i64::MAX..-1000).contains(&count)),
        _ => false,
    }
}

/// Whether a command may wait for longer than a moment: one that waits, without a timeout that the templates have.
pub fn waits_long(command: &Command) -> bool {
    let at = match command[0].to_ascii_uppercase().as_slice() {
        b"BLPOP" | b"BRPOP" | b"BRPOPLPUSH" | b"BLMOVE" => command.len() - 1,
        b"BLMPOP" => 1,
        _ => return false,
    };
    !command.get(at).is_some_and(|timeout| MOMENTS.iter().any(|known| known.as_bytes() == timeout))
}

/// Whether a command has Valkey sort with an order of which it does not say how elements that are equal in it stand.
pub fn sorts_anyhow(command: &Command) -> bool {
    let has = |word: &str| command.iter().any(|given| given.eq_ignore_ascii_case(word.as_bytes()));
    (has("SORT") || has("SORT_RO")) && has("BY") && has("ALPHA")
}

/// Whether LSET gets an index of more than 32 bits: Valkey leaves off what is above and sets some other element.
pub fn sets_wrong_element(command: &Command) -> bool {
    let number = command.get(2).and_then(|word| std::str::from_utf8(word).ok()?.parse::<i64>().ok());
    command[0].eq_ignore_ascii_case(b"LSET") && number.is_some_and(|index| i32::try_from(index).is_err())
}

/// Whether a command asks for more fields by chance than anybody wants to wait for.
pub fn draws_many(command: &Command) -> bool {
    let count = command.get(2).and_then(|word| std::str::from_utf8(word).ok()?.parse::<i64>().ok());
    command[0].eq_ignore_ascii_case(b"HRANDFIELD")
        && count.is_some_and(|count| (-i64::MAX..-1000).contains(&count))
}

/// Whether a command may leave a HyperLogLog that ends in the middle of a run: there Valkey reads on behind the end of
/// the string, while we call it corrupt.
pub fn cuts_a_run(command: &Command) -> bool {
    let (Some(key), Some(bytes)) = (command.get(1), command.last()) else { return false };
    let changes = |name: &&[u8]| command[0].eq_ignore_ascii_case(name);
    let in_header = !command[0].eq_ignore_ascii_case(b"SETRANGE")
        || command.get(2).is_some_and(|offset| offset.len() < 3);
    let harmless = bytes.len() == 1 && b"\x00\x80\x022".contains(&bytes[0]) && in_header;
    [&b"SETRANGE"[..], b"APPEND"].iter().any(changes) && key.starts_with(b"h") && !harmless
}

/// Whether a polygon spans more than half the way round the earth: then Valkey takes the box around it for the part that
/// it leaves out, while we search all of it.
pub fn spans_half_the_earth(command: &Command) -> bool {
    let Some(word) = command.iter().position(|word| word.eq_ignore_ascii_case(b"BYPOLYGON")) else {
        return false;
    };
    let number = |word: &Vec<u8>| std::str::from_utf8(word).ok()?.parse::<f64>().ok();
    let longitudes: Vec<f64> = command[word + 1..].iter().skip(1).step_by(2).map_while(number).collect();
    let (low, high) =
        longitudes.iter().fold((f64::MAX, f64::MIN), |(low, high), at| (low.min(*at), high.max(*at)));
    high - low > 180.0
}

/// Whether a command gives the client a name with a zero byte, which Valkey takes for the end of the name.
pub fn names_with_zero(command: &Command) -> bool {
    let names = [&b"CLIENT"[..], b"HELLO"].iter().any(|name| command[0].eq_ignore_ascii_case(name));
    names && command.iter().any(|word| word.contains(&0))
}
