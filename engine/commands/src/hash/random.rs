//! HRANDFIELD: fields by lot.

use super::reply_item;
use crate::rules::LongestReply;
use crate::turn::Turn;
use crate::{Ctx, Fault};
use ironkeep_values::hash_map::{Field, Map};
use ironkeep_values::lots;
use ironkeep_wire::{Reply, parse_i64};

/// HRANDFIELD
pub fn hrandfield(ctx: &mut Ctx<'_>) {
    let result = if ctx.args.len() == 2 { one(ctx) } else { several(ctx) };
    ctx.finish(result);
}

fn one(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, now) = (ctx.key(1), ctx.expiry_now());
    let Some(seen) = ctx.read::<Map>(&key)? else {
        ctx.reply.null();
        return Ok(());
    };
    match seen.value.random(now, &mut || seen.turn.random()) {
        Some(field) => reply_item(seen.reply, field.name),
        None => seen.reply.null(),
    }
    Ok(())
}

fn several(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (count, values) = (count(ctx)?, ctx.args.len() == 4);
    let (key, now, longest) = (ctx.key(1), ctx.expiry_now(), ctx.rules.longest_reply);
    let Some(seen) = ctx.read::<Map>(&key)? else {
        ctx.reply.array_len(0);
        return Ok(());
    };
    let mut form = Form { reply: seen.reply, values };
    let amount = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if count < 0 {
        return draw(seen.value, amount, now, (seen.turn, longest), &mut form);
    }
    let fields = seen.value.sample(amount, now, &mut || seen.turn.random());
    form.begin(fields.len());
    fields.iter().for_each(|field| form.show(field));
    Ok(())
}

/// The number of fields that the request asks for.
fn count(ctx: &Ctx<'_>) -> Result<i64, Fault> {
    const RANGE: &str =
        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";
    let count = parse_i64(ctx.args.at(2)).ok_or(Fault::NotInteger)?;
    if count == i64::MIN {
        return Err(Fault::Other(RANGE));
    }
    if ctx.args.len() > 4 || ctx.args.len() == 4 && !ctx.args.is(3, "withvalues") {
        return Err(Fault::Syntax);
    }
    if ctx.args.len() == 4 && count.abs() > i64::MAX / 2 {
        return Err(Fault::Other("ERR value is out of range"));
    }
    Ok(count)
}

/// Draws so many fields, each from all of them.
fn draw(
    map: &Map,
    count: usize,
    now: i64,
    (turn, longest): (&mut Turn, LongestReply),
    form: &mut Form<'_, '_>,
) -> Result<(), Fault> {
    // In the small form a field is found by counting: all of them are gathered once.
    let small: Vec<Field<'_>> = map.packed().map(|_| map.live(now).collect()).unwrap_or_default();
    let start = form.reply.position();
    form.begin(if map.live_len(now) == 0 { 0 } else { count });
    for _ in 0..count {
        let field = match small.len() {
            0 => map.random(now, &mut || turn.random()),
            len => small.get(lots::below(len, &mut || turn.random())).copied(),
        };
        let Some(field) = field else { break };
        form.show(&field);
        if longest.is_exceeded(form.reply, start) {
            return longest.give_up(form.reply, start, turn);
        }
    }
    Ok(())
}

/// How fields are shown.
struct Form<'r, 'a> {
    reply: &'r mut Reply<'a>,
    values: bool,
}

impl Form<'_, '_> {
    fn begin(&mut self, count: usize) {
        let flat = self.values && !self.reply.is_resp3();
        self.reply.array_len(if flat { 2 * count } else { count });
    }

    fn show(&mut self, field: &Field<'_>) {
        if self.values && self.reply.is_resp3() {
            self.reply.array_len(2);
        }
        reply_item(self.reply, field.name);
        if self.values {
            reply_item(self.reply, field.value);
        }
    }
}
