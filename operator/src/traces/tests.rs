//! Spans on their way to a collector.

use super::{Endpoint, Message, to};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tracing_subscriber::layer::SubscriberExt;

/// Takes one request, gives its head and its body.
async fn take(listener: &TcpListener, answer: &str) -> (String, Value) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut text = Vec::new();
    let body = loop {
        stream.read_buf(&mut text).await.unwrap();
        let seen = String::from_utf8_lossy(&text);
        let Some((head, body)) = seen.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            break (head.to_owned(), serde_json::from_str(body).unwrap());
        }
    };
    stream.write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 2\r\n\r\n{{}}").as_bytes()).await.unwrap();
    body
}

#[tokio::test]
async fn spans_arrive_with_their_parents_names_and_errors() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}/behind/", listener.local_addr().unwrap());
    let (collector, exporter, flusher) = to(at.parse().unwrap(), "me");
    tracing::subscriber::with_default(tracing_subscriber::registry().with(collector), || {
        let pass = tracing::info_span!("pass", cluster = %"n/c", empty = tracing::field::Empty);
        let _in = pass.enter();
        pass.record("empty", 7);
        let step = tracing::info_span!("stage", otel.name = "step");
        step.in_scope(|| tracing::info!("all well"));
        step.in_scope(|| tracing::warn!(error = %"no room", "a step failed"));
        step.in_scope(|| tracing::warn!("and more"));
    });
    tokio::spawn(exporter.run());
    let (request, ()) = tokio::join!(take(&listener, "200 OK"), flusher.flush());
    let (head, body) = request;
    assert!(head.starts_with("POST /behind/v1/traces HTTP/1.1\r\n"), "{head}");
    let resource = &body["resourceSpans"][0];
    let service = json!({"key": "service.name", "value": {"stringValue": "ironkeep-operator"}});
    assert_eq!(resource["resource"]["attributes"][0], service);
    let [step, pass] = resource["scopeSpans"][0]["spans"].as_array().unwrap().as_slice() else {
        panic!("{body}")
    };
    assert_eq!((&step["name"], &pass["name"]), (&json!("step"), &json!("pass")));
    assert_eq!((&step["traceId"], &step["parentSpanId"]), (&pass["traceId"], &pass["spanId"]));
    assert_eq!(step["status"], json!({"code": 2, "message": "no room"}));
    assert!(pass.get("status").is_none() && pass.get("parentSpanId").is_none());
    assert_eq!(pass["traceId"].as_str().unwrap().len(), 32);
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    assert_eq!(pass["attributes"], json!([text("cluster", "n/c"), text("empty", "7")]));
    let nanoseconds = |key: &str| pass[key].as_str().unwrap().parse::<u64>().unwrap();
    assert!(nanoseconds("startTimeUnixNano") <= nanoseconds("endTimeUnixNano"));
}

#[tokio::test]
async fn a_collector_that_refuses_or_is_gone_costs_spans_only() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    let (collector, exporter, flusher) = to(at.parse().unwrap(), "me");
    let subscriber = tracing::Dispatch::new(tracing_subscriber::registry().with(collector));
    let span = |name: &str| {
        tracing::dispatcher::with_default(&subscriber, || drop(tracing::info_span!("s", otel.name = name)));
    };
    // More than there is room for: the rest is let go of, nobody waits.
    (0..super::MOST_WAITING + 10).for_each(|_| span("many"));
    assert!(flusher.0.try_send(Message::Flush(tokio::sync::oneshot::channel().0)).is_err());
    tokio::spawn(exporter.run());
    let requests = async {
        let mut spans = 0;
        while spans < super::MOST_WAITING {
            let (_, body) = take(&listener, "503 Busy").await;
            spans += body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().len();
        }
        spans
    };
    let (spans, ()) = tokio::join!(requests, flusher.flush());
    assert_eq!(spans, super::MOST_WAITING);
    drop(listener);
    span("lost");
    flusher.flush().await;
}

#[test]
fn an_endpoint_is_an_address_without_encryption() {
    for good in ["http://c", "http://c:4318", "http://c/x", "http://[::1]:4318/", "http://[::1]"] {
        good.parse::<Endpoint>().unwrap();
    }
    for bad in
        ["c:4318", "https://c", "http://", "http://:4318", "http://c:port", "http://c d", "http://u@c", ""]
    {
        bad.parse::<Endpoint>().unwrap_err();
    }
}
