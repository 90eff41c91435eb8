//! Where the members are that a command looks for in the value of its only key: members of a set or a sorted set,
//! fields of a hash.
//!
//! For loading ahead what the search will read. A hint: commands themselves must not go by it.

/// Every so many arguments, back from the last ones. None, if that isn't said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Members {
    first: u8,
    step: u8,
    after: u8,
    scored: bool,
}

impl Members {
    /// A command that looks for none.
    pub const NONE: Self = Self { first: 0, step: 0, after: 0, scored: false };

    /// All arguments from a first one on.
    pub(super) const fn from(first: u8) -> Self {
        Self { first, step: 1, ..Self::NONE }
    }

    /// Each with a value behind it.
    pub(super) const fn with_values(first: u8) -> Self {
        Self { first, step: 2, after: 1, scored: false }
    }

    /// Each behind the score that it gets.
    pub(super) const fn with_scores(first: u8) -> Self {
        Self { first, step: 2, after: 0, scored: true }
    }

    /// Whether there are any.
    #[inline(always)]
    pub const fn is_some(self) -> bool {
        self.step != 0
    }

    /// Whether a member's score is right before it.
    #[inline(always)]
    pub const fn is_scored(self) -> bool {
        self.scored
    }

    /// Their places among so many arguments, the last one first.
    #[inline]
    pub fn places(self, count: usize) -> impl Iterator<Item = usize> {
        let first = if self.is_some() { usize::from(self.first) } else { usize::MAX };
        let end = count.saturating_sub(self.after.into());
        (first..end).rev().step_by(self.step.max(1).into())
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::{Shape, Spec, lookup};

    #[test]
    fn members_are_in_the_value_of_the_first_argument() {
        let with_members = Spec::commands().filter(|spec| spec.members.is_some());
        assert!(with_members.clone().count() > 10);
        for spec in with_members {
            assert_eq!(spec.key_shape(), Shape::One(1), "{}", spec.full_name);
        }
    }

    #[test]
    fn members_of_commands() {
        for (line, members) in [
            ("GET key", vec![]),
            ("SADD key", vec![]),
            ("SADD key one", vec!["one"]),
            ("SREM key one two three", vec!["three", "two", "one"]),
            ("SISMEMBER key one", vec!["one"]),
            ("HSET key one 1 two 2", vec!["two", "one"]),
            ("HGET key one", vec!["one"]),
            ("HINCRBY key one 5", vec!["one"]),
            ("ZADD key 1 one 2 two", vec!["two", "one"]),
            ("ZADD key NX 1 one", vec!["one"]),
            ("ZINCRBY key 1 one", vec!["one"]),
            ("ZSCORE key one", vec!["one"]),
        ] {
            let words: Vec<&str> = line.split(' ').collect();
            let spec = lookup(words[0].as_bytes()).unwrap();
            let found: Vec<&str> = spec.members.places(words.len()).map(|at| words[at]).collect();
            assert_eq!(found, members, "{line}");
        }
    }
}
