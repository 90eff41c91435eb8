//! Where the keys of a command line are: key specs as COMMAND INFO prints them, and the `Shape` that is
//! worked out of them once, so that the hot path finds its keys with a compare and an addition.
//!
//! Takes an argument list that nobody has checked; gives positions that are inside of it, or an error.

use super::bits::bit_set;

bit_set! {
    /// What a command does with a key.
    pub struct KeyFlags: u16 {
        /// Reads the value.
        RO = "RO",
        /// Reads and changes the value.
        RW = "RW",
        /// Overwrites the value without looking at it.
        OW = "OW",
        /// Removes the key.
        RM = "RM",
        /// User data flows out of the key, to the client or into another key.
        ACCESS = "access",
        /// Changes data that is there, perhaps depending on it.
        UPDATE = "update",
        /// Adds data and changes none.
        INSERT = "insert",
        /// Deletes data, or the key, because it was asked to.
        DELETE = "delete",
        /// No key, but routed like one.
        NOT_KEY = "not_key",
        /// There may be more keys than the specs find.
        INCOMPLETE = "incomplete",
        /// The flags depend on the arguments.
        VARIABLE_FLAGS = "variable_flags",
    }
    internal {}
}

/// The arguments of a command, its name first.
pub trait Args {
    /// How many arguments there are.
    fn count(&self) -> usize;
    /// The argument at `index`, if there is one.
    fn get(&self, index: usize) -> Option<&[u8]>;
}

impl<A: Args + ?Sized> Args for &A {
    fn count(&self) -> usize {
        (**self).count()
    }

    fn get(&self, index: usize) -> Option<&[u8]> {
        (**self).get(index)
    }
}

impl<T: AsRef<[u8]>> Args for [T] {
    fn count(&self) -> usize {
        self.len()
    }

    fn get(&self, index: usize) -> Option<&[u8]> {
        self.get(index).map(AsRef::as_ref)
    }
}

/// How to find the place where keys begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Begin {
    /// At this position.
    Index(u16),
    /// After this word, searched from a position on; from the end backwards when that is negative.
    Keyword(&'static str, i16),
}

/// How keys go on from where they begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Find {
    /// Some of the arguments from there to a last one.
    Range {
        /// The last one, counted from the beginning or, negative, from the end of the line.
        last: i16,
        /// How far one key is from the next.
        step: u16,
        /// Above 1: only one in so many of the arguments that are left can be a key.
        limit: u16,
    },
    /// An argument tells how many there are. Positions count from the beginning.
    Keynum {
        /// Where the number is.
        at: u16,
        /// Where the first key is.
        first: u16,
        /// How far one key is from the next.
        step: u16,
    },
}

/// One key spec of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeySpec {
    /// Where it begins.
    pub begin: Begin,
    /// How it goes on.
    pub find: Find,
    /// What the command does with these keys.
    pub flags: KeyFlags,
    /// A remark for readers of COMMAND INFO.
    pub notes: Option<&'static str>,
}

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

/// Why a command line has no keys that one could name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyError {
    /// The command never has keys.
    NoKeys,
    /// The arguments are too few, or a count in them is not one.
    BadArguments,
}

/// A run of key positions, never beyond the arguments that it was made for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    next: usize,
    last: usize,
    step: usize,
}

impl Span {
    const EMPTY: Self = Self { next: 1, last: 0, step: 1 };

    /// A span of `first..=last`, if all of it is inside of `count` arguments and it has at least one.
    #[inline]
    fn within(count: usize, first: usize, last: usize, step: usize) -> Option<Self> {
        (first <= last && last < count && step > 0).then_some(Self { next: first, last, step })
    }
}

impl Iterator for Span {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let at = self.next;
        if at > self.last {
            return None;
        }
        self.next += self.step;
        Some(at)
    }
}

impl Find {
    /// The keys that begin at `begin`.
    #[inline]
    fn span<A: Args + ?Sized>(self, begin: usize, args: &A) -> Result<Span, KeyError> {
        let count = args.count();
        let span = match self {
            Self::Range { last, step, limit } => last_of_range(count, begin, last, limit)
                .and_then(|last| Span::within(count, begin, last, step.into())),
            Self::Keynum { at, first, step } => {
                let keys = args.get(begin + usize::from(at)).and_then(parse_count);
                let first = begin + usize::from(first);
                keys.and_then(|n| n.checked_sub(1)?.checked_mul(step.into())?.checked_add(first))
                    .and_then(|last| Span::within(count, first, last, step.into()))
            }
        };
        span.ok_or(KeyError::BadArguments)
    }
}

/// The position that `last` means for keys that begin at `begin`.
#[inline]
fn last_of_range(count: usize, begin: usize, last: i16, limit: u16) -> Option<usize> {
    if last >= 0 {
        Some(begin + last.unsigned_abs() as usize)
    } else if limit > 1 {
        (begin + count.checked_sub(begin)? / usize::from(limit)).checked_add_signed(last.into())
    } else {
        count.checked_add_signed(last.into())
    }
}

/// A decimal number of keys. Ten digits are more than any line has arguments.
fn parse_count(digits: &[u8]) -> Option<usize> {
    if digits.is_empty() || digits.len() > 10 || (digits[0] == b'0' && digits.len() > 1) {
        return None;
    }
    digits
        .iter()
        .try_fold(0usize, |n, digit| digit.is_ascii_digit().then(|| n * 10 + usize::from(digit - b'0')))
}

impl KeySpec {
    /// Where its keys are in `args`: none when the word that they follow is missing.
    pub fn span<A: Args + ?Sized>(&self, args: &A) -> Result<Span, KeyError> {
        match self.begin {
            Begin::Index(at) => self.find.span(at.into(), args),
            Begin::Keyword(word, from) => match find_word(word, from, args) {
                Some(at) => self.find.span(at + 1, args),
                None => Ok(Span::EMPTY),
            },
        }
    }
}

/// Where `word` is among `args`, looking forwards from `from`, or backwards from so far before the end.
fn find_word<A: Args + ?Sized>(word: &str, from: i16, args: &A) -> Option<usize> {
    let is_word = |at: &usize| args.get(*at).is_some_and(|arg| arg.eq_ignore_ascii_case(word.as_bytes()));
    let count = args.count();
    if from >= 0 {
        (usize::from(from.unsigned_abs()).max(1)..count).find(is_word)
    } else {
        (1..=count.checked_add_signed(from.into())?).rev().find(is_word)
    }
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
