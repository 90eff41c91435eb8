//! Versions of engines, as far as they decide what a server understands: major and minor.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use crate::spec::EngineType;

/// A version up to the minor number. What comes after it changes no parameter and no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u16,
    /// The second number.
    pub minor: u16,
}

impl Version {
    /// A version from its two numbers.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// The versions of an engine that the operator can run.
    pub fn supported(engine: EngineType) -> RangeInclusive<Self> {
        match engine {
            EngineType::Ironkeep => Self::new(0, 1)..=Self::new(0, u16::MAX),
            EngineType::Valkey => Self::new(8, 0)..=Self::new(9, u16::MAX),
            EngineType::Redis => Self::new(7, 0)..=Self::new(8, u16::MAX),
        }
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `9.1` and `9.1.2`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut numbers = text.split('.').map(str::parse::<u16>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok(Self { major, minor }),
            _ => Err(format!("{text:?} is no version: write it like 9.1 or 9.1.2")),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
