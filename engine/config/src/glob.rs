//! Matching of file names against the wildcards of `include`: `*`, `?`, `[a-z]`, `[!x]` and `\` before a
//! plain byte.
//!
//! Pure and bounded: the time is at most the product of both lengths.

/// Whether the text holds a wildcard.
pub(crate) fn has_wildcard(text: &[u8]) -> bool {
    text.iter().any(|byte| b"*?[".contains(byte))
}

/// Whether a pattern fits the whole of a name.
pub(crate) fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut pattern, mut name) = (pattern, name);
    // Where to resume when the last `*` has to take one more byte.
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        if let [b'*', after @ ..] = pattern {
            pattern = after;
            retry = Some((after, name));
            continue;
        }
        if pattern.is_empty() && name.is_empty() {
            return true;
        }
        if let Some((pattern_left, name_left)) = one_byte(pattern, name) {
            (pattern, name) = (pattern_left, name_left);
            continue;
        }
        match retry {
            Some((after_star, [_, shorter @ ..])) => {
                (pattern, name) = (after_star, shorter);
                retry = Some((after_star, shorter));
            }
            _ => return false,
        }
    }
}

/// Matches one byte of the name; gives what is left of both.
fn one_byte<'p, 'n>(pattern: &'p [u8], name: &'n [u8]) -> Option<(&'p [u8], &'n [u8])> {
    let (byte, name_left) = name.split_first()?;
    let (fits, pattern_left) = match pattern {
        [] => return None,
        [b'?', after @ ..] => (true, after),
        [b'[', after @ ..] => class(after, *byte).unwrap_or((*byte == b'[', after)),
        [b'\\', literal, after @ ..] => (literal == byte, after),
        [literal, after @ ..] => (literal == byte, after),
    };
    fits.then_some((pattern_left, name_left))
}

/// Matches a byte against a class whose `[` is gone. `None` when the class is not closed.
fn class(pattern: &[u8], byte: u8) -> Option<(bool, &[u8])> {
    let (negated, mut rest) = match pattern {
        [b'!' | b'^', after @ ..] => (true, after),
        _ => (false, pattern),
    };
    let mut fits = false;
    let mut first = true;
    loop {
        rest = match rest {
            [] => return None,
            [b']', after @ ..] if !first => return Some((fits != negated, after)),
            [low, b'-', high, after @ ..] if *high != b']' => {
                fits |= (*low..=*high).contains(&byte);
                after
            }
            [one, after @ ..] => {
                fits |= *one == byte;
                after
            }
        };
        first = false;
    }
}

#[cfg(test)]
mod tests {
    use super::matches;
    use proptest::prelude::*;

    #[test]
    fn fits_as_a_shell_does() {
        for (pattern, name) in [
            ("*.conf", "a.conf"),
            ("*", ""),
            ("a*b*c", "aXbYbZc"),
            ("[a-c]x", "bx"),
            ("[!a]x", "bx"),
            ("[]]", "]"),
            ("[", "["),
            ("\\*", "*"),
            ("?", "x"),
        ] {
            assert!(matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
        for (pattern, name) in [("*.conf", "a.con"), ("[a-c]x", "dx"), ("[!b]x", "bx"), ("?", ""), ("", "x")]
        {
            assert!(!matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_a_star_takes_all(pattern in any::<Vec<u8>>(), name in any::<Vec<u8>>()) {
            matches(&pattern, &name);
            prop_assert!(matches(b"*", &name));
        }
    }
}
