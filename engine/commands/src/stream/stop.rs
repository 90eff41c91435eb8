//! Why a command on streams does not do what it was asked: also errors that quote what the client wrote.

use crate::{Ctx, Fault};

/// An error.
#[derive(Debug)]
pub(super) enum Stop {
    /// One with a fixed text.
    Fault(Fault),
    /// The whole line.
    Line(Vec<u8>),
}

/// What a command comes to.
pub(super) type Done = Result<(), Stop>;

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A line of these parts. A part ends where C sees its end.
#[cold]
pub(super) fn line(parts: &[&[u8]]) -> Stop {
    Stop::Line(parts.iter().flat_map(|part| c_text(part)).copied().collect())
}

/// A group, or its key, is not there.
#[cold]
pub(super) fn no_group(key: &[u8], group: &[u8]) -> Stop {
    line(&[b"NOGROUP No such key '", c_text(key), b"' or consumer group '", c_text(group), b"'"])
}

/// A group is not there, for the commands that looked at the key before.
#[cold]
pub(super) fn no_group_for_key(key: &[u8], group: &[u8]) -> Stop {
    line(&[b"NOGROUP No such consumer group '", c_text(group), b"' for key name '", c_text(key), b"'"])
}

/// Words behind a sub-command that it does not take.
#[cold]
pub(super) fn bad_sub(sub: &[u8], container: &str) -> Stop {
    const SHOWN: usize = 128;
    let sub = &sub[..sub.len().min(SHOWN)];
    let container = container.as_bytes();
    line(&[
        b"ERR unknown subcommand or wrong number of arguments for '",
        sub,
        b"'. Try ",
        container,
        b" HELP.",
    ])
}

/// The text up to where C sees its end.
pub(super) fn c_text(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Ends a command that may have failed.
pub(super) fn finish(ctx: &mut Ctx<'_>, result: Done) {
    match result {
        Ok(()) => {}
        Err(Stop::Fault(fault)) => ctx.fail(fault),
        Err(Stop::Line(line)) => ctx.reply.error(line),
    }
}
