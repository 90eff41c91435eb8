//! The commands that need the server: one file a concern.
//!
//! Every function takes a [`Call`] and writes its reply. The match below is exhaustive: a row of the table
//! without a function does not compile.

pub mod connection;
pub mod keys;
pub mod monitor;
pub mod transaction;

use crate::conn::Conn;
use crate::lane::Lane;
use ironkeep_commands::Args;
use ironkeep_commands::spec::Node;
use ironkeep_keyspace::space::Held;
use ironkeep_wire::Reply;
use std::sync::Arc;

/// A call of a command on the server.
pub struct Call<'a, 'h> {
    /// The thread.
    pub lane: &'a mut Lane,
    /// The client.
    pub conn: &'a mut Conn,
    /// The request.
    pub args: Args<'a>,
    /// The partitions that EXEC holds; none outside of it.
    pub held: &'a mut Held<'h>,
}

impl Call<'_, '_> {
    /// The reply.
    pub fn reply(&mut self) -> Reply<'_> {
        self.conn.reply(&mut self.lane.out)
    }

    /// Replies with an error.
    pub fn fail(&mut self, line: impl AsRef<[u8]>) {
        self.reply().error(line);
    }
}

/// Runs a command outside of a transaction.
pub fn run(lane: &mut Lane, conn: &mut Conn, node: Node, args: Args<'_>) {
    let server = Arc::clone(&lane.server);
    dispatch(&mut Call { lane, conn, args, held: &mut Held::none(&server.space) }, node);
}

/// Runs a command.
pub fn dispatch(call: &mut Call<'_, '_>, node: Node) {
    match node {
        Node::Auth => connection::auth(call),
        Node::Echo => connection::echo(call),
        Node::Hello => connection::hello(call),
        Node::Ping => connection::ping(call),
        Node::Quit => connection::quit(call),
        Node::Reset => connection::reset(call),
        Node::Select => connection::select(call),
        Node::Discard => transaction::discard(call),
        Node::Exec => transaction::exec(call),
        Node::Multi => transaction::multi(call),
        Node::Unwatch => transaction::unwatch(call),
        Node::Watch => transaction::watch(call),
        Node::DbSize => keys::dbsize(call),
        Node::FlushAll => keys::flushall(call),
        Node::FlushDb => keys::flushdb(call),
        Node::SwapDb => keys::swapdb(call),
        Node::Monitor => monitor::monitor(call),
        _ => call.fail("ERR this command is not built yet"),
    }
}
