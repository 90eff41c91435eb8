//! SORT and SORT_RO: the elements of a list, a set or a sorted set in an order, or what other keys hold for them.
//!
//! `options` reads the arguments, `source` lists the elements, `pattern` looks into the keys that BY and GET mean,
//! `order` sorts. Keys of patterns are not among the arguments: [`reaches_beyond`] says when there are some, and then
//! every partition must be held.

mod options;
mod order;
mod pattern;
mod source;

use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_values::list::{Builder, List, Way};
use ironkeep_values::packed::Item;
use ironkeep_wire::Reply;
use options::Options;
use source::Source;

pub(crate) use options::{keys_of_sort, reaches_beyond};

/// SORT
pub fn sort(ctx: &mut Ctx<'_>) {
    let result = run(ctx, true);
    ctx.finish(result);
}

/// SORT_RO
pub fn sort_ro(ctx: &mut Ctx<'_>) {
    let result = run(ctx, false);
    ctx.finish(result);
}

fn run(ctx: &mut Ctx<'_>, may_store: bool) -> Result<(), Fault> {
    let options = Options::parse(ctx, may_store)?;
    let source = Source::find(ctx)?;
    let items = order::pick(ctx, &options, &source)?;
    match options.store {
        Some(at) => {
            let target = ctx.key(at);
            let list = results(ctx, &options, &items);
            store(ctx, &target, list, options.is_ambiguous());
        }
        None => show(ctx, &options, &items),
    }
    Ok(())
}

/// Replies with the elements, or with what GET finds for them.
fn show(ctx: &mut Ctx<'_>, options: &Options<'_>, items: &[Item<'_>]) {
    ctx.reply.array_len(items.len() * options.gets.len().max(1));
    for item in items {
        if options.gets.is_empty() {
            reply_item(&mut ctx.reply, *item);
        }
        for get in &options.gets {
            get.see(ctx, *item, |found, reply| match found {
                Some(found) => reply_item(reply, found),
                None => reply.null(),
            });
        }
    }
}

fn reply_item(reply: &mut Reply<'_>, item: Item<'_>) {
    match item {
        Item::Bytes(bytes) => reply.bulk(bytes),
        Item::Int(number) => reply.bulk_int(number),
    }
}

/// The elements, or what GET finds for them, as a list; what it does not find is empty there.
fn results(ctx: &mut Ctx<'_>, options: &Options<'_>, items: &[Item<'_>]) -> List {
    let mut list = Builder::new();
    let mut add = |item: Item<'_>| list.add(item.text(&mut [0; 20]));
    for item in items {
        if options.gets.is_empty() {
            add(*item);
        }
        for get in &options.gets {
            get.see(ctx, *item, |found, _| add(found.unwrap_or(Item::Bytes(b""))));
        }
    }
    let mut list = list.finish();
    list.settle(ctx.rules.sizes.list);
    list
}

/// Puts a list in the place of whatever a key holds; an empty one removes the key. Where the request is `ambiguous`
/// the elements are logged in its place.
fn store(ctx: &mut Ctx<'_>, target: &Key<'_>, list: List, ambiguous: bool) {
    let (count, place) = (list.len(), ctx.find(target, Look::Write));
    ctx.reply.integer(count as i64);
    if count > 0 {
        if ambiguous && ctx.turn.effects.wanted {
            log(ctx, target, &list);
        }
        ctx.put_value(target, place, list);
        ctx.notify(Classes::LIST, "sortstore", target);
        ctx.changed(target);
        ctx.turn.dirty += count as u64 - 1;
    } else if let Some(place) = place {
        let lazy = ctx.rules.lazy_overwrite;
        ctx.remove(target, place, lazy);
        ctx.notify(Classes::GENERIC, "del", target);
        ctx.removed(target);
    }
}

fn log(ctx: &mut Ctx<'_>, target: &Key<'_>, list: &List) {
    let elements: Vec<Vec<u8>> = list.walk_all(Way::Forward).map(|item| item.to_vec()).collect();
    let mut words: Vec<&[u8]> = vec![b"RPUSH", target.bytes];
    words.extend(elements.iter().map(Vec::as_slice));
    ctx.effect(&[b"DEL", target.bytes]);
    ctx.effect(&words);
}
