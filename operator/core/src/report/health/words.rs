//! Words for what is wrong or going on.

use crate::report::StepFailure;

/// Sentences that a message has at most: the rest is counted.
const MOST: usize = 5;

/// Puts sentences together; each once.
pub fn join<'a>(sentences: impl Iterator<Item = &'a str>) -> String {
    let mut different: Vec<&str> = Vec::new();
    let mut more = 0;
    for sentence in sentences {
        match different.contains(&sentence) {
            true => {}
            false if different.len() == MOST => more += 1,
            false => different.push(sentence),
        }
    }
    let text = different.join("; ");
    if more == 0 { text } else { format!("{text}; and {more} more") }
}

/// What a step that failed is called.
pub fn failure(failed: &StepFailure) -> String {
    format!("{}: {}", failed.step, failed.error)
}
