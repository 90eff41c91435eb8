//! The plan while it is being made.
//!
//! Keeps the one rule that all concerns share: a shard is disturbed by one step at a time.

use super::{Loss, Plan, Wait};
use crate::step::Step;
use ironkeep_api::conditions::reasons;
use std::collections::BTreeSet;

/// A plan in the making.
#[derive(Debug, Default)]
pub(super) struct Draft {
    plan: Plan,
    busy: BTreeSet<u32>,
}

impl Draft {
    /// Adds a step.
    pub fn step(&mut self, step: Step) {
        self.plan.steps.push(step);
    }

    /// Adds a step that takes the shard's primary or one of its copies away for a while, unless one is planned already.
    pub fn disturb(&mut self, shard: u32, step: Step) {
        if self.busy.insert(shard) {
            self.step(step);
        }
    }

    /// Whether a shard is being disturbed by this plan.
    pub fn is_busy(&self, shard: u32) -> bool {
        self.busy.contains(&shard)
    }

    /// Whether all is as it should be so far.
    pub fn is_empty(&self) -> bool {
        self.plan.is_done() && self.plan.losses.is_empty()
    }

    /// Whether the plan has such a step.
    pub fn has(&self, wanted: impl Fn(&Step) -> bool) -> bool {
        self.plan.steps.iter().any(wanted)
    }

    /// Adds something to wait for; saying it twice is saying it once.
    pub fn wait(&mut self, reason: &'static str, serving: bool, message: String) {
        let wait = Wait { reason, message, serving };
        if !self.plan.waits.contains(&wait) {
            self.plan.waits.push(wait);
        }
    }

    /// Names a loss; one a shard is enough.
    pub fn lose(&mut self, shard: u32, message: String) {
        if !self.plan.losses.iter().any(|loss| loss.shard == shard) {
            self.plan.losses.push(Loss { shard, message });
        }
    }

    /// The plan. What is still under way is waited for, and its place left alone. Of a paused cluster nothing is done,
    /// and what would be done is waited for.
    pub fn finish(mut self, paused: bool, under_way: &[Step]) -> Plan {
        let taken: BTreeSet<_> = under_way.iter().map(Step::place).collect();
        self.plan.steps.retain(|step| !taken.contains(&step.place()));
        under_way.iter().for_each(|step| self.wait(step.reason(), true, step.to_string()));
        if paused {
            for step in std::mem::take(&mut self.plan.steps) {
                self.wait(reasons::PAUSED, true, format!("paused: would {step}"));
            }
        }
        self.plan
    }
}
