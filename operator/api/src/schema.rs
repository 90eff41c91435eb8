//! Checks a JSON value against the schema of the CRD, as the API server does: types, unknown fields, bounds, patterns.
//!
//! For those who have no API server. Reads the very schema that is installed, so the two can't differ. Rules in CEL are
//! not its business.

use regex_lite::Regex;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

use crate::problem::Problem;

/// How deep a value may be nested; no spec goes half as deep.
const MAX_DEPTH: usize = 32;

/// What is wrong with a value that should follow a schema. `path` is the field it is in.
pub(crate) fn check(value: &Value, schema: &Value, path: &str, problems: &mut Vec<Problem>) {
    Walk { problems }.visit(value, schema, path, 0);
}

struct Walk<'a> {
    problems: &'a mut Vec<Problem>,
}

impl Walk<'_> {
    fn visit(&mut self, value: &Value, schema: &Value, path: &str, depth: usize) {
        if depth > MAX_DEPTH {
            return self.complain(path, "is nested too deep".to_owned());
        }
        if let Some(expected) = wrong_type(value, schema) {
            return self.complain(path, format!("must be of type {expected}"));
        }
        self.allowed_words(value, schema, path);
        match value {
            Value::String(text) => self.text(text, schema, path),
            Value::Number(number) => self.number(number.as_f64().unwrap_or_default(), schema, path),
            Value::Array(items) => self.list(items, schema, path, depth),
            Value::Object(fields) => self.object(fields, schema, path, depth),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn complain(&mut self, path: &str, message: String) {
        self.problems.push(Problem::invalid(path, message));
    }

    fn allowed_words(&mut self, value: &Value, schema: &Value, path: &str) {
        let Some(words) = schema.get("enum").and_then(Value::as_array) else { return };
        if !words.contains(value) {
            let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
            self.complain(path, format!("must be one of {}", words.join(", ")));
        }
    }

    fn text(&mut self, text: &str, schema: &Value, path: &str) {
        self.size(text.chars().count(), schema, ["minLength", "maxLength"], "characters", path);
        let pattern = schema.get("pattern").and_then(Value::as_str);
        if let Some(Ok(pattern)) = pattern.map(Regex::new)
            && !pattern.is_match(text)
        {
            self.complain(path, format!("{text:?} must look like {pattern}"));
        }
    }

    fn number(&mut self, number: f64, schema: &Value, path: &str) {
        let bound = |name| schema.get(name).and_then(Value::as_f64);
        if let Some(min) = bound("minimum").filter(|min| number < *min) {
            self.complain(path, format!("must be at least {min}"));
        }
        if let Some(max) = bound("maximum").filter(|max| number > *max) {
            self.complain(path, format!("must be at most {max}"));
        }
    }

    fn list(&mut self, items: &[Value], schema: &Value, path: &str, depth: usize) {
        self.size(items.len(), schema, ["minItems", "maxItems"], "items", path);
        for (index, item) in items.iter().enumerate() {
            self.visit(item, &schema["items"], &format!("{path}[{index}]"), depth + 1);
        }
        let key = schema.pointer("/x-kubernetes-list-map-keys/0").and_then(Value::as_str);
        let mut seen = BTreeSet::new();
        for name in key.into_iter().flat_map(|key| items.iter().filter_map(move |item| item.get(key))) {
            if !seen.insert(name.to_string()) {
                self.complain(path, format!("has {name} twice"));
            }
        }
    }

    fn object(&mut self, fields: &Map<String, Value>, schema: &Value, path: &str, depth: usize) {
        self.size(fields.len(), schema, ["minProperties", "maxProperties"], "entries", path);
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                self.complain(&join(path, name), "is missing".to_owned());
            }
        }
        for (name, value) in fields {
            self.field(value, schema, &join(path, name), name, depth);
        }
    }

    fn field(&mut self, value: &Value, schema: &Value, path: &str, name: &str, depth: usize) {
        let known = schema.get("properties").and_then(|properties| properties.get(name));
        let any_field = || schema.get("properties").is_none();
        match known.or_else(|| schema.get("additionalProperties")) {
            Some(schema) => self.visit(value, schema, path, depth + 1),
            None if any_field() => {}
            None => self.complain(path, "is no known field".to_owned()),
        }
    }

    fn size(&mut self, size: usize, schema: &Value, [min, max]: [&str; 2], unit: &str, path: &str) {
        let bound =
            |name| schema.get(name).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok());
        if let Some(min) = bound(min).filter(|min| size < *min) {
            self.complain(path, format!("must have at least {min} {unit}"));
        }
        if let Some(max) = bound(max).filter(|max| size > *max) {
            self.complain(path, format!("may have at most {max} {unit}"));
        }
    }
}

/// The type a value should have, if it has another one.
fn wrong_type<'a>(value: &Value, schema: &'a Value) -> Option<&'a str> {
    if schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
        return (!value.is_string() && !value.is_i64() && !value.is_u64()).then_some("integer or string");
    }
    let expected = schema.get("type").and_then(Value::as_str)?;
    let fits = match expected {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        _ => value.is_object(),
    };
    (!fits).then_some(expected)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
