//! The options of SET, GETEX and MSETEX.

use crate::expiry::Expiry;
use crate::{Args, Fault};

/// When a key is set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Always,
    Absent,
    Present,
    /// The value equals that argument.
    Equal(usize),
}

/// The commands that take options.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Set,
    GetEx,
    MSetEx,
}

#[derive(Clone, Copy)]
pub(super) struct Options {
    pub when: When,
    pub get: bool,
    pub expiry: Expiry,
}

impl Options {
    pub const PLAIN: Self = Self { when: When::Always, get: false, expiry: Expiry::None };

    /// Reads the options from an argument on.
    pub fn parse(args: Args<'_>, from: usize, command: Command) -> Result<Self, Fault> {
        let sets = command != Command::GetEx;
        let is_set = command == Command::Set;
        let mut options = Self::PLAIN;
        let mut at = from;
        while at < args.len() {
            if sets && args.is(at, "nx") && matches!(options.when, When::Always | When::Absent) {
                options.when = When::Absent;
            } else if sets && args.is(at, "xx") && matches!(options.when, When::Always | When::Present) {
                options.when = When::Present;
            } else if is_set && args.is(at, "get") {
                options.get = true;
            } else if is_set && args.is(at, "ifeq") && options.when == When::Always && at + 1 < args.len() {
                at += 1;
                options.when = When::Equal(at);
            } else {
                let other = if sets { Expiry::Keep } else { Expiry::Persist };
                (options.expiry, at) = options.expiry.read(args, at, other)?;
            }
            at += 1;
        }
        Ok(options)
    }
}
