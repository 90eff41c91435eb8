//! Compares the table of commands with a real Valkey: COMMAND INFO, DOCS, GETKEYS and GETKEYSANDFLAGS of
//! every command that we have must answer alike, but for texts that are our own words.
//!
//! Needs `IRONKEEP_PEERS`, the directory that `tools/peers` fills. Skipped without it, unless this is CI.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may panic as the test may")]

use ironkeep_commands::command;
use ironkeep_commands::spec::{Args, TABLE, by_full_name};
use ironkeep_wire::Reply;
use ironkeep_wire::client::{Value, encode_command, parse};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A real server that listens on a socket of its own, until it is dropped.
struct Peer {
    process: Child,
    dir: PathBuf,
    stream: UnixStream,
}

impl Peer {
    fn start(test: &str) -> Option<Self> {
        let Some(peers) = std::env::var_os("IRONKEEP_PEERS") else {
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "CI needs IRONKEEP_PEERS");
            eprintln!("skipped: IRONKEEP_PEERS is not set");
            return None;
        };
        let dir = std::env::temp_dir().join(format!("ironkeep-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let socket = dir.join("socket");
        let mut process = Command::new(PathBuf::from(peers).join("bin/valkey-server"))
            .args(["--port", "0", "--save", "", "--unixsocket"])
            .arg(&socket)
            .arg("--dir")
            .arg(&dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(log.any(|line| line.contains("Ready to accept connections")), "the peer did not start");
        let stream = UnixStream::connect(&socket).unwrap();
        Some(Self { process, dir, stream })
    }

    fn ask(&mut self, args: &[&str]) -> Value {
        self.stream.write_all(&encode_command(args)).unwrap();
        let mut bytes = Vec::new();
        let mut chunk = vec![0; 1 << 16];
        loop {
            let read = self.stream.read(&mut chunk).unwrap();
            assert!(read > 0, "the peer closed the connection");
            bytes.extend_from_slice(&chunk[..read]);
            if let Some((value, len)) = parse(&bytes).unwrap() {
                assert_eq!(len, bytes.len());
                return value;
            }
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
        std::fs::remove_dir_all(&self.dir).ok();
    }
}

/// What we answer.
fn ours(args: &[&str], resp3: bool) -> Value {
    let mut out = Vec::new();
    let mut reply = Reply::new(&mut out, resp3);
    let args: &dyn Args = &args;
    match args.get(1) {
        Some(b"info") => command::info(&mut reply, args),
        Some(b"docs") => command::docs(&mut reply, args),
        Some(b"getkeys") => command::getkeys(&mut reply, args),
        Some(b"getkeysandflags") => command::getkeysandflags(&mut reply, args),
        other => panic!("not asked here: {other:?}"),
    }
    let (value, len) = parse(&out).unwrap().unwrap();
    assert_eq!(len, out.len(), "more than one reply");
    value
}

/// What a RESP2 client gets in place of a RESP3 reply.
fn flattened(value: &Value) -> Value {
    match value {
        Value::Array(items) | Value::Set(items) => Value::Array(items.iter().map(flattened).collect()),
        Value::Map(pairs) => {
            Value::Array(pairs.iter().flat_map(|(k, v)| [flattened(k), flattened(v)]).collect())
        }
        other => other.clone(),
    }
}

fn text(value: &Value) -> &str {
    match value {
        Value::Bulk(bytes) => std::str::from_utf8(bytes).unwrap(),
        other => panic!("not a string: {other:?}"),
    }
}

fn is_ours(name: &Value) -> bool {
    by_full_name(text(name).as_bytes()).is_some()
}

/// A reply without our own words, without sub-commands that we do not have, and these in a fixed order.
fn comparable(value: &Value) -> Value {
    match value {
        Value::Map(pairs) => {
            Value::Map(pairs.iter().map(|(key, value)| (key.clone(), field(key, value))).collect())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(comparable).collect();
            if let (10, Some(Value::Array(subs))) = (items.len(), items.last_mut()) {
                subs.retain(|sub| is_ours(name_of(sub)));
                subs.sort_by_key(|sub| text(name_of(sub)).to_owned());
            }
            Value::Array(items)
        }
        Value::Set(items) => Value::Set(items.iter().map(comparable).collect()),
        other => other.clone(),
    }
}

/// The first element of what COMMAND INFO says of a command.
fn name_of(info: &Value) -> &Value {
    match info {
        Value::Array(elements) => &elements[0],
        other => panic!("not a description: {other:?}"),
    }
}

fn field(key: &Value, value: &Value) -> Value {
    match (text(key), value) {
        ("summary" | "complexity" | "notes", Value::Bulk(words)) => {
            assert!(!words.is_empty());
            Value::Null
        }
        ("history", Value::Set(rows)) => Value::Set(rows.iter().map(|row| name_of(row).clone()).collect()),
        ("subcommands", Value::Map(subs)) => {
            let mut subs: Vec<_> = subs.iter().filter(|(name, _)| is_ours(name)).cloned().collect();
            subs.sort_by_key(|(name, _)| text(name).to_owned());
            comparable(&Value::Map(subs))
        }
        _ => comparable(value),
    }
}

/// Fails with the first line in which the two differ.
fn assert_same(ours: &Value, theirs: &Value, what: &str) {
    let (ours, theirs) = (format!("{ours:#?}"), format!("{theirs:#?}"));
    if ours != theirs {
        let (ours, theirs) = (readable(&ours), readable(&theirs));
        let same = ours.iter().zip(&theirs).take_while(|(ours, theirs)| ours == theirs).count();
        let from = same.saturating_sub(12);
        let (ours, theirs) =
            (&ours[from..ours.len().min(same + 3)], &theirs[from..theirs.len().min(same + 3)]);
        panic!("{what}\nours:   {}\ntheirs: {}", ours.join(" "), theirs.join(" "));
    }
}

/// The words and numbers of a printed value.
fn readable(printed: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut bytes = String::new();
    for line in printed.lines().map(|line| line.trim().trim_end_matches(',')) {
        match line.parse::<u8>() {
            Ok(byte) => bytes.push(byte as char),
            Err(_) if !bytes.is_empty() => words.push(std::mem::take(&mut bytes)),
            Err(_) if line.len() > 1 => words.push(line.to_owned()),
            Err(_) => {}
        }
    }
    words
}

/// Asks both for all commands, one by one, so that a difference names its command.
fn compare_descriptions(peer: &mut Peer, sub: &str) {
    for spec in &TABLE {
        let question = ["command", sub, spec.full_name];
        peer.ask(&["hello", "3"]);
        let theirs = peer.ask(&question);
        let mine = ours(&question, true);
        assert_same(&comparable(&mine), &comparable(&theirs), &format!("{sub} of {}", spec.full_name));
        peer.ask(&["hello", "2"]);
        assert_eq!(flattened(&theirs), peer.ask(&question), "a RESP2 reply is the flat form of a RESP3 one");
        assert_eq!(flattened(&mine), ours(&question, false));
    }
}

#[test]
fn info_and_docs() {
    if let Some(mut peer) = Peer::start("table-info") {
        compare_descriptions(&mut peer, "info");
        compare_descriptions(&mut peer, "docs");
    }
}

#[test]
fn keys() {
    let Some(mut peer) = Peer::start("table-keys") else { return };
    let mut lines: Vec<String> = TABLE.iter().map(|spec| spec.full_name.replace('|', " ")).collect();
    for line in lines.clone() {
        let longer =
            ["", " a", " a b", " a b c", " 2 a b c d", " get a b c get", " 1 a b", " 3 a b", " a get u8 0"];
        lines.extend(longer.iter().map(|tail| format!("{line}{tail}")));
    }
    for line in lines {
        for sub in ["getkeys", "getkeysandflags"] {
            let question: Vec<&str> = ["command", sub].into_iter().chain(line.split(' ')).collect();
            assert_eq!(ours(&question, false), peer.ask(&question), "{question:?}");
        }
    }
}

#[test]
fn unknown_names() {
    let Some(mut peer) = Peer::start("table-unknown") else { return };
    for name in ["nosuch", "config|nosuch", "get|x", "config|get|x", "config get", "", "|", "get|"] {
        for sub in ["info", "docs"] {
            let question = ["command", sub, name];
            assert_eq!(ours(&question, false), peer.ask(&question), "{question:?}");
        }
    }
}
