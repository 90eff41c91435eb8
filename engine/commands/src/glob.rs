//! Glob patterns as KEYS, SCAN and CONFIG GET understand them: `*`, `?`, `[a-z]`, `[^x]` and `\` before a
//! byte that stands for itself.
//!
//! Takes any bytes. Needs at most pattern times text steps and no memory, however many stars there are.

/// Whether all of `text` matches `pattern`; `any_case` makes ASCII letters equal in both cases.
pub fn matches(pattern: &[u8], text: &[u8], any_case: bool) -> bool {
    // A star wants something to look at: against an empty text it does not match, as in Valkey.
    if text.is_empty() {
        return pattern.is_empty();
    }
    let (mut p, mut t) = (0, 0);
    // Where to go on when a piece fails: after the last star, one byte further in the text than before.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            p += 1;
            retry = Some((p, t));
        } else if let Some(width) = piece(&pattern[p..], text[t], any_case) {
            p += width;
            t += 1;
        } else if let Some((after_star, at)) = retry {
            (p, t) = (after_star, at + 1);
            retry = Some((p, t));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// How many bytes of the pattern match `byte`, if they do.
fn piece(pattern: &[u8], byte: u8, any_case: bool) -> Option<usize> {
    match pattern {
        [] => None,
        [b'?', ..] => Some(1),
        [b'[', class @ ..] => in_class(class, byte, any_case).map(|width| width + 1),
        [b'\\', literal, ..] => same(*literal, byte, any_case).then_some(2),
        [literal, ..] => same(*literal, byte, any_case).then_some(1),
    }
}

/// How many bytes of the pattern the class takes, its bracket at the end included, if `byte` is in it. A
/// class that is never closed ends with the pattern.
fn in_class(class: &[u8], byte: u8, any_case: bool) -> Option<usize> {
    let negated = class.first() == Some(&b'^');
    let mut at = usize::from(negated);
    let mut found = false;
    loop {
        match &class[at..] {
            [] => break,
            [b'\\', literal, ..] => {
                found |= *literal == byte;
                at += 2;
            }
            [b']', ..] => {
                at += 1;
                break;
            }
            [low, b'-', high, ..] => {
                found |= in_range(*low, *high, byte, any_case);
                at += 3;
            }
            [literal, ..] => {
                found |= same(*literal, byte, any_case);
                at += 1;
            }
        }
    }
    (found != negated).then_some(at)
}

/// Ranges go either way round, over signed bytes: that is what `char` is where Valkey runs.
fn in_range(low: u8, high: u8, byte: u8, any_case: bool) -> bool {
    let fold = |byte: u8| (if any_case { byte.to_ascii_lowercase() } else { byte }).cast_signed();
    let (low, high) = (low.cast_signed().min(high.cast_signed()), low.cast_signed().max(high.cast_signed()));
    (fold(low.cast_unsigned())..=fold(high.cast_unsigned())).contains(&fold(byte))
}

fn same(a: u8, b: u8, any_case: bool) -> bool {
    a == b || any_case && a.eq_ignore_ascii_case(&b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn glob(pattern: &str, text: &str) -> bool {
        matches(pattern.as_bytes(), text.as_bytes(), false)
    }

    #[test]
    fn stars_classes_and_escapes() {
        for (pattern, text) in [
            ("h?llo", "hello"),
            ("h*o", "ho"),
            ("*a*b*c", "xxabbc"),
            ("[a-c]x[^a-c]", "bxd"),
            ("[c-a]", "b"),
            ("\\*", "*"),
            ("[\\]]", "]"),
            ("[ab", "b"),
            ("a\\", "a\\"),
            ("ab***", "ab"),
            ("", ""),
        ] {
            assert!(glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("h?llo", "hllo"),
            ("[^a]", "a"),
            ("*a", "b"),
            ("a", ""),
            ("*", ""),
            ("", "a"),
            ("\\*", "a"),
            ("[", "["),
        ] {
            assert!(!glob(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn case_is_ignored_when_asked() {
        assert!(matches(b"FO[A-Z]*", b"foobar", true));
        assert!(!matches(b"FO[A-Z]*", b"foobar", false));
    }

    #[test]
    fn many_stars_are_quick() {
        let pattern = "a*".repeat(5_000) + "b";
        assert!(!glob(&pattern, &"a".repeat(20_000)));
    }

    /// The same question asked the slow and obvious way.
    fn model(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            ([b'*', rest @ ..], _) => (0..=text.len()).any(|skip| model(rest, &text[skip..])),
            ([b'?', p @ ..], [_, t @ ..]) => model(p, t),
            ([a, p @ ..], [b, t @ ..]) if a == b => model(p, t),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_backtracking(pattern in "[ab*?]{0,10}", text in "[abc]{1,12}") {
            prop_assert_eq!(glob(&pattern, &text), model(pattern.as_bytes(), text.as_bytes()));
        }

        #[test]
        fn takes_anything(pattern: Vec<u8>, text: Vec<u8>, any_case: bool) {
            matches(&pattern, &text, any_case);
        }
    }
}
