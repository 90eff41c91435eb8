//! Messages to an I/O thread.
//!
//! Anybody sends; the thread takes them all when it wakes. Bounded by what is sent: a connection each, a few
//! words for a connection each. A thread that ends closes its mailbox: who sends then gets the message back. What
//! is meant for a client goes to its [`Home`], which moves with it from thread to thread.

use crate::blocked::Answer;
use crate::conn::Conn;
use crate::sys::epoll::Waker;
use crate::tracking::{Flight, Notice};
use parking_lot::{Mutex, MutexGuard};
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
    /// A client that was parked can go on.
    Unblock {
        /// Its number.
        id: u64,
        /// Where the thread keeps it.
        token: u64,
        /// What it is told.
        answer: Answer,
    },
    /// Tell a client which keys to forget.
    Tell {
        /// Its number.
        id: u64,
        /// Where the thread keeps it.
        token: u64,
        /// What it is told.
        notice: Notice,
        /// Is dropped when it has been.
        flight: Flight,
    },
    /// Close a client that has been told more than it takes.
    Overflow {
        /// Its number.
        id: u64,
        /// Where the thread keeps it.
        token: u64,
    },
    /// Finish: write what can be written, close all, and end.
    Stop,
    /// Serve this connection, which another thread has served so far.
    Adopt(Box<Moved>),
    /// Give connections to threads that have fewer.
    Share,
    /// Give all connections to the others, and end.
    Leave,
}

/// A connection on its way from one thread to another.
pub struct Moved {
    /// The connection.
    pub conn: Box<Conn>,
    /// Messages that reached the old thread and were not read there.
    pub mail: Vec<Message>,
}

impl Message {
    /// The client that it is meant for, if it is for one.
    pub fn client(&self) -> Option<u64> {
        match self {
            Self::Tell { id, .. }
            | Self::Overflow { id, .. }
            | Self::Close { id, .. }
            | Self::Push { id, .. }
            | Self::Unblock { id, .. } => Some(*id),
            _ => None,
        }
    }
}

#[derive(Default)]
struct Inside {
    messages: Vec<Message>,
    closed: bool,
}

/// Where messages to one thread go.
pub struct Mailbox {
    inside: Mutex<Inside>,
    waker: Waker,
}

impl Mailbox {
    /// An empty mailbox.
    pub fn new() -> io::Result<Self> {
        Ok(Self { inside: Mutex::default(), waker: Waker::new()? })
    }

    /// Sends a message, and wakes the thread if it has none waiting. A closed mailbox gives it back.
    pub fn send(&self, message: Message) -> Result<(), Message> {
        let first = {
            let mut inside = self.inside.lock();
            if inside.closed {
                return Err(message);
            }
            inside.messages.push(message);
            inside.messages.len() == 1
        };
        if first {
            self.waker.wake();
        }
        Ok(())
    }

    /// Takes all messages.
    pub fn take(&self) -> Vec<Message> {
        self.waker.calm();
        std::mem::take(&mut self.inside.lock().messages)
    }

    /// Closes the mailbox unless there are messages; says whether it is closed.
    pub fn close(&self) -> bool {
        let mut inside = self.inside.lock();
        inside.closed |= inside.messages.is_empty();
        inside.closed
    }

    /// Opens the mailbox again, for a new thread.
    pub fn open(&self) {
        self.inside.lock().closed = false;
    }

    /// What to wait for.
    pub fn fd(&self) -> i32 {
        self.waker.fd()
    }
}

/// The thread that has a connection now.
pub struct Home(Mutex<Arc<Mailbox>>);

impl Home {
    /// A connection of the thread with this mailbox.
    pub fn new(mailbox: Arc<Mailbox>) -> Self {
        Self(Mutex::new(mailbox))
    }

    /// Sends a message to the thread that has the connection. One that is gone needs none any more.
    pub fn send(&self, message: Message) {
        let _ = self.0.lock().send(message);
    }

    /// Holds back all who want to send, while the connection moves.
    pub fn lock(&self) -> MutexGuard<'_, Arc<Mailbox>> {
        self.0.lock()
    }
}
