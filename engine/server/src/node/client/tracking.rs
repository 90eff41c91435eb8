//! CLIENT TRACKING, CACHING, GETREDIR and TRACKINGINFO: client-side caching.

use crate::careful::cut;
use crate::node::Call;
use crate::server::Server;
use crate::tracking::{self, Tracker, mode};
use ironkeep_commands::Args;
use ironkeep_wire::parse_i64;
use std::collections::BTreeSet;
use std::sync::Arc;

const SYNTAX: &str = "ERR syntax error";

/// What CLIENT TRACKING asks for.
#[derive(Default)]
struct Wish<'a> {
    redirect: u64,
    mode: u32,
    prefixes: Vec<&'a [u8]>,
}

/// CLIENT TRACKING ON|OFF [REDIRECT id] [PREFIX prefix ...] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]
pub fn tracking(call: &mut Call<'_, '_>) {
    let server = Arc::clone(&call.lane.server);
    let wish = match parse(&server, call.args) {
        Ok(wish) => wish,
        Err(line) => return call.fail(line),
    };
    if call.args.is(2, "off") {
        tracking::leave(&server, call.conn);
    } else if !call.args.is(2, "on") {
        return call.fail(SYNTAX);
    } else if let Err(line) = check(&wish, &call.conn.info.tracker) {
        return call.fail(line);
    } else {
        let mut prefixes: BTreeSet<Arc<[u8]>> =
            wish.prefixes.iter().map(|prefix| Arc::from(*prefix)).collect();
        if prefixes.is_empty() {
            // All keys begin with nothing.
            prefixes.insert(Arc::default());
        }
        tracking::join(&server, call.conn, wish.mode, wish.redirect, &prefixes);
    }
    call.reply().ok();
}

fn parse<'a>(server: &Server, args: Args<'a>) -> Result<Wish<'a>, &'static str> {
    let mut wish = Wish::default();
    let mut at = 3;
    while at < args.len() {
        let more = at + 1 < args.len();
        if args.is(at, "redirect") && more {
            if wish.redirect != 0 {
                return Err("ERR A client can only redirect to a single other client");
            }
            at += 1;
            wish.redirect = target(server, args.at(at))?;
        } else if args.is(at, "prefix") && more {
            at += 1;
            wish.prefixes.push(args.at(at));
        } else {
            wish.mode |= option(args, at).ok_or(SYNTAX)?;
        }
        at += 1;
    }
    Ok(wish)
}

fn option(args: Args<'_>, at: usize) -> Option<u32> {
    const OPTIONS: [(&str, u32); 4] =
        [("bcast", mode::BCAST), ("optin", mode::OPTIN), ("optout", mode::OPTOUT), ("noloop", mode::NOLOOP)];
    OPTIONS.iter().find(|(word, _)| args.is(at, word)).map(|(_, bit)| *bit)
}

/// The number of a client that is connected.
fn target(server: &Server, text: &[u8]) -> Result<u64, &'static str> {
    let number = parse_i64(text).ok_or("ERR value is not an integer or out of range")?;
    u64::try_from(number)
        .ok()
        .filter(|id| server.clients.get(*id).is_some())
        .ok_or("ERR The client ID you want redirect to does not exist")
}

/// Whether the wishes go together, and with the mode that the client is in.
fn check(wish: &Wish<'_>, tracker: &Tracker) -> Result<(), Vec<u8>> {
    let wants = |bit| wish.mode & bit != 0;
    let line = if !wants(mode::BCAST) && !wish.prefixes.is_empty() {
        "ERR PREFIX option requires BCAST mode to be enabled"
    } else if tracker.is(mode::ON) && tracker.is(mode::BCAST) != wants(mode::BCAST) {
        "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it \
         with a different mode."
    } else if wants(mode::BCAST) && wants(mode::OPTIN | mode::OPTOUT) {
        "ERR OPTIN and OPTOUT are not compatible with BCAST"
    } else if wants(mode::OPTIN) && wants(mode::OPTOUT) {
        "ERR You can't specify both OPTIN mode and OPTOUT mode"
    } else if wants(mode::OPTIN) && tracker.is(mode::OPTOUT) || wants(mode::OPTOUT) && tracker.is(mode::OPTIN)
    {
        "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it \
         with a different mode."
    } else {
        return check_prefixes(&wish.prefixes, &tracker.prefixes.lock());
    };
    Err(line.into())
}

/// No key may have two prefixes of one client.
fn check_prefixes(wanted: &[&[u8]], present: &BTreeSet<Arc<[u8]>>) -> Result<(), Vec<u8>> {
    for (nth, prefix) in wanted.iter().enumerate() {
        if let Some(other) = present.iter().find(|other| overlap(prefix, other)) {
            return Err(overlapping(prefix, b"an existing", other));
        }
        if let Some(other) = wanted[nth + 1..].iter().find(|other| overlap(prefix, other)) {
            return Err(overlapping(prefix, b"another provided", other));
        }
    }
    Ok(())
}

fn overlap(a: &[u8], b: &[u8]) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

fn overlapping(prefix: &[u8], which: &[u8], other: &[u8]) -> Vec<u8> {
    let (prefix, other) = (cut(prefix, usize::MAX), cut(other, usize::MAX));
    let start = [b"ERR Prefix '", prefix, b"' overlaps with ", which, b" prefix '", other].concat();
    [&start[..], b"'. Prefixes for a single client must not overlap."].concat()
}

/// CLIENT CACHING YES|NO
pub fn caching(call: &mut Call<'_, '_>) {
    let tracker = &call.conn.info.tracker;
    if !tracker.is(mode::ON) {
        return call.fail(
            "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode \
             enabled",
        );
    }
    let (bit, line) = if call.args.is(2, "yes") {
        (mode::OPTIN, "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.")
    } else if call.args.is(2, "no") {
        (mode::OPTOUT, "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.")
    } else {
        return call.fail(SYNTAX);
    };
    if !tracker.is(bit) {
        return call.fail(line);
    }
    tracker.set(mode::CACHING);
    call.reply().ok();
}

/// The client that is told in place of this one, as a number for people.
fn redirect(tracker: &Tracker) -> i64 {
    tracker.redirect().map_or(-1, |id| id as i64)
}

/// CLIENT GETREDIR
pub fn getredir(call: &mut Call<'_, '_>) {
    let id = redirect(&call.conn.info.tracker);
    call.reply().integer(id);
}

/// CLIENT TRACKINGINFO
pub fn trackinginfo(call: &mut Call<'_, '_>) {
    let info = Arc::clone(&call.conn.info);
    let tracker = &info.tracker;
    let flags = flags(tracker);
    let prefixes = tracker.prefixes.lock();
    let mut reply = call.reply();
    reply.map_len(3);
    reply.bulk(b"flags");
    reply.set_len(flags.len());
    flags.iter().for_each(|flag| reply.bulk(flag.as_bytes()));
    reply.bulk(b"redirect");
    reply.integer(redirect(tracker));
    reply.bulk(b"prefixes");
    reply.array_len(prefixes.len());
    prefixes.iter().for_each(|prefix| reply.bulk(prefix));
}

/// The names of what is on.
fn flags(tracker: &Tracker) -> Vec<&'static str> {
    let (is, chosen) = (|bit| tracker.is(bit), tracker.is(mode::CACHING));
    let states = [
        ("off", !is(mode::ON)),
        ("on", is(mode::ON)),
        ("bcast", is(mode::BCAST)),
        ("optin", is(mode::OPTIN)),
        ("caching-yes", is(mode::OPTIN) && chosen),
        ("optout", is(mode::OPTOUT)),
        ("caching-no", is(mode::OPTOUT) && chosen),
        ("noloop", is(mode::NOLOOP)),
        ("broken_redirect", is(mode::BROKEN)),
    ];
    states.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect()
}
