//! What a parameter takes, and why a value isn't that. The words are close to those of the engines.

use std::borrow::Cow;

use crate::quantity;

/// Classes of clients that have an output buffer limit.
const CLASSES: [&str; 4] = ["normal", "replica", "slave", "pubsub"];
/// Bounds of the scores of the kernel's out-of-memory killer.
const SCORES: std::ops::RangeInclusive<i32> = -2000..=2000;

/// What a parameter takes.
pub(super) enum Kind {
    Bool,
    Int { min: i64, max: i64 },
    Memory { min: i64 },
    Share,
    Choice(&'static str),
    Letters(&'static str),
    Save,
    Limits,
    Percentiles,
    Scores,
    Text,
}

impl Kind {
    /// Reads a word of the table.
    pub(super) fn parse(word: &'static str) -> Option<Self> {
        let (name, rest) = word.split_once(':').unwrap_or((word, ""));
        Some(match name {
            "bool" => Self::Bool,
            "int" => {
                let (min, max) = rest.split_once("..")?;
                let max = if max.is_empty() { i64::MAX } else { max.parse().ok()? };
                Self::Int { min: min.parse().ok()?, max }
            }
            "memory" => Self::Memory { min: if rest.is_empty() { 0 } else { rest.parse().ok()? } },
            "share" => Self::Share,
            "choice" => Self::Choice(rest),
            "letters" => Self::Letters(rest),
            "save" => Self::Save,
            "limits" => Self::Limits,
            "percentiles" => Self::Percentiles,
            "scores" => Self::Scores,
            "text" => Self::Text,
            _ => return None,
        })
    }

    /// Whether the value is a list of words.
    pub(super) fn is_list(&self) -> bool {
        matches!(self, Self::Save | Self::Limits | Self::Percentiles | Self::Scores)
    }

    /// Why a value can't be; none if it can.
    pub(super) fn refusal(&self, value: &str) -> Option<String> {
        self.expected(value).map(|expected| format!("{value:?} must be {expected}"))
    }

    /// What it should have been, if it isn't that.
    fn expected(&self, value: &str) -> Option<Cow<'static, str>> {
        let (fits, expected) = match *self {
            Self::Bool => (one_of("yes,no", value), "yes or no".into()),
            Self::Int { min, max } => (integer(value, min, max), bounds(min, max).into()),
            Self::Memory { min } => (memory(value, min), at_least(min)),
            Self::Share => (share(value), "an amount like 100mb or a percentage like 5%".into()),
            Self::Choice(words) => {
                (one_of(words, value), format!("one of {}", words.replace(',', ", ")).into())
            }
            Self::Letters(letters) => {
                (value.chars().all(|c| letters.contains(c)), format!("letters out of {letters}").into())
            }
            Self::Save => (save(value), "pairs of seconds and changes, like 3600 1 300 100, or empty".into()),
            Self::Limits => (
                limits(value),
                "fours of class, hard limit, soft limit and seconds, like normal 0 0 0".into(),
            ),
            Self::Percentiles => (percentiles(value), "numbers from 0 to 100".into()),
            Self::Scores => (scores(value), "three numbers from -2000 to 2000".into()),
            Self::Text => (!value.contains('\0'), "text".into()),
        };
        (!fits).then_some(expected)
    }
}

fn bounds(min: i64, max: i64) -> String {
    if max == i64::MAX { format!("a number from {min}") } else { format!("a number from {min} to {max}") }
}

fn at_least(min: i64) -> Cow<'static, str> {
    match min {
        0 => "an amount like 100mb".into(),
        -1 => "an amount like 100mb, or -1".into(),
        min => format!("an amount like 100mb, at least {min} bytes").into(),
    }
}

fn integer(value: &str, min: i64, max: i64) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let plain = digits.bytes().all(|c| c.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    plain && value.parse().is_ok_and(|number: i64| (min..=max).contains(&number))
}

fn memory(value: &str, min: i64) -> bool {
    match quantity::memory(value) {
        Some(bytes) => i64::try_from(bytes).is_ok_and(|bytes| bytes >= min),
        None => min < 0 && value == "-1",
    }
}

fn share(value: &str) -> bool {
    match value.strip_suffix('%') {
        Some(percent) => integer(percent, 0, 100),
        None => memory(value, 0),
    }
}

fn one_of(words: &str, value: &str) -> bool {
    words.split(',').any(|word| word.eq_ignore_ascii_case(value))
}

fn save(value: &str) -> bool {
    let words: Vec<_> = value.split(' ').filter(|word| !word.is_empty()).collect();
    let pair = |pair: &[&str]| matches!(pair, [seconds, changes] if integer(seconds, 1, i64::from(i32::MAX)) && integer(changes, 0, i64::from(i32::MAX)));
    value.is_empty() || (!words.is_empty() && words.chunks(2).all(pair))
}

fn limits(value: &str) -> bool {
    let words: Vec<_> = value.split(' ').filter(|word| !word.is_empty()).collect();
    let limit = |limit: &[&str]| match limit {
        [class, hard, soft, seconds] => {
            let class = CLASSES.iter().any(|name| name.eq_ignore_ascii_case(class));
            class && memory(hard, 0) && memory(soft, 0) && integer(seconds, 0, i64::from(i32::MAX))
        }
        _ => false,
    };
    !words.is_empty() && words.chunks(4).all(limit)
}

fn percentiles(value: &str) -> bool {
    let percentile = |word: &str| word.parse().is_ok_and(|number: f64| (0.0..=100.0).contains(&number));
    value.split(' ').filter(|word| !word.is_empty()).all(percentile)
}

fn scores(value: &str) -> bool {
    let numbers: Vec<_> = value.split(' ').filter(|word| !word.is_empty()).map(str::parse::<i32>).collect();
    numbers.len() == 3 && numbers.iter().flatten().filter(|score| SCORES.contains(score)).count() == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_apart() {
        let cases: [(&str, &[&str], &[&str]); 10] = [
            ("bool", &["yes", "NO"], &["", "true", "1"]),
            ("int:1..64", &["1", "64"], &["0", "65", "", "01", "+1", "1.0", " 1", "99999999999999999999"]),
            ("memory:1", &["1", "1gb"], &["0", "1Gi", "-1", "50%", ""]),
            ("memory:-1", &["-1", "0"], &["-2"]),
            ("share", &["0", "5%", "1mb"], &["101%", "%", "-1"]),
            ("choice:a,b", &["a", "B"], &["c", "", "a,b"]),
            ("letters:KE$", &["", "K$"], &["x"]),
            ("save", &["", "900 1", "900 1 300 10"], &["900", "0 1", "a b", " "]),
            ("limits", &["normal 0 0 0", "pubsub 32mb 8mb 60 replica 0 0 0"], &["", "normal 0 0", "x 0 0 0"]),
            ("scores", &["0 200 800"], &["", "0 200", "0 200 9000", "a b c"]),
        ];
        for (kind, good, bad) in cases {
            let kind = Kind::parse(kind).expect(kind);
            good.iter().for_each(|value| assert_eq!(kind.refusal(value), None));
            bad.iter().for_each(|value| assert!(kind.refusal(value).is_some(), "{value:?}"));
        }
    }
}
