//! PFDEBUG and PFSELFTEST: for those who look into the registers.

use super::{CORRUPT, fault, find, open, see};
use crate::generic::quoting;
use crate::{Ctx, Fault, Look};
use ironkeep_keyspace::space::Key;
use ironkeep_keyspace::table::Place;
use ironkeep_values::hll::{self, Registers};

const NO_SUCH_KEY: Fault = Fault::Other("ERR The specified key does not exist");
const NOT_SPARSE: Fault = Fault::Other("ERR HLL encoding is not sparse");
const NO_SWITCH: Fault = Fault::Other("ERR Argument must be ON or OFF");

/// How often PFSELFTEST writes and reads all registers.
const CYCLES: u32 = 1000;
/// How many elements it adds.
const ELEMENTS: u64 = 10_000_000;

/// PFDEBUG
pub fn pfdebug(ctx: &mut Ctx<'_>) {
    let result = if ctx.args.is(1, "simd") { simd(ctx) } else { look(ctx) };
    ctx.finish(result);
}

/// There is one way to merge registers here, so there is nothing to turn on.
fn simd(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    if !ctx.args.is(2, "on") && !ctx.args.is(2, "off") {
        return Err(NO_SWITCH);
    }
    ctx.reply.simple("disabled");
    Ok(())
}

fn look(ctx: &mut Ctx<'_>) -> Result<(), Fault> {
    let key = ctx.key(2);
    let place = find(ctx, &key, Look::Write)?.ok_or(NO_SUCH_KEY)?;
    if ctx.args.is(1, "getreg") {
        show_registers(ctx, &key, place)?;
    } else if ctx.args.is(1, "decode") {
        let runs = hll::runs(see(ctx, &key, place)).map_err(fault)?.ok_or(NOT_SPARSE)?;
        ctx.reply.bulk(runs.as_bytes());
    } else if ctx.args.is(1, "encoding") {
        let encoding = hll::encoding(see(ctx, &key, place)).map_err(fault)?;
        ctx.reply.simple(encoding.name());
    } else if ctx.args.is(1, "todense") {
        let was_sparse = make_dense(ctx, &key, place)?;
        ctx.reply.integer(i64::from(was_sparse));
    } else {
        ctx.reply.error(quoting("ERR Unknown PFDEBUG subcommand '", ctx.args.at(1), "'"));
    }
    Ok(())
}

/// Says whether the registers were sparse: then the change is logged, but nobody who watches the key is told.
fn make_dense(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place) -> Result<bool, Fault> {
    let was_sparse = hll::make_dense(open(ctx, key, place)?).map_err(fault)?;
    ctx.turn.dirty += u64::from(was_sparse);
    Ok(was_sparse)
}

fn show_registers(ctx: &mut Ctx<'_>, key: &Key<'_>, place: Place) -> Result<(), Fault> {
    make_dense(ctx, key, place)?;
    let mut registers = Registers::default();
    registers.merge(see(ctx, key, place)).map_err(|_| CORRUPT)?;
    ctx.reply.array_len(registers.ranks().len());
    registers.ranks().iter().for_each(|rank| ctx.reply.integer(i64::from(*rank)));
    Ok(())
}

/// PFSELFTEST
pub fn pfselftest(ctx: &mut Ctx<'_>) {
    let limit = ctx.rules.sizes.hll_sparse;
    match hll::self_test(CYCLES, ELEMENTS, limit, &mut || ctx.turn.random()) {
        Ok(()) => ctx.reply.ok(),
        Err(complaint) => ctx.reply.error(format!("ERR {complaint}")),
    }
}
