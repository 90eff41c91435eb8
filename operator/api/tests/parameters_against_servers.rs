//! The table of parameters against real servers: it has all of theirs, and takes and refuses what they do.
//!
//! Needs `IRONKEEP_PEERS`, the directory that `tools/peers` fills. Skipped without it, unless this is CI; a peer that
//! isn't there is left out, except for the newest Valkey.

use ironkeep_api::{EngineType, Version, parameters, reserved};
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    io::{BufRead, BufReader, Read, Write},
    os::unix::net::UnixStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// Values that some parameter takes and others refuse.
const VALUES: [&str; 22] = [
    "yes",
    "NO",
    "0",
    "1",
    "-1",
    "64",
    "65",
    "101",
    "007",
    "1gb",
    "1Gi",
    "1.5",
    "5%",
    "abc",
    "everysec",
    "volatile-lru",
    "900 1",
    "900",
    "normal 0 0 0",
    "0 200 800",
    "Kx",
    "50 99.9",
];
/// Answers that say something about this machine or build, or that a parameter can't change while the server runs.
const EXCUSES: [&str; 7] = [
    "immutable",
    "protected",
    "max number of clients",
    "cannot be enabled",
    "not supported",
    "file limit",
    "Invalid locale",
];
/// Not tried: would cut off the test's own connection.
const DANGEROUS: [&str; 1] = ["maxmemory-clients"];

/// A real server in a directory of its own, reached through a socket in it.
struct Peer {
    process: Child,
    folder: PathBuf,
    stream: BufReader<UnixStream>,
}

impl Peer {
    fn start(program: PathBuf, name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ironkeep-parameters-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let socket = folder.join("socket");
        let mut process = Command::new(program)
            .args(["--port", "0", "--save", "", "--loglevel", "notice", "--unixsocket"])
            .arg(&socket)
            .arg("--dir")
            .arg(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
        let mut log = BufReader::new(process.stdout.take().expect("its log")).lines();
        let ready = log.any(|line| line.is_ok_and(|line| line.contains("eady to accept connections")));
        assert!(ready, "{name} did not start");
        // Reads on, so that the server never waits for somebody to read its log.
        std::thread::spawn(move || log.for_each(drop));
        let stream = BufReader::new(UnixStream::connect(socket).expect("a connection"));
        Self { process, folder, stream }
    }

    fn ask(&mut self, words: &[&str]) -> Vec<String> {
        let mut request = format!("*{}\r\n", words.len());
        words.iter().for_each(|word| request += &format!("${}\r\n{word}\r\n", word.len()));
        self.stream.get_mut().write_all(request.as_bytes()).expect("a request");
        self.reply()
    }

    fn reply(&mut self) -> Vec<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("a reply");
        let (kind, rest) = line.trim_end().split_at(1);
        match kind {
            "*" => (0..rest.parse().expect("a length")).flat_map(|_: usize| self.reply()).collect(),
            "$" => {
                let mut bytes = vec![0; rest.parse::<usize>().expect("a length") + 2];
                self.stream.read_exact(&mut bytes).expect("a text");
                bytes.truncate(bytes.len() - 2);
                vec![String::from_utf8_lossy(&bytes).into_owned()]
            }
            _ => vec![line.trim_end().to_owned()],
        }
    }

    fn parameters(&mut self) -> BTreeMap<String, String> {
        let all = self.ask(&["CONFIG", "GET", "*"]);
        all.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn peers() -> Option<PathBuf> {
    let peers: Option<OsString> = std::env::var_os("IRONKEEP_PEERS");
    if peers.is_none() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "CI needs IRONKEEP_PEERS");
        eprintln!("skipped: IRONKEEP_PEERS is not set");
    }
    Some(PathBuf::from(peers?).join("bin"))
}

fn compare(engine: EngineType, version: Version, program: PathBuf) {
    let mut peer = Peer::start(program, &format!("{engine}-{version}"));
    let mut compared = 0;
    for (name, present) in peer.parameters() {
        if reserved(&name).is_some() {
            continue;
        }
        assert_eq!(parameters::refusal(engine, version, &name, &present), None, "{engine} {version}: {name}");
        if DANGEROUS.contains(&name.as_str()) {
            continue;
        }
        for value in VALUES {
            let answer = peer.ask(&["CONFIG", "SET", &name, value]).remove(0);
            if EXCUSES.iter().any(|excuse| answer.contains(excuse)) {
                continue;
            }
            let ours = parameters::refusal(engine, version, &name, value);
            assert_eq!(
                ours.is_none(),
                answer == "+OK",
                "{engine} {version}: {name} {value}: {answer}, {ours:?}"
            );
            compared += 1;
        }
        peer.ask(&["CONFIG", "SET", &name, &present]);
    }
    assert!(compared > 1500, "{engine} {version}: only {compared} answers compared");
}

#[test]
fn real_servers_take_and_refuse_the_same() {
    let Some(folder) = peers() else { return };
    compare(EngineType::Valkey, Version::new(9, 1), folder.join("valkey-server"));
    for (engine, version, program) in [
        (EngineType::Valkey, Version::new(8, 1), "valkey-server-8.1"),
        (EngineType::Valkey, Version::new(8, 0), "valkey-server-8.0"),
        (EngineType::Redis, Version::new(8, 0), "redis-server-8"),
        (EngineType::Redis, Version::new(7, 0), "redis-server-7"),
    ] {
        if folder.join(program).exists() {
            compare(engine, version, folder.join(program));
        }
    }
}
