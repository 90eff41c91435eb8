//! Conditions: always with a reason, with the generation they speak of, and with a time that moves only when they flip.

use super::Refusal;
use super::health::Health;
use crate::desired::Desired;
use crate::observed::{Millis, Observed};
use ironkeep_api::conditions::{reasons, types};
use ironkeep_api::{Mode, ValkeyCluster};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use k8s_openapi::jiff::Timestamp;

/// What a condition says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Type of the condition.
    pub kind: &'static str,
    /// Whether it is so.
    pub truth: Truth,
    /// Why, in CamelCase.
    pub reason: String,
    /// Why, in words.
    pub message: String,
}

/// Whether something is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It is.
    True,
    /// It isn't.
    False,
    /// Nobody can tell at present.
    Unknown,
}

impl Fact {
    /// A fact.
    pub fn new(kind: &'static str, truth: Truth, reason: &str, message: &str) -> Self {
        Self { kind, truth, reason: reason.to_owned(), message: message.to_owned() }
    }
}

impl Truth {
    /// The word in a condition.
    fn as_str(self) -> &'static str {
        match self {
            Truth::True => "True",
            Truth::False => "False",
            Truth::Unknown => "Unknown",
        }
    }
}

impl From<bool> for Truth {
    fn from(so: bool) -> Self {
        if so { Truth::True } else { Truth::False }
    }
}

/// Turns facts into conditions, with what was told before at hand.
pub struct Conditions<'a> {
    was: &'a [Condition],
    generation: Option<i64>,
    now: Time,
}

impl<'a> Conditions<'a> {
    /// Those of one look at a cluster.
    pub fn of(cluster: &ValkeyCluster, observed: &'a Observed) -> Self {
        Self {
            was: &observed.status.conditions,
            generation: cluster.metadata.generation,
            now: time(observed.at),
        }
    }

    /// Those of a cluster that is looked after. All but the one on the spec speak of the generation that it runs by.
    pub fn seen(
        &self,
        desired: &Desired,
        refusal: Option<&Refusal>,
        health: &Health,
        loss: Fact,
    ) -> Vec<Condition> {
        let mut facts = vec![health.ready(desired), health.progressing(desired), health.degraded()];
        if desired.mode == Mode::Cluster {
            facts.extend([health.formed(), health.slots()]);
        }
        facts.push(loss);
        let of = if refusal.is_some() { Some(desired.generation) } else { self.generation };
        let told = |fact| Condition { observed_generation: of, ..self.condition(fact) };
        let mut all: Vec<_> = facts.into_iter().map(told).collect();
        all.insert(3, self.condition(spec_valid(refusal)));
        all
    }

    /// Those of a cluster whose spec can't be carried out, without one to go on with. Nobody looks after its servers, so nobody can vouch for
    /// them; what was told of lost data stays.
    pub fn refused(&self, refusal: &Refusal) -> Vec<Condition> {
        let (reason, message) = (refusal.reason, refusal.message.as_str());
        let running = self.was.iter().any(|was| was.type_ == types::READY && was.status != "False");
        let ready = if running { Truth::Unknown } else { Truth::False };
        let facts = [
            Fact::new(types::READY, ready, reason, message),
            Fact::new(types::PROGRESSING, Truth::False, reason, message),
            Fact::new(types::DEGRADED, Truth::Unknown, reason, message),
            spec_valid(Some(refusal)),
        ];
        let mut all: Vec<_> = facts.into_iter().map(|fact| self.condition(fact)).collect();
        let kept: Vec<_> =
            self.was.iter().filter(|was| all.iter().all(|new| new.type_ != was.type_)).cloned().collect();
        all.extend(kept);
        all
    }

    fn condition(&self, fact: Fact) -> Condition {
        let status = fact.truth.as_str();
        let was = self.was.iter().find(|was| was.type_ == fact.kind && was.status == status);
        Condition {
            type_: fact.kind.to_owned(),
            status: status.to_owned(),
            reason: fact.reason,
            message: fact.message,
            observed_generation: self.generation,
            last_transition_time: was
                .map_or_else(|| self.now.clone(), |was| was.last_transition_time.clone()),
        }
    }
}

fn spec_valid(refusal: Option<&Refusal>) -> Fact {
    let kind = types::SPEC_VALID;
    match refusal {
        None => Fact::new(kind, Truth::True, reasons::SPEC_ACCEPTED, ""),
        Some(refusal) => Fact::new(kind, Truth::False, refusal.reason, &refusal.message),
    }
}

/// A moment as conditions have it: to the second.
fn time(at: Millis) -> Time {
    let seconds = i64::try_from(at / 1000).unwrap_or_default();
    Time(Timestamp::from_second(seconds).unwrap_or_default())
}
