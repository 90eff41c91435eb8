//! Connections that move to another I/O thread, when `io-threads` changes.
//!
//! A connection moves whole: requests half read, replies half written, whatever it waits for. While it moves nobody
//! can send to it, and messages that had arrived go along, so that none is lost and none overtakes another. The
//! new thread registers the socket, and the kernel reports at once what it holds.

use crate::conn::{Conn, flag};
use crate::lanes::LaneHandle;
use crate::mailbox::{Message, Moved};
use crate::worker::Worker;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

impl Worker {
    /// Takes over a connection from another thread.
    pub(crate) fn adopt(&mut self, mut conn: Box<Conn>) {
        let (token, fd) = (conn.info.token, conn.fd());
        let added = self.poll.add(fd, token).map_err(crate::worker::Close::Failed);
        let result = added.and_then(|()| {
            // The end of a pause may have been told while it was on its way.
            conn.set(flag::PAUSED, false);
            conn.set(flag::AGAIN, false);
            // Requests may be left that had no time to run where it was.
            if conn.choked { Ok(()) } else { self.run_waiting(&mut conn) }
        });
        self.place(token);
        self.put_back(token, conn, result);
    }

    /// Gives connections away until this thread has no more than its share.
    pub(crate) fn share(&mut self) {
        let lanes = &self.lane.server.lanes;
        let total: u32 = lanes.all().map(|lane| lane.load.load(Relaxed)).sum();
        let fair = total.div_ceil(lanes.count().max(1) as u32);
        for token in (0..self.conns.len()).rev() {
            if self.me.load.load(Relaxed) <= fair {
                break;
            }
            self.hand_over(token);
        }
    }

    /// Gives all connections away; says whether nothing is left and the thread can end.
    pub(crate) fn leave(&mut self) -> bool {
        for token in 0..self.conns.len() {
            self.hand_over(token);
        }
        self.conns.iter().all(Option::is_none) && self.post.is_empty() && self.me.mailbox.close()
    }

    /// Gives one connection to the thread that has the fewest.
    fn hand_over(&mut self, token: usize) {
        let server = Arc::clone(&self.lane.server);
        let Some(mut conn) = self.conns[token].take() else { return };
        if let Some(parked) = &conn.parked {
            self.alarms.clear(parked.deadline, token as u64);
        }
        self.unweigh(&mut conn);
        // A socket that is not registered has no events here either way.
        let _ = self.poll.remove(conn.fd());
        while let Some(to) = server.lanes.least() {
            match self.send_to(to, conn) {
                Ok(()) => return,
                Err(back) => conn = back,
            }
        }
        self.conns[token] = Some(conn);
    }

    /// Sends a connection to a thread, with its mail; gives it back if that thread has just ended.
    fn send_to(&mut self, to: &LaneHandle, conn: Box<Conn>) -> Result<(), Box<Conn>> {
        let info = Arc::clone(&conn.info);
        let mut home = info.mailbox.lock();
        self.post.extend(self.me.mailbox.take());
        let mail = self.post.extract_if(.., |message| message.client() == Some(info.id)).collect();
        to.load.fetch_add(1, Relaxed);
        match to.mailbox.send(Message::Adopt(Box::new(Moved { conn, mail }))) {
            Ok(()) => {
                *home = Arc::clone(&to.mailbox);
                self.me.load.fetch_sub(1, Relaxed);
                Ok(())
            }
            Err(Message::Adopt(moved)) => {
                to.load.fetch_sub(1, Relaxed);
                self.post.splice(..0, moved.mail);
                Err(moved.conn)
            }
            // A mailbox gives back what it got, and nothing else.
            Err(_) => Ok(()),
        }
    }
}
