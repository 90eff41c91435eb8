//! The shape of the keys of a command: worked out of its key specs once, so that the hot path finds its keys
//! with a compare and an addition.

use super::keys::{Begin, Find, KeyFlags, KeySpec};
use super::span::{Args, KeyError, Span};

/// Where all keys of a command are, as far as it can be said beforehand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// No keys.
    None,
    /// One key, here.
    One(u16),
    /// Some of the arguments from a first to a last one.
    Range {
        /// The first one.
        first: u16,
        /// The last one, counted from the end of the line when negative.
        last: i16,
        /// How far one key is from the next.
        step: u16,
    },
    /// As many keys as an argument says.
    Keynum {
        /// Where the number is.
        at: u16,
        /// Where the first key is.
        first: u16,
        /// How far one key is from the next.
        step: u16,
    },
    /// Several specs, or one that has to be searched for: only `Spec::keys_of` knows.
    Special,
}

impl Shape {
    /// The keys of `args`. `Special` and `None` have none that this could tell.
    #[inline]
    pub fn span<A: Args + ?Sized>(self, args: &A) -> Result<Span, KeyError> {
        let count = args.count();
        match self {
            Self::One(at) => Span::within(count, at.into(), at.into(), 1).ok_or(KeyError::BadArguments),
            Self::Range { first, last, step } => {
                let end = if last >= 0 {
                    Some(last.unsigned_abs().into())
                } else {
                    count.checked_add_signed(last.into())
                };
                end.and_then(|end| Span::within(count, first.into(), end, step.into()))
                    .ok_or(KeyError::BadArguments)
            }
            Self::Keynum { at, first, step } => Find::Keynum { at, first, step }.span(0, args),
            Self::None | Self::Special => Err(KeyError::NoKeys),
        }
    }

    /// The shape that `specs` come to.
    pub const fn of(specs: &[KeySpec]) -> Self {
        match specs {
            [] => Self::None,
            [one] => one.shape(),
            [first, rest @ ..] => {
                let mut all = first.shape();
                let mut i = 0;
                while i < rest.len() {
                    all = all.joined(rest[i].shape());
                    i += 1;
                }
                all
            }
        }
    }

    /// One range that covers this shape and `next`, if they lie side by side.
    const fn joined(self, next: Self) -> Self {
        let (first, end) = match self {
            Self::One(at) => (at, at as i16),
            Self::Range { first, last, step: 1 } if last >= 0 => (first, last),
            _ => return Self::Special,
        };
        match next {
            Self::One(at) if at as i16 == end + 1 => Self::Range { first, last: at as i16, step: 1 },
            Self::Range { first: at, last, step: 1 } if at as i16 == end + 1 => {
                Self::Range { first, last, step: 1 }
            }
            _ => Self::Special,
        }
    }
}

impl KeySpec {
    const fn shape(&self) -> Shape {
        if self.flags.has(KeyFlags::NOT_KEY) || self.flags.has(KeyFlags::INCOMPLETE) {
            return Shape::Special;
        }
        match (self.begin, self.find) {
            (Begin::Index(at), Find::Range { last: 0, .. }) => Shape::One(at),
            (Begin::Index(at), Find::Range { last, step, limit: 0 | 1 }) => {
                let last = if last < 0 { last } else { at as i16 + last };
                Shape::Range { first: at, last, step }
            }
            (Begin::Index(begin), Find::Keynum { at, first, step }) => {
                Shape::Keynum { at: begin + at, first: begin + first, step }
            }
            _ => Shape::Special,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Spec, TABLE, lookup};
    use proptest::prelude::*;

    #[test]
    fn shapes_of_commands() {
        for (name, shape) in [
            ("get", Shape::One(1)),
            ("ping", Shape::None),
            ("mset", Shape::Range { first: 1, last: -1, step: 2 }),
            ("rename", Shape::Range { first: 1, last: 2, step: 1 }),
            ("bitop", Shape::Range { first: 2, last: -1, step: 1 }),
            ("msetex", Shape::Keynum { at: 1, first: 2, step: 2 }),
        ] {
            assert_eq!(lookup(name.as_bytes()).unwrap().key_shape(), shape, "{name}");
        }
    }

    proptest! {
        /// The shape finds what the key specs find, on any arguments that the command accepts.
        #[test]
        fn shapes_agree_with_specs(words in proptest::collection::vec("[0-4a]", 0..9)) {
            let args = words.as_slice();
            let told = |spec: &&Spec| spec.key_shape() != Shape::Special && spec.accepts(args.len());
            for spec in TABLE.iter().filter(told) {
                let mut by_specs = Vec::new();
                spec.keys_to_hold(&args, |at| by_specs.push(at));
                let by_shape: Vec<_> = spec.key_shape().span(args).into_iter().flatten().collect();
                prop_assert_eq!(by_specs, by_shape, "{}", spec.full_name);
            }
        }
    }
}
