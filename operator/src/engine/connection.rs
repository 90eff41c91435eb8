//! One connection to an engine.
//!
//! Trusts nothing that comes back: what a reply may take of memory is bounded, and so is what is read ahead. Does not
//! watch the time; the pool does.

use super::EngineError;
use ironkeep_wire::client::{self, Value};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest string: CLUSTER NODES of a thousand nodes is a tenth of it.
const MOST_TEXT: usize = 4 << 20;
/// The longest list. Its elements take up to twenty times as much once they are read.
const MOST_LIST: usize = 256 << 10;
/// How much is read at once.
const CHUNK: usize = 16 << 10;

/// A connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
}

impl Connection {
    /// Connects.
    pub async fn dial(at: SocketAddr) -> Result<Self, EngineError> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }

    /// Whether it can be used again: still open, and nothing left over from the last use.
    pub fn is_clean(&self) -> bool {
        let nothing_yet = self.stream.try_read(&mut [0]).map_err(|error| error.kind());
        nothing_yet == Err(std::io::ErrorKind::WouldBlock)
    }

    /// Sends what was encoded and reads that many replies.
    pub async fn ask(&mut self, request: &[u8], replies: usize) -> Result<Vec<Value>, EngineError> {
        self.stream.write_all(request).await?;
        let mut received = Vec::new();
        let mut values = Vec::with_capacity(replies);
        while values.len() < replies {
            match next(&received)? {
                Some((value, size)) => {
                    received.drain(..size);
                    values.push(value);
                }
                None if self.read(&mut received).await? == 0 => return Err(hung_up(&values)),
                None => {}
            }
        }
        if received.is_empty() {
            Ok(values)
        } else {
            Err(EngineError::Garbled("more replies than commands".into()))
        }
    }

    async fn read(&mut self, received: &mut Vec<u8>) -> Result<usize, EngineError> {
        received.reserve(CHUNK);
        Ok((&mut self.stream).take(CHUNK as u64).read_buf(received).await?)
    }
}

/// The first whole reply, if it has arrived.
fn next(received: &[u8]) -> Result<Option<(Value, usize)>, EngineError> {
    let reply = client::parse(received).map_err(|error| EngineError::Garbled(error.to_string()))?;
    let most = match received.first() {
        Some(b'*' | b'~' | b'>' | b'%' | b'|') => MOST_LIST,
        _ => MOST_TEXT,
    };
    if reply.is_none() && received.len() > most {
        return Err(EngineError::Garbled(format!("a reply of more than {most} bytes")));
    }
    Ok(reply)
}

/// An engine that has no room for another client says so and hangs up.
fn hung_up(values: &[Value]) -> EngineError {
    match values.last() {
        Some(Value::Error(text)) => EngineError::answer(text),
        _ => EngineError::Refused,
    }
}
