//! Key specs: where the keys of a command line are, as COMMAND INFO prints it.
//!
//! Takes an argument list that nobody has checked; gives positions that are inside of it, or an error.

use super::bits::bit_set;
use super::span::{Args, KeyError, Span, parse_count};

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

/// How to find the place where keys begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Begin {
    /// At this position.
    Index(u16),
    /// After this word, searched from a position on; from the end backwards when that is negative.
    Keyword(&'static str, i16),
    /// Not to be found by a rule.
    Unknown,
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
    /// Not to be found by a rule.
    Unknown,
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

impl Find {
    /// The keys that begin at `begin`.
    #[inline]
    pub(super) fn span<A: Args + ?Sized>(self, begin: usize, args: &A) -> Result<Span, KeyError> {
        let count = args.count();
        let span = match self {
            Self::Unknown => Some(Span::EMPTY),
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

impl KeySpec {
    /// Where its keys are in `args`: none when the word that they follow is missing.
    pub fn span<A: Args + ?Sized>(&self, args: &A) -> Result<Span, KeyError> {
        match self.begin {
            Begin::Index(at) => self.find.span(at.into(), args),
            Begin::Unknown => Ok(Span::EMPTY),
            Begin::Keyword(word, from) => match find_word(word, from, args) {
                Some(at) => self.find.span(at + 1, args),
                None => Ok(Span::EMPTY),
            },
        }
    }
}

/// Where `word` is among `args`: the first from a position on, or the last up to so far before the end.
fn find_word<A: Args + ?Sized>(word: &str, from: i16, args: &A) -> Option<usize> {
    let is_word = |at: &usize| args.get(*at).is_some_and(|arg| arg.eq_ignore_ascii_case(word.as_bytes()));
    let count = args.count();
    if from > 0 {
        // As the last argument it would have no key behind it.
        (usize::from(from.unsigned_abs())..count.saturating_sub(1)).find(is_word)
    } else {
        // The first argument is never it: something has to be read or written there.
        (2..=count.checked_add_signed(from.into())?).rev().find(is_word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(spec: KeySpec, line: &str) -> Result<Vec<usize>, KeyError> {
        let words: Vec<&str> = line.split(' ').collect();
        spec.span(words.as_slice()).map(Iterator::collect)
    }

    fn after(word: &'static str, from: i16, last: i16, limit: u16) -> KeySpec {
        let find = Find::Range { last, step: 1, limit };
        KeySpec { begin: Begin::Keyword(word, from), find, flags: KeyFlags::RO, notes: None }
    }

    #[test]
    fn keys_after_a_word() {
        let streams = after("STREAMS", 1, -1, 2);
        assert_eq!(keys(streams, "xread count 1 streams a b 0 0"), Ok(vec![4, 5]));
        assert_eq!(keys(streams, "xread streams a 0"), Ok(vec![2]));
        assert_eq!(keys(streams, "xread count 1"), Ok(vec![]));
        assert_eq!(keys(streams, "xread count streams"), Ok(vec![]));
        assert_eq!(keys(streams, "xread streams a"), Err(KeyError::BadArguments));
    }

    #[test]
    fn words_from_the_end() {
        let keys_word = after("KEYS", -2, -1, 0);
        assert_eq!(keys(keys_word, "migrate h p k 0 5 KEYS keys x"), Ok(vec![8]));
        assert_eq!(keys(keys_word, "migrate h p"), Ok(vec![]));
        assert_eq!(keys(keys_word, "x"), Ok(vec![]));
    }
}
