//! Spans as OTLP has them in JSON: ids in hexadecimal digits, long numbers as text.

use super::Span;
use serde_json::{Value, json};

/// The program, as traces name it.
const SERVICE: &str = "ironkeep-operator";
/// A span of the program's own, neither a client's nor a server's.
const INTERNAL: u8 = 1;
/// Something went wrong in it.
const ERROR: u8 = 2;

/// One request of spans of an instance.
pub fn request(instance: &str, spans: &[Span]) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let about = [("service.name", SERVICE), ("service.version", version), ("service.instance.id", instance)];
    json!({"resourceSpans": [{
        "resource": {"attributes": about.map(|(key, value)| attribute(key, value))},
        "scopeSpans": [{
            "scope": {"name": SERVICE, "version": version},
            "spans": spans.iter().map(span).collect::<Vec<_>>(),
        }],
    }]})
}

fn span(span: &Span) -> Value {
    let mut value = json!({
        "traceId": format!("{:032x}", span.trace),
        "spanId": format!("{:016x}", span.id),
        "name": span.name,
        "kind": INTERNAL,
        "startTimeUnixNano": span.start.to_string(),
        "endTimeUnixNano": span.end.to_string(),
        "attributes": span.attributes.iter().map(|(key, value)| attribute(key, value)).collect::<Vec<_>>(),
    });
    if let Some(parent) = span.parent {
        value["parentSpanId"] = json!(format!("{parent:016x}"));
    }
    if let Some(error) = &span.error {
        value["status"] = json!({"code": ERROR, "message": error});
    }
    value
}

fn attribute(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}
