//! INFO: its sections, and that its figures are those of what happened.

mod common;

use common::Server;

/// Titles of the sections of a reply.
fn titles(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("# ")).collect()
}

/// A batch of requests that is cut in pieces, because its replies are large, is counted once.
#[test]
fn commands_are_counted_once() {
    let server = Server::start(&[]);
    let mut client = server.client();
    client.text(&["set", "a", &"x".repeat(30_000)]);
    let count = |client: &mut common::Client| -> u64 {
        client.info("stats", "total_commands_processed").parse().unwrap()
    };
    let before = count(&mut client);
    client.send_raw(&ironkeep_wire::encode_command(&["get", "a"]).repeat(20));
    for _ in 0..20 {
        assert_eq!(client.read_text().len(), 30_000);
    }
    assert_eq!(count(&mut client), before + 21);
}

#[test]
fn sections_are_chosen_as_in_valkey() {
    let server = Server::start(&[]);
    let mut client = server.client();
    let plain = client.text(&["info"]);
    assert_eq!(
        titles(&plain),
        [
            "Server",
            "Clients",
            "Memory",
            "Persistence",
            "Stats",
            "Replication",
            "CPU",
            "Modules",
            "Errorstats",
            "Cluster",
            "Keyspace"
        ]
    );
    assert_eq!(titles(&client.text(&["info", "default"])), titles(&plain));
    assert_eq!(titles(&client.text(&["info", "cpu", "COMMANDstats", "nonsense"])), ["CPU", "Commandstats"]);
    let everything = client.text(&["info", "everything"]);
    assert_eq!(titles(&everything), titles(&client.text(&["info", "all"])));
    assert!(titles(&everything).contains(&"Latencystats"));
    assert_eq!(client.text(&["info", "nonsense"]), "");
}

#[test]
fn says_what_it_is() {
    let server = Server::start(&["--io-threads", "2"]);
    let mut client = server.client();
    for (field, value) in [
        ("redis_version", "7.2.4"),
        ("server_name", "valkey"),
        ("valkey_version", "9.1.2"),
        ("server_mode", "standalone"),
        ("process_id", &server.pid().to_string()),
        ("tcp_port", &server.port.to_string()),
        ("io_threads_active", "1"),
        ("listener0", &format!("name=tcp,bind=127.0.0.1,port={}", server.port)),
    ] {
        assert_eq!(client.info("server", field), value, "{field}");
    }
    assert_eq!(client.text(&["config", "set", "extended-redis-compatibility", "yes"]), "OK");
    assert_eq!(client.info("server", "redis_mode"), "standalone");
    assert_eq!(client.info("server", "server_mode"), "");
    assert_eq!(client.info("replication", "role"), "master");
}

#[test]
fn counts_keys_hits_and_expiries() {
    let server = Server::start(&[]);
    let mut client = server.client();
    for i in 0..100 {
        client.text(&["set", &format!("k{i}"), "v"]);
    }
    client.text(&["set", "k0", "v", "ex", "1000"]);
    client.text(&["select", "3"]);
    client.text(&["set", "other", "v"]);
    client.text(&["get", "other"]);
    client.text(&["get", "missing"]);
    let db0 = client.info("keyspace", "db0");
    let ttl = db0.strip_prefix("keys=100,expires=1,avg_ttl=").and_then(|rest| rest.split(',').next());
    assert!((990_000..=1_000_000).contains(&ttl.unwrap().parse::<u64>().unwrap()), "{db0}");
    assert_eq!(client.info("keyspace", "db3"), "keys=1,expires=0,avg_ttl=0,keys_with_volatile_items=0");
    assert_eq!(
        (client.info("stats", "keyspace_hits"), client.info("stats", "keyspace_misses")),
        ("1".to_owned(), "1".to_owned())
    );
    assert_eq!(client.info("persistence", "rdb_changes_since_last_save"), "102");
    // A transaction that holds some partitions holds what INFO needs too.
    assert_eq!(client.text(&["multi"]), "OK");
    client.text(&["set", "a", "b"]);
    client.text(&["info", "keyspace"]);
    assert!(client.text(&["exec"]).contains("db3:keys=2"));
}

#[test]
fn counts_fields_that_expire() {
    let server = Server::start(&["--enable-debug-command", "yes"]);
    let mut client = server.client();
    client.text(&["debug", "set-active-expire", "0"]);
    client.text(&["hset", "h", "stays", "1"]);
    client.text(&["hsetex", "h", "ex", "1000", "fields", "2", "a", "1", "b", "2"]);
    client.text(&["hsetex", "other", "ex", "1000", "fields", "1", "a", "1"]);
    let keyspace = "keys=2,expires=0,avg_ttl=0,keys_with_volatile_items=2";
    assert_eq!(client.info("keyspace", "db0"), keyspace);
    client.text(&["hexpire", "h", "0", "fields", "2", "a", "b"]);
    assert_eq!(client.info("stats", "expired_fields"), "2");
    assert!(client.info("keyspace", "db0").ends_with("keys_with_volatile_items=1"));
    client.text(&["config", "resetstat"]);
    assert_eq!(client.info("stats", "expired_fields"), "0");
}

#[test]
fn counts_commands_and_errors() {
    let server = Server::start(&[]);
    let mut client = server.client();
    assert_eq!(client.text(&["config", "resetstat"]), "OK");
    client.text(&["set", "a", "x"]);
    client.text(&["incr", "a"]);
    client.text(&["get"]);
    client.text(&["nonsense"]);
    client.text(&["config", "get", "maxmemory"]);
    let stat = |line: String| -> Vec<String> { line.split(',').map(str::to_owned).collect() };
    let incr = stat(client.info("commandstats", "cmdstat_incr"));
    assert_eq!((&*incr[0], &*incr[3], &*incr[4]), ("calls=1", "rejected_calls=0", "failed_calls=1"));
    let get = stat(client.info("commandstats", "cmdstat_get"));
    assert_eq!((&*get[0], &*get[3], &*get[4]), ("calls=0", "rejected_calls=1", "failed_calls=0"));
    assert_eq!(stat(client.info("commandstats", "cmdstat_config|get"))[0], "calls=1");
    assert_eq!(client.info("errorstats", "errorstat_ERR"), "count=3");
    assert_eq!(client.info("stats", "total_error_replies"), "3");
    assert!(client.info("latencystats", "latency_percentiles_usec_set").starts_with("p50="));
    client.text(&["config", "resetstat"]);
    assert_eq!(client.info("commandstats", "cmdstat_incr"), "");
    assert_eq!(client.info("errorstats", "errorstat_ERR"), "");
}

#[test]
fn measures_memory() {
    let server = Server::start(&["--enable-debug-command", "yes"]);
    let mut client = server.client();
    let mut number = |field: &str| client.info("memory", field).parse::<u64>().unwrap();
    let (before, startup) = (number("used_memory"), number("used_memory_startup"));
    assert!(startup > 0 && before >= startup && number("used_memory_rss") > before);
    assert!(number("allocator_resident") >= number("allocator_active"));
    client.text(&["debug", "populate", "10000", "key", "100"]);
    let mut number = |field: &str| client.info("memory", field).parse::<u64>().unwrap();
    let after = number("used_memory");
    assert!((1_000_000..3_000_000).contains(&(after - before)), "{before} {after}");
    assert!(number("used_memory_peak") >= after);
    assert!(number("used_memory_dataset") > 1_000_000);
    client.text(&["flushall"]);
    assert!(client.text(&["memory", "stats"]).contains("keys.count 0"));
    assert!(client.text(&["memory", "malloc-stats"]).contains("jemalloc"));
    assert_eq!(client.text(&["memory", "purge"]), "OK");
    assert!(client.text(&["memory", "doctor"]).contains("very little memory"));
}
