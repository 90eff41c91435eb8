//! A stage: a server and clients with names, who speak the lines of a scene; what they hear is written down.
//!
//! A line is `who COMMAND`, with several commands sent at once between ` | `; `$who` stands for the number of that
//! client, `""` for nothing. After each line everybody is asked something harmless, so that all that was pushed has arrived. Other lines:
//! `who until REPLY COMMAND` asks until that is the answer, `who parks COMMAND` waits until that waits, and `who served` for
//! its reply, `who state other` writes down two fields of CLIENT LIST,
//! `who counts` four of INFO, `who waits` waits for a push, `who close` hangs up.

use crate::rig::link::Link;
use crate::rig::node::Node;
use crate::rig::shown;
use ironkeep_wire::client::{Value, encode_command};
use std::collections::BTreeMap;

/// Numbers of clients are above this, so that they are nothing else.
const IDS: u64 = 2000;
/// How often something is asked that must come true.
const PATIENCE: usize = 1_000_000;

struct Actor {
    link: Link,
    id: u64,
    /// It queues commands, or gets no replies: it cannot be asked anything now.
    mute: bool,
}

/// See the top of this file.
pub struct Stage {
    node: Node,
    actors: BTreeMap<String, Actor>,
    /// How many wait in a command.
    parked: usize,
    /// The numbers of all clients there were.
    ids: BTreeMap<String, u64>,
}

impl Stage {
    /// A stage with a server.
    pub fn new(node: Node) -> Self {
        let stage = Self { node, actors: BTreeMap::new(), parked: 0, ids: BTreeMap::new() };
        while stage.new_actor().id < IDS {}
        stage
    }

    fn new_actor(&self) -> Actor {
        let mut link = self.node.connect();
        let Value::Integer(id) = link.ask(&["CLIENT", "ID"]) else { panic!("no number") };
        Actor { link, id: id.unsigned_abs(), mute: false }
    }

    fn actor(&mut self, name: &str) -> &mut Actor {
        if !self.actors.contains_key(name) {
            let actor = self.new_actor();
            self.ids.insert(name.to_owned(), actor.id);
            self.actors.insert(name.to_owned(), actor);
        }
        self.actors.get_mut(name).unwrap()
    }

    /// Plays a line; gives what was heard: lines that begin with who heard it.
    pub fn play(&mut self, line: &str) -> Vec<String> {
        let (who, rest) = line.split_once(' ').unwrap();
        let mut heard = Vec::new();
        match rest.split_once(' ').unwrap_or((rest, "")) {
            ("close", _) => drop(self.actors.remove(who)),
            ("waits", _) => {
                let push = self.actor(who).link.reply();
                assert!(matches!(push.0, Value::Push(_)), "no push: {push:?}");
                heard.push(self.noted(who, &push.1));
            }
            ("state", other) => heard.push(self.state(who, other)),
            ("counts", _) => heard.push(self.counts(who)),
            ("until", asked) => self.ask_until(who, asked),
            ("parks", text) => self.park(who, text),
            ("served", _) => {
                self.parked -= 1;
                let (actor, mut got) = (self.actor(who), Vec::new());
                actor.mute = !hear_reply(&mut actor.link, &mut got);
                heard.extend(got.iter().map(|bytes| self.noted(who, bytes)));
            }
            _ => self.speak(who, rest, &mut heard),
        }
        self.listen(who, &mut heard);
        heard
    }

    fn speak(&mut self, who: &str, text: &str, heard: &mut Vec<String>) {
        self.actor(who);
        let commands: Vec<Vec<String>> = text.split(" | ").map(|command| self.words(command)).collect();
        let actor = self.actor(who);
        let bytes: Vec<u8> = commands.iter().flat_map(|command| encode_command(command)).collect();
        actor.link.write(&bytes).unwrap();
        let (mut got, mut skipped, mut open) = (Vec::new(), false, true);
        for command in &commands {
            let turns_off = is(command, "REPLY") && !is(command, "ON");
            let silent = turns_off || std::mem::take(&mut skipped);
            skipped = turns_off && is(command, "SKIP");
            actor.mute = match command[0].to_uppercase().as_str() {
                "MULTI" => true,
                "EXEC" | "DISCARD" | "RESET" => false,
                "CLIENT" if is(command, "REPLY") => is(command, "OFF"),
                _ => actor.mute,
            };
            open = open && (silent || hear_reply(&mut actor.link, &mut got));
        }
        if !open || commands.iter().any(|command| command[0].eq_ignore_ascii_case("QUIT")) {
            self.actors.remove(who);
        }
        heard.extend(got.iter().map(|bytes| self.noted(who, bytes)));
    }

    /// The words of a command.
    fn words(&self, command: &str) -> Vec<String> {
        let word = |word: &str| match word.strip_prefix('$').filter(|name| !name.is_empty()) {
            Some(name) => self.ids[name].to_string(),
            None => word.replace("\"\"", ""),
        };
        command.split_whitespace().map(word).collect()
    }

    /// What somebody got, with names in place of numbers of clients.
    fn noted(&self, who: &str, bytes: &[u8]) -> String {
        let mut text = shown(bytes);
        if let Some(end) = text.find("modules") {
            // The real one has some.
            text.truncate(end);
        }
        for (name, id) in &self.ids {
            text = text.replace(&format!(":{id}\\r"), &format!(":${name}\\r"));
        }
        format!("{who} {text}")
    }

    fn state(&mut self, who: &str, other: &str) -> String {
        let id = self.ids[other].to_string();
        let Value::Bulk(text) = self.actor(who).link.ask(&["CLIENT", "LIST", "ID", &id]) else {
            panic!("no list")
        };
        let text = String::from_utf8(text).unwrap();
        let field = |name: &str| text.split(' ').find(|pair| pair.starts_with(name)).unwrap().to_owned();
        let mut state = format!("{who} {} {}", field("flags="), field("redir="));
        for (name, id) in &self.ids {
            state = state.replace(&format!("={id}"), &format!("=${name}"));
        }
        state
    }

    /// What INFO counts.
    fn counts(&mut self, who: &str) -> String {
        let (Value::Bulk(text) | Value::Verbatim(_, text)) = self.actor(who).link.ask(&["INFO"]) else {
            panic!("no text")
        };
        let text = String::from_utf8(text).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("tracking_")).collect();
        format!("{who} {}", lines.join(" "))
    }

    fn ask_until(&mut self, who: &str, asked: &str) {
        let (wanted, command) = asked.split_once(' ').unwrap();
        let words = self.words(command);
        let actor = self.actor(who);
        let is_there = |actor: &mut Actor| {
            shown(&{
                actor.link.send(&words);
                actor.link.reply().1
            }) == format!("{wanted}\\r\\n")
        };
        assert!((0..PATIENCE).any(|_| is_there(actor)), "never {wanted}: {command}");
    }

    fn park(&mut self, who: &str, text: &str) {
        let words = self.words(text);
        let actor = self.actor(who);
        actor.mute = true;
        actor.link.write(&encode_command(&words)).unwrap();
        self.parked += 1;
        let (wanted, mut looker) = (format!("blocked_clients:{}\r", self.parked), self.new_actor());
        let is_there = |looker: &mut Actor| {
            let (Value::Bulk(text) | Value::Verbatim(_, text)) = looker.link.ask(&["INFO", "clients"]) else {
                panic!("no text")
            };
            String::from_utf8(text).unwrap().contains(&wanted)
        };
        assert!((0..PATIENCE).any(|_| is_there(&mut looker)), "never waits: {text}");
    }

    /// Writes down what everybody has got: who spoke first, whose thread has then done what there was to do. A thread
    /// reads its messages after the requests that came with them: so a second question finds all of them answered.
    fn listen(&mut self, who: &str, heard: &mut Vec<String>) {
        let names: Vec<String> = self.actors.keys().cloned().collect();
        let round = [who.to_owned()].into_iter().chain(names.iter().cloned()).chain(names.iter().cloned());
        for name in round {
            let Some(actor) = self.actors.get_mut(&name).filter(|actor| !actor.mute) else { continue };
            // Of all commands these alone leave CLIENT CACHING as it is.
            let sent = actor.link.write(&encode_command(&["CLIENT", "GETNAME"]));
            let mut got = Vec::new();
            if sent.is_err() || !hear_reply(&mut actor.link, &mut got) {
                self.actors.remove(&name);
            } else {
                // The answer itself says nothing.
                got.pop();
            }
            heard.extend(got.iter().map(|bytes| self.noted(&name, bytes)));
        }
    }
}

/// Hears all that was pushed, and a reply; says whether one came, or the server has closed the connection.
fn hear_reply(link: &mut Link, got: &mut Vec<Vec<u8>>) -> bool {
    loop {
        let Ok(Some((value, bytes))) = link.try_reply() else {
            got.push(b"(closed)".to_vec());
            return false;
        };
        got.push(bytes);
        if !matches!(value, Value::Push(_)) {
            return true;
        }
    }
}

fn is(command: &[String], word: &str) -> bool {
    command.iter().skip(1).any(|other| other.eq_ignore_ascii_case(word))
}

/// Plays a scene on two stages; fails with the first line after which not the same was heard.
pub fn compare(ours: &mut Stage, theirs: &mut Stage, scene: &[impl AsRef<str>]) {
    for (nth, line) in scene.iter().enumerate() {
        let line = line.as_ref();
        let (mut mine, mut right) = (ours.play(line), theirs.play(line));
        // Each hears in order; who hears first is chance.
        mine.sort_by_key(|heard| heard.split(' ').next().map(str::to_owned));
        right.sort_by_key(|heard| heard.split(' ').next().map(str::to_owned));
        if mine != right {
            let before: Vec<&str> = scene[..=nth].iter().map(AsRef::as_ref).collect();
            panic!("after:\n{}\nours:   {mine:#?}\ntheirs: {right:#?}", before.join("\n"));
        }
    }
}
