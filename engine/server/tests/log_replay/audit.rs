//! What may stand in the log, and how.

use crate::rig::grammar::Command;
use crate::rig::shown_command;
use ironkeep_commands::spec::{Flags, Found, find};
use ironkeep_wire::client::{Value, parse};

/// Commands that depend on the moment, or whose result may be rounded elsewhere: others stand for them.
const FORBIDDEN: &[&str] = &[
    "EXPIRE",
    "PEXPIRE",
    "EXPIREAT",
    "SETEX",
    "PSETEX",
    "GETEX",
    "INCRBYFLOAT",
    "SPOP",
    "HEXPIRE",
    "HPEXPIRE",
    "HEXPIREAT",
    "HGETEX",
    "HINCRBYFLOAT",
    "LMPOP",
    "BLPOP",
    "BRPOP",
    "BLMPOP",
    "BLMOVE",
    "BRPOPLPUSH",
    "XREADGROUP",
    "XAUTOCLAIM",
];

/// The commands of the log, which must be whole.
pub fn commands(mut bytes: &[u8]) -> Vec<Command> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (value, len) = parse(bytes).unwrap().expect("the log ends in the middle of a command");
        bytes = &bytes[len..];
        let Value::Array(words) = value else { panic!("not a command: {value:?}") };
        let word = |word| match word {
            Value::Bulk(word) => word,
            other => panic!("not a word: {other:?}"),
        };
        all.push(words.into_iter().map(word).collect());
    }
    all
}

/// Checks every command, and that transactions are whole; gives how many transactions there were.
pub fn check(log: &[Command]) -> u64 {
    let mut open: Option<Vec<&Command>> = None;
    let mut count = 0;
    for command in log {
        match (command[0].as_slice(), &mut open) {
            (b"SELECT", _) => assert_eq!(command.len(), 2),
            (b"MULTI", None) => open = Some(Vec::new()),
            (b"EXEC", Some(block)) => {
                check_block(block);
                count += 1;
                open = None;
            }
            (_, block) => {
                check_command(command);
                match block {
                    Some(block) => block.push(command),
                    None => assert!(mark(command).is_none(), "outside of MULTI: {}", shown_command(command)),
                }
            }
        }
    }
    assert!(open.is_none(), "the log ends in a transaction");
    count
}

fn check_command(command: &Command) {
    let name = String::from_utf8(command[0].clone()).unwrap().to_uppercase();
    let spec = find(command.as_slice());
    let Found::Spec(spec) = spec else { panic!("{name} is no command") };
    let shown = || shown_command(command);
    let may_write = spec.flags.has(Flags::WRITE) || spec.flags.has(Flags::MAY_REPLICATE);
    assert!(may_write, "a read in the log: {}", shown());
    assert!(!FORBIDDEN.contains(&name.as_str()), "depends on the moment: {}", shown());
    let options = match name.as_str() {
        "SET" => &command[3..],
        // After the number of keys come the keys and values.
        "MSETEX" => &command[2 + 2 * String::from_utf8_lossy(&command[1]).parse::<usize>().unwrap()..],
        // What comes after the fifth word is fields.
        "HSETEX" => &command[2..5],
        _ => &[],
    };
    let relative = options
        .iter()
        .any(|word| [&b"EX"[..], b"PX", b"EXAT"].iter().any(|name| word.eq_ignore_ascii_case(name)));
    assert!(!relative, "depends on the moment: {}", shown());
    assert!(!is_vague_stream(&name, command), "depends on the moment: {}", shown());
}

/// Whether an id is to be made up, or a stream to be trimmed to about some length.
fn is_vague_stream(name: &str, command: &Command) -> bool {
    let mut words = command.iter().skip(2).skip_while(|word| word.as_slice() == b"NOMKSTREAM");
    let first = words.next().map_or(&b""[..], Vec::as_slice);
    let trims = first.eq_ignore_ascii_case(b"MAXLEN") || first.eq_ignore_ascii_case(b"MINID");
    let sign = if trims { words.next() } else { None };
    match name {
        "XADD" if !trims => first.ends_with(b"*"),
        "XADD" | "XTRIM" => sign.is_some_and(|sign| sign == b"~"),
        _ => false,
    }
}

/// The end of a transaction that a command marks, and of which.
fn mark(command: &Command) -> Option<(&'static str, &[u8], &[u8])> {
    let end = ["begin", "end"].into_iter().find(|end| {
        command[0] == b"SET" && command.len() == 3 && command[1].starts_with(format!("{end}:").as_bytes())
    })?;
    Some((end, &command[1][end.len() + 1..], &command[2]))
}

/// A transaction of a client must be there from its first command to its last, and have no other in it.
fn check_block(block: &[&Command]) {
    assert!(block.len() > 1, "a transaction that need not be one");
    let marks: Vec<_> = block.iter().map(|command| mark(command)).collect();
    let count = marks.iter().flatten().count();
    if count == 0 {
        // One command with several effects.
        return;
    }
    let (first, last) = (marks[0], marks[marks.len() - 1]);
    let (Some(("begin", client, batch)), Some(("end", other, at))) = (first, last) else {
        panic!("a transaction that is not whole: {}", shown_command(block[0]))
    };
    assert_eq!((count, client, batch), (2, other, at), "transactions are mixed");
}
