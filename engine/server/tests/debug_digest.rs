//! DEBUG DIGEST and DIGEST-VALUE: equal data have equal hashes, ours and those of a real Valkey.
//!
//! Each scene fills keys of one type in both servers. A type whose commands ours doesn't know is left out, and
//! the output says so. Needs a real Valkey (`IRONKEEP_PEERS`).

#![allow(clippy::unwrap_used, reason = "the helpers of a test may panic as the test may")]
#![allow(clippy::disallowed_methods, reason = "a wait in a test ends by the clock")]

#[path = "rig/mod.rs"]
mod rig;

use ironkeep_wire::client::Value;
use rig::link::Link;
use rig::node::Node;
use rig::random::Random;
use rig::shown_command;

type Words = Vec<Vec<u8>>;

const OPTIONS: &[&str] = &["--enable-debug-command", "yes"];
/// Enough members for the big form of every type.
const MANY: usize = 700;
/// Scores of every way of being printed.
const SCORES: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "0.1",
    "-2.5",
    "1e7",
    "1e8",
    "123456789",
    "1e15",
    "4611686018427387904",
    "1e17",
    "1e21",
    "1.5e-5",
    "1e-7",
    "1.234567e-10",
    "3.0000000000000004",
    "9007199254740993",
    "1.7976931348623157e308",
    "5e-324",
    "inf",
    "-inf",
];

/// Everything that is done to keys of one type.
struct Scene {
    name: &'static str,
    commands: Vec<Words>,
    keys: Vec<&'static str>,
}

impl Scene {
    fn new(name: &'static str) -> Self {
        Self { name, commands: Vec::new(), keys: Vec::new() }
    }

    /// Adds a command; its second word is a key of the scene.
    fn run(&mut self, words: &str) {
        self.command(words.split(' ').map(|word| word.as_bytes().to_vec()).collect());
    }

    fn command(&mut self, words: Words) {
        self.commands.push(words);
    }

    /// Adds commands with so many words made from numbers.
    fn many(&mut self, head: &str, words: impl Fn(usize) -> Vec<String>) {
        for first in (0..MANY).step_by(100) {
            let mut command: Words = head.split(' ').map(|word| word.as_bytes().to_vec()).collect();
            let tail = (first..first + 100).flat_map(&words);
            command.extend(tail.map(String::into_bytes));
            self.command(command);
        }
    }

    fn with_keys(mut self, keys: &[&'static str]) -> Self {
        self.keys.extend(keys);
        self
    }
}

fn strings() -> Scene {
    let mut scene = Scene::new("string");
    scene.run("SET text abc");
    scene.run("SET number 12345 PX 10000000");
    scene.run("SETRANGE zeros 10000 x");
    scene.with_keys(&["text", "number", "zeros"])
}

fn lists() -> Scene {
    let mut scene = Scene::new("list");
    scene.run("RPUSH list:small a 1 -77 b a 99999999999999999999 007");
    scene.many("RPUSH list:big", |n| vec![n.to_string(), format!("element {n}"), "x".repeat(n % 90)]);
    scene.command(vec![
        b"LPUSH".into(),
        b"list:plain".into(),
        vec![b'y'; 50_000],
        b"\0\xff\r\n".into(),
        b"".into(),
    ]);
    scene.run("PEXPIRE list:plain 10000000");
    scene.with_keys(&["list:small", "list:big", "list:plain"])
}

fn sets() -> Scene {
    let mut scene = Scene::new("set");
    scene.run("SADD set:ints 5 -5 70000 1234567890123");
    scene.run("SADD set:small a b 17 \u{e9}");
    scene.many("SADD set:big", |n| vec![format!("member {n}"), n.to_string()]);
    scene.run("SREM set:big 5 6 7");
    scene.run("PEXPIRE set:ints 10000000");
    scene.with_keys(&["set:ints", "set:small", "set:big"])
}

fn sorted_sets() -> Scene {
    let mut scene = Scene::new("sorted set");
    for (n, score) in SCORES.iter().enumerate() {
        scene.run(&format!("ZADD zset:small {score} member{n}"));
        scene.run(&format!("ZADD zset:big {score} {n}"));
    }
    let mut random = Random::new(20_261_121);
    let scores = std::iter::repeat_with(|| f64::from_bits(random.next())).filter(|score| score.is_finite());
    for (n, score) in scores.take(3000).enumerate() {
        scene.run(&format!("ZADD zset:big {score:e} member{n}"));
    }
    for (n, score) in (0..1000).map(|n| (n, (n as f64) * 1.1 - 300.0)) {
        scene.run(&format!("ZADD zset:big {score} near{n}"));
    }
    scene.run("PEXPIRE zset:small 10000000");
    scene.with_keys(&["zset:small", "zset:big"])
}

fn hashes() -> Scene {
    let mut scene = Scene::new("hash");
    scene.run("HSET hash:small name value number 12 -3 0");
    scene.many("HSET hash:big", |n| vec![format!("field {n}"), (n * n).to_string()]);
    scene.run("HDEL hash:big nothing");
    scene.run("PEXPIRE hash:big 10000000");
    scene.with_keys(&["hash:small", "hash:big"])
}

fn expiring_fields() -> Scene {
    let mut scene = Scene::new("fields that expire");
    scene.run("HSETEX hash:expiring PX 10000000 FIELDS 2 a 1 b 2");
    scene.run("HSET hash:expiring stays 3");
    scene.run("HSETEX hash:expiring PX 1 FIELDS 1 gone 4");
    scene.with_keys(&["hash:expiring"])
}

fn streams() -> Scene {
    let mut scene = Scene::new("stream");
    scene.run("XADD stream:small 1-1 name value 12 -5");
    for n in 1..MANY {
        scene.run(&format!("XADD stream:big {n}-{} same {n} fields x{n}", n % 3 + 1));
        scene.run(&format!("XADD stream:big {n}-7 other{n} {n}"));
    }
    scene.run("XDEL stream:big 1-2 5-7 300-7 699-7");
    scene.run("XTRIM stream:big MAXLEN 1200");
    scene.run("XADD stream:empty 5-5 a b");
    scene.run("XDEL stream:empty 5-5");
    scene.with_keys(&["stream:small", "stream:big", "stream:empty"])
}

/// Runs a scene on both servers.
fn play(scene: &Scene, ours: &mut Link, valkey: &mut Link) {
    for words in &scene.commands {
        let reply = ours.ask(words);
        assert!(!matches!(reply, Value::Error(_)), "{}: {reply:?}", shown_command(words));
        assert!(!matches!(valkey.ask(words), Value::Error(_)), "{}", shown_command(words));
    }
}

/// More questions than fit into a millisecond on any machine.
const QUESTIONS: usize = 100_000;

/// Waits until the field that expires is gone for readers, though nobody removes it.
fn await_expiry(link: &mut Link) {
    let patience = (0..QUESTIONS).find(|_| link.ask(&["HGET", "hash:expiring", "gone"]) == Value::Null);
    assert!(patience.is_some(), "the field does not expire");
}

#[test]
fn hashes_are_those_of_valkey() {
    let Some(valkey) = Node::valkey(OPTIONS) else { return };
    let ours = Node::ours(OPTIONS);
    let (mut valkey, mut ours) = (valkey.connect(), ours.connect());
    for link in [&mut valkey, &mut ours] {
        link.ask(&["DEBUG", "SET-ACTIVE-EXPIRE", "0"]);
    }
    let scenes = [strings(), lists(), sets(), sorted_sets(), hashes(), expiring_fields(), streams()];
    for scene in scenes {
        play(&scene, &mut ours, &mut valkey);
        if scene.name == "fields that expire" {
            await_expiry(&mut ours);
            await_expiry(&mut valkey);
        }
        for key in &scene.keys {
            let question = ["DEBUG", "DIGEST-VALUE", key];
            let expected = valkey.ask(&question);
            assert_ne!(expected, Value::Array(vec![Value::Simple(vec![b'0'; 40])]), "{key} is not there");
            assert_eq!(ours.ask(&question), expected, "{key}");
        }
    }
    assert_eq!(ours.ask(&["DEBUG", "DIGEST"]), valkey.ask(&["DEBUG", "DIGEST"]));
}
