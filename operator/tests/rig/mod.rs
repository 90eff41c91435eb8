//! An operator in local mode as a process, with loopback addresses and a directory of its own, until it is dropped.
#![allow(dead_code, reason = "no test needs all of it")]
#![allow(clippy::unwrap_used, reason = "the helpers of a test may panic as the test may")]

use ironkeep_wire::client::{self, Value};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait before asking again.
const PACE: Duration = Duration::from_millis(20);

/// Where the peers are. Without them the test is skipped, but not in CI.
pub fn peers() -> Option<PathBuf> {
    let peers = std::env::var_os("IRONKEEP_PEERS").map(PathBuf::from);
    if peers.is_none() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "CI needs IRONKEEP_PEERS");
        eprintln!("skipped: IRONKEEP_PEERS is not set");
    }
    peers
}

/// Whether a peer of that name is there: not all machines have the older versions.
pub fn has(peer: &str) -> bool {
    let found = peers().is_some_and(|peers| peers.join("bin").join(peer).exists());
    if !found {
        eprintln!("skipped: there is no {peer}");
    }
    found
}

/// A directory for one test, and the file with its cluster.
pub struct Bench {
    directory: PathBuf,
    network: u8,
}

impl Bench {
    /// A directory of that name. Its pods are on `127.50.NETWORK.1` and the addresses behind it.
    pub fn new(network: u8) -> Self {
        let directory = std::env::temp_dir().join(format!("ironkeep-bench-{network}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        Self { directory, network }
    }

    /// Writes the cluster `t` with this spec.
    pub fn write(&self, spec: &str) {
        self.write_with("{}", spec);
    }

    /// The same with annotations.
    pub fn write_with(&self, annotations: &str, spec: &str) {
        let head = "apiVersion: ironkeep.io/v1alpha1\nkind: ValkeyCluster\n";
        let text = format!("{head}metadata: {{name: t, annotations: {annotations}}}\nspec: {spec}\n");
        std::fs::write(self.directory.join("cluster.yaml"), text).unwrap();
    }

    /// Where the operator keeps things.
    pub fn home(&self) -> PathBuf {
        self.directory.join("home")
    }

    /// The address of the pod that is number `n`, from 0.
    pub fn address(&self, n: u8) -> SocketAddr {
        SocketAddr::from(([127, 50, self.network, 1 + n], 6379))
    }

    /// Starts an operator.
    pub fn start(&self, options: &[&str]) -> Operator {
        self.run("home", options)
    }

    /// Starts an operator that keeps its things in another directory.
    pub fn start_in(&self, directory: &str) -> Operator {
        self.run(directory, &[])
    }

    fn run(&self, directory: &str, options: &[&str]) -> Operator {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ironkeep-operator"))
            .args(["local", "--plain", "--address", &self.address(0).ip().to_string(), "--file"])
            .arg(self.directory.join("cluster.yaml"))
            .arg("--directory")
            .arg(self.directory.join(directory))
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, lines) = channel();
        let out = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(out).lines().map_while(Result::ok);
            lines.try_for_each(|line| tell.send(line)).ok();
        });
        Operator { child, lines, said: Vec::new() }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.directory).ok();
    }
}

/// An operator. Its servers end with it, however it ends.
pub struct Operator {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Operator {
    /// Waits until it says that from now on.
    pub fn says(&mut self, part: &str) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("nothing like {part:?} was said:\n{}", self.said.join("\n"));
            };
            self.said.push(line.clone());
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Waits until that holds, and gives what it found.
    pub fn until<T>(&mut self, what: &str, mut found: impl FnMut() -> Option<T>) -> T {
        for _ in 0..PATIENCE.as_millis() / PACE.as_millis() {
            if let Some(found) = found() {
                return found;
            }
            self.said.extend(self.lines.try_iter());
            std::thread::park_timeout(PACE);
        }
        panic!("{what} never came true:\n{}", self.said.join("\n"));
    }

    /// Holds it: it is as good as dead until it is let go on.
    pub fn hold(&self) {
        signal(self.child.id(), libc::SIGSTOP);
    }

    /// Lets it go on.
    pub fn go_on(&self) {
        signal(self.child.id(), libc::SIGCONT);
    }

    /// Asks it to end, as Ctrl-C and a service manager do, and waits for that.
    pub fn stop(mut self) -> ExitStatus {
        signal(self.child.id(), libc::SIGTERM);
        self.child.wait().unwrap()
    }

    /// Ends it without a chance to do anything about it, and waits until the kernel has ended its servers.
    pub fn kill(mut self, servers: &[SocketAddr]) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.until("the end of all servers", || servers.iter().all(|at| is_down(*at)).then_some(()));
    }

    /// Waits until it ends by itself; gives how, and what it complained of.
    pub fn ends(mut self) -> (ExitStatus, String) {
        let mut complaint = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
        (self.child.wait().unwrap(), complaint)
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Sends a signal to a process that a test has started.
pub fn signal(pid: u32, signal: i32) {
    // SAFETY: kill touches no memory of ours; the process is a child of this test or of its operator.
    let sent = unsafe { libc::kill(pid.try_into().unwrap(), signal) };
    assert_eq!(sent, 0, "no process {pid}");
}

/// Asks a server; nothing if it can't be reached.
pub fn ask(at: SocketAddr, words: &[&str]) -> Option<Value> {
    let mut stream = TcpStream::connect_timeout(&at, Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(&client::encode_command(words)).ok()?;
    let mut received = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some((value, _)) = client::parse(&received).unwrap() {
            return Some(value);
        }
        match stream.read(&mut chunk) {
            Ok(size) if size > 0 => received.extend_from_slice(&chunk[..size]),
            _ => return None,
        }
    }
}

/// A field of `INFO`.
pub fn info(at: SocketAddr, field: &str) -> Option<String> {
    let Value::Bulk(text) = ask(at, &["INFO"])? else { return None };
    let text = String::from_utf8(text).unwrap();
    text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).map(str::to_owned)
}

/// Whether nothing listens there.
pub fn is_down(at: SocketAddr) -> bool {
    TcpStream::connect(at).is_err()
}

/// Asks a cluster, following redirections, until one of its nodes carries the command out.
pub fn ask_cluster(first: SocketAddr, words: &[&str]) -> Option<Value> {
    let mut at = first;
    for _ in 0..5 {
        match ask(at, words)? {
            Value::Error(text) if text.starts_with(b"MOVED") => {
                at = String::from_utf8(text).unwrap().split(' ').nth(2)?.parse().unwrap();
            }
            Value::Error(_) => return None,
            value => return Some(value),
        }
    }
    None
}

/// Whether a path has gone.
pub fn is_gone(path: &Path) -> bool {
    !path.exists()
}
