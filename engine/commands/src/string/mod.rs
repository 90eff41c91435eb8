//! The string commands.

use crate::Ctx;

mod counter;
mod many;
mod set;

pub use counter::{decr, decrby, incr, incrby};
pub use many::{mget, mset};
pub use set::{get, psetex, set, setex, setnx};

/// APPEND
pub fn append(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// DELIFEQ
pub fn delifeq(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// GETDEL
pub fn getdel(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// GETEX
pub fn getex(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// GETRANGE
pub fn getrange(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// GETSET
pub fn getset(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// INCRBYFLOAT
pub fn incrbyfloat(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// LCS
pub fn lcs(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// MSETEX
pub fn msetex(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// MSETNX
pub fn msetnx(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// SETRANGE
pub fn setrange(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// STRLEN
pub fn strlen(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// SUBSTR
pub fn substr(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}
