//! `maxmemory`: what is refused, what is evicted.

mod common;

use common::Server;

const NO_MEMORY: &str = "OOM command not allowed when used memory > 'maxmemory'.";

#[test]
fn writes_are_refused_when_nothing_may_go() {
    let server = Server::start(&[]);
    let mut client = server.client();
    client.text(&["mset", "a", "1", "b", "2"]);
    let mut other = server.client();
    other.text(&["multi"]);
    assert_eq!(other.text(&["set", "c", "1"]), "QUEUED");
    assert_eq!(client.text(&["config", "set", "maxmemory", "1"]), "OK");
    assert_eq!(client.text(&["set", "c", "1"]), NO_MEMORY);
    assert_eq!(client.text(&["get", "a"]), "1");
    assert_eq!(client.text(&["del", "a"]), "1");
    assert_eq!(other.text(&["exec"]), format!("EXECABORT Transaction discarded because of: {NO_MEMORY}"));
    assert_eq!(other.text(&["exec"]), "ERR EXEC without MULTI");
    // What is refused while it is queued spoils the transaction; reading does not need memory.
    client.text(&["multi"]);
    assert_eq!(client.text(&["set", "c", "1"]), NO_MEMORY);
    assert_eq!(client.text(&["exec"]), "EXECABORT Transaction discarded because of previous errors.");
    client.text(&["multi"]);
    client.text(&["get", "b"]);
    assert_eq!(client.text(&["exec"]), "[2]");
    assert!(client.info("stats", "current_eviction_exceeded_time").parse::<u64>().is_ok());
    assert_eq!(client.text(&["config", "set", "maxmemory", "0"]), "OK");
    assert_eq!(client.text(&["set", "c", "1"]), "OK");
}

#[test]
fn keys_are_evicted_until_the_limit_holds() {
    for policy in ["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-ttl", "volatile-random"] {
        let server = Server::start(&["--maxmemory-policy", policy, "--io-threads", "2"]);
        let mut client = server.client();
        let base: u64 = client.info("memory", "used_memory").parse().unwrap();
        let limit = base + 1_000_000;
        client.text(&["config", "set", "maxmemory", &limit.to_string()]);
        let value = "x".repeat(1000);
        for i in 0..3000 {
            assert_eq!(client.text(&["set", &format!("k{i}"), &value, "ex", "1000"]), "OK", "{policy}");
        }
        client.text(&["ping"]);
        let used: u64 = client.info("memory", "used_memory").parse().unwrap();
        assert!(used < limit + 100_000, "{policy}: {used} of {limit}");
        client.text(&["config", "set", "maxmemory", "0"]);
        let (left, evicted) = (client.text(&["dbsize"]), client.info("stats", "evicted_keys"));
        assert_eq!(left.parse::<u64>().unwrap() + evicted.parse::<u64>().unwrap(), 3000, "{policy}");
    }
}

#[test]
fn volatile_policies_spare_keys_without_expiry() {
    let server = Server::start(&["--maxmemory-policy", "volatile-lru"]);
    let mut client = server.client();
    let value = "x".repeat(1000);
    for i in 0..200 {
        client.text(&["set", &format!("kept{i}"), &value]);
        client.text(&["set", &format!("gone{i}"), &value, "ex", "1000"]);
    }
    // The control thread evicts without being asked again.
    client.text(&["config", "set", "maxmemory", "1"]);
    client.wait_for(&["dbsize"], "200");
    assert_eq!(client.text(&["exists", "kept0", "kept199"]), "2");
    assert_eq!(client.text(&["set", "a", "b"]), NO_MEMORY);
    assert_eq!(client.info("stats", "evicted_keys"), "200");
}
