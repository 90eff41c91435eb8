//! Many clients, and clients that mean ill: the server answers everybody else, and takes no more memory than it must.
//!
//! Every loop has a bound. Figures about memory are printed; what is asserted is far above them.

#![allow(clippy::unwrap_used, reason = "the helpers of a test may panic as the test may")]

mod crowd;
mod fair;
mod hostile;
mod large;
#[path = "../rig/mod.rs"]
mod rig;
mod silent;

use ironkeep_server::sys::clock;
use ironkeep_wire::client::Value;
use rig::link::{Link, PATIENCE};
use rig::node::Node;

const MEGABYTE: usize = 1024 * 1024;

/// A server with two I/O threads and clients on both of them.
fn start(options: &[&str]) -> (Node, Vec<Link>) {
    let node = Node::ours(&[&["--io-threads", "2"], options].concat());
    let others = (0..4).map(|_| node.connect_tcp()).collect();
    (node, others)
}

/// Fails unless all these clients are answered.
fn assert_answered(links: &mut [Link]) {
    for link in links.iter_mut() {
        link.send(&["PING"]);
    }
    for link in links {
        assert_eq!(link.reply().0, Value::Simple(b"PONG".to_vec()));
    }
}

/// How many clients the server has.
fn clients(link: &mut Link) -> usize {
    let Value::Bulk(info) = link.ask(&["INFO", "clients"]) else { panic!("INFO failed") };
    let info = String::from_utf8(info).unwrap();
    let count = info.lines().find_map(|line| line.strip_prefix("connected_clients:"));
    count.expect("INFO tells the number of clients").parse().unwrap()
}

/// Waits until the server has so many clients.
fn wait_for_clients(link: &mut Link, count: usize) {
    let deadline = clock::wall_ms() + PATIENCE.as_millis() as i64;
    while clients(link) != count {
        assert!(clock::wall_ms() < deadline, "there are still {} clients", clients(link));
    }
}

fn integer(number: i64) -> Value {
    Value::Integer(number)
}

fn ok() -> Value {
    Value::Simple(b"OK".to_vec())
}
