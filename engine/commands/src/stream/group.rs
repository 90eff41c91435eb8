//! XGROUP: consumer groups and their consumers.
//!
//! Changes of groups are no changes of the key for those who watch it, as in Valkey; they are logged as they came.

use super::ids;
use super::stop::{Done, Stop, bad_sub, finish, line, no_group_for_key};
use crate::event::Classes;
use crate::typed::Open;
use crate::{Args, Ctx, Fault, Look, help};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::stream::{Id, Stream};
use ironkeep_wire::parse_i64;

const NO_KEY: Fault = Fault::Other(
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option \
     to create an empty stream automatically.",
);
const NEGATIVE_READ: Fault = Fault::Other("ERR value for ENTRIESREAD must be positive or -1");

/// XGROUP CREATE
pub fn xgroup_create(ctx: &mut Ctx<'_>) {
    let result = create(ctx);
    finish(ctx, result);
}

/// XGROUP SETID
pub fn xgroup_setid(ctx: &mut Ctx<'_>) {
    let result = set_id(ctx);
    finish(ctx, result);
}

/// XGROUP DESTROY
pub fn xgroup_destroy(ctx: &mut Ctx<'_>) {
    let result = destroy(ctx);
    finish(ctx, result);
}

/// XGROUP CREATECONSUMER
pub fn xgroup_createconsumer(ctx: &mut Ctx<'_>) {
    let result = create_consumer(ctx);
    finish(ctx, result);
}

/// XGROUP DELCONSUMER
pub fn xgroup_delconsumer(ctx: &mut Ctx<'_>) {
    let result = remove_consumer(ctx);
    finish(ctx, result);
}

/// What may follow the id.
#[derive(Default)]
struct Options {
    make: bool,
    read: Option<u64>,
}

impl Options {
    fn parse(args: Args<'_>, makes: bool) -> Result<Self, Stop> {
        let (mut options, mut at) = (Self::default(), 5);
        while at < args.len() {
            if makes && args.is(at, "mkstream") {
                options.make = true;
                at += 1;
            } else if args.is(at, "entriesread") && at + 1 < args.len() {
                let read = parse_i64(args.at(at + 1)).ok_or(Fault::NotInteger)?;
                options.read = u64::try_from(read).ok();
                if read < -1 {
                    return Err(NEGATIVE_READ.into());
                }
                at += 2;
            } else {
                return Err(bad_sub(args.at(1), "XGROUP"));
            }
        }
        Ok(options)
    }
}

fn create(ctx: &mut Ctx<'_>) -> Done {
    let args = ctx.args;
    let options = Options::parse(args, true)?;
    let key = ctx.key(2);
    let place = ctx.find_as::<Stream>(&key, Look::Write)?;
    if place.is_none() && !options.make {
        return Err(NO_KEY.into());
    }
    // An option may come twice, but not more often.
    if args.len() > 8 {
        return Err(bad_sub(args.at(1), "XGROUP"));
    }
    let last_id = match (args.at(4), place) {
        (b"$", Some(place)) => ctx.see::<Stream>(&key, place)?.value.log().facts().last_id,
        (b"$", None) => Id::MIN,
        (text, _) => ids::strict(text)?,
    };
    let place = match place {
        Some(place) => place,
        None => {
            let place = ctx.put_value(&key, None, Stream::new());
            ctx.changed(&key);
            // The creation of the group is what counts.
            ctx.turn.dirty -= 1;
            place
        }
    };
    if !ctx.open::<Stream>(&key, place)?.value.create_group(args.at(3), last_id, options.read) {
        return Err(line(&[b"BUSYGROUP Consumer Group name already exists"]));
    }
    done(ctx, &key, "xgroup-create");
    ctx.reply.ok();
    Ok(())
}

fn set_id(ctx: &mut Ctx<'_>) -> Done {
    let args = ctx.args;
    let options = Options::parse(args, false)?;
    let (key, place) = existing_group(ctx)?;
    if !matches!(args.len(), 5 | 7) {
        return Err(bad_sub(args.at(1), "XGROUP"));
    }
    let stream = ctx.open::<Stream>(&key, place)?.value;
    let id = match args.at(4) {
        b"$" => stream.log().facts().last_id,
        text => ids::loose(text, 0)?,
    };
    stream.change_group(args.at(3), |_, group| group.set_last_id(id, options.read));
    done(ctx, &key, "xgroup-setid");
    ctx.reply.ok();
    Ok(())
}

fn destroy(ctx: &mut Ctx<'_>) -> Done {
    let key = ctx.key(2);
    let place = ctx.find_as::<Stream>(&key, Look::Write)?.ok_or(NO_KEY)?;
    let name = ctx.args.at(3);
    let gone = ctx.open::<Stream>(&key, place)?.value.remove_group(name).is_some();
    if gone {
        done(ctx, &key, "xgroup-destroy");
        // Those who wait to read for the group learn that it has gone.
        let part = ctx.reach.partition(key.partition);
        ctx.turn.note_ready(&part.waiting, ctx.db, key.bytes);
    }
    ctx.reply.integer(i64::from(gone));
    Ok(())
}

fn create_consumer(ctx: &mut Ctx<'_>) -> Done {
    let (key, place) = existing_group(ctx)?;
    let (args, now) = (ctx.args, ctx.now);
    let Open { value, .. } = ctx.open::<Stream>(&key, place)?;
    let created = value.change_group(args.at(3), |_, group| group.create_consumer(args.at(4), now));
    let created = created.unwrap_or(false);
    if created {
        done(ctx, &key, "xgroup-createconsumer");
    }
    ctx.reply.integer(i64::from(created));
    Ok(())
}

fn remove_consumer(ctx: &mut Ctx<'_>) -> Done {
    let (key, place) = existing_group(ctx)?;
    let args = ctx.args;
    let Open { value, .. } = ctx.open::<Stream>(&key, place)?;
    let pending = value.change_group(args.at(3), |_, group| group.remove_consumer(args.at(4))).flatten();
    if pending.is_some() {
        done(ctx, &key, "xgroup-delconsumer");
    }
    ctx.reply.integer(pending.unwrap_or(0) as i64);
    Ok(())
}

/// The key, which must be there and have the group.
fn existing_group<'a>(ctx: &mut Ctx<'a>) -> Result<(Key<'a>, Place), Stop> {
    let key = ctx.key(2);
    let place = ctx.find_as::<Stream>(&key, Look::Write)?.ok_or(NO_KEY)?;
    let name = ctx.args.at(3);
    match ctx.see::<Stream>(&key, place)?.value.group(name) {
        Some(_) => Ok((key, place)),
        None => Err(no_group_for_key(key.bytes, name)),
    }
}

fn done(ctx: &mut Ctx<'_>, key: &Key<'_>, event: &'static str) {
    ctx.turn.dirty += 1;
    ctx.notify(Classes::STREAM, event, key);
}

/// XGROUP HELP
pub fn xgroup_help(ctx: &mut Ctx<'_>) {
    help::reply(
        &mut ctx.reply,
        "XGROUP",
        &[
            "CREATE <key> <groupname> <id|$> [option]",
            "    Add a consumer group that begins to read after <id>. Options are:",
            "    * MKSTREAM",
            "      Add the stream, without entries, if there is none.",
            "    * ENTRIESREAD entries_read",
            "      How many entries the group has read (for internal use).",
            "CREATECONSUMER <key> <groupname> <consumer>",
            "    Add a consumer to a group.",
            "DELCONSUMER <key> <groupname> <consumer>",
            "    Take a consumer out of a group.",
            "DESTROY <key> <groupname>",
            "    Take a group away.",
            "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
            "    Say up to where a group has read.",
        ],
    );
}
