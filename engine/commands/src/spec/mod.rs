//! The one table of commands: name, arity, flags, ACL categories, keys, documentation and function of each
//! are one row. COMMAND, ACL, routing, statistics and metrics derive from it; nobody else lists commands.
//!
//! A row is written in the file of its group, with the words of `row` and `docs`. What isn't built has none.

mod bitmap;
mod bits;
mod client;
mod command;
mod connection;
mod diagnostics;
pub mod docs;
mod filters;
mod flags;
mod generic;
mod geo;
mod hash;
mod hll;
mod keys;
mod list;
mod list_blocking;
mod lookup;
mod members;
mod node;
mod pubsub;
mod row;
mod server;
mod set;
mod shape;
mod sort;
mod span;
mod stream;
mod string;
mod table;
mod transactions;
mod zset;
mod zset_combined;
mod zset_ranges;

pub use docs::Docs;
pub use flags::{Acl, Flags};
pub use keys::{Begin, Find, KeyFlags, KeySpec};
pub use lookup::{by_full_name, lookup, sub};
pub use members::Members;
pub use node::Node;
pub use row::{Group, Run, Spec};
pub use shape::Shape;
pub use span::{Args, KeyError, Span};
pub use table::{COUNT, TABLE};

impl Spec {
    /// Its place in the table, for arrays that have something for every command.
    #[inline]
    pub fn id(&self) -> usize {
        self.id.into()
    }

    /// Its name without that of its container.
    pub fn name(&self) -> &'static str {
        self.full_name.rsplit_once('|').map_or(self.full_name, |(_, name)| name)
    }

    /// Whether it is a sub-command.
    pub const fn is_sub(&self) -> bool {
        let name = self.full_name.as_bytes();
        let mut i = 0;
        while i < name.len() {
            if name[i] == b'|' {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Its sub-commands.
    pub fn subs(&self) -> &'static [Spec] {
        let first = self.id() + 1;
        TABLE.get(first..first + usize::from(self.sub_count)).unwrap_or(&[])
    }

    /// Its container, if it is a sub-command.
    pub fn container(&self) -> Option<&'static Spec> {
        self.full_name.split_once('|').and_then(|(container, _)| lookup(container.as_bytes()))
    }

    /// All commands that are no sub-commands.
    pub fn commands() -> impl Iterator<Item = &'static Spec> + Clone {
        TABLE.iter().filter(|spec| !spec.is_sub())
    }

    /// Whether a command line of so many arguments, name included, is long enough and not too long.
    #[inline]
    pub fn accepts(&self, count: usize) -> bool {
        let arity = usize::from(self.arity.unsigned_abs());
        if self.arity < 0 { count >= arity } else { count == arity }
    }

    /// Where its keys are, for the hot path.
    #[inline]
    pub fn key_shape(&self) -> Shape {
        self.shape
    }

    /// Whether a call may touch keys that are not among its arguments: then every partition must be held.
    pub fn reaches_beyond<A: Args>(&self, args: &A) -> bool {
        self.beyond.is_some_and(|does| does(args))
    }

    /// Calls `out` with the position of each key in `args` and what the command does with it, in the order of
    /// the key specs. Nothing is called when the arguments are wrong. Returns how many keys there are.
    pub fn keys_of<A: Args>(
        &self,
        args: &A,
        mut out: impl FnMut(usize, KeyFlags),
    ) -> Result<usize, KeyError> {
        let specs = || self.keys.iter().filter(|spec| !spec.flags.has(KeyFlags::NOT_KEY));
        if specs().next().is_none() {
            return Err(KeyError::NoKeys);
        }
        if let Some(find) = self.find_keys {
            let mut count = 0;
            find(args, &mut |at, flags| {
                out(at, flags);
                count += 1;
            });
            if count > 0 {
                return Ok(count);
            }
        }
        for spec in specs() {
            spec.span(args)?;
        }
        let flags_here = self.key_flags.map(|find| find(args));
        let mut count = 0;
        for spec in specs() {
            for at in spec.span(args)? {
                out(at, flags_here.unwrap_or(spec.flags));
                count += 1;
            }
        }
        // Its arguments are refused, and the word that its keys follow is missing.
        if count == 0 && self.find_keys.is_some() { Err(KeyError::BadArguments) } else { Ok(count) }
    }

    /// Calls `out` with the position of each key that the command may touch, for who locks them: of the specs that fit
    /// `args`, whatever is wrong with the others. (PFMERGE may have no sources: then COMMAND GETKEYS calls it wrong,
    /// as in Valkey, and yet it runs.) Says whether all of them fit.
    pub fn keys_to_hold<A: Args>(&self, args: &A, mut out: impl FnMut(usize)) -> bool {
        if let Some(find) = self.find_keys {
            let mut found = false;
            find(args, &mut |at, _| {
                out(at);
                found = true;
            });
            if found {
                return true;
            }
        }
        let (mut fit, mut any) = (true, false);
        for spec in self.keys.iter().filter(|spec| !spec.flags.has(KeyFlags::NOT_KEY)) {
            any = true;
            match spec.span(args) {
                Ok(span) => span.for_each(&mut out),
                Err(_) => fit = false,
            }
        }
        fit && any
    }
}

/// What the first words of a command line name.
#[derive(Clone, Copy)]
pub enum Found {
    /// This command or sub-command. A container whose sub-command is missing stands for itself.
    Spec(&'static Spec),
    /// No command at all.
    NoCommand,
    /// This container does not have such a sub-command.
    NoSub(&'static Spec),
}

/// The command or sub-command that `args` calls.
#[inline]
pub fn find<A: Args + ?Sized>(args: &A) -> Found {
    let Some(spec) = args.get(0).and_then(lookup) else {
        return Found::NoCommand;
    };
    match args.get(1) {
        Some(name) if spec.sub_count > 0 => sub(spec, name).map_or(Found::NoSub(spec), Found::Spec),
        _ => Found::Spec(spec),
    }
}
