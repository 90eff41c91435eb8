//! Whether an object already says all that is desired of it.
//!
//! The API server fills in defaults, drops what is empty and rewrites quantities: what it adds or respells is no difference.

use serde_json::{Map, Value};

/// Fields that tell the elements of a list apart, in the order in which they are tried.
const MERGE_KEYS: [&str; 8] =
    ["name", "containerPort", "port", "mountPath", "uid", "topologyKey", "type", "key"];
/// Fields whose values, or the values in them, are quantities.
const QUANTITIES: [&str; 5] = ["limits", "requests", "capacity", "sizeLimit", "storage"];
/// Objects aren't deeper than this; what is counts as different.
const DEEPEST: usize = 64;

/// Whether `observed` holds everything that `desired` says.
pub(in crate::plan) fn holds(desired: &Value, observed: &Value) -> bool {
    value(desired, Some(observed), false, DEEPEST)
}

fn value(desired: &Value, observed: Option<&Value>, quantity: bool, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    let Some(observed) = observed else { return is_empty(desired) };
    match (desired, observed) {
        (Value::Object(desired), Value::Object(observed)) => map(desired, observed, quantity, depth),
        (Value::Array(desired), Value::Array(observed)) => list(desired, observed, depth),
        _ => {
            desired == observed
                || scalar(desired, observed, quantity)
                || is_empty(desired) && is_empty(observed)
        }
    }
}

fn map(desired: &Map<String, Value>, observed: &Map<String, Value>, quantity: bool, depth: usize) -> bool {
    desired.iter().all(|(key, wanted)| {
        let quantity = quantity || QUANTITIES.contains(&key.as_str());
        value(wanted, observed.get(key), quantity, depth - 1)
    })
}

fn list(desired: &[Value], observed: &[Value], depth: usize) -> bool {
    let key = MERGE_KEYS.into_iter().find(|key| tells_apart(desired, key) && tells_apart(observed, key));
    match key {
        Some(key) if !desired.is_empty() => desired.iter().all(|wanted| {
            let same = observed.iter().find(|present| present.get(key) == wanted.get(key));
            same.is_some() && value(wanted, same, false, depth - 1)
        }),
        _ => {
            let pairs = desired.iter().zip(observed);
            desired.len() == observed.len()
                && pairs.into_iter().all(|(d, o)| value(d, Some(o), false, depth - 1))
        }
    }
}

/// Whether every element has the field, each with another value.
fn tells_apart(list: &[Value], key: &str) -> bool {
    let keys: Vec<_> = list.iter().filter_map(|element| element.get(key)).collect();
    keys.len() == list.len()
        && keys.iter().enumerate().all(|(i, one)| !keys.iter().take(i).any(|other| one == other))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.values().all(Value::is_null),
        Value::Array(list) => list.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn scalar(desired: &Value, observed: &Value, quantity: bool) -> bool {
    let (Some(desired), Some(observed)) = (text(desired), text(observed)) else { return false };
    desired == observed
        || quantity && thousandths(&desired).is_some_and(|n| thousandths(&observed) == Some(n))
}

/// Numbers and their spellings are one: a port may be `6379` or `"6379"`.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A quantity in thousandths, as `100m`, `0.1`, `1Gi`, `2e3`.
fn thousandths(text: &str) -> Option<i128> {
    const UNITS: [(&str, i128); 13] = [
        ("Ki", 1000 << 10),
        ("Mi", 1000 << 20),
        ("Gi", 1000 << 30),
        ("Ti", 1000 << 40),
        ("Pi", 1000 << 50),
        ("Ei", 1000 << 60),
        ("m", 1),
        ("k", 1_000_000),
        ("M", 1_000_000_000),
        ("G", 1_000_000_000_000),
        ("T", 1_000_000_000_000_000),
        ("P", 1_000_000_000_000_000_000),
        ("E", 1_000_000_000_000_000_000_000),
    ];
    let unit = UNITS.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)));
    let (number, mut factor) = unit.unwrap_or((text, 1000));
    let (number, exponent) = number
        .split_once(['e', 'E'])
        .map_or(Some((number, 0)), |(n, e)| Some((n, e.parse::<u32>().ok()?)))?;
    factor = factor.checked_mul(10i128.checked_pow(exponent)?)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 18 || fraction.starts_with(['+', '-']) {
        return None;
    }
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = 10i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    Some(digits.checked_mul(factor)? / scale)
}

#[cfg(test)]
mod tests {
    use super::holds;
    use serde_json::json;

    #[test]
    fn what_is_added_or_respelled_is_no_difference() {
        let observed = json!({
            "metadata": {"name": "a", "labels": {"x": "1", "y": "2"}, "uid": "u"},
            "spec": {
                "replicas": 2,
                "template": {"containers": [
                    {"name": "injected"},
                    {"name": "server", "args": ["a", "b"], "resources": {"limits": {"memory": "1Gi", "cpu": "500m"}},
                     "ports": [{"containerPort": 6379, "protocol": "TCP"}]},
                ]},
                "targetPort": 6379,
            },
        });
        for desired in [
            json!({"metadata": {"labels": {"x": "1"}}}),
            json!({"spec": {"replicas": 2, "targetPort": "6379"}}),
            json!({"spec": {"template": {"containers": [{"name": "server", "args": ["a", "b"]}]}}}),
            json!({"spec": {"template": {"containers": [{"name": "server", "ports": [{"containerPort": 6379}]}]}}}),
            json!({"spec": {"template": {"containers": [
                {"name": "server", "resources": {"limits": {"memory": "1024Mi", "cpu": 0.5}}}]}}}),
            json!({"spec": {"nodeSelector": {}, "tolerations": [], "affinity": null}}),
        ] {
            assert!(holds(&desired, &observed), "{desired}");
        }
        for desired in [
            json!({"metadata": {"labels": {"x": "2"}}}),
            json!({"metadata": {"labels": {"z": "1"}}}),
            json!({"spec": {"replicas": 3}}),
            json!({"spec": {"template": {"containers": [{"name": "server", "args": ["a"]}]}}}),
            json!({"spec": {"template": {"containers": [{"name": "server", "args": ["b", "a"]}]}}}),
            json!({"spec": {"template": {"containers": [{"name": "other"}]}}}),
            json!({"spec": {"template": {"containers": [{"name": "server", "resources": {"limits": {"memory": "1G"}}}]}}}),
            json!({"spec": {"tolerations": [{"key": "a"}]}}),
        ] {
            assert!(!holds(&desired, &observed), "{desired}");
        }
    }

    #[test]
    fn quantities_are_numbers_only_where_quantities_are() {
        let pairs = [("1Gi", "1024Mi"), ("0.5", "500m"), ("2e3", "2k"), ("1.5Gi", "1536Mi")];
        for (one, other) in pairs {
            assert!(holds(&json!({"storage": one}), &json!({"storage": other})), "{one} {other}");
            assert!(!holds(&json!({"label": one}), &json!({"label": other})), "{one} {other}");
        }
        for (one, other) in [("1Gi", "1G"), ("", "1"), ("x", "y"), ("1", "1001m"), ("9e99", "9e98")] {
            assert!(!holds(&json!({"storage": one}), &json!({"storage": other})), "{one} {other}");
        }
    }
}
