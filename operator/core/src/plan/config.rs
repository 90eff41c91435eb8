//! Parameters that a running engine takes on without a restart.
//!
//! Only what the engine was asked for and answered is compared, so an engine that doesn't know a parameter is left alone.
//! So is an old primary in a hand-over, which needs no replicas as long as its clients wait.

use super::draft::Draft;
use super::replication;
use super::scene::Scene;
use crate::step::Step;

/// Plans changes of parameters.
pub(super) fn plan(scene: &Scene, draft: &mut Draft) {
    let wanted =
        scene.shards().flat_map(|shard| scene.wanted(shard)).filter(|member| !member.pod.terminating);
    for member in wanted.filter(|member| !replication::is_held(scene, member)) {
        let Some(facts) = member.facts() else { continue };
        for (name, value) in &scene.desired.live_config {
            if facts.config.get(name).is_some_and(|present| !means_the_same(present, value)) {
                draft.step(Step::Configure { pod: member.id, name: name.clone(), value: value.clone() });
            }
        }
    }
}

/// Whether two spellings are one value: the engine has its own way with spaces, case and units.
fn means_the_same(one: &str, other: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_ascii_lowercase).collect::<Vec<_>>();
    match (bytes(one), bytes(other)) {
        (Some(one), Some(other)) => one == other,
        _ => words(one) == words(other),
    }
}

/// An amount of memory as engines read it.
fn bytes(text: &str) -> Option<u128> {
    const UNITS: [(&str, u128); 7] = [
        ("kb", 1 << 10),
        ("mb", 1 << 20),
        ("gb", 1 << 30),
        ("k", 1000),
        ("m", 1_000_000),
        ("g", 1_000_000_000),
        ("b", 1),
    ];
    let text = text.trim().to_ascii_lowercase();
    let unit = UNITS.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)));
    let (digits, factor) = unit.unwrap_or((&text, 1));
    digits.parse::<u64>().ok().map(|number| u128::from(number) * factor)
}

#[cfg(test)]
mod tests {
    use super::means_the_same;

    #[test]
    fn spellings_of_one_value_are_equal() {
        for (one, other) in [
            ("100mb", "104857600"),
            ("1K", "1000"),
            ("Yes", "yes"),
            ("3600 1  300 100", "3600 1 300 100"),
            ("", ""),
        ] {
            assert!(means_the_same(one, other), "{one} {other}");
        }
        for (one, other) in
            [("100mb", "100m"), ("yes", "no"), ("1", ""), ("allkeys-lru", "volatile-lru"), ("10b", "11")]
        {
            assert!(!means_the_same(one, other), "{one} {other}");
        }
    }
}
