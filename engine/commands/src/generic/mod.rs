//! The commands on keys of any type.

use crate::Ctx;

/// COPY
pub fn copy(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// DEL
pub fn del(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// EXISTS
pub fn exists(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// EXPIRE
pub fn expire(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// EXPIREAT
pub fn expireat(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// EXPIRETIME
pub fn expiretime(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// KEYS
pub fn keys(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// MOVE
pub fn move_(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// OBJECT ENCODING
pub fn object_encoding(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// OBJECT FREQ
pub fn object_freq(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// OBJECT HELP
pub fn object_help(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// OBJECT IDLETIME
pub fn object_idletime(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// OBJECT REFCOUNT
pub fn object_refcount(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// PERSIST
pub fn persist(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// PEXPIRE
pub fn pexpire(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// PEXPIREAT
pub fn pexpireat(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// PEXPIRETIME
pub fn pexpiretime(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// PTTL
pub fn pttl(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// RANDOMKEY
pub fn randomkey(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// RENAME
pub fn rename(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// RENAMENX
pub fn renamenx(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// SCAN
pub fn scan(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// TOUCH
pub fn touch(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// TTL
pub fn ttl(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// TYPE
pub fn type_(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// UNLINK
pub fn unlink(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}

/// MEMORY USAGE
pub fn memory_usage(ctx: &mut Ctx<'_>) {
    ctx.unbuilt();
}
