//! Words for what is wrong or going on.

use crate::report::StepFailure;
use crate::step::Step;
use ironkeep_api::conditions::reasons;

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

/// The reason for a condition that a step is going on.
pub fn step_reason(step: &Step) -> &'static str {
    match step {
        Step::Evict { .. } | Step::Configure { .. } | Step::Grow { .. } | Step::Apply(_) => {
            reasons::UPDATING_NODES
        }
        Step::Delete(_) | Step::Forget { .. } => reasons::REMOVING_NODES,
        Step::Found { .. } | Step::Meet { .. } | Step::Replicate { .. } => reasons::ADDING_NODES,
        Step::Adopt { .. } | Step::Unpause { .. } => reasons::HEALING,
        Step::Failover { .. } | Step::HandOver { .. } | Step::Promote { .. } => reasons::FAILING_OVER,
        Step::Follow { .. } | Step::Label { .. } => reasons::HEALING,
    }
}
