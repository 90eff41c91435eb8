//! A connection to a server: commands out, replies in, as bytes or as values.

use super::shown;
use ironkeep_wire::client::{Value, encode_command, parse};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// How long a server may take for anything before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

/// A connection.
pub struct Link {
    stream: Stream,
    input: Vec<u8>,
    used: usize,
}

impl Link {
    /// Connects to a unix socket.
    pub fn unix(path: &Path) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { stream: Stream::Unix(stream), input: Vec::new(), used: 0 }
    }

    /// Connects to a port of this machine.
    pub fn tcp(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { stream: Stream::Tcp(stream), input: Vec::new(), used: 0 }
    }

    /// Whether writing gives up at once when there is no room.
    pub fn set_nonblocking(&mut self, on: bool) {
        match &self.stream {
            Stream::Unix(stream) => stream.set_nonblocking(on).unwrap(),
            Stream::Tcp(stream) => stream.set_nonblocking(on).unwrap(),
        }
    }

    /// Writes what there is room for.
    pub fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Unix(stream) => stream.write(bytes),
            Stream::Tcp(stream) => stream.write(bytes),
        }
    }

    /// Writes bytes.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Unix(stream) => stream.write_all(bytes),
            Stream::Tcp(stream) => stream.write_all(bytes),
        }
    }

    /// Sends a command.
    pub fn send(&mut self, words: &[impl AsRef<[u8]>]) {
        self.write(&encode_command(words)).unwrap();
    }

    /// Reads what has come, at least one byte; nothing when the server has closed.
    fn read_some(&mut self) -> io::Result<usize> {
        if self.used == self.input.len() {
            self.input.clear();
            self.used = 0;
        }
        let mut chunk = [0; 1 << 16];
        let count = match &mut self.stream {
            Stream::Unix(stream) => stream.read(&mut chunk)?,
            Stream::Tcp(stream) => stream.read(&mut chunk)?,
        };
        self.input.extend_from_slice(&chunk[..count]);
        Ok(count)
    }

    /// The next reply and its bytes, or nothing when the server closes the connection instead.
    pub fn try_reply(&mut self) -> io::Result<Option<(Value, Vec<u8>)>> {
        loop {
            let rest = &self.input[self.used..];
            let parsed = parse(rest).unwrap_or_else(|error| panic!("{error}: {}", shown(rest)));
            if let Some((value, len)) = parsed {
                let bytes = rest[..len].to_vec();
                self.used += len;
                return Ok(Some((value, bytes)));
            }
            if self.read_some()? == 0 {
                return Ok(None);
            }
        }
    }

    /// The next reply and its bytes.
    pub fn reply(&mut self) -> (Value, Vec<u8>) {
        let reply = self.try_reply().unwrap_or_else(|error| panic!("no reply: {error}"));
        reply.expect("the server closed the connection")
    }

    /// Reads so many bytes, whatever they say.
    pub fn skip(&mut self, mut count: usize) {
        loop {
            let here = count.min(self.input.len() - self.used);
            self.used += here;
            count -= here;
            if count == 0 {
                return;
            }
            assert_ne!(self.read_some().unwrap(), 0, "the server closed the connection");
        }
    }

    /// Waits until the server closes the connection, throwing away what it says; false if it does not.
    pub fn is_closed_soon(&mut self) -> bool {
        loop {
            self.used = self.input.len();
            match self.read_some() {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() == io::ErrorKind::ConnectionReset,
            }
        }
    }

    /// Sends a command and gives the reply.
    pub fn ask(&mut self, words: &[impl AsRef<[u8]>]) -> Value {
        self.send(words);
        self.reply().0
    }
}
