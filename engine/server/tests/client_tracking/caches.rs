//! Caches on a server with several threads: while others write, and when they have finished, no cache may hold a value
//! that is out of date.

use crate::rig::link::Link;
use crate::rig::node::Node;
use crate::rig::number_from_environment;
use crate::rig::random::Random;
use ironkeep_wire::client::{Value, encode_command};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

const KEYS: usize = 200;
const WRITERS: u64 = 3;
const BATCHES: u64 = 600;
const BATCH: usize = 24;

fn key(random: &mut Random) -> String {
    format!("key:{}", random.below(KEYS))
}

/// A client that keeps what it has read until it is told to forget it.
struct Cache {
    link: Link,
    values: HashMap<Vec<u8>, Value>,
    /// Keys whose values have been asked for.
    asked: VecDeque<Vec<u8>>,
    /// How often it was told to forget.
    told: usize,
}

impl Cache {
    fn new(node: &Node, tracking: &[&str]) -> Self {
        let mut link = node.connect();
        link.ask(&["HELLO", "3"]);
        let words = [&["CLIENT", "TRACKING", "ON"], tracking].concat();
        assert_eq!(link.ask(&words), Value::Simple(b"OK".to_vec()));
        Self { link, values: HashMap::new(), asked: VecDeque::new(), told: 0 }
    }

    fn read_some(&mut self, random: &mut Random) {
        let mut bytes = Vec::new();
        for _ in 0..BATCH {
            let key = key(random);
            bytes.extend(encode_command(&["GET", &key]));
            self.asked.push_back(key.into_bytes());
        }
        self.link.write(&bytes).unwrap();
        while !self.asked.is_empty() {
            self.hear();
        }
    }

    fn hear(&mut self) {
        match self.link.reply().0 {
            Value::Push(words) => self.forget(&words[1]),
            value => drop(self.values.insert(self.asked.pop_front().unwrap(), value)),
        }
    }

    fn forget(&mut self, what: &Value) {
        self.told += 1;
        match what {
            Value::Null => self.values.clear(),
            Value::Array(keys) => keys.iter().for_each(|key| {
                let Value::Bulk(name) = key else { panic!("not a key: {key:?}") };
                self.values.remove(name);
            }),
            other => panic!("not to be forgotten: {other:?}"),
        }
    }

    /// Hears all that was said before now.
    fn catch_up(&mut self) {
        for _ in 0..2 {
            self.link.send(&["PING"]);
            while let (Value::Push(words), _) = self.link.reply() {
                self.forget(&words[1]);
            }
        }
    }
}

const WRITES: &[&str] = &[
    "SET k v",
    "SET k v",
    "SET k v",
    "SET k v",
    "DEL k",
    "MSET k v k v k v",
    "RENAME k k",
    "COPY k k REPLACE",
    "GETDEL k",
    "APPEND k v",
    "PEXPIREAT k 1",
    "SET k v PX 3",
    "MULTI",
    "FLUSHALL",
    "SWAPDB 0 1",
];

fn write_some(link: &mut Link, random: &mut Random, nth: u64) {
    let mut bytes = Vec::new();
    let mut replies = 0;
    let mut send = |words: Vec<String>| {
        bytes.extend(encode_command(&words));
        replies += 1;
    };
    for step in 0..BATCH {
        let rare = random.below(2000);
        let template = if rare < 2 { WRITES[WRITES.len() - 1 - rare] } else { *random.pick(&WRITES[..13]) };
        let words: Vec<String> = template
            .split(' ')
            .map(|word| match word {
                "k" => key(random),
                "v" => format!("{nth}:{step}"),
                other => other.to_owned(),
            })
            .collect();
        let is_multi = words[0] == "MULTI";
        send(words);
        if is_multi {
            send(vec!["SET".into(), key(random), "in".into()]);
            send(vec!["DEL".into(), key(random)]);
            send(vec!["EXEC".into()]);
        }
    }
    link.write(&bytes).unwrap();
    (0..replies).for_each(|_| drop(link.reply()));
}

/// Reads and writes at the same time; then compares every cache with the data. Gives the caches.
fn stress(options: &[&str], modes: &[&[&str]], resize: bool) -> Vec<Cache> {
    let seed = number_from_environment("IRONKEEP_SEED", 99);
    let batches = number_from_environment("IRONKEEP_CACHE_BATCHES", BATCHES);
    eprintln!("IRONKEEP_SEED={seed} IRONKEEP_CACHE_BATCHES={batches}");
    let node = Node::ours(&[&["--io-threads", "4", "--hz", "100", "--loglevel", "notice"], options].concat());
    let writing = AtomicUsize::new(WRITERS as usize);
    let mut caches: Vec<Cache> = modes.iter().map(|mode| Cache::new(&node, mode)).collect();
    std::thread::scope(|scope| {
        for nth in 0..WRITERS {
            let (mut link, writing) = (node.connect(), &writing);
            let mut random = Random::new(seed.wrapping_mul(7).wrapping_add(nth));
            scope.spawn(move || {
                (0..batches).for_each(|batch| write_some(&mut link, &mut random, batch));
                // When this is answered, the pass with the last write has ended.
                link.ask(&["PING"]);
                writing.fetch_sub(1, SeqCst);
            });
        }
        for (nth, cache) in caches.iter_mut().enumerate() {
            let writing = &writing;
            let mut random = Random::new(seed.wrapping_mul(11).wrapping_add(nth as u64));
            scope.spawn(move || {
                while writing.load(SeqCst) > 0 {
                    cache.read_some(&mut random);
                }
            });
        }
        if resize {
            let mut link = node.connect();
            for threads in ["1", "4", "2", "5", "3"].iter().cycle() {
                link.ask(&["CONFIG", "SET", "io-threads", threads]);
                if writing.load(SeqCst) == 0 {
                    break;
                }
            }
        }
    });
    settle(&node);
    caches.iter_mut().for_each(|cache| assert_fresh(&node, cache));
    caches
}

/// A number out of INFO.
fn number(link: &mut Link, name: &str) -> u64 {
    let Value::Bulk(text) = link.ask(&["INFO", "debug"]) else { panic!("no text") };
    let text = String::from_utf8(text).unwrap();
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.find(|(field, _)| *field == name).unwrap().1.parse().unwrap()
}

/// Waits until no key is left that expires by itself, and the control thread has told of those that did: it does that
/// before its round ends.
fn settle(node: &Node) {
    let mut link = node.connect();
    let some_expire = |link: &mut Link| {
        let Value::Bulk(text) = link.ask(&["INFO", "keyspace"]) else { panic!("no text") };
        let text = String::from_utf8(text).unwrap();
        text.lines().any(|line| line.starts_with("db") && !line.contains(",expires=0,"))
    };
    while some_expire(&mut link) {}
    for _ in 0..2 {
        let spent = number(&mut link, "eventloop_duration_cron_sum");
        while number(&mut link, "eventloop_duration_cron_sum") == spent {}
    }
}

fn assert_fresh(node: &Node, cache: &mut Cache) {
    cache.catch_up();
    let mut link = node.connect();
    for (key, value) in &cache.values {
        let now = link.ask(&[&b"GET"[..], key]);
        assert_eq!(*value, now, "out of date: {}", String::from_utf8_lossy(key));
    }
}

#[test]
fn no_cache_is_out_of_date() {
    let caches = stress(&[], &[&[], &[], &["NOLOOP"], &["OPTOUT"]], false);
    assert!(caches.iter().all(|cache| cache.told > 100));
}

#[test]
fn nor_with_prefixes() {
    let caches = stress(&[], &[&["BCAST"], &["BCAST", "PREFIX", "key:"], &["BCAST", "NOLOOP"]], false);
    assert!(caches.iter().all(|cache| cache.told > 100));
}

#[test]
fn nor_when_few_keys_are_remembered() {
    stress(&["--tracking-table-max-keys", "20"], &[&[], &[], &[]], false);
}

#[test]
fn nor_when_clients_move_between_threads() {
    stress(&[], &[&[], &["BCAST"], &[]], true);
}
