//! LPOS.

use super::{count, symmetric};
use crate::{Args, Ctx, Fault};
use ironkeep_values::list::{List, Way};

/// What LPOS is told.
struct Search {
    way: Way,
    /// Matches before the first that counts.
    skip: u64,
    /// How many matches to reply with; none: one, and not in an array.
    count: Option<usize>,
    /// How many elements to look at.
    most: usize,
}

impl Search {
    fn parse(args: Args<'_>) -> Result<Self, Fault> {
        let mut search = Self { way: Way::Forward, skip: 0, count: None, most: usize::MAX };
        let mut at = 3;
        while at < args.len() {
            let value = args.at(at + 1);
            if at + 1 == args.len() {
                return Err(Fault::Syntax);
            } else if args.is(at, "rank") {
                search.set_rank(symmetric(value)?)?;
            } else if args.is(at, "count") {
                search.count = Some(none_is_all(count(value, 0, "ERR COUNT can't be negative")?));
            } else if args.is(at, "maxlen") {
                search.most = none_is_all(count(value, 0, "ERR MAXLEN can't be negative")?);
            } else {
                return Err(Fault::Syntax);
            }
            at += 2;
        }
        Ok(search)
    }

    fn set_rank(&mut self, rank: i64) -> Result<(), Fault> {
        self.way = if rank < 0 { Way::Backward } else { Way::Forward };
        self.skip = rank.unsigned_abs().checked_sub(1).ok_or(Fault::Other(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to \
             start from the end of the list",
        ))?;
        Ok(())
    }
}

fn none_is_all(count: usize) -> usize {
    if count == 0 { usize::MAX } else { count }
}

/// LPOS
pub fn lpos(ctx: &mut Ctx<'_>) {
    let result = find(ctx);
    ctx.finish(result);
}

fn find(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let (key, args) = (ctx.key(1), ctx.args);
    let search = Search::parse(args)?;
    let Some(seen) = ctx.read::<List>(&key)? else {
        match search.count {
            Some(_) => ctx.reply.array_len(0),
            None => ctx.reply.null(),
        }
        return Ok(());
    };
    let all = seen.value.positions(args.at(2), search.way, search.most);
    let skip = usize::try_from(search.skip).unwrap_or(usize::MAX);
    let mut found = all.skip(skip);
    let Some(most) = search.count else {
        match found.next() {
            Some(place) => seen.reply.integer(place as i64),
            None => seen.reply.null(),
        }
        return Ok(());
    };
    let header = seen.reply.defer();
    let mut len = 0;
    for place in found.take(most) {
        seen.reply.integer(place as i64);
        len += 1;
    }
    seen.reply.finish_array(header, len);
    Ok(())
}
