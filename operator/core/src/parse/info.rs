//! `INFO`: the sections server, clients, replication, errorstats and keyspace.

use super::fields;
use crate::observed::{Facts, Follower, Replication, Upstream};
use std::collections::BTreeMap;
use std::str::FromStr;

type Fields<'a> = BTreeMap<&'a str, &'a str>;

/// Reads what `INFO` tells. `cluster` and `config` are other commands' business and stay empty.
///
/// Redis, and Valkey before 9, don't tell whether clients are paused: `paused` stays false there, and has to be tried.
pub fn info(text: &str) -> Facts {
    let fields = fields(text);
    Facts {
        run_id: text_of(&fields, "run_id"),
        version: version(&fields),
        keys: keys(&fields),
        replication: replication(&fields),
        paused: fields.get("paused_reason") == Some(&"client_pause"),
        turned_away: turned_away(&fields),
        ..Facts::default()
    }
}

/// Valkey and Ironkeep claim an old `redis_version` for the sake of clients; their own comes first.
fn version(fields: &Fields) -> String {
    let own = ["ironkeep_version", "valkey_version", "redis_version"];
    own.iter().find_map(|name| fields.get(name)).copied().unwrap_or_default().to_owned()
}

/// The sum over lines like `db0:keys=5,expires=0,avg_ttl=0`.
fn keys(fields: &Fields) -> u64 {
    let databases = fields.iter().filter(|(name, _)| {
        name.strip_prefix("db").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    });
    databases.filter_map(|(_, value)| parsed::<u64>(&attributes(value), "keys")).fold(0, u64::saturating_add)
}

/// The sum over lines like `errorstat_MOVED:count=3` of errors that send a client elsewhere.
fn turned_away(fields: &Fields) -> u64 {
    let errors = ["errorstat_MOVED", "errorstat_READONLY"].iter().filter_map(|name| fields.get(name));
    errors.filter_map(|value| parsed::<u64>(&attributes(value), "count")).fold(0, u64::saturating_add)
}

fn replication(fields: &Fields) -> Replication {
    let primary = fields.get("role") != Some(&"slave");
    Replication {
        primary,
        replid: text_of(fields, "master_replid"),
        // On a replica too this is what it has processed. `slave_repl_offset` would be 1 after every start.
        offset: parsed(fields, "master_repl_offset").unwrap_or(0),
        upstream: if primary { None } else { upstream(fields) },
        replicas: followers(fields),
    }
}

fn upstream(fields: &Fields) -> Option<Upstream> {
    Some(Upstream {
        host: (*fields.get("master_host")?).to_owned(),
        port: parsed(fields, "master_port").unwrap_or(0),
        up: fields.get("master_link_status") == Some(&"up"),
        syncing: fields.get("master_sync_in_progress") == Some(&"1"),
        // -1 while there is no link, which isn't a number here.
        silent_seconds: parsed(fields, "master_last_io_seconds_ago"),
    })
}

/// Lines like `slave0:ip=127.0.0.1,port=6379,state=online,offset=14,lag=0,type=replica`, by ascending number.
fn followers(fields: &Fields) -> Vec<Follower> {
    let mut found: Vec<(u32, Follower)> = fields
        .iter()
        .filter_map(|(name, value)| {
            let number = name.strip_prefix("slave")?.parse().ok()?;
            Some((number, follower(&attributes(value))?))
        })
        .collect();
    found.sort_by_key(|&(number, _)| number);
    found.into_iter().map(|(_, follower)| follower).collect()
}

fn follower(line: &Fields) -> Option<Follower> {
    // A dual-channel sync has a second connection of the same replica: one follower is enough.
    if line.get("type") == Some(&"rdb-channel") {
        return None;
    }
    Some(Follower {
        ip: parsed(line, "ip")?,
        port: parsed(line, "port")?,
        online: line.get("state") == Some(&"online"),
        offset: parsed(line, "offset").unwrap_or(0),
    })
}

/// `a=1,b=2`
fn attributes(value: &str) -> Fields<'_> {
    value.split(',').filter_map(|pair| pair.split_once('=')).collect()
}

fn text_of(fields: &Fields, name: &str) -> String {
    fields.get(name).copied().unwrap_or_default().to_owned()
}

fn parsed<T: FromStr>(fields: &Fields, name: &str) -> Option<T> {
    fields.get(name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_databases_and_leaves_out_what_only_looks_like_one() {
        let text = "# Keyspace\r\ndb0:keys=5,expires=0,avg_ttl=0\r\ndb15:keys=7,expires=1,avg_ttl=9\r\n\
                    db0_distrib_strings_sizes:1=5\r\ndb:keys=100\r\ndbx:keys=100\r\n";
        assert_eq!(info(text).keys, 12);
        assert_eq!(info("db0:keys=18446744073709551615\ndb1:keys=2\n").keys, u64::MAX);
    }

    #[test]
    fn counts_the_clients_that_were_sent_elsewhere() {
        let text = "errorstat_ERR:count=9\r\nerrorstat_MOVED:count=3\r\nerrorstat_READONLY:count=2\r\n";
        assert_eq!(info(text).turned_away, 5);
        assert_eq!(info("errorstat_MOVED:count=-1\r\n").turned_away, 0);
    }

    #[test]
    fn tells_followers_in_order_and_each_once() {
        let text = "role:master\r\nslave10:ip=10.0.0.3,port=6379,state=online,offset=3,lag=0\r\n\
                    slave2:ip=fd00::2,port=6380,state=wait_bgsave,offset=0,lag=0,type=main-channel\r\n\
                    slave3:ip=fd00::2,port=6380,state=send_bulk,offset=0,lag=0,type=rdb-channel\r\n\
                    slave4:ip=not-an-address,port=6380,state=online,offset=0,lag=0\r\n";
        let replicas = info(text).replication.replicas;
        let expected = [
            Follower { ip: "fd00::2".parse().unwrap(), port: 6380, online: false, offset: 0 },
            Follower { ip: "10.0.0.3".parse().unwrap(), port: 6379, online: true, offset: 3 },
        ];
        assert_eq!(replicas, expected);
    }

    #[test]
    fn only_a_pause_by_a_client_command_is_a_pause() {
        assert!(info("paused_reason:client_pause\r\n").paused);
        assert!(!info("paused_reason:failover_in_progress\r\n").paused);
        assert!(!info("paused_reason:none\r\n").paused);
    }

    #[test]
    fn an_empty_text_is_a_primary_without_anything() {
        let facts = info("");
        assert!(facts.replication.primary && facts.replication.upstream.is_none());
        assert_eq!((facts.keys, facts.version.as_str()), (0, ""));
    }
}
