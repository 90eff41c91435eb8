//! Messages to an I/O thread.
//!
//! Anybody sends; the thread takes them all when it wakes. Bounded by what is sent: a connection each, a few
//! words for a connection each.

use crate::sys::epoll::Waker;
use parking_lot::Mutex;
use std::io;
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

/// A connection that was accepted.
pub enum Stream {
    /// Over TCP.
    Tcp(TcpStream),
    /// Over a unix socket.
    Unix(UnixStream),
}

/// Something to do for an I/O thread.
pub enum Message {
    /// Serve this connection.
    Accept(Stream),
    /// Close this client.
    Close {
        /// Its number.
        id: u64,
        /// Where the thread keeps it.
        token: u64,
    },
    /// Go on with the clients that were paused, if they may.
    Resume,
    /// Look which clients have been idle, or slow, for too long.
    Sweep,
    /// Send these bytes to a client.
    Push {
        /// Its number.
        id: u64,
        /// Where the thread keeps it.
        token: u64,
        /// What to send.
        bytes: Arc<[u8]>,
    },
    /// Finish: write what can be written, close all, and end.
    Stop,
}

/// Where messages to one thread go.
pub struct Mailbox {
    messages: Mutex<Vec<Message>>,
    waker: Waker,
}

impl Mailbox {
    /// An empty mailbox.
    pub fn new() -> io::Result<Self> {
        Ok(Self { messages: Mutex::default(), waker: Waker::new()? })
    }

    /// Sends a message, and wakes the thread if it has none waiting.
    pub fn send(&self, message: Message) {
        let first = {
            let mut messages = self.messages.lock();
            messages.push(message);
            messages.len() == 1
        };
        if first {
            self.waker.wake();
        }
    }

    /// Takes all messages.
    pub fn take(&self) -> Vec<Message> {
        self.waker.calm();
        std::mem::take(&mut self.messages.lock())
    }

    /// What to wait for.
    pub fn fd(&self) -> i32 {
        self.waker.fd()
    }
}
