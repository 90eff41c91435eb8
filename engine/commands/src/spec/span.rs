//! Runs of key positions in an argument list, and the argument list as the table sees it.
//!
//! A span is checked against the length of the line when it is made, so that whoever walks over it never
//! looks beyond.

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
    /// No keys, and nothing wrong with that.
    pub(super) const EMPTY: Self = Self { next: 1, last: 0, step: 1 };

    /// A span of `first..=last`, if all of it is inside of `count` arguments and it has at least one.
    #[inline]
    pub(super) fn within(count: usize, first: usize, last: usize, step: usize) -> Option<Self> {
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

/// A decimal number of keys. Ten digits are more than any line has arguments.
pub(super) fn parse_count(digits: &[u8]) -> Option<usize> {
    if digits.is_empty() || digits.len() > 10 || (digits[0] == b'0' && digits.len() > 1) {
        return None;
    }
    digits
        .iter()
        .try_fold(0usize, |n, digit| digit.is_ascii_digit().then(|| n * 10 + usize::from(digit - b'0')))
}
