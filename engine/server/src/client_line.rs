//! A client as one line of text: what CLIENT LIST, CLIENT INFO and the log say of it.
//!
//! Takes what the owner published; never looks at the connection itself.

use crate::clients::ClientInfo;
use crate::conn::flag;
use crate::tracking::mode;
use ironkeep_commands::spec::TABLE;
use std::sync::atomic::Ordering::Relaxed;

/// Which names are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// As they are.
    Shown,
    /// Not at all (`hide-user-data-from-log`).
    Hidden,
}

/// The letters of a client's state; none is `N`.
pub fn letters(info: &ClientInfo) -> String {
    let flags = info.flags.load(Relaxed);
    let broken = info.watch.get().is_some_and(|watch| watch.is_broken());
    let states = [
        ('O', flags & flag::MONITOR != 0),
        ('P', flags & flag::SUBSCRIBED != 0),
        ('x', flags & flag::MULTI != 0),
        ('b', info.is_waiting()),
        ('t', info.tracker.is(mode::ON)),
        ('R', info.tracker.is(mode::BROKEN)),
        ('B', info.tracker.is(mode::BCAST)),
        ('d', broken),
        ('c', flags & flag::CLOSING != 0),
        ('A', info.killed.load(Relaxed)),
        ('U', info.unix),
        ('e', flags & flag::NO_EVICT != 0),
        ('T', flags & flag::NO_TOUCH != 0),
        ('I', flags & flag::IMPORT_SOURCE != 0),
    ];
    let letters: String = states.iter().filter(|(_, on)| *on).map(|(letter, _)| letter).collect();
    if letters.is_empty() { "N".to_owned() } else { letters }
}

/// Whole seconds from a time in milliseconds until now, as Valkey counts them.
pub fn seconds_since(then: i64, now: i64) -> i64 {
    now / 1000 - then / 1000
}

/// The line, without an end. `args` are the bytes of the arguments of the command that it is running.
pub fn line(info: &ClientInfo, now: i64, args: usize, names: Names) -> String {
    let own = info.names.lock().clone();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let hidden = names == Names::Hidden;
    let name = if hidden { "*redacted*".to_owned() } else { text(&own.name) };
    let user = if hidden { "*redacted*" } else { "default" };
    let flags = info.flags.load(Relaxed);
    let events = match (flags & flag::CHOKED == 0, flags & flag::WRITING != 0) {
        (true, true) => "rw",
        (true, false) => "r",
        (false, true) => "w",
        (false, false) => "",
    };
    let (input, room) = (info.input.load(Relaxed), info.input_room.load(Relaxed));
    let (output, queue) = (info.output.load(Relaxed), info.queue_size.load(Relaxed));
    let total = info.memory() + args;
    let listens = &info.subscriptions;
    let command = info.command.load(Relaxed).checked_sub(1).and_then(|id| TABLE.get(id));
    format!(
        "id={} addr={} laddr={} fd={} name={name} age={} idle={} flags={} capa={} db={} sub={} psub={} ssub={} \
         multi={} watch={} qbuf={input} qbuf-free={} argv-mem={args} multi-mem={queue} rbs=0 rbp=0 obl=0 \
         oll={} omem={output} tot-mem={total} events={events} cmd={} user={user} redir={} resp={} \
         lib-name={} lib-ver={} tot-net-in={} tot-net-out={} tot-cmds={}",
        info.id,
        info.addr,
        info.laddr,
        info.fd,
        seconds_since(info.created, now),
        seconds_since(info.active.load(Relaxed), now),
        letters(info),
        if own.redirect { "r" } else { "" },
        info.db.load(Relaxed),
        listens[0].load(Relaxed),
        listens[1].load(Relaxed),
        listens[2].load(Relaxed),
        info.queued.load(Relaxed),
        info.watched.load(Relaxed),
        room.saturating_sub(input),
        u8::from(output > 0),
        command.map_or("NULL", |spec| spec.full_name),
        info.tracker.redirect().map_or(-1, |id| id as i64),
        info.resp.load(Relaxed),
        text(&own.lib_name),
        text(&own.lib_ver),
        info.total_in.load(Relaxed),
        info.total_out.load(Relaxed),
        info.total_commands.load(Relaxed),
    )
}
