//! The commands on keys of any type: replies, errors and effects, as Valkey 9.1 gives them.

mod generic_rig;

use generic_rig::Rig;

const NOW: i64 = 1_000_000_000;

#[test]
fn deletes() {
    let mut rig = Rig::new();
    rig.run("MSET a 1 b 2 c 3");
    rig.check("DEL a nope a", ":1", &["DEL a nope a"]);
    rig.check("UNLINK b c", ":2", &["UNLINK b c"]);
    assert_eq!(rig.turn.dirty, 2);
    rig.check("DEL a", ":0", &[]);
    rig.run("SET a 1 PX 5");
    rig.now += 6;
    rig.run("SET b 1");
    rig.check("DEL a b", ":1", &["UNLINK a", "DEL a b"]);
}

#[test]
fn a_replica_deletes_what_has_expired_when_it_is_told_to() {
    let mut rig = Rig::new();
    rig.run("SET a 1 PX 5");
    rig.now += 6;
    rig.rules.remove_expired = false;
    rig.check("EXISTS a", ":0", &[]);
    rig.check("DEL a", ":1", &["DEL a"]);
    assert_eq!(rig.size(0), 0);
}

#[test]
fn large_values_go_to_the_garbage_if_lazy() {
    let mut rig = Rig::new();
    let large = "x".repeat(100_000);
    for (lazy_del, line, garbage) in [(true, "DEL a", 1), (false, "DEL a", 0), (false, "UNLINK a", 1)] {
        rig.rules.lazy_del = lazy_del;
        rig.raw(&["SET", "a", &large]);
        rig.turn.garbage.clear();
        rig.run(line);
        assert_eq!(rig.turn.garbage.len(), garbage, "{line} {lazy_del}");
    }
}

/// What INFO counts as lazily freed are the same values as in Valkey: those of more than 64 pieces.
#[test]
fn values_of_many_pieces_go_to_the_garbage() {
    let numbers = |count: i32| (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    let pairs = |count: i32| (0..count).map(|n| format!("{n} {n}")).collect::<Vec<_>>().join(" ");
    let long = "x".repeat(100);
    for (make, garbage) in [
        (vec![format!("SADD a {}", numbers(64))], 0),
        (vec![format!("SADD a {}", numbers(65))], 0),
        (vec![format!("SADD a {long} {}", numbers(63))], 0),
        (vec![format!("SADD a {long} {}", numbers(64))], 1),
        (vec![format!("HSET a x {long} {}", pairs(63))], 0),
        (vec![format!("HSET a x {long} {}", pairs(64))], 1),
        (vec![format!("ZADD a 1 {long} {}", pairs(63))], 0),
        (vec![format!("ZADD a 1 {long} {}", pairs(64))], 1),
        (vec![format!("RPUSH a {long} {}", numbers(400))], 0),
        ((0..64).map(|n| format!("XADD a {n}-1 f v")).collect(), 0),
        ((0..65).map(|n| format!("XADD a {n}-1 f v")).collect(), 1),
        (vec!["XADD a 1-1 f v".into(), "XGROUP CREATE a g $".into()], 0),
    ] {
        let mut rig = Rig::new();
        rig.rules.sizes.stream.entries = 1;
        make.iter().for_each(|line| drop(rig.run(line)));
        rig.check("UNLINK a", ":1", &["UNLINK a"]);
        assert_eq!(rig.turn.garbage.len(), garbage, "{}", make[0]);
    }
}

#[test]
fn what_is_cut_off_a_large_list_goes_to_the_garbage() {
    let value = "x".repeat(100);
    for (line, left, garbage) in [
        ("LTRIM a 0 9", 10, 1),
        ("LTRIM a 1000 1009", 10, 2),
        ("LTRIM a 10 -11", 1980, 0),
        ("LPOP a 1900", 100, 1),
        ("RPOP a 1990", 10, 1),
        ("RPOP a 10", 1990, 0),
    ] {
        let mut rig = Rig::new();
        let words: Vec<&str> = ["RPUSH", "a"].into_iter().chain([value.as_str(); 2000]).collect();
        rig.raw(&words);
        rig.run(line);
        assert_eq!(rig.turn.garbage.len(), garbage, "{line}");
        rig.check("LLEN a", &format!(":{left}"), &[]);
    }
}

#[test]
fn looks() {
    let mut rig = Rig::new();
    rig.run("MSET a 1 b text");
    for (line, reply) in [
        ("EXISTS a b a nope", ":3"),
        ("TOUCH a b nope", ":2"),
        ("TYPE a", "+string"),
        ("TYPE nope", "+none"),
        ("OBJECT REFCOUNT a", ":1"),
        ("OBJECT ENCODING a", "$3|int"),
        ("OBJECT ENCODING b", "$6|embstr"),
        ("OBJECT ENCODING nope", "$-1"),
        ("OBJECT IDLETIME a", ":0"),
        ("OBJECT FREQ nope", "$-1"),
        ("MEMORY USAGE nope", "$-1"),
        ("MEMORY USAGE a SAMPLES", "-ERR syntax error"),
        ("MEMORY USAGE a SAMPLES -1", "-ERR syntax error"),
        ("MEMORY USAGE a SAMPLES x", "-ERR value is not an integer or out of range"),
        ("MEMORY USAGE a FOO", "-ERR syntax error"),
    ] {
        rig.check(line, reply, &[]);
    }
    rig.resp3 = true;
    rig.check("OBJECT IDLETIME nope", "_", &[]);
}

#[test]
fn help_of_object() {
    let help = Rig::new().run("OBJECT HELP");
    assert!(help.starts_with(
        "*15|+OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:|+ENCODING <key>|"
    ));
    assert!(help.ends_with("|+REFCOUNT <key>|+    Return the number of references of the value associated with the specified|+    <key>.|+HELP|+    Print this help."));
}

#[test]
fn memory_usage_counts_all_of_a_value() {
    let mut rig = Rig::new();
    rig.run("SET a 1");
    let small = rig.run("MEMORY USAGE a SAMPLES 0 SAMPLES 5");
    rig.raw(&["SET", "a", &"x".repeat(100_000)]);
    let large = rig.run("MEMORY USAGE a");
    let number = |reply: &str| reply[1..].parse::<u32>().expect("a number");
    assert!(
        (16..64).contains(&number(&small)) && (100_000..101_000).contains(&number(&large)),
        "{small} {large}"
    );
}

#[test]
fn use_is_measured_by_the_policy() {
    let mut rig = Rig::new();
    rig.run("SET a 1");
    rig.rules.access.seconds += 10;
    assert_eq!(rig.run("OBJECT IDLETIME a"), ":10");
    rig.run("EXISTS a");
    rig.run("TTL a");
    rig.run("TYPE a");
    assert_eq!(rig.run("OBJECT IDLETIME a"), ":10");
    rig.no_touch = true;
    rig.run("GET a");
    assert_eq!(rig.run("OBJECT IDLETIME a"), ":10");
    rig.run("TOUCH a");
    assert_eq!(rig.run("OBJECT IDLETIME a"), ":0");
    let tail = "Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.";
    let lru = format!("-ERR An LFU maxmemory policy is not selected, access frequency not tracked. {tail}");
    rig.check("OBJECT FREQ a", &lru, &[]);
    rig.rules.access.lfu = true;
    rig.run("SET b 1");
    assert_eq!(rig.run("OBJECT FREQ b"), ":5");
    let lfu = format!("-ERR An LFU maxmemory policy is selected, idle time not tracked. {tail}");
    rig.check("OBJECT IDLETIME a", &lfu, &[]);
}

#[test]
fn sets_expiries() {
    let mut rig = Rig::new();
    rig.run("SET k 1");
    let at = |ms: i64| (NOW + ms).to_string();
    rig.check("EXPIRE k 100", ":1", &[&format!("PEXPIREAT k {}", at(100_000))]);
    rig.check("PEXPIRE k 1500 XX LT", ":1", &[&format!("PEXPIREAT k {} XX LT", at(1500))]);
    rig.check("TTL k", ":2", &[]);
    rig.check("PTTL k", ":1500", &[]);
    rig.check("PEXPIRETIME k", &format!(":{}", at(1500)), &[]);
    rig.check("EXPIREAT k 1000010", ":1", &["PEXPIREAT k 1000010000"]);
    rig.check("EXPIRETIME k", ":1000010", &[]);
    rig.check("pexpireat k 1000020500 gt", ":1", &["pexpireat k 1000020500 gt"]);
    rig.check("EXPIRETIME k", ":1000021", &[]);
    rig.check("PERSIST k", ":1", &["PERSIST k"]);
    rig.check("PERSIST k", ":0", &[]);
    for line in ["TTL k", "PTTL k", "EXPIRETIME k", "PEXPIRETIME k"] {
        rig.check(line, ":-1", &[]);
        rig.check(&line.replace('k', "nope"), ":-2", &[]);
    }
    rig.check("PERSIST nope", ":0", &[]);
    rig.check("EXPIRE nope 1", ":0", &[]);
}

#[test]
fn conditions_of_expire() {
    // Command, the expiry before it, whether it does something.
    for (words, before, done) in [
        ("100 NX", None, 1),
        ("100 NX", Some(50), 0),
        ("100 XX", None, 0),
        ("100 XX", Some(50), 1),
        ("100 GT", None, 0),
        ("100 GT", Some(100), 0),
        ("100 GT", Some(50), 1),
        ("100 LT", None, 1),
        ("100 LT", Some(100), 0),
        ("100 lt lt xx", Some(150), 1),
        ("100 LT XX", None, 0),
    ] {
        let mut rig = Rig::new();
        rig.run("SET k 1");
        if let Some(seconds) = before {
            rig.run(&format!("EXPIRE k {seconds}"));
        }
        assert_eq!(rig.run(&format!("EXPIRE k {words}")), format!(":{done}"), "{words} {before:?}");
        let left = if done == 1 { 100 } else { before.unwrap_or(-1) };
        assert_eq!(rig.run("TTL k"), format!(":{left}"), "{words} {before:?}");
    }
}

#[test]
fn errors_of_expire() {
    let mut rig = Rig::new();
    rig.run("SET k 1");
    let clash = "-ERR NX and XX, GT or LT options at the same time are not compatible";
    for (line, reply) in [
        ("EXPIRE k 10 FOO", "-ERR Unsupported option FOO"),
        ("EXPIRE k abc FOO", "-ERR Unsupported option FOO"),
        ("EXPIRE k 10 NX XX", clash),
        ("EXPIRE k 10 GT NX", clash),
        ("EXPIRE k 10 NX LT", clash),
        ("EXPIRE k 10 GT LT", "-ERR GT and LT options at the same time are not compatible"),
        ("EXPIRE k abc", "-ERR value is not an integer or out of range"),
        ("EXPIRE nope 9223372036854775807", "-ERR invalid expire time in 'expire' command"),
        ("EXPIRE k 9223372036854775", "-ERR invalid expire time in 'expire' command"),
        ("EXPIRE k -9223372036854776", "-ERR invalid expire time in 'expire' command"),
        ("PEXPIRE k 9223372036854775807", "-ERR invalid expire time in 'pexpire' command"),
        ("EXPIREAT k 9223372036854776", "-ERR invalid expire time in 'expireat' command"),
    ] {
        rig.check(line, reply, &[]);
    }
    rig.check("TTL k", ":-1", &[]);
    assert_eq!(rig.run("PEXPIREAT k 9223372036854775807"), ":1");
    assert_eq!(rig.run("EXPIRETIME k"), ":9223372036854776");
    // Arguments in error texts are bytes up to the first zero, with blanks for line ends.
    let reply = rig.raw(&[&b"EXPIRE"[..], b"k", b"1", b"\xffa\r\nb\0c"]);
    assert_eq!(reply, b"-ERR Unsupported option \xffa  b\r\n");
}

#[test]
fn an_expiry_that_has_passed_deletes() {
    let mut rig = Rig::new();
    for line in ["EXPIRE k 0", "PEXPIRE k -1", "EXPIREAT k 5", "PEXPIREAT k -9223372036854775808"] {
        rig.run("SET k 1");
        rig.check(line, ":1", &["UNLINK k"]);
        assert_eq!((rig.size(0), rig.turn.dirty), (0, 1), "{line}");
    }
    assert_eq!(rig.turn.counts.expired, 4);
    rig.rules.lazy_expire = false;
    rig.run("SET k 1");
    rig.check("EXPIRE k -5 LT", ":1", &["DEL k"]);
    // Where the primary decides, the key stays until it says so.
    rig.run("SET k 1");
    rig.rules.remove_expired = false;
    rig.check("PEXPIREAT k 5", ":1", &["PEXPIREAT k 5"]);
    assert_eq!((rig.run("GET k").as_str(), rig.size(0)), ("$-1", 1));
}

#[test]
fn expired_keys_live_for_who_imports() {
    let mut rig = Rig::new();
    rig.run("SET k 1 PX 10");
    rig.now += 11;
    (rig.rules.remove_expired, rig.rules.importing) = (false, true);
    rig.check("GET k", "$-1", &[]);
    rig.check("PTTL k", ":-2", &[]);
    rig.check("KEYS *", "*0", &[]);
    rig.import_source = true;
    rig.check("PTTL k", ":0", &[]);
    rig.check("KEYS *", "*1|$1|k", &[]);
    rig.check("RANDOMKEY", "$1|k", &[]);
    rig.check("INCR k", ":2", &["INCR k"]);
    rig.check("COPY k l", ":1", &["COPY k l"]);
    assert_eq!(rig.size(0), 2);
    // Once nothing is imported any more, what the client said has no effect.
    (rig.rules.remove_expired, rig.rules.importing) = (true, false);
    rig.check("GET k", "$-1", &["UNLINK k"]);
}

#[test]
fn a_key_lives_through_its_last_millisecond() {
    let mut rig = Rig::new();
    rig.run("SET k 1 PX 10");
    rig.now += 10;
    rig.check("PTTL k", ":0", &[]);
    rig.now += 1;
    rig.check("PTTL k", ":-2", &["UNLINK k"]);
}

#[test]
fn renames() {
    let mut rig = Rig::new();
    rig.check("RENAME nope x", "-ERR no such key", &[]);
    rig.check("RENAMENX nope nope", "-ERR no such key", &[]);
    rig.run("SET a 1 PX 1000");
    rig.run("SET b 2");
    rig.check("RENAME a a", "+OK", &[]);
    rig.check("RENAMENX a a", ":0", &[]);
    rig.check("RENAMENX a b", ":0", &[]);
    rig.check("RENAME a b", "+OK", &["RENAME a b"]);
    assert_eq!(rig.turn.dirty, 1);
    rig.check("GET b", "$1|1", &[]);
    rig.check("PTTL b", ":1000", &[]);
    rig.check("EXISTS a", ":0", &[]);
    rig.check("RENAMENX b c", ":1", &["RENAMENX b c"]);
    rig.run("SET d 1 PX 1");
    rig.now += 2;
    rig.check("RENAMENX c d", ":1", &["UNLINK d", "RENAMENX c d"]);
    assert_eq!(rig.size(0), 1);
}

#[test]
fn names_that_share_a_table_can_be_exchanged() {
    let mut rig = Rig::slotted();
    for i in 0..300 {
        rig.run(&format!("SET {{t}}{i} {i}"));
    }
    for i in 0..299 {
        rig.run(&format!("RENAME {{t}}{i} {{t}}{}", i + 1));
    }
    assert_eq!((rig.run("GET {t}299"), rig.size(0)), ("$1|0".into(), 1));
}

#[test]
fn moves() {
    let mut rig = Rig::new();
    rig.run("SET a 1 PX 1000");
    for (line, reply) in [
        ("MOVE a 0", "-ERR source and destination objects are the same"),
        ("MOVE a 16", "-ERR DB index is out of range"),
        ("MOVE a -1", "-ERR DB index is out of range"),
        ("MOVE a abc", "-ERR value is not an integer or out of range"),
        ("MOVE a 99999999999", "-ERR value is out of range, value must between -2147483648 and 2147483647"),
        ("MOVE nope 1", ":0"),
    ] {
        rig.check(line, reply, &[]);
    }
    rig.check("MOVE a 1", ":1", &["MOVE a 1"]);
    assert_eq!((rig.turn.dirty, rig.size(0), rig.size(1)), (1, 0, 1));
    rig.run("SET a 2");
    rig.check("MOVE a 1", ":0", &[]);
    rig.now += 1001;
    rig.check("MOVE a 1", ":1", &["1: UNLINK a", "MOVE a 1"]);
    rig.db = 1;
    rig.check("GET a", "$1|2", &[]);
}

#[test]
fn copies() {
    let mut rig = Rig::new();
    rig.run("SET a 1 PX 1000");
    for (line, reply) in [
        ("COPY a a", "-ERR source and destination objects are the same"),
        ("COPY a a DB 0", "-ERR source and destination objects are the same"),
        ("COPY a b DB", "-ERR syntax error"),
        ("COPY a b FOO", "-ERR syntax error"),
        ("COPY a b DB 16", "-ERR DB index is out of range"),
        ("COPY a b DB x", "-ERR value is not an integer or out of range"),
        ("COPY nope b", ":0"),
    ] {
        rig.check(line, reply, &[]);
    }
    rig.check("COPY a b", ":1", &["COPY a b"]);
    rig.check("PTTL b", ":1000", &[]);
    rig.check("COPY a b", ":0", &[]);
    rig.run("SET a other");
    rig.check("copy a b replace", ":1", &["copy a b replace"]);
    rig.check("GET b", "$5|other", &[]);
    rig.check("TTL b", ":-1", &[]);
    rig.check("COPY a a DB 3", ":1", &["COPY a a DB 3"]);
    rig.db = 3;
    rig.check("GET a", "$5|other", &[]);
    rig.check("PEXPIRE a 1", ":1", &[&format!("PEXPIREAT a {}", NOW + 1)]);
    rig.now += 2;
    rig.db = 0;
    rig.check("COPY a a DB 3", ":1", &["3: UNLINK a", "COPY a a DB 3"]);
}

#[test]
fn a_copy_does_not_change_with_its_source() {
    let mut rig = Rig::new();
    rig.raw(&["SET", "a", &"x".repeat(10_000)]);
    rig.run("COPY a b");
    rig.run("SETRANGE a 0 yy");
    assert!(rig.run("GETRANGE b 0 1") == "$2|xx" && rig.run("GETRANGE a 0 1") == "$2|yy");
}
