//! The commands that need the server: one file a concern.
//!
//! Every function takes a [`Call`] and writes its reply. The match below is exhaustive: a row of the table
//! without a function does not compile.

pub mod client;
mod command;
mod commandlog;
mod config;
pub mod connection;
pub mod debug;
pub mod info;
pub mod keys;
mod latency;
mod lolwut;
mod memory;
pub mod monitor;
pub mod pubsub;
pub mod shutdown;
mod time;
pub mod transaction;
pub mod wait;

use crate::conn::Conn;
use crate::lane::Lane;
use crate::pubsub::Kind;
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
        Node::ClientCaching => client::caching(call),
        Node::ClientCapa => client::capa(call),
        Node::ClientGetName => client::getname(call),
        Node::ClientGetRedir => client::getredir(call),
        Node::ClientHelp => client::help(call),
        Node::ClientId => client::id(call),
        Node::ClientImportSource => client::import_source(call),
        Node::ClientInfo => client::info(call),
        Node::ClientKill => client::kill(call),
        Node::ClientList => client::list(call),
        Node::ClientNoEvict => client::no_evict(call),
        Node::ClientNoTouch => client::no_touch(call),
        Node::ClientPause => client::pause(call),
        Node::ClientReply => client::reply(call),
        Node::ClientSetInfo => client::setinfo(call),
        Node::ClientSetName => client::setname(call),
        Node::ClientTracking => client::tracking(call),
        Node::ClientTrackingInfo => client::trackinginfo(call),
        Node::ClientUnblock => client::unblock(call),
        Node::ClientUnpause => client::unpause(call),
        Node::Discard => transaction::discard(call),
        Node::Exec => transaction::exec(call),
        Node::Multi => transaction::multi(call),
        Node::Unwatch => transaction::unwatch(call),
        Node::Watch => transaction::watch(call),
        Node::DbSize => keys::dbsize(call),
        Node::FlushAll => keys::flushall(call),
        Node::FlushDb => keys::flushdb(call),
        Node::SwapDb => keys::swapdb(call),
        Node::Command
        | Node::CommandCount
        | Node::CommandDocs
        | Node::CommandGetKeys
        | Node::CommandGetKeysAndFlags
        | Node::CommandHelp
        | Node::CommandInfo
        | Node::CommandList => command::command(call, node),
        Node::CommandlogGet => commandlog::get(call),
        Node::CommandlogHelp => commandlog::help(call),
        Node::CommandlogLen => commandlog::len(call),
        Node::CommandlogReset => commandlog::reset(call),
        Node::SlowlogGet => commandlog::slowlog_get(call),
        Node::SlowlogHelp => commandlog::slowlog_help(call),
        Node::SlowlogLen => commandlog::slowlog_len(call),
        Node::SlowlogReset => commandlog::slowlog_reset(call),
        Node::ConfigGet => config::get(call),
        Node::ConfigHelp => config::help(call),
        Node::ConfigResetStat => config::resetstat(call),
        Node::ConfigRewrite => config::rewrite(call),
        Node::ConfigSet => config::set(call),
        Node::Debug => debug::debug(call),
        Node::Info => info::info(call),
        Node::LatencyDoctor => latency::doctor(call),
        Node::LatencyGraph => latency::graph(call),
        Node::LatencyHelp => latency::help(call),
        Node::LatencyHistogram => latency::histogram(call),
        Node::LatencyHistory => latency::history(call),
        Node::LatencyLatest => latency::latest(call),
        Node::LatencyReset => latency::reset(call),
        Node::Lolwut => lolwut::lolwut(call),
        Node::MemoryDoctor => memory::doctor(call),
        Node::MemoryHelp => memory::help(call),
        Node::MemoryMallocStats => memory::malloc_stats(call),
        Node::MemoryPurge => memory::purge(call),
        Node::MemoryStats => memory::stats(call),
        Node::Shutdown => shutdown::shutdown(call),
        Node::Time => time::time(call),
        Node::Subscribe => pubsub::subscribe(call, Kind::Channel),
        Node::PSubscribe => pubsub::subscribe(call, Kind::Pattern),
        Node::SSubscribe => pubsub::subscribe(call, Kind::Shard),
        Node::Unsubscribe => pubsub::unsubscribe(call, Kind::Channel),
        Node::PUnsubscribe => pubsub::unsubscribe(call, Kind::Pattern),
        Node::SUnsubscribe => pubsub::unsubscribe(call, Kind::Shard),
        Node::Publish => pubsub::publish(call, false),
        Node::SPublish => pubsub::publish(call, true),
        Node::PubsubChannels
        | Node::PubsubHelp
        | Node::PubsubNumPat
        | Node::PubsubNumSub
        | Node::PubsubShardChannels
        | Node::PubsubShardNumSub => pubsub::pubsub(call, node),
        Node::Monitor => monitor::monitor(call),
        Node::Wait => wait::wait(call),
        Node::WaitAof => wait::wait_aof(call),
    }
}
