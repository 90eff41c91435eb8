//! Runs command lines on a keyspace as the server does: finds the row, holds the partitions of the keys that the row
//! names and no others, gathers reply and effects. Without sockets, threads or a clock.

#![allow(dead_code, reason = "not every test uses all of it")]

use ironkeep_commands::event::Classes;
use ironkeep_commands::rules::Sizes;
use ironkeep_commands::spec::{self, Found, Run};
use ironkeep_commands::{Ctx, OwnedArgs, Reach, Rules, Turn};
use ironkeep_keyspace::access::AccessRule;
use ironkeep_keyspace::space::{Held, Keyspace, PARTITIONS};
use ironkeep_keyspace::table::Table;
use ironkeep_wire::Reply;
use ironkeep_wire::client::{Value, parse};

/// A server that is nothing but its keyspace.
pub struct Rig {
    pub space: Keyspace,
    pub turn: Turn,
    pub rules: Rules,
    pub now: i64,
    pub db: u32,
    pub resp3: bool,
    pub no_touch: bool,
    pub import_source: bool,
    /// Hold every partition, as a transaction may.
    pub hold_all: bool,
}

impl Rig {
    pub fn new() -> Self {
        Self::over(Keyspace::new(16, false, [7; 16]))
    }

    /// In cluster mode.
    pub fn slotted() -> Self {
        Self::over(Keyspace::new(16, true, [7; 16]))
    }

    fn over(space: Keyspace) -> Self {
        let mut turn = Turn::new(1);
        turn.effects.wanted = true;
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
        let now = 1_000_000_000;
        Self {
            space,
            turn,
            rules,
            now,
            db: 0,
            resp3: false,
            no_touch: false,
            import_source: false,
            hold_all: false,
        }
    }

    /// Runs a command and gives the bytes of its reply. What the command before it left behind is forgotten.
    pub fn raw<W: AsRef<[u8]>>(&mut self, words: &[W]) -> Vec<u8> {
        let owned = OwnedArgs::collect(words.iter().map(AsRef::as_ref));
        let args = owned.args();
        let Found::Spec(spec) = spec::find(&args) else { panic!("no such command: {}", show(words)) };
        let Run::Data(run) = spec.run else { panic!("not a command on keys: {}", spec.full_name) };
        assert!(spec.accepts(args.len()), "wrong number of arguments: {}", show(words));
        let mut wanted = Vec::new();
        let named = spec.keys_of(&args, |at, _| wanted.push(self.space.key(args.at(at)).partition));
        let mut held = match (self.hold_all, named) {
            (true, _) => Held::all(&self.space),
            (false, Ok(_)) => Held::lock(&self.space, wanted.into_iter().collect()),
            (false, Err(_)) => Held::none(&self.space),
        };
        let mut out = Vec::new();
        self.turn.effects.clear();
        self.turn.effects.begin(self.db);
        self.turn.dirty = 0;
        let mut ctx = Ctx {
            args,
            reply: Reply::new(&mut out, self.resp3),
            db: self.db,
            now: self.now,
            rules: &self.rules,
            turn: &mut self.turn,
            no_touch: self.no_touch,
            import_source: self.import_source,
            space: &self.space,
            reach: if held.is_none() { Reach::Free } else { Reach::Held(&mut held) },
            first_key: None,
        };
        run(&mut ctx);
        self.turn.effects.end_of_command(self.turn.dirty > 0, args.iter());
        out
    }

    /// Runs a command whose words are parted by blanks and gives its reply, `|` in the place of line ends.
    pub fn run(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let reply = String::from_utf8_lossy(&self.raw(&words)).into_owned();
        let lines = reply.strip_suffix("\r\n").expect("a reply ends with a line end");
        lines.replace("\r\n", "|")
    }

    /// Runs a command and gives its reply as a value.
    pub fn ask(&mut self, line: &str) -> Value {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let reply = self.raw(&words);
        let (value, len) = parse(&reply).expect("a valid reply").expect("a whole reply");
        assert_eq!(len, reply.len(), "one reply to {line}");
        value
    }

    /// The effects of the last command, those on another than the selected database after its number.
    pub fn effects(&self) -> Vec<String> {
        effects(&self.turn, self.db)
    }

    /// Runs a command, and compares reply and effects.
    #[track_caller]
    pub fn check(&mut self, line: &str, reply: &str, effects: &[&str]) {
        assert_eq!(self.run(line), reply, "reply to {line}");
        assert_eq!(self.effects(), effects, "effects of {line}");
    }

    /// How many keys a database has, expired ones included.
    pub fn size(&self, db: u32) -> usize {
        let mut held = Held::all(&self.space);
        let len = |part| held.partition(part).tables(db).iter().map(Table::len).sum::<usize>();
        (0..PARTITIONS as u16).map(len).sum()
    }
}

/// The effects in a turn, those on another database than this one after its number.
pub fn effects(turn: &Turn, home: u32) -> Vec<String> {
    let mut all = Vec::new();
    for (db, mut bytes) in turn.effects.by_db() {
        while let Some((Value::Array(words), len)) = parse(bytes).expect("a valid effect") {
            let place = if db == home { String::new() } else { format!("{db}: ") };
            all.push(place + &words.iter().map(text).collect::<Vec<_>>().join(" "));
            bytes = &bytes[len..];
        }
    }
    all
}

/// The text of a string.
pub fn text(value: &Value) -> String {
    match value {
        Value::Bulk(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => panic!("not a string: {other:?}"),
    }
}

fn show<W: AsRef<[u8]>>(words: &[W]) -> String {
    words.iter().map(|word| String::from_utf8_lossy(word.as_ref())).collect::<Vec<_>>().join(" ")
}
