//! XCLAIM: pending entries go over to another consumer.
//!
//! Logged as one XCLAIM for each entry, with the outcome.

use super::log::{Delivery, Told};
use super::stop::{Done, Stop, c_text, finish, line, no_group};
use super::{entries, ids};
use crate::event::Classes;
use crate::turn::Effects;
use crate::{Args, Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::stream::{Group, Id, Log, Name, Pending, Stream};
use ironkeep_wire::{Reply, parse_i64};

const BAD_IDLE_ARGUMENT: Fault = Fault::Other("ERR Invalid min-idle-time argument for XCLAIM");
const BAD_IDLE: Fault = Fault::Other("ERR Invalid IDLE option argument for XCLAIM");
const BAD_TIME: Fault = Fault::Other("ERR Invalid TIME option argument for XCLAIM");
const BAD_RETRIES: Fault = Fault::Other("ERR Invalid RETRYCOUNT option argument for XCLAIM");

/// XCLAIM
pub fn xclaim(ctx: &mut Ctx<'_>) {
    let result = claim(ctx);
    finish(ctx, result);
}

/// What is to be claimed, and how.
struct Claim {
    min_idle: i64,
    /// The ids are the arguments from the fifth to before this.
    ids_end: usize,
    time: i64,
    retries: Option<u64>,
    force: bool,
    just_id: bool,
    last_id: Id,
}

impl Claim {
    fn parse(args: Args<'_>, now: i64) -> Result<Self, Stop> {
        let min_idle = parse_i64(args.at(4)).ok_or(BAD_IDLE_ARGUMENT)?.max(0);
        let ids_end = (5..args.len()).find(|at| ids::strict(args.at(*at)).is_err()).unwrap_or(args.len());
        let (mut time, mut at) = (-1, ids_end);
        let mut claim = Self {
            min_idle,
            ids_end,
            time: now,
            retries: None,
            force: false,
            just_id: false,
            last_id: Id::MIN,
        };
        while at < args.len() {
            let number = |fault| parse_i64(args.at(at + 1)).ok_or(fault);
            let has_value = at + 1 < args.len();
            if args.is(at, "force") {
                claim.force = true;
                at += 1;
                continue;
            } else if args.is(at, "justid") {
                claim.just_id = true;
                at += 1;
                continue;
            } else if has_value && args.is(at, "idle") {
                time = now.wrapping_sub(number(BAD_IDLE)?);
            } else if has_value && args.is(at, "time") {
                time = number(BAD_TIME)?;
            } else if has_value && args.is(at, "retrycount") {
                claim.retries = u64::try_from(number(BAD_RETRIES)?).ok();
            } else if has_value && args.is(at, "lastid") {
                claim.last_id = ids::strict(args.at(at + 1))?;
            } else {
                return Err(line(&[b"ERR Unrecognized XCLAIM option '", c_text(args.at(at)), b"'"]));
            }
            at += 2;
        }
        // A time that makes no sense means now.
        if (0..now).contains(&time) {
            claim.time = time;
        }
        Ok(claim)
    }
}

/// The key, which must be there and have the group that the second argument names.
pub(super) fn existing_group<'a>(ctx: &mut Ctx<'a>) -> Result<(Key<'a>, Place), Stop> {
    let (key, group) = (ctx.key(1), ctx.args.at(2));
    let missing = || no_group(key.bytes, group);
    let place = ctx.find_as::<Stream>(&key, Look::Read)?.ok_or_else(missing)?;
    ctx.see::<Stream>(&key, place)?.value.group(group).ok_or_else(missing)?;
    Ok((key, place))
}

fn claim(ctx: &mut Ctx<'_>) -> Done {
    let (args, now) = (ctx.args, ctx.now);
    let (key, place) = existing_group(ctx)?;
    let claim = Claim::parse(args, now)?;
    let told = Told { key: key.bytes, group: args.at(2) };
    let open = ctx.open::<Stream>(&key, place)?;
    let (reply, effects) = (open.reply, &mut open.turn.effects);
    effects.replace_request();
    let done = open.value.change_group(told.group, |log, group| {
        let mut claimant = Claimant::new(group, args.at(3), now);
        let mut raised = claimant.group.raise_last_id(claim.last_id);
        let (begin, mut count) = (reply.defer(), 0);
        for at in 5..claim.ids_end {
            let Some(id) = Id::parse(args.at(at), 0) else { continue };
            let before = claimant.group.pending(id).cloned();
            let Some(pending) = claimant.take_one(log, id, before.clone(), &claim) else { continue };
            if pending.taken {
                answer(reply, log, id, claim.just_id);
                count += 1;
            }
            pending.log(told, effects, args.at(at), claimant.group.last_id());
            // Each of these tells how far the group has read, too.
            raised = false;
            claimant.changes += 1;
        }
        if raised {
            told.position(effects, claimant.group);
            claimant.changes += 1;
        }
        reply.finish_array(begin, count);
        (claimant.created, claimant.changes)
    });
    note(ctx, &key, done.unwrap_or_default());
    Ok(())
}

/// Counts the changes, and tells of a new consumer.
pub(super) fn note(ctx: &mut Ctx<'_>, key: &Key<'_>, (created, changes): (bool, u64)) {
    ctx.turn.dirty += changes + u64::from(created);
    if created {
        ctx.notify(Classes::STREAM, "xgroup-createconsumer", key);
    }
}

/// Replies with a claimed entry.
pub(super) fn answer(reply: &mut Reply<'_>, log: &Log, id: Id, just_id: bool) {
    if just_id {
        ids::reply(reply, id);
    } else if let Some(found) = log.get(id) {
        entries::entry(reply, &found);
    }
}

/// A consumer that claims entries of a group.
pub(super) struct Claimant<'g> {
    pub group: &'g mut Group,
    /// Whether the consumer is new.
    pub created: bool,
    /// How many changes there were.
    pub changes: u64,
    name: Name,
    now: i64,
}

/// What became of an entry: it belongs to the claimant, or it is gone, and belonged to whom this says.
pub(super) struct Outcome {
    pub taken: bool,
    consumer: Name,
    time: i64,
    count: u64,
}

impl Outcome {
    /// Tells replicas.
    pub fn log(&self, told: Told<'_>, effects: &mut Effects, id: &[u8], last: Id) {
        let delivery = Delivery { id, consumer: &self.consumer, time: self.time, count: self.count };
        told.delivery(effects, &delivery, last);
    }
}

impl<'g> Claimant<'g> {
    /// The consumer of this name, which is added if there is none.
    pub fn new(group: &'g mut Group, name: &[u8], now: i64) -> Self {
        let created = group.create_consumer(name, now);
        group.see(name, now);
        let name = group.consumer(name).map_or_else(|| name.into(), |(name, _)| name.clone());
        Self { group, created, changes: 0, name, now }
    }

    /// Forgets a pending entry that is gone from the log.
    pub fn forget(&mut self, id: Id, before: &Pending) -> Outcome {
        self.group.acknowledge(id);
        let consumer = before.consumer().clone();
        Outcome { taken: false, consumer, time: before.time, count: before.count }
    }

    /// Makes an entry that of the claimant.
    pub fn take(&mut self, id: Id, time: i64, count: u64) -> Outcome {
        let consumer = self.name.clone();
        self.group.assign(id, &consumer, time, count);
        self.group.activate(&consumer, self.now);
        Outcome { taken: true, consumer, time, count }
    }

    /// Whether a pending entry was delivered too short a time ago.
    pub fn is_fresh(&self, pending: &Pending, min_idle: i64) -> bool {
        min_idle > 0 && self.now.saturating_sub(pending.time) < min_idle
    }

    fn take_one(&mut self, log: &Log, id: Id, before: Option<Pending>, claim: &Claim) -> Option<Outcome> {
        if log.get(id).is_none() {
            return before.map(|before| self.forget(id, &before));
        }
        let delivered = match &before {
            Some(before) if self.is_fresh(before, claim.min_idle) => return None,
            Some(before) => before.count,
            None if claim.force => 1,
            None => return None,
        };
        let count = claim.retries.unwrap_or(delivered.wrapping_add(u64::from(!claim.just_id)));
        Some(self.take(id, claim.time, count))
    }
}
