//! What changes of parameters have for effects beyond the value itself.
//!
//! Called by CONFIG SET with the new values in place; called again with old and new exchanged to undo what it
//! began. Parameters that are read where they are used need nothing here.

use crate::control::Order;
use crate::listen;
use crate::server::{Server, gate};
use crate::start::OWN_FILES;
use crate::sys::{memory, socket};
use crate::{warning, weights};
use ironkeep_config::{ApplyFailed, Change, Param, Value, param};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

type Effect = fn(&Server, &Change) -> Result<(), String>;

/// The effects of single parameters.
const EFFECTS: [(Param, Effect); 6] = [
    (param::DIR, dir),
    (param::IO_THREADS, io_threads),
    (param::MAXCLIENTS, maxclients),
    (param::MAXMEMORY, maxmemory),
    (param::MAXMEMORY_CLIENTS, maxmemory_clients),
    (param::REPL_BACKLOG_SIZE, backlog),
];

/// Gives changes their effect.
pub fn apply(server: &Server, changes: &[Change]) -> Result<(), ApplyFailed> {
    for change in changes {
        for (_, effect) in EFFECTS.iter().filter(|(param, _)| *param == change.param) {
            effect(server, change).map_err(|message| ApplyFailed { param: change.param, message })?;
        }
    }
    let moved = changes.iter().find(|change| [param::PORT, param::BIND].contains(&change.param));
    moved.map_or(Ok(()), |change| listen(server, change.param))
}

fn listen(server: &Server, param: Param) -> Result<(), ApplyFailed> {
    let result = listen::follow_configuration(server);
    server.order(Order::Listen);
    result.map_err(|_| {
        let message = if param == param::PORT {
            "Unable to listen on this port. Check server logs."
        } else {
            "Failed to bind to specified addresses."
        };
        ApplyFailed { param, message: message.to_owned() }
    })
}

/// The text of an error without its number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

fn dir(server: &Server, change: &Change) -> Result<(), String> {
    std::env::set_current_dir(OsStr::from_bytes(change.new.bytes())).map_err(|error| reason(&error))?;
    if let Ok(here) = std::env::current_dir() {
        server.config.put(param::DIR, Value::text(&here.into_os_string().into_vec()));
    }
    Ok(())
}

fn io_threads(server: &Server, _: &Change) -> Result<(), String> {
    // The control thread starts and ends them: one that is to end may be the one that runs this.
    server.order(Order::Threads);
    Ok(())
}

fn maxclients(_: &Server, change: &Change) -> Result<(), String> {
    let wanted = change.new.size() + OWN_FILES;
    let got = socket::raise_file_limit(wanted);
    if got >= wanted {
        return Ok(());
    }
    let most = got.saturating_sub(OWN_FILES);
    Err(format!(
        "The operating system is not able to handle the specified number of clients, try with {most}"
    ))
}

fn maxmemory(server: &Server, change: &Change) -> Result<(), String> {
    let most = change.new.size();
    server.set_gate(gate::MEMORY, most > 0);
    let used = memory::used() as u64;
    if most > 0 && most < used {
        warning!(
            "WARNING: the new maxmemory value set via CONFIG SET ({most}) is smaller than the current memory usage \
             ({used}). This will result in key eviction and/or the inability to accept new write commands \
             depending on the maxmemory-policy."
        );
        server.order(Order::Evict);
    }
    maxmemory_clients(server, change)
}

/// The limit may be a share of `maxmemory`.
fn maxmemory_clients(server: &Server, _: &Change) -> Result<(), String> {
    weights::enforce(server);
    Ok(())
}

fn backlog(server: &Server, change: &Change) -> Result<(), String> {
    server.feed.resize(usize::try_from(change.new.size()).unwrap_or(usize::MAX));
    Ok(())
}
