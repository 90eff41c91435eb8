//! What COMMAND DOCS tells about a command: words, history and the tree of its arguments, with short
//! `const` constructors so that a row of the table stays readable.

use super::bits::bit_set;

/// The documentation of a command.
#[derive(Clone, Copy, Debug)]
pub struct Docs {
    /// One sentence on what it does.
    pub summary: &'static str,
    /// The version of Redis or Valkey that had it first.
    pub since: &'static str,
    /// What it costs; empty when nobody can say.
    pub complexity: &'static str,
    /// Versions and what they changed.
    pub history: &'static [(&'static str, &'static str)],
    /// Its arguments.
    pub args: &'static [Arg],
    /// Meant for servers among each other, not for people.
    pub syscmd: bool,
}

/// What an argument is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Any bytes.
    String,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Double,
    /// A key.
    Key,
    /// A glob pattern.
    Pattern,
    /// Seconds or milliseconds since 1970.
    UnixTime,
    /// Its token alone.
    Token,
    /// One of its sub-arguments.
    OneOf,
    /// All of its sub-arguments, one after the other.
    Block,
}

impl Kind {
    /// As COMMAND DOCS prints it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Double => "double",
            Self::Key => "key",
            Self::Pattern => "pattern",
            Self::UnixTime => "unix-time",
            Self::Token => "pure-token",
            Self::OneOf => "oneof",
            Self::Block => "block",
        }
    }

    /// Whether it consists of other arguments.
    pub const fn is_compound(self) -> bool {
        matches!(self, Self::OneOf | Self::Block)
    }
}

bit_set! {
    /// How often an argument may come.
    pub struct ArgFlags: u8 {
        /// Not at all, too.
        OPTIONAL = "optional",
        /// Several times.
        MULTIPLE = "multiple",
        /// Several times, each with its token before it.
        MULTIPLE_TOKEN = "multiple_token",
    }
    internal {}
}

/// An argument of a command.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What to show in a usage line, when that is not the name.
    pub display: Option<&'static str>,
    /// The key spec that finds it.
    pub key_spec: Option<u8>,
    /// The word that comes before it.
    pub token: Option<&'static str>,
    /// A sentence about it.
    pub summary: Option<&'static str>,
    /// The version that had it first.
    pub since: Option<&'static str>,
    /// The version that advised against it first.
    pub deprecated_since: Option<&'static str>,
    /// How often it may come.
    pub flags: ArgFlags,
    /// What it consists of.
    pub args: &'static [Arg],
}

const fn arg(name: &'static str, kind: Kind) -> Arg {
    Arg {
        name,
        kind,
        display: None,
        key_spec: None,
        token: None,
        summary: None,
        since: None,
        deprecated_since: None,
        flags: ArgFlags::NONE,
        args: &[],
    }
}

/// An argument of any bytes.
pub const fn string(name: &'static str) -> Arg {
    arg(name, Kind::String)
}

/// A whole number.
pub const fn integer(name: &'static str) -> Arg {
    arg(name, Kind::Integer)
}

/// A number with a fraction.
pub const fn double(name: &'static str) -> Arg {
    arg(name, Kind::Double)
}

/// A key that the first key spec finds.
pub const fn key(name: &'static str) -> Arg {
    key_of(name, 0)
}

/// A key that the key spec of this index finds.
pub const fn key_of(name: &'static str, spec: u8) -> Arg {
    Arg { key_spec: Some(spec), ..arg(name, Kind::Key) }
}

/// A glob pattern.
pub const fn pattern(name: &'static str) -> Arg {
    arg(name, Kind::Pattern)
}

/// A point in time.
pub const fn unix_time(name: &'static str) -> Arg {
    arg(name, Kind::UnixTime)
}

/// A word that stands for itself.
pub const fn token(name: &'static str, word: &'static str) -> Arg {
    arg(name, Kind::Token).after(word)
}

/// One of these.
pub const fn one_of(name: &'static str, args: &'static [Arg]) -> Arg {
    Arg { args, ..arg(name, Kind::OneOf) }
}

/// All of these in order.
pub const fn block(name: &'static str, args: &'static [Arg]) -> Arg {
    Arg { args, ..arg(name, Kind::Block) }
}

impl Arg {
    /// Comes after this word.
    pub const fn after(self, word: &'static str) -> Self {
        Self { token: Some(word), ..self }
    }

    /// May be left out.
    pub const fn optional(self) -> Self {
        Self { flags: self.flags.and(ArgFlags::OPTIONAL), ..self }
    }

    /// May come several times.
    pub const fn multiple(self) -> Self {
        Self { flags: self.flags.and(ArgFlags::MULTIPLE), ..self }
    }

    /// May come several times, each with its token.
    pub const fn multiple_token(self) -> Self {
        Self { flags: self.flags.and(ArgFlags::MULTIPLE).and(ArgFlags::MULTIPLE_TOKEN), ..self }
    }

    /// Exists since this version.
    pub const fn since(self, version: &'static str) -> Self {
        Self { since: Some(version), ..self }
    }

    /// Is better not used since this version.
    pub const fn deprecated(self, version: &'static str) -> Self {
        Self { deprecated_since: Some(version), ..self }
    }

    /// A sentence about it.
    pub const fn about(self, summary: &'static str) -> Self {
        Self { summary: Some(summary), ..self }
    }

    /// Is shown like this.
    pub const fn shown(self, display: &'static str) -> Self {
        Self { display: Some(display), ..self }
    }
}
