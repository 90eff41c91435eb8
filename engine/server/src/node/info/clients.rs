//! INFO clients.

use super::Call;
use super::lines::Lines;
use crate::conn::flag;
use crate::pause::Scope;
use ironkeep_config::param;
use ironkeep_keyspace::space::PARTITIONS;
use std::sync::atomic::Ordering::Relaxed;

pub(super) fn write(call: &mut Call<'_, '_>, out: &mut Lines) {
    call.conn.publish(call.lane.now);
    let awaited: usize = (0..PARTITIONS as u16).map(|p| call.held.visit(p, |part| part.waiting.len())).sum();
    let missed: usize =
        (0..PARTITIONS as u16).map(|p| call.held.visit(p, |part| part.waiting.missed())).sum();
    let server = &*call.lane.server;
    let all = server.clients.list();
    let most =
        |of: &dyn Fn(&crate::clients::ClientInfo) -> usize| all.iter().map(|c| of(c)).max().unwrap_or(0);
    let with = |flag| all.iter().filter(|c| c.flags.load(Relaxed) & flag != 0).count();
    let watching = with(flag::WATCHING);
    let waiting = all.iter().filter(|c| c.is_waiting()).count();
    let timed = all.iter().filter(|c| c.waits_for().is_some_and(|parked| parked.deadline != 0)).count();
    let watched: usize = all.iter().map(|c| c.watched.load(Relaxed)).sum();
    out.add("connected_clients", all.len());
    out.add("cluster_connections", 0);
    out.add("maxclients", server.live.size(param::MAXCLIENTS));
    out.add("client_recent_max_input_buffer", most(&|c| c.input_room.load(Relaxed)));
    out.add("client_recent_max_output_buffer", most(&|c| c.output.load(Relaxed)));
    out.add("blocked_clients", waiting);
    out.add("tracking_clients", server.tracking.clients());
    out.add("pubsub_clients", with(flag::SUBSCRIBED));
    out.add("watching_clients", watching);
    out.add("clients_in_timeout_table", timed);
    out.add("total_watched_keys", watched);
    out.add("total_blocking_keys", awaited);
    out.add("total_blocking_keys_on_nokey", missed);
    let (reason, actions, left) = match server.pause.look(call.lane.now) {
        Some((Scope::All, left)) => ("client_pause", "all", left),
        Some((Scope::Write, left)) => ("client_pause", "write", left),
        None => ("none", "none", 0),
    };
    out.add("paused_reason", reason);
    out.add("paused_actions", actions);
    out.add("paused_timeout_milliseconds", left);
}
