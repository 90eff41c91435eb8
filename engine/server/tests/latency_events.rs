//! LATENCY: spikes and histograms.

mod common;

use common::Server;

#[test]
fn spikes_are_monitored() {
    let server = Server::start(&["--enable-debug-command", "yes"]);
    let mut client = server.client();
    assert!(client.text(&["latency", "doctor"]).contains("Latency monitoring is off"));
    client.text(&["config", "set", "latency-monitor-threshold", "5"]);
    client.text(&["debug", "sleep", "0.02"]);
    client.text(&["config", "set", "latency-monitor-threshold", "0"]);
    let latest = client.text(&["latency", "latest"]);
    assert!(latest.contains("[command 1"), "{latest}");
    let history = client.text(&["latency", "history", "command"]);
    let millis = history.trim_matches(['[', ']']).split(' ').nth(1).unwrap().parse::<u64>().unwrap();
    assert!(millis >= 20, "{history}");
    assert!(client.text(&["latency", "graph", "command"]).starts_with("command - high "));
    assert!(client.text(&["latency", "doctor"]).contains("command: 1 latency spikes"));
    assert_eq!(client.text(&["latency", "graph", "x"]), "ERR No samples available for event 'x'");
    // The control thread may have waited for the sleeper: an event of its own.
    assert_eq!(client.text(&["latency", "reset", "command", "nonsense"]), "1");
    client.text(&["latency", "reset"]);
    assert_eq!(client.text(&["latency", "latest"]), "[]");
}

#[test]
fn histograms_count_all_calls() {
    let server = Server::start(&[]);
    let mut client = server.client();
    client.text(&["config", "resetstat"]);
    for _ in 0..5 {
        client.text(&["set", "k", "v"]);
    }
    let shown = client.text(&["latency", "histogram", "nonsense", "set"]);
    assert!(shown.starts_with("[set [calls 5 histogram_usec ["), "{shown}");
    assert!(shown.ends_with(" 5]]]"), "{shown}");
    assert!(client.text(&["latency", "histogram", "config"]).contains("config|resetstat"));
    assert_eq!(client.text(&["latency", "histogram", "get"]), "[]");
}
