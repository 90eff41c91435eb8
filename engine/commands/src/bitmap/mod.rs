//! The commands on bits of strings.

use crate::Ctx;

/// BITCOUNT
pub fn bitcount(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// BITFIELD
pub fn bitfield(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// BITFIELD_RO
pub fn bitfield_ro(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// BITOP
pub fn bitop(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// BITPOS
pub fn bitpos(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// GETBIT
pub fn getbit(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// SETBIT
pub fn setbit(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}
