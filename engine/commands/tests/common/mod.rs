//! A keyspace with one client, for tests of commands: a command line in, the very bytes of the reply out, and what
//! is logged.
//!
//! Lines are split as the server splits inline requests, so `"a b"` and `"\x00"` work. Only the partitions of a
//! command's keys are held while it runs. Replies are shown with `|` in the place of line ends.

// Not every test file uses all of it.
#![allow(dead_code)]

use ironkeep_commands::change::Change;
use ironkeep_commands::event::{Classes, Event};
use ironkeep_commands::rules::Sizes;
use ironkeep_commands::spec::{self, Found, Run, Spec};
use ironkeep_commands::{Args, Ctx, OwnedArgs, Reach, Rules, Turn};
use ironkeep_keyspace::access::AccessRule;
use ironkeep_keyspace::space::{Held, Keyspace, PARTITIONS};
use ironkeep_wire::client::{self, Value};
use ironkeep_wire::{Decoder, Limits, Reply, Step};

const DATABASES: u32 = 16;

/// A keyspace and the one who uses it.
pub struct Rig {
    pub space: Keyspace,
    pub rules: Rules,
    /// What the last command left behind; counts and garbage add up.
    pub turn: Turn,
    pub now: i64,
    pub db: u32,
    pub resp3: bool,
    pub no_touch: bool,
    /// CLIENT IMPORT-SOURCE.
    pub import_source: bool,
    /// Hold every partition, as in a transaction.
    pub hold_all: bool,
}

impl Rig {
    /// An empty keyspace.
    pub fn new() -> Self {
        Self::with(false)
    }

    /// An empty keyspace whose tables are those of cluster slots.
    pub fn slotted() -> Self {
        Self::with(true)
    }

    fn with(slotted: bool) -> Self {
        let access = AccessRule { lfu: false, seconds: 1_000_000, log_factor: 10, decay_minutes: 1 };
        let rules = Rules {
            access,
            max_string: 512 << 20,
            longest_reply: Default::default(),
            lazy_del: true,
            lazy_overwrite: true,
            lazy_expire: true,
            remove_expired: true,
            importing: false,
            notify: Classes::default(),
            sizes: Sizes::default(),
        };
        let mut turn = Turn::new(1);
        turn.effects.wanted = true;
        let space = Keyspace::new(DATABASES, slotted, [7; 16]);
        // Somebody listens, so that events are noted.
        space.listen(true);
        Self {
            space,
            rules,
            turn,
            now: 1_000_000_000,
            db: 0,
            resp3: false,
            no_touch: false,
            import_source: false,
            hold_all: false,
        }
    }

    /// Runs a command line and shows its reply.
    #[track_caller]
    pub fn run(&mut self, line: &str) -> String {
        let words = words(line);
        show(&self.bytes(&words.iter().map(Vec::as_slice).collect::<Vec<_>>()))
    }

    /// Runs a command line and shows its RESP3 reply.
    #[track_caller]
    pub fn run3(&mut self, line: &str) -> String {
        self.resp3 = true;
        let reply = self.run(line);
        self.resp3 = false;
        reply
    }

    /// Runs a command of these very words and shows its reply.
    #[track_caller]
    pub fn raw(&mut self, words: &[&str]) -> String {
        show(&self.bytes(&words.iter().map(|word| word.as_bytes()).collect::<Vec<_>>()))
    }

    /// Runs a command line and gives its reply as a value.
    #[track_caller]
    pub fn ask(&mut self, line: &str) -> Value {
        let words = words(line);
        let reply = self.bytes(&words.iter().map(Vec::as_slice).collect::<Vec<_>>());
        match client::parse(&reply) {
            Ok(Some((value, len))) if len == reply.len() => value,
            other => panic!("{line}: not one reply but {other:?}"),
        }
    }

    /// Runs a command line; its reply and its effects must be these.
    #[track_caller]
    pub fn check(&mut self, line: &str, reply: &str, effects: &[&str]) {
        assert_eq!(self.run(line), reply, "reply of {line}");
        assert_eq!(self.effects(), effects, "effects of {line}");
    }

    /// Runs command lines; their replies must be these.
    #[track_caller]
    pub fn replies(&mut self, table: &[(&str, &str)]) {
        for (line, reply) in table {
            assert_eq!(self.run(line), *reply, "reply of {line}");
        }
    }

    /// What the last command logged: words, with the database in front where it is not the selected one.
    pub fn effects(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (db, mut rest) in self.turn.effects.by_db() {
            while !rest.is_empty() {
                let (words, end) = decode(rest);
                let prefix = if db == self.db { String::new() } else { format!("{db}: ") };
                lines.push(prefix + &show(&words.join(&b' ')));
                rest = &rest[end..];
            }
        }
        lines
    }

    /// How many entries a database has, expired ones included.
    pub fn size(&self, db: u32) -> usize {
        let size = |p| self.space.lock(p).tables(db).iter().map(|table| table.len()).sum::<usize>();
        (0..PARTITIONS as u16).map(size).sum()
    }

    /// Runs a command and gives the bytes of its reply.
    #[track_caller]
    pub fn bytes(&mut self, words: &[&[u8]]) -> Vec<u8> {
        let owned = OwnedArgs::collect(words.iter().copied());
        let args = owned.args();
        let Found::Spec(spec) = spec::find(&args) else { panic!("no such command: {}", show(words[0])) };
        let Run::Data(function) = spec.run else { panic!("{} is no command on keys", spec.full_name) };
        if !spec.accepts(args.len()) {
            return format!("-ERR wrong number of arguments for '{}' command\r\n", spec.full_name).into();
        }
        let mut held = if self.hold_all { Held::all(&self.space) } else { hold(&self.space, spec, args) };
        let mut out = Vec::new();
        self.turn.dirty = 0;
        self.turn.overdue.clear();
        self.turn.effects.clear();
        self.turn.effects.begin(self.db);
        let reach = if held.is_none() { Reach::Free } else { Reach::Held(&mut held) };
        function(&mut Ctx {
            args,
            reply: Reply::new(&mut out, self.resp3),
            db: self.db,
            now: self.now,
            rules: &self.rules,
            turn: &mut self.turn,
            no_touch: self.no_touch,
            import_source: self.import_source,
            space: &self.space,
            reach,
            first_key: None,
        });
        self.turn.effects.begin(self.db);
        self.turn.effects.end_of_command(self.turn.dirty > 0, args.iter());
        out
    }

    /// The events since the last look.
    pub fn events(&mut self) -> Vec<Event> {
        let events = self.turn.changes.drain(..).filter_map(|change| match change {
            Change::Event(event) => Some(event),
            _ => None,
        });
        events.collect()
    }
}

/// Locks the partitions of the command's keys, none if it has none.
fn hold<'k>(space: &'k Keyspace, spec: &Spec, args: Args<'_>) -> Held<'k> {
    let mut partitions = Vec::new();
    spec.keys_to_hold(&args, |at| partitions.push(space.key(args.at(at)).partition));
    match partitions.is_empty() {
        _ if spec.reaches_beyond(&args) => Held::all(space),
        false => Held::lock(space, partitions.into_iter().collect()),
        // Commands without keys lock what they look at; wrong arguments are refused before a key is touched.
        true => Held::none(space),
    }
}

/// Splits a line into words.
#[track_caller]
fn words(line: &str) -> Vec<Vec<u8>> {
    let line = format!("{line}\r\n").into_bytes();
    let mut places = Vec::new();
    let limits = Limits { max_inline: usize::MAX, ..Limits::default() };
    match Decoder::default().decode(&line, &mut places, &limits) {
        Ok(Step::Request { .. }) => places.iter().map(|place| place.of(&line).to_vec()).collect(),
        Ok(Step::Inline { args, .. }) => args,
        other => panic!("no command line: {other:?}"),
    }
}

/// The words of the request at the start of `bytes` and how long it is.
fn decode(bytes: &[u8]) -> (Vec<&[u8]>, usize) {
    let mut places = Vec::new();
    match Decoder::default().decode(bytes, &mut places, &Limits::default()) {
        Ok(Step::Request { end }) => (places.iter().map(|place| place.of(bytes)).collect(), end),
        other => panic!("an effect that is no request: {other:?}"),
    }
}

/// Bytes as one line of text.
fn show(bytes: &[u8]) -> String {
    let text: String = String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.escape_ascii().to_string());
    text.trim_end_matches("\r\n").replace("\r\n", "|")
}

/// The text of a string, a status or an integer.
pub fn text(value: &Value) -> String {
    match value {
        Value::Bulk(bytes) | Value::Simple(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Integer(number) => number.to_string(),
        other => panic!("no text: {other:?}"),
    }
}
