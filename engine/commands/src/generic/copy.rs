//! MOVE and COPY: what reaches into another database.
//!
//! A key lies in the same partition in every database, so what is held for its name is enough.

use crate::event::Classes;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::entry::{Entry, NewValue, Value};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_keyspace::tour::is_over;
use ironkeep_wire::parse_i64;

/// MOVE
pub fn move_(ctx: &mut Ctx<'_>) {
    let result = carry(ctx).map(|done| ctx.reply.integer(i64::from(done)));
    ctx.finish(result);
}

/// COPY
pub fn copy(ctx: &mut Ctx<'_>) {
    let result = duplicate(ctx).map(|done| ctx.reply.integer(i64::from(done)));
    ctx.finish(result);
}

fn carry(ctx: &mut Ctx<'_>) -> Result<bool, Fault> {
    let db = database(ctx, 2)?;
    if db == ctx.db {
        return Err(Fault::SameObject);
    }
    let key = ctx.key(1);
    let Some(place) = ctx.find(&key, Look::Write) else { return Ok(false) };
    if find_in(ctx, db, &key).is_some() {
        return Ok(false);
    }
    let entry = ctx.take(&key, place);
    // Two keys are concerned, but it is one change.
    ctx.removed(&key);
    ctx.notify(Classes::GENERIC, "move_from", &key);
    ctx.turn.dirty -= 1;
    within(ctx, db, |ctx| {
        ctx.put_entry(&key, None, entry);
        ctx.changed(&key);
        ctx.notify(Classes::GENERIC, "move_to", &key);
    });
    Ok(true)
}

fn duplicate(ctx: &mut Ctx<'_>) -> Result<bool, Fault> {
    let (db, replace) = options(ctx)?;
    let (from, to) = (ctx.key(1), ctx.key(2));
    if db == ctx.db && from.bytes == to.bytes {
        return Err(Fault::SameObject);
    }
    if ctx.find(&from, Look::Read).is_none() {
        return Ok(false);
    }
    let taken = find_in(ctx, db, &to);
    if taken.is_some() && !replace {
        return Ok(false);
    }
    // The look at the destination may have changed the table.
    let Some(place) = ctx.table(&from).find(from.hash, from.bytes) else { return Ok(false) };
    let access = ctx.rules.access.fresh();
    let entry = twin(&ctx.at(&from, place), to.bytes, access);
    within(ctx, db, |ctx| {
        ctx.put_entry(&to, taken, entry);
        ctx.changed(&to);
        ctx.notify(Classes::GENERIC, "copy_to", &to);
    });
    Ok(true)
}

/// The database and REPLACE.
fn options(ctx: &Ctx<'_>) -> Result<(u32, bool), Fault> {
    let (mut db, mut replace, mut at) = (ctx.db, false, 3);
    while at < ctx.args.len() {
        if ctx.args.is(at, "replace") {
            replace = true;
        } else if ctx.args.is(at, "db") && at + 1 < ctx.args.len() {
            at += 1;
            db = database(ctx, at)?;
        } else {
            return Err(Fault::Syntax);
        }
        at += 1;
    }
    Ok((db, replace))
}

/// The number of a database.
fn database(ctx: &Ctx<'_>, at: usize) -> Result<u32, Fault> {
    let number = parse_i64(ctx.args.at(at)).ok_or(Fault::NotInteger)?;
    if i32::try_from(number).is_err() {
        return Err(Fault::Other("ERR value is out of range, value must between -2147483648 and 2147483647"));
    }
    u32::try_from(number).ok().filter(|&db| db < ctx.space.databases()).ok_or(Fault::DbOutOfRange)
}

/// Works in another database, and comes back.
fn within<'a, R>(ctx: &mut Ctx<'a>, db: u32, work: impl FnOnce(&mut Ctx<'a>) -> R) -> R {
    let home = std::mem::replace(&mut ctx.db, db);
    let result = work(ctx);
    ctx.db = home;
    result
}

/// Finds a key in another database. If it has expired there, that is where the log says so.
fn find_in(ctx: &mut Ctx<'_>, db: u32, key: &Key<'_>) -> Option<Place> {
    let home = ctx.db;
    within(ctx, db, |ctx| {
        let place = ctx.table(key).find(key.hash, key.bytes)?;
        let over = is_over(ctx.at(key, place).expiry(), ctx.expiry_now());
        if !over || db == home {
            return ctx.find(key, Look::Write);
        }
        ctx.turn.effects.begin(db);
        let found = ctx.find(key, Look::Write);
        ctx.turn.effects.begin(home);
        found
    })
}

/// An entry with the same value and expiry under another name.
fn twin(entry: &Entry, name: &[u8], access: u32) -> Entry {
    let value = match entry.value() {
        Value::Bytes(bytes) => NewValue::Bytes(bytes),
        Value::Int(number) => NewValue::Int(number),
        Value::Object(object) => NewValue::Object(object.share()),
    };
    let mut twin = Entry::new(name, value, entry.expiry(), access);
    if entry.is_raw() {
        twin.mark_raw();
    }
    twin
}
