//! The value of a parameter, and plain readings of it.
//!
//! A value is made by the parser and always fits its row. The readings (`int`, `yes`, `bytes` …) give the
//! neutral value when asked for the wrong kind: a slip of the program, which debug builds stop at.

use crate::row::Choice;
use std::{borrow::Cow, sync::Arc};

/// The value of one parameter. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Value {
    /// `yes` or `no`.
    Bool(bool),
    /// A number; wide enough for every parameter.
    Int(i128),
    /// One word of a list.
    Choice(&'static Choice),
    /// Bits of a list of words, or of event classes.
    Flags(u32),
    /// Any bytes; empty often means "not set".
    Text(Arc<[u8]>),
    /// Addresses to listen on.
    Addresses(Arc<[String]>),
    /// Save points in the order given.
    SavePoints(Arc<[SavePoint]>),
    /// Output buffer limits, indexed by [`ClientClass`].
    OutputLimits([OutputLimit; 3]),
    /// Scores of primary, replica and background child.
    OomScores([i32; 3]),
    /// Percentiles in the order given.
    Percentiles(Arc<[f64]>),
    /// The primary to replicate from.
    Primary(Option<Arc<(String, u16)>>),
}

/// Save after `seconds` when at least `changes` happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavePoint {
    /// How long after the last save.
    pub seconds: u64,
    /// How many changes it takes.
    pub changes: u64,
}

/// When a client whose output is not read is disconnected. Zero means no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutputLimit {
    /// Bytes that disconnect at once.
    pub hard: u64,
    /// Bytes that disconnect when they stay for `soft_seconds`.
    pub soft: u64,
    /// How long the soft limit may be exceeded.
    pub soft_seconds: u64,
}

/// The classes of clients that have an output buffer limit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientClass {
    /// Everybody else.
    Normal = 0,
    /// Replicas, also under the name `slave`.
    Replica = 1,
    /// Subscribers of channels.
    PubSub = 2,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Choice(a), Value::Choice(b)) => a.number == b.number,
            (Value::Flags(a), Value::Flags(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::Addresses(a), Value::Addresses(b)) => a == b,
            (Value::SavePoints(a), Value::SavePoints(b)) => a == b,
            (Value::OutputLimits(a), Value::OutputLimits(b)) => a == b,
            (Value::OomScores(a), Value::OomScores(b)) => a == b,
            (Value::Percentiles(a), Value::Percentiles(b)) => a == b,
            (Value::Primary(a), Value::Primary(b)) => a == b,
            _ => false,
        }
    }
}

impl Value {
    /// Text from bytes.
    pub fn text(bytes: &[u8]) -> Value {
        Value::Text(Arc::from(bytes))
    }

    /// A number, held within the range of `i64`.
    pub fn int(&self) -> i64 {
        i64::try_from(self.wide()).unwrap_or(i64::MAX)
    }

    /// A number that is never negative, such as bytes; a negative one reads as 0.
    pub fn size(&self) -> u64 {
        u64::try_from(self.wide()).unwrap_or(0)
    }

    fn wide(&self) -> i128 {
        match self {
            Value::Int(n) => *n,
            other => other.wrong("a number"),
        }
    }

    /// `yes` as true.
    pub fn yes(&self) -> bool {
        match self {
            Value::Bool(yes) => *yes,
            other => other.wrong("yes or no"),
        }
    }

    /// The word of a choice.
    pub fn choice(&self) -> &'static str {
        match self {
            Value::Choice(choice) => choice.name,
            other => other.wrong("a choice"),
        }
    }

    /// The bits of flags or event classes.
    pub fn flags(&self) -> u32 {
        match self {
            Value::Flags(bits) => *bits,
            other => other.wrong("flags"),
        }
    }

    /// The bytes of a text.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Value::Text(bytes) => bytes,
            other => other.wrong("text"),
        }
    }

    /// The bytes of a text as a string; what is not UTF-8 is replaced.
    pub fn string(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes())
    }

    /// The addresses of `bind`.
    pub fn addresses(&self) -> &[String] {
        match self {
            Value::Addresses(addresses) => addresses,
            other => other.wrong("addresses"),
        }
    }

    /// The save points of `save`.
    pub fn save_points(&self) -> &[SavePoint] {
        match self {
            Value::SavePoints(points) => points,
            other => other.wrong("save points"),
        }
    }

    /// The percentiles of `latency-tracking-info-percentiles`.
    pub fn percentiles(&self) -> &[f64] {
        match self {
            Value::Percentiles(list) => list,
            other => other.wrong("percentiles"),
        }
    }

    /// The limits of `client-output-buffer-limit`.
    pub fn output_limits(&self) -> [OutputLimit; 3] {
        match self {
            Value::OutputLimits(limits) => *limits,
            other => other.wrong("output limits"),
        }
    }

    fn wrong<T: Default>(&self, wanted: &str) -> T {
        debug_assert!(false, "{self:?} was read as {wanted}");
        T::default()
    }
}
