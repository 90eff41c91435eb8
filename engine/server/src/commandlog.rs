//! The command log: requests that took long, or were large, or had large replies.
//!
//! One bounded list for each reason, the newest first. Takes arguments, shortens them and hides what is secret;
//! may be used from any thread. Must not know thresholds or clocks.

use ironkeep_commands::Args;
use ironkeep_commands::spec::Spec;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;

/// Arguments that an entry keeps.
const MOST_ARGS: usize = 32;
/// Bytes of an argument that an entry keeps.
const MOST_BYTES: usize = 128;

/// Why a command is in the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// It took long.
    Slow = 0,
    /// Its request was large.
    LargeRequest = 1,
    /// Its reply was large.
    LargeReply = 2,
}

impl Reason {
    /// The reason of this name, in any case.
    pub fn named(name: &[u8]) -> Option<Self> {
        let names =
            [("slow", Self::Slow), ("large-request", Self::LargeRequest), ("large-reply", Self::LargeReply)];
        names
            .into_iter()
            .find(|(word, _)| name.eq_ignore_ascii_case(word.as_bytes()))
            .map(|(_, reason)| reason)
    }
}

/// What is kept of a command.
#[derive(Clone, Debug)]
pub struct Record {
    /// When it ran, seconds since the epoch.
    pub seconds: i64,
    /// Its arguments, shortened.
    pub args: Vec<Vec<u8>>,
    /// The address of its client.
    pub addr: String,
    /// The name of its client.
    pub name: Vec<u8>,
}

/// One entry.
#[derive(Debug)]
pub struct Entry {
    /// Its number in this list.
    pub id: i64,
    /// Microseconds or bytes.
    pub value: i64,
    /// The command.
    pub record: Arc<Record>,
}

#[derive(Default)]
struct List {
    next: i64,
    entries: VecDeque<Arc<Entry>>,
}

/// The log.
#[derive(Default)]
pub struct CommandLog {
    lists: [Mutex<List>; 3],
}

impl CommandLog {
    /// Adds a command to a list of at most `most` entries.
    pub fn push(&self, reason: Reason, most: usize, value: i64, record: &Arc<Record>) {
        let mut list = self.lists[reason as usize].lock();
        let id = list.next;
        list.next += 1;
        list.entries.push_front(Arc::new(Entry { id, value, record: Arc::clone(record) }));
        list.entries.truncate(most);
    }

    /// How many entries there are.
    pub fn len(&self, reason: Reason) -> usize {
        self.lists[reason as usize].lock().entries.len()
    }

    /// Forgets all entries. Numbers go on.
    pub fn reset(&self, reason: Reason) {
        self.lists[reason as usize].lock().entries.clear();
    }

    /// The newest entries.
    pub fn newest(&self, reason: Reason, count: usize) -> Vec<Arc<Entry>> {
        self.lists[reason as usize].lock().entries.iter().take(count).cloned().collect()
    }
}

/// The arguments as an entry keeps them.
pub fn shortened(spec: &Spec, args: Args<'_>) -> Vec<Vec<u8>> {
    let kept = if args.len() > MOST_ARGS { MOST_ARGS - 1 } else { args.len() };
    let mut short: Vec<Vec<u8>> = (0..kept)
        .map(|at| if is_secret(spec, args, at) { b"(redacted)".to_vec() } else { cut(args.at(at)) })
        .collect();
    if kept < args.len() {
        short.push(format!("... ({} more arguments)", args.len() - kept).into_bytes());
    }
    short
}

fn cut(arg: &[u8]) -> Vec<u8> {
    if arg.len() <= MOST_BYTES {
        return arg.to_vec();
    }
    let mut short = arg[..MOST_BYTES].to_vec();
    short.extend_from_slice(format!("... ({} more bytes)", arg.len() - MOST_BYTES).as_bytes());
    short
}

/// Whether an argument is a password.
pub fn is_secret(spec: &Spec, args: Args<'_>, at: usize) -> bool {
    match spec.full_name {
        "config|set" => {
            let named = |at: usize| ironkeep_config::find(args.at(at));
            at >= 3 && at % 2 == 1 && named(at - 1).is_some_and(|name| name.param.row().sensitive)
        }
        "hello" => (2..=3).any(|back| at >= back && at - back >= 1 && args.is(at + 1 - back, "auth")),
        "auth" => at >= 1,
        _ => false,
    }
}

/// Bytes that a request takes on the wire.
pub fn wire_size(args: Args<'_>) -> usize {
    let digits = |number: usize| number.checked_ilog10().unwrap_or(0) as usize + 1;
    args.iter().map(|arg| arg.len() + digits(arg.len()) + 5).sum::<usize>() + digits(args.len()) + 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use ironkeep_commands::OwnedArgs;
    use ironkeep_commands::spec::by_full_name;

    fn short(name: &str, words: &[&str]) -> Vec<String> {
        let owned = OwnedArgs::collect(words.iter().map(|word| word.as_bytes()));
        let spec = by_full_name(name.as_bytes()).unwrap();
        shortened(spec, owned.args()).into_iter().map(|arg| String::from_utf8(arg).unwrap()).collect()
    }

    #[test]
    fn keeps_the_newest_entries() {
        let log = CommandLog::default();
        let record = Arc::new(Record { seconds: 1, args: vec![], addr: "a".into(), name: vec![] });
        for value in 0..5 {
            log.push(Reason::Slow, 3, value, &record);
        }
        assert_eq!(
            log.newest(Reason::Slow, 2).iter().map(|e| (e.id, e.value)).collect::<Vec<_>>(),
            [(4, 4), (3, 3)]
        );
        assert_eq!((log.len(Reason::Slow), log.len(Reason::LargeReply)), (3, 0));
        log.reset(Reason::Slow);
        log.push(Reason::Slow, 3, 9, &record);
        assert_eq!(log.newest(Reason::Slow, 9)[0].id, 5);
    }

    #[test]
    fn shortens_long_requests() {
        let long = "A".repeat(129);
        let mut words = vec!["mset", &long];
        words.extend(["x"; 33]);
        let args = short("mset", &words);
        assert_eq!(args.len(), 32);
        assert_eq!(args[1], format!("{}... (1 more bytes)", "A".repeat(128)));
        assert_eq!(args[31], "... (4 more arguments)");
        assert_eq!(short("mset", &["x"; 32]).len(), 32);
    }

    #[test]
    fn hides_passwords() {
        assert_eq!(
            short("config|set", &["config", "set", "port", "1", "requirepass", "x"])[3..],
            ["1", "requirepass", "(redacted)"]
        );
        assert_eq!(
            short("hello", &["hello", "3", "auth", "u", "p", "setname", "n"])[2..],
            ["auth", "(redacted)", "(redacted)", "setname", "n"]
        );
    }

    #[test]
    fn knows_the_size_on_the_wire() {
        let owned = OwnedArgs::collect([&b"GET"[..], b"a"].into_iter());
        assert_eq!(wire_size(owned.args()), b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n".len());
    }
}
