//! OBJECT: how a value is kept and when it was used.

use crate::{Ctx, Fault, Look, help, text};
use ironkeep_keyspace::access::AccessRule;
use ironkeep_keyspace::entry::Entry;

const NO_LRU: Fault = Fault::Other(
    "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between \
     policies at runtime LRU and LFU data will take some time to adjust.",
);
const NO_LFU: Fault = Fault::Other(
    "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching \
     between policies at runtime LRU and LFU data will take some time to adjust.",
);

/// OBJECT ENCODING
pub fn object_encoding(ctx: &mut Ctx<'_>) {
    let name = look(ctx, |_, entry| text::encoding_name(entry));
    if let Some(name) = name {
        ctx.reply.bulk(name.as_bytes());
    }
}

/// OBJECT FREQ
pub fn object_freq(ctx: &mut Ctx<'_>) {
    let freq = look(ctx, |rule, entry| rule.lfu.then(|| rule.frequency(entry.access())).ok_or(NO_LFU));
    answer(ctx, freq);
}

/// OBJECT IDLETIME
pub fn object_idletime(ctx: &mut Ctx<'_>) {
    let idle = look(ctx, |rule, entry| (!rule.lfu).then(|| rule.idle_seconds(entry.access())).ok_or(NO_LRU));
    answer(ctx, idle);
}

/// OBJECT REFCOUNT
pub fn object_refcount(ctx: &mut Ctx<'_>) {
    // Who else holds a value (a snapshot, a copy) is no business of clients: to them the keyspace alone does.
    let count = look(ctx, |_, _| Ok(1));
    answer(ctx, count);
}

/// OBJECT HELP
pub fn object_help(ctx: &mut Ctx<'_>) {
    help::reply(
        &mut ctx.reply,
        "OBJECT",
        &[
            "ENCODING <key>",
            "    Return the kind of internal representation used in order to store the value",
            "    associated with a <key>.",
            "FREQ <key>",
            "    Return the access frequency index of the <key>. The returned integer is",
            "    proportional to the logarithm of the recent access frequency of the key.",
            "IDLETIME <key>",
            "    Return the idle time of the <key>, that is the approximated number of",
            "    seconds elapsed since the last access to the key.",
            "REFCOUNT <key>",
            "    Return the number of references of the value associated with the specified",
            "    <key>.",
        ],
    );
}

/// Looks at the entry of the key; replies with nothing when there is none.
fn look<R>(ctx: &mut Ctx<'_>, see: impl FnOnce(AccessRule, &Entry) -> R) -> Option<R> {
    let key = ctx.key(2);
    let Some(place) = ctx.find(&key, Look::Inspect) else {
        ctx.reply.null();
        return None;
    };
    let rule = ctx.rules.access;
    Some(see(rule, &ctx.at(&key, place)))
}

fn answer(ctx: &mut Ctx<'_>, number: Option<Result<u32, Fault>>) {
    match number {
        Some(Ok(number)) => ctx.reply.integer(i64::from(number)),
        Some(Err(fault)) => ctx.fail(fault),
        None => {}
    }
}
