//! XADD.
//!
//! Logged with the id that the entry got, and with the exact trim that it came to.

use super::ids;
use super::trim::{Options, is_by_nodes, outcome};
use crate::event::Classes;
use crate::{Args, Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_values::error::Error;
use ironkeep_values::stream::{Id, Limits, Stream};

const ZERO: Fault = Fault::Other("ERR The ID specified in XADD must be greater than 0-0");
const EXHAUSTED: Fault =
    Fault::Other("ERR The stream has exhausted the last possible ID, unable to add more items");
const NOT_ABOVE: Fault =
    Fault::Other("ERR The ID specified in XADD is equal or smaller than the target stream top item");
const TOO_LARGE: Fault = Fault::Other("ERR Elements are too large to be stored");

/// The id that was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Any,
    At(u64),
    Exactly(Id),
}

/// What came of it.
struct Added {
    id: Id,
    trimmed: u64,
    /// The trim as it is to be logged.
    logged_trim: Option<[Vec<u8>; 3]>,
}

/// XADD
pub fn xadd(ctx: &mut Ctx<'_>) {
    let result = add(ctx);
    ctx.finish(result);
}

fn add(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let args = ctx.args;
    let options = Options::parse(args, true, ctx.rules.sizes.stream)?;
    let values = args.len().saturating_sub(options.id_at + 1);
    if values < 2 || !values.is_multiple_of(2) {
        return Err(Fault::Arity("xadd"));
    }
    let wish = Wish::parse(args.at(options.id_at))?;
    if wish == Wish::Exactly(Id::MIN) {
        return Err(ZERO);
    }
    let key = ctx.key(1);
    let entry = NewEntry { args, options, wish, now: ctx.now, limits: ctx.rules.sizes.stream };
    let logs = ctx.turn.effects.wanted;
    let added = match ctx.find(&key, Look::Write) {
        Some(place) => entry.append(ctx.open::<Stream>(&key, place)?.value, logs)?,
        None if options.keep_absent => {
            ctx.reply.null();
            return Ok(());
        }
        None => {
            let mut stream = Stream::new();
            let added = entry.append(&mut stream, logs)?;
            ctx.put_value(&key, None, stream);
            added
        }
    };
    finish(ctx, &key, &entry, &added);
    Ok(())
}

/// Replies, and tells of the new entry.
fn finish(ctx: &mut Ctx<'_>, key: &Key<'_>, entry: &NewEntry<'_>, added: &Added) {
    ids::reply(&mut ctx.reply, added.id);
    ctx.notify(Classes::STREAM, "xadd", key);
    if added.trimmed > 0 {
        ctx.notify(Classes::STREAM, "xtrim", key);
    }
    ctx.changed(key);
    let by_nodes = entry.options.trim.is_some_and(is_by_nodes);
    if ctx.turn.effects.wanted && (by_nodes || !matches!(entry.wish, Wish::Exactly(_))) {
        log(ctx, entry, added);
    }
}

fn log(ctx: &mut Ctx<'_>, entry: &NewEntry<'_>, added: &Added) {
    let args = ctx.args;
    let mut words: Vec<&[u8]> = vec![args.at(0), args.at(1)];
    if entry.options.keep_absent {
        words.push(b"NOMKSTREAM");
    }
    words.extend(added.logged_trim.iter().flatten().map(Vec::as_slice));
    let mut room = [0; 41];
    words.push(added.id.text(&mut room));
    words.extend(args.iter().skip(entry.options.id_at + 1));
    ctx.effect(&words);
}

impl Wish {
    fn parse(text: &[u8]) -> Result<Self, Fault> {
        if text == b"*" {
            return Ok(Self::Any);
        }
        let (ms, seq) = Id::parse_new(text).ok_or(ids::INVALID)?;
        Ok(seq.map_or(Self::At(ms), |seq| Self::Exactly(Id::new(ms, seq))))
    }
}

/// An entry to be added.
struct NewEntry<'a> {
    args: Args<'a>,
    options: Options,
    wish: Wish,
    now: i64,
    limits: Limits,
}

impl NewEntry<'_> {
    /// Adds it and trims.
    fn append(&self, stream: &mut Stream, logs: bool) -> Result<Added, Fault> {
        let log = stream.log_mut();
        if log.facts().last_id == Id::MAX {
            return Err(EXHAUSTED);
        }
        let id = match self.wish {
            Wish::Any => log.next_id(u64::try_from(self.now).unwrap_or(0)),
            Wish::At(ms) => log.next_id_at(ms),
            Wish::Exactly(id) => Some(id),
        };
        let id = id.ok_or(NOT_ABOVE)?;
        let args = self.args;
        let pairs = (self.options.id_at + 1..args.len()).step_by(2);
        let pairs = pairs.map(|at| (args.at(at), args.at(at + 1)));
        log.append(id, pairs, self.limits).map_err(|error| match error {
            Error::IdNotAbove => NOT_ABOVE,
            _ => TOO_LARGE,
        })?;
        let trimmed = self.options.trim.map_or(0, |trim| log.trim(trim).entries);
        let logged_trim = self.options.trim.filter(|_| logs).map(|trim| outcome(trim, log));
        Ok(Added { id, trimmed, logged_trim })
    }
}
