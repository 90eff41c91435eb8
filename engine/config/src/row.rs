//! One row of the parameter table: what a parameter is called, what it accepts and how far it is built.
//!
//! Takes nothing from outside: rows are constants, built with the functions of this file and named by the
//! area files under `table/`. Must not know about any particular parameter.

use crate::{table, value::Value};

/// A parameter: its place in the table. Every parameter has a constant, see [`crate::param`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Param(pub(crate) u16);

impl Param {
    /// The row that describes this parameter.
    pub fn row(self) -> &'static Row {
        table::row(self)
    }

    /// The parameter's name as CONFIG GET shows it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Where this parameter stands in the table, from 0 to [`crate::param::COUNT`] - 1.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl std::fmt::Debug for Param {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Param({})", self.name())
    }
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A decimal number.
    Plain,
    /// Bytes, with an optional unit: `100mb`.
    Memory,
    /// Bytes like [`Unit::Memory`], or a negative number with a meaning of its own.
    SignedMemory,
    /// Bytes like [`Unit::Memory`], or a share of maxmemory (`5%`), held as a negative number.
    MemoryOrPercent,
    /// A number in base eight, for permissions.
    Octal,
}

/// One word of an enumeration and the number that stands for it.
#[derive(Debug)]
pub struct Choice {
    /// The word.
    pub name: &'static str,
    /// Its number; in a set of flags, its bit (0 for the word that means "no flag").
    pub number: u32,
}

/// What values a parameter takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `yes` or `no`.
    Bool,
    /// A number between two bounds, both included.
    Int {
        /// The smallest number accepted.
        min: i128,
        /// The largest number accepted.
        max: i128,
        /// How it is written.
        unit: Unit,
    },
    /// One word of a list.
    Choice(&'static [Choice]),
    /// Any of the words of a list, each a bit.
    Flags(&'static [Choice]),
    /// Any bytes.
    Text {
        /// Whether the empty string means "not set"; such a parameter is not written by CONFIG REWRITE.
        empty_is_unset: bool,
    },
    /// The `dir` parameter: text that may not be empty and is always rewritten.
    Dir,
    /// Addresses to listen on.
    Addresses,
    /// Save points: pairs of seconds and changes.
    SavePoints,
    /// Limits of the output buffers, one for each class of clients.
    OutputLimits,
    /// Three scores for the kernel's out-of-memory killer.
    OomScores,
    /// Event classes, one letter each.
    Events,
    /// A list of percentiles.
    Percentiles,
    /// Host and port of the primary.
    Primary,
}

/// How far a parameter is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It does what it says.
    Built,
    /// The named feature is not built yet: any value but the default is refused.
    Later(&'static str),
    /// The named feature is not built yet, but stock configuration files set this parameter: the value is
    /// kept and shown, and a warning says that it does nothing.
    LaterQuiet(&'static str),
}

/// A last look at a parsed value: refuses it with a message or gives the value to keep.
pub type Check = fn(Value) -> Result<Value, String>;

/// What a parameter is.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// Another name for the same parameter.
    pub alias: Option<&'static str>,
    /// What values it takes.
    pub kind: Kind,
    /// The value it has when nobody sets it, as CONFIG GET shows it.
    pub default: &'static str,
    /// How far it is built.
    pub support: Support,
    /// CONFIG SET refuses to change it.
    pub immutable: bool,
    /// It takes several arguments in the configuration file, and words parted by spaces in CONFIG SET.
    pub multi: bool,
    /// Its value must not appear in logs.
    pub sensitive: bool,
    /// CONFIG SET needs `enable-protected-configs`.
    pub protected: bool,
    /// CONFIG GET shows it only when asked by its exact name.
    pub hidden: bool,
    /// CONFIG SET refuses it while a data set is being loaded.
    pub deny_loading: bool,
    /// A last look at a parsed value.
    pub check: Option<Check>,
}

const fn row(kind: Kind, default: &'static str) -> Row {
    Row {
        name: "",
        alias: None,
        kind,
        default,
        support: Support::Built,
        immutable: false,
        multi: false,
        sensitive: false,
        protected: false,
        hidden: false,
        deny_loading: false,
        check: None,
    }
}

pub(crate) const INT_MAX: i128 = i32::MAX as i128;
pub(crate) const INT_MIN: i128 = i32::MIN as i128;
pub(crate) const UINT_MAX: i128 = u32::MAX as i128;
pub(crate) const LONG_MAX: i128 = i64::MAX as i128;
pub(crate) const ULONG_MAX: i128 = u64::MAX as i128;

pub(crate) const fn yes_no(default: &'static str) -> Row {
    row(Kind::Bool, default)
}

pub(crate) const fn int(min: i128, max: i128, default: &'static str) -> Row {
    number(min, max, Unit::Plain, default)
}

pub(crate) const fn memory(min: i128, max: i128, default: &'static str) -> Row {
    number(min, max, Unit::Memory, default)
}

pub(crate) const fn number(min: i128, max: i128, unit: Unit, default: &'static str) -> Row {
    row(Kind::Int { min, max, unit }, default)
}

pub(crate) const fn one_of(choices: &'static [Choice], default: &'static str) -> Row {
    row(Kind::Choice(choices), default)
}

pub(crate) const fn any_of(choices: &'static [Choice], default: &'static str) -> Row {
    row(Kind::Flags(choices), default).multi()
}

/// Text for which the empty string is a value like any other.
pub(crate) const fn text(default: &'static str) -> Row {
    row(Kind::Text { empty_is_unset: false }, default)
}

/// Text for which the empty string means "not set", which is the default.
pub(crate) const fn optional() -> Row {
    row(Kind::Text { empty_is_unset: true }, "")
}

pub(crate) const fn special(kind: Kind, default: &'static str) -> Row {
    row(kind, default)
}

impl Row {
    pub(crate) const fn named(mut self, name: &'static str) -> Row {
        self.name = name;
        self
    }

    pub(crate) const fn alias(mut self, alias: &'static str) -> Row {
        self.alias = Some(alias);
        self
    }

    pub(crate) const fn later(mut self, feature: &'static str) -> Row {
        self.support = Support::Later(feature);
        self
    }

    pub(crate) const fn quiet(mut self, feature: &'static str) -> Row {
        self.support = Support::LaterQuiet(feature);
        self
    }

    pub(crate) const fn immutable(mut self) -> Row {
        self.immutable = true;
        self
    }

    pub(crate) const fn multi(mut self) -> Row {
        self.multi = true;
        self
    }

    pub(crate) const fn sensitive(mut self) -> Row {
        self.sensitive = true;
        self
    }

    pub(crate) const fn protected(mut self) -> Row {
        self.protected = true;
        self
    }

    pub(crate) const fn hidden(mut self) -> Row {
        self.hidden = true;
        self
    }

    pub(crate) const fn deny_loading(mut self) -> Row {
        self.deny_loading = true;
        self
    }

    pub(crate) const fn check(mut self, check: Check) -> Row {
        self.check = Some(check);
        self
    }
}
