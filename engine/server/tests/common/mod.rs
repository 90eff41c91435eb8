//! A server of its own for each test, and a small client.
//!
//! The server is the real program on a free port of 127.0.0.1, with a directory of its own; both are gone when the
//! test ends. Nothing sleeps: tests wait for log lines and replies, with a bound.
#![allow(dead_code)] // every test file uses its own part of this
#![allow(clippy::unwrap_used)] // here a failure is a failed test

use ironkeep_wire::client::{self, Value};
use ironkeep_wire::encode_command;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Nothing that a test waits for takes longer on a machine that works.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that runs for as long as this lives.
pub struct Server {
    child: Child,
    /// Its port.
    pub port: u16,
    /// Its directory.
    pub dir: PathBuf,
    log: Receiver<String>,
}

impl Server {
    /// Starts a server with these options and waits until it is ready.
    pub fn start(options: &[&str]) -> Self {
        Self::launch(&[], options)
    }

    /// Starts a server with a configuration file and waits until it is ready.
    pub fn start_with_file(file: &Path) -> Self {
        Self::launch(&[&file.to_string_lossy()], &[])
    }

    fn launch(first: &[&str], options: &[&str]) -> Self {
        // The port that was free may have been taken meanwhile: try again with another.
        (0..5).find_map(|_| Self::try_launch(first, options)).expect("the server does not start")
    }

    fn try_launch(first: &[&str], options: &[&str]) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let nth = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("ironkeep-test-{}-{nth}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ironkeep-server"))
            .args(first)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(options)
            .current_dir(&dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, log) = channel();
        // Ends when the server does: then its output ends.
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let server = Self { child, port, dir, log };
        let mut lines = std::iter::from_fn(|| server.log.recv_timeout(PATIENCE).ok());
        let ready = lines.any(|line| line.contains("Ready to accept connections"));
        ready.then_some(server)
    }

    /// Waits for a line that has this text, and gives it. Lines before it are lost.
    pub fn wait_for_log(&self, text: &str) -> String {
        loop {
            let line = self.log.recv_timeout(PATIENCE).expect("the server never logged that");
            if line.contains(text) {
                return line;
            }
        }
    }

    /// A new connection.
    pub fn client(&self) -> Client {
        Self::client_at(self.port)
    }

    /// A new connection to another port.
    pub fn client_at(port: u16) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream: Box::new(stream), buffer: Vec::new() }
    }

    /// A new connection through a unix socket.
    pub fn unix_client(path: &Path) -> Client {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Client { stream: Box::new(stream), buffer: Vec::new() }
    }

    /// The number of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// A connection.
pub struct Client {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
}

impl Client {
    /// Sends a command and gives its reply.
    pub fn call(&mut self, words: &[&str]) -> Value {
        self.send(words);
        self.read()
    }

    /// Sends a command.
    pub fn send(&mut self, words: &[&str]) {
        self.send_raw(&encode_command(words));
    }

    /// Sends bytes.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Sends bytes to a server that may close meanwhile.
    pub fn try_send_raw(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// The next reply.
    pub fn read(&mut self) -> Value {
        self.try_read().expect("the server closed the connection")
    }

    /// The next reply; nothing when the server closes the connection instead.
    pub fn try_read(&mut self) -> Option<Value> {
        loop {
            if let Some((value, used)) = client::parse(&self.buffer).unwrap() {
                self.buffer.drain(..used);
                return Some(value);
            }
            let mut chunk = [0; 16 * 1024];
            match self.stream.read(&mut chunk) {
                Ok(0) => return None,
                Ok(count) => self.buffer.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no reply: {error}"),
            }
        }
    }

    /// Whether the server closes the connection, whatever replies come before.
    pub fn is_closed(&mut self) -> bool {
        let mut chunk = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() == ErrorKind::ConnectionReset,
            }
        }
    }

    /// Sends a command and gives its reply as text: a string, a status, an error or a number.
    pub fn text(&mut self, words: &[&str]) -> String {
        self.send(words);
        self.read_text()
    }

    /// A field of a section of INFO.
    pub fn info(&mut self, section: &str, field: &str) -> String {
        let text = self.text(&["info", section]);
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(name, _)| *name == field).map(|(_, value)| value.to_owned()).unwrap_or_default()
    }

    /// Sends a command again and again until its reply is this.
    #[allow(clippy::disallowed_methods)] // a test has no other clock
    pub fn wait_for(&mut self, words: &[&str], wanted: &str) {
        let deadline = std::time::SystemTime::now() + PATIENCE;
        while self.text(words) != wanted {
            assert!(std::time::SystemTime::now() < deadline, "{words:?} is never {wanted}");
            std::thread::yield_now();
        }
    }

    /// The next reply as text.
    pub fn read_text(&mut self) -> String {
        text_of(&self.read())
    }
}

/// A reply as text.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::Simple(text) | Value::Error(text) | Value::Bulk(text) | Value::Verbatim(_, text) => {
            String::from_utf8_lossy(text).into_owned()
        }
        Value::Integer(number) => number.to_string(),
        Value::Null | Value::NullArray => "(nil)".to_owned(),
        Value::Array(values) => {
            format!("[{}]", values.iter().map(text_of).collect::<Vec<_>>().join(" "))
        }
        other => format!("{other:?}"),
    }
}
