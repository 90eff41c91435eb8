//! Rules about a `ValkeyCluster` that say more than the bounds of one field, as CEL for the API server.
//!
//! `validate` has the same rules for those who have no API server; the table of bad specs in `tests/` is run against
//! both. Rules that compare with `oldSelf` hold for changes only.

use serde_json::{Value, json};

use crate::{
    names::{MAX_CLUSTER_NAME, OWN_PREFIXES},
    reserved,
};

/// One rule: where it stands in the schema, what must hold there, and what to tell whoever broke it.
pub struct Rule {
    /// The fields that lead there; `*` for the items of a list.
    pub place: &'static [&'static str],
    /// What must hold, in CEL.
    pub holds: String,
    /// What to say if it doesn't.
    pub message: Message,
}

/// What to say about a broken rule.
pub enum Message {
    /// A sentence.
    Fixed(String),
    /// A CEL expression that gives the sentence, and the sentence for servers that can't evaluate it.
    Computed(String, String),
}

impl Rule {
    fn fixed(place: &'static [&'static str], holds: &str, message: &str) -> Self {
        Self { place, holds: holds.to_owned(), message: Message::Fixed(message.to_owned()) }
    }

    /// A rule about every key of a map: `good` is a CEL expression about the key `k`.
    fn keys(place: &'static [&'static str], good: &str, path: &str, why: &str) -> Self {
        let first = format!("'{path}.' + self.filter(k, !({good}))[0] + ' {why}'");
        Self {
            place,
            holds: format!("self.all(k, {good})"),
            message: Message::Computed(first, format!("{path}: a key {why}")),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        match &self.message {
            Message::Fixed(message) => json!({ "rule": self.holds, "message": message }),
            Message::Computed(expression, message) => {
                json!({ "rule": self.holds, "message": message, "messageExpression": expression })
            }
        }
    }
}

/// All rules.
pub fn all() -> Vec<Rule> {
    let mut rules = about_the_name();
    rules.extend(about_fields());
    rules.extend(about_changes());
    rules.extend(about_keys());
    rules
}

fn about_the_name() -> Vec<Rule> {
    vec![
        Rule::fixed(
            &[],
            &format!("self.metadata.name.size() <= {MAX_CLUSTER_NAME}"),
            "metadata.name may have at most 40 characters, because pods and volumes add to it",
        ),
        Rule::fixed(
            &[],
            "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
            "metadata.name may have lower-case letters, digits and '-', and begins with a letter, because services have it too",
        ),
    ]
}

fn about_fields() -> Vec<Rule> {
    vec![
        Rule::fixed(
            &["spec"],
            "self.mode == 'cluster' || !has(self.shards) || self.shards == 1",
            "spec.shards must be 1 (or left out) unless spec.mode is cluster",
        ),
        Rule::fixed(
            &["spec"],
            "self.mode != 'standalone' || !has(self.replicasPerShard) || self.replicasPerShard == 0",
            "spec.replicasPerShard must be 0 (or left out) when spec.mode is standalone",
        ),
        Rule::fixed(
            &["spec"],
            "self.mode != 'cluster' || self.service.type == 'ClusterIP'",
            "spec.service.type must be ClusterIP when spec.mode is cluster, because clients are redirected to pod addresses",
        ),
        Rule::fixed(
            &["spec", "engine"],
            "self.type == 'ironkeep' || !has(self.image) || has(self.version)",
            "spec.engine.version must say which version spec.engine.image has",
        ),
        Rule::fixed(
            &["spec", "users", "*"],
            "!(self.nopass && has(self.passwordSecret))",
            "spec.users: nopass and passwordSecret exclude each other",
        ),
    ]
}

fn about_changes() -> Vec<Rule> {
    vec![
        Rule::fixed(&["spec", "mode"], "self == oldSelf", "spec.mode can't be changed"),
        Rule::fixed(
            &["spec"],
            "has(self.storage) == has(oldSelf.storage)",
            "spec.storage can't be added or removed later",
        ),
        Rule::fixed(
            &["spec", "storage"],
            "has(self.className) == has(oldSelf.className) && (!has(self.className) || self.className == oldSelf.className)",
            "spec.storage.className can't be changed",
        ),
        Rule::fixed(
            &["spec", "storage"],
            "quantity(self.size).compareTo(quantity(oldSelf.size)) >= 0",
            "spec.storage.size may grow, never shrink",
        ),
    ]
}

fn about_keys() -> Vec<Rule> {
    let free = OWN_PREFIXES.map(|prefix| format!("!k.startsWith('{prefix}')")).join(" && ");
    let one_line = r"!self[k].contains('\n') && !self[k].contains('\r')";
    vec![
        Rule::keys(
            &["spec", "config"],
            "k.matches('^[a-z][a-z0-9_-]*$')",
            "spec.config",
            "is no name of a parameter",
        ),
        Rule::keys(&["spec", "config"], &reserved::free_in_cel(), "spec.config", "is set by the operator"),
        Rule::keys(&["spec", "config"], one_line, "spec.config", "must be a single line"),
        Rule::keys(&["spec", "podLabels"], &free, "spec.podLabels", "is set by the operator"),
        Rule::keys(&["spec", "podAnnotations"], &free, "spec.podAnnotations", "is set by the operator"),
    ]
}
