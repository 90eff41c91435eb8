//! Starting and ending I/O threads, at the start of the server, when `io-threads` changes, and at the end.
//!
//! The control thread owns the crew. A thread that is to end gives its connections to the others first and says so
//! with `Order::Left`; only then may another one take its place, because counts have one writer.

use crate::control::Order;
use crate::mailbox::Message;
use crate::server::Server;
use crate::start::random;
use crate::warning;
use crate::worker::Worker;
use ironkeep_config::{Value, param};
use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

/// One thread.
enum Member {
    Serving(JoinHandle<()>),
    Leaving(JoinHandle<()>),
    Ended,
}

/// The I/O threads, as the one who started them sees them.
#[derive(Default)]
pub struct Crew {
    members: Vec<Member>,
}

impl Crew {
    /// Starts the threads that the configuration asks for, and has those leave that are too many.
    pub fn follow(&mut self, server: &Arc<Server>) -> io::Result<()> {
        let wanted = server.config.get(param::IO_THREADS).int().clamp(1, 256) as usize;
        let before = server.lanes.count();
        for index in 0..wanted {
            if matches!(self.members.get(index), None | Some(Member::Ended)) {
                let member = Member::Serving(start(server, index)?);
                match self.members.get_mut(index) {
                    Some(place) => *place = member,
                    None => self.members.push(member),
                }
            }
        }
        // One that is still leaving comes back when it has left; until then those before it serve.
        let ready = self.members.iter().take_while(|member| matches!(member, Member::Serving(_))).count();
        let count = ready.min(wanted);
        server.lanes.set_count(count);
        for (index, lane) in server.lanes().enumerate().skip(wanted) {
            self.dismiss(index, &lane.mailbox);
        }
        if count > before && before > 0 {
            server.lanes.serving().for_each(|lane| drop(lane.mailbox.send(Message::Share)));
        }
        Ok(())
    }

    /// The same on a server that runs: what fails is logged, and the configuration says what is.
    pub fn follow_change(&mut self, server: &Arc<Server>) {
        if let Err(error) = self.follow(server) {
            warning!("Can't start an I/O thread: {error}");
            let count = self.members.iter().take_while(|member| matches!(member, Member::Serving(_))).count();
            server.lanes.set_count(count);
            server.config.put(param::IO_THREADS, Value::Int(count as i128));
        }
    }

    /// A thread has ended.
    pub fn left(&mut self, server: &Arc<Server>, index: usize) {
        if let Some(place) = self.members.get_mut(index)
            && let Member::Leaving(thread) = std::mem::replace(place, Member::Ended)
        {
            let _ = thread.join();
            self.follow_change(server);
        }
    }

    fn dismiss(&mut self, index: usize, mailbox: &crate::mailbox::Mailbox) {
        let Some(place) = self.members.get_mut(index) else { return };
        *place = match std::mem::replace(place, Member::Ended) {
            Member::Serving(thread) => {
                let _ = mailbox.send(Message::Leave);
                Member::Leaving(thread)
            }
            other => other,
        };
    }

    /// Ends all threads.
    pub fn end(self, server: &Server) {
        server.tell_all(|| Message::Stop);
        for member in self.members {
            if let Member::Serving(thread) | Member::Leaving(thread) = member {
                let _ = thread.join();
            }
        }
    }
}

fn start(server: &Arc<Server>, index: usize) -> io::Result<JoinHandle<()>> {
    let lane = server.lanes.prepare(index)?;
    let seed = u64::from_le_bytes(random::<8>());
    let worker = Worker::new(Arc::clone(server), lane, seed)?;
    let server = Arc::clone(server);
    Builder::new().name(format!("io-{index}")).spawn(move || {
        if let Err(error) = worker.serve() {
            warning!("I/O thread {index} ended: {error}");
        }
        server.order(Order::Left(index));
    })
}
