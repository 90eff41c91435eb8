//! Scenes that show one thing each.

use crate::rig::node::Node;
use crate::stage::{Stage, compare};

const OPTIONS: &[&str] = &["--enable-debug-command", "yes", "--loglevel", "notice"];

/// Plays a scene with one and with several threads.
fn play(scene: &[&str]) {
    for threads in ["1", "3"] {
        let Some(valkey) = Node::valkey(OPTIONS) else { return };
        let ours = Node::ours(&[OPTIONS, &["--io-threads", threads]].concat());
        compare(&mut Stage::new(ours), &mut Stage::new(valkey), scene);
    }
}

#[test]
fn every_kind_of_change_is_told_once() {
    let mut scene = vec!["A HELLO 3", "A CLIENT TRACKING ON", "B DEBUG SET-ACTIVE-EXPIRE 0"];
    for change in [
        "SET k v",
        "APPEND k w",
        "SETRANGE k 0 x",
        "SETBIT k 7 1",
        "BITFIELD k SET u8 0 65",
        "GETSET k 7",
        "INCR k",
        "INCRBYFLOAT k 1.5",
        "EXPIRE k 1000",
        "PERSIST k",
        "GETEX k EX 100",
        "GETEX k PERSIST",
        "PEXPIREAT k 1",
        "MSET k 1 other 2",
        "MSETNX k 3 other 4",
        "DEL k",
        "MSETNX k 3 third 4",
        "RENAME k l",
        "RENAME l k",
        "COPY other k REPLACE",
        "BITOP NOT k other",
        "BITOP NOT k nothing",
        "SET k 1 EX 100",
        "SETNX k 9",
        "GETDEL k",
        "SETNX k 9",
        "UNLINK k",
        "SETEX k 10 v",
        "DECR other",
        "MOVE k 3",
        "SET k 4 GET",
        "DELIFEQ k 4",
        "GET k",
        "TOUCH k",
        "EXISTS k",
        "OBJECT ENCODING k",
        "TTL k",
        "DEBUG POPULATE 3 k",
        "DEL k:0 k:1 k:2",
    ] {
        scene.extend([
            "A GET k | MGET k other nothing k:1",
            Box::leak(format!("B {change}").into_boxed_str()),
        ]);
    }
    play(&scene);
}

#[test]
fn own_changes_are_told_behind_the_reply() {
    play(&[
        "A HELLO 3",
        "A CLIENT TRACKING ON",
        "A GET a | SET a 1 | GET a | SET a 2 | SET a 3 | MGET a b c | MSET a 1 b 2 c 3 | PING",
        "A GET a | MULTI | SET a 1 | GET a | SET a 2 | GET b | DEL b | EXEC | PING",
        "A MULTI",
        "A GET a",
        "B SET a 5",
        "A EXEC",
        "B SET a 6",
        "A GET a | FLUSHALL | GET a",
        "A MULTI | FLUSHDB | SET a 1 | EXEC",
        "B FLUSHALL",
        "B FLUSHDB ASYNC",
        "A GET a | CLIENT TRACKING ON NOLOOP | SET a 1 | GET a | DEL a | FLUSHALL",
        "B SET a 1",
        "A GET a",
        "B SET a 2",
        "A RESET",
        "A GET a",
        "B SET a 3",
        "A CLIENT TRACKINGINFO",
    ]);
}

#[test]
fn what_expires_is_told() {
    play(&[
        "A HELLO 3",
        "A CLIENT TRACKING ON",
        "C HELLO 3",
        "C CLIENT TRACKING ON BCAST NOLOOP PREFIX k",
        "B DEBUG SET-ACTIVE-EXPIRE 0",
        "B SET k v PX 1",
        "A GET x",
        "B until :-2 PTTL k",
        "B SET k v PX 30",
        "A TTL k",
        "B until :0 EXISTS k",
        "C SET k v PX 1",
        "C until :-2 PTTL none",
        "B until :-2 PTTL k",
        "B SET k v PX 200",
        "A MGET k x",
        "B DEBUG SET-ACTIVE-EXPIRE 1",
        "C waits",
    ]);
}

#[test]
fn prefixes_are_told_at_the_end_of_a_pass() {
    play(&[
        "A HELLO 3",
        "A CLIENT TRACKING ON BCAST PREFIX a PREFIX b",
        "B SET a1 1 | SET b1 2 | SET c1 3 | SET a0 4 | SET a1 5 | DEL a0",
        "B MULTI | SET b2 1 | SET a 2 | SET b 3 | EXEC",
        "A SET a1 1 | GET a1 | SET b9 2",
        "A CLIENT TRACKING ON BCAST PREFIX c",
        "A CLIENT TRACKINGINFO",
        "B SET a1 1 | SET c2 2 | MSET d 1 e 2",
        "A CLIENT TRACKING OFF",
        "B SET a1 1",
        "A CLIENT TRACKING ON BCAST",
        "A CLIENT TRACKINGINFO",
        "B SET z 1 | SET y 2 | RENAME z x | FLUSHALL | SET q 1",
        "C HELLO 3",
        "C CLIENT TRACKING ON BCAST NOLOOP",
        "C SET a 1 | SET b 2",
        "B SET a 1 | SET b 2",
        "B SET a 1",
        "A close",
        "B SET a 7",
        "C QUIT",
        "B SET a 8",
    ]);
}

#[test]
fn chosen_and_excluded_commands() {
    play(&[
        "A HELLO 3",
        "A CLIENT CACHING YES",
        "A CLIENT TRACKING ON OPTIN",
        "A CLIENT CACHING NO",
        "A CLIENT CACHING MAYBE",
        "A GET a | CLIENT CACHING YES | GET b | GET c",
        "B MSET a 1 b 2 c 3",
        "A CLIENT CACHING YES | CLIENT TRACKINGINFO | CLIENT ID | GET a | CLIENT TRACKINGINFO",
        "B MSET a 1 b 2 c 3",
        "A CLIENT CACHING YES | MULTI | GET a | GET b | EXEC | GET c",
        "B MSET a 1 b 2 c 3",
        "A MULTI | GET a | CLIENT CACHING YES | GET b | GET c | EXEC | GET d",
        "B MSET a 1 b 2 c 3 d 4",
        "A CLIENT CACHING YES | NOSUCH | GET a",
        "A CLIENT CACHING YES | CLIENT NOSUCH | GET a",
        "A CLIENT CACHING YES | CLIENT CACHING | GET a",
        "B MSET a 1 b 2",
        "A CLIENT CACHING YES | GET | GET a",
        "B MSET a 1 b 2",
        "A CLIENT TRACKING ON OPTOUT",
        "A CLIENT TRACKING OFF",
        "A CLIENT TRACKING ON OPTOUT",
        "A CLIENT CACHING YES",
        "A GET a | CLIENT CACHING NO | CLIENT TRACKINGINFO | GET b | GET c",
        "B MSET a 1 b 2 c 3",
        "A CLIENT CACHING NO | MULTI | GET a | GET b | EXEC | GET c",
        "B MSET a 1 b 2 c 3",
        "A CLIENT CACHING NO | CLIENT TRACKING OFF | CLIENT TRACKING ON OPTOUT | GET a",
        "B SET a 1",
    ]);
}

#[test]
fn other_clients_are_told_instead() {
    play(&[
        "T HELLO 3",
        "A CLIENT TRACKING ON REDIRECT $T",
        "A CLIENT GETREDIR",
        "B state A",
        "A GET a | MGET b c",
        "B MSET a 1 b 2",
        "T SET c 1",
        "A GET a | SET a 1",
        "B FLUSHALL",
        "A HELLO 3",
        "B FLUSHALL",
        "C HELLO 3",
        "C CLIENT TRACKING ON BCAST REDIRECT $T",
        "B SET a 1 | SET b 2",
        "T HELLO 2",
        "A GET a",
        "B SET a 1",
        "T HELLO 3",
        "A GET a",
        "T CLIENT TRACKING ON",
        "T GET a",
        "B SET a 1",
        "A GET a | GET b",
        "T QUIT",
        "B SET a 1",
        "B state A",
        "A CLIENT TRACKINGINFO",
        "A SET b 1",
        "A CLIENT GETREDIR",
        "A CLIENT TRACKING ON REDIRECT $A",
        "A CLIENT TRACKINGINFO",
        "B state A",
        "A GET a | SET a 2",
        "C CLIENT TRACKINGINFO",
        "C CLIENT TRACKING OFF",
        "B state C",
        "A CLIENT TRACKING OFF",
        "A CLIENT GETREDIR",
        "T2 HELLO 3",
        "A CLIENT TRACKING ON REDIRECT $T2",
        "A GET a",
        "B CLIENT KILL ID $T2",
        "B SET a 1",
        "A HELLO 2",
        "A GET a",
        "B SET a 1",
    ]);
}

#[test]
fn plain_clients_are_told_nothing() {
    play(&[
        "A CLIENT TRACKING ON",
        "A GET a",
        "B SET a 1",
        "A GET a",
        "A HELLO 3",
        "B SET a 2",
        "A GET a",
        "A HELLO 2",
        "B SET a 3",
        "A GET a | FLUSHALL",
        "B state A",
        "A CLIENT TRACKINGINFO",
        "A RESET",
        "B state A",
    ]);
}

/// Who is served after a wait remembers what it has read then. What others changed it hears before, what it changed
/// itself behind the reply.
#[test]
fn who_waited_remembers() {
    play(&[
        "B XADD s 1-1 f v | XADD t 1-1 f v",
        "A HELLO 3",
        "A CLIENT TRACKING ON",
        "A GET x",
        "A parks XREAD BLOCK 0 STREAMS s t $ $",
        "B counts",
        "B XADD s 2-1 f v",
        "A served",
        "B counts",
        "B XADD s 3-1 f v | XADD t 3-1 f v",
        "A parks XREAD BLOCK 0 STREAMS s t $ $",
        "B MULTI | SET x 1 | XADD t 4-1 f v | XADD s 4-1 f v | EXEC",
        "A served",
        "B counts",
        "B DEL s t",
        "A parks BLMOVE l m LEFT LEFT 0",
        "B RPUSH l 1",
        "A served",
        "A LRANGE m 0 -1",
        "A parks BLMOVE l m LEFT LEFT 0",
        "B RPUSH l 2",
        "A served",
        "B counts",
        "A CLIENT TRACKING OFF",
        "A CLIENT TRACKING ON OPTIN",
        "A parks XREAD BLOCK 0 STREAMS s $",
        "B XADD s 1-1 f v",
        "A served",
        "B counts",
        "A CLIENT CACHING YES",
        "A parks XREAD BLOCK 0 STREAMS s $",
        "B XADD s 2-1 f v",
        "A served",
        "B counts",
        "A XREAD STREAMS s 0",
        "B XADD s 3-1 f v",
        "A CLIENT CACHING YES",
        "A XREAD BLOCK 1 STREAMS s $",
        "A XREAD STREAMS t 0",
        "B counts",
        "B XADD s 4-1 f v",
        "A CLIENT TRACKING OFF",
        "C HELLO 3",
        "A CLIENT TRACKING ON REDIRECT $C",
        "A parks XREAD BLOCK 0 STREAMS s $",
        "B XADD s 5-1 f v",
        "A served",
        "B XADD s 6-1 f v",
        "A CLIENT TRACKING OFF",
        "A CLIENT TRACKING ON BCAST",
        "A parks XREAD BLOCK 0 STREAMS s $",
        "B XADD s 7-1 f v",
        "A served",
    ]);
}

#[test]
fn replies_that_are_off_do_not_stop_pushes() {
    play(&[
        "A HELLO 3",
        "A CLIENT TRACKING ON",
        "A GET a",
        "A CLIENT REPLY OFF",
        "B SET a 1",
        "A waits",
        "A CLIENT REPLY ON",
        "A GET a | CLIENT REPLY SKIP | SET a 1 | PING",
    ]);
}

#[test]
fn reads_are_those_of_readonly_commands() {
    let mut scene = vec!["A HELLO 3", "A CLIENT TRACKING ON", "B SET k 1"];
    for read in [
        "GET k",
        "GETEX k",
        "STRLEN k",
        "EXISTS k",
        "TYPE k",
        "TTL k",
        "TOUCH k",
        "OBJECT REFCOUNT k",
        "SCAN 0",
        "KEYS *",
        "GETRANGE k 0 1",
        "SETNX k 1",
        "GETSET k 2",
        "BITCOUNT k",
        "BITFIELD k GET u8 0",
        "BITFIELD_RO k GET u8 0",
        "LCS k l",
        "DBSIZE",
        "RANDOMKEY",
        "WATCH k",
        "UNWATCH",
        "GET",
        "LCS k",
        "BITCOUNT k 1",
        "COPY k l",
        "GET k k",
    ] {
        scene.extend([
            Box::leak(format!("A {read}").into_boxed_str()),
            "B counts",
            "B SET k 2",
            "A CLIENT TRACKING OFF",
            "A CLIENT TRACKING ON",
        ]);
    }
    play(&scene);
}

#[test]
fn wrong_words_get_the_errors_of_valkey() {
    let mut scene = vec!["A HELLO 3", "B PING"];
    for words in [
        "",
        "MAYBE",
        "ON BCAST OPTIN",
        "ON OPTIN OPTOUT",
        "ON PREFIX a",
        "ON BCAST PREFIX",
        "ON REDIRECT",
        "ON REDIRECT x",
        "ON REDIRECT -1",
        "ON REDIRECT 0",
        "ON REDIRECT 99999999",
        "ON REDIRECT 99999999999999999999",
        "ON REDIRECT $B REDIRECT $B",
        "OFF REDIRECT 99999999",
        "OFF NOSUCH",
        "OFF BCAST OPTIN PREFIX a",
        "ON NOSUCH",
        "ON BCAST PREFIX ab PREFIX a",
        "ON BCAST PREFIX a PREFIX ab",
        "ON BCAST PREFIX x PREFIX y PREFIX y",
        "ON BCAST PREFIX \"\" PREFIX y",
        "ON BCAST PREFIX ab PREFIX cd",
        "ON BCAST PREFIX a",
        "ON BCAST PREFIX cde",
        "ON BCAST PREFIX ab",
        "ON",
        "ON BCAST",
        "ON BCAST PREFIX e",
        "OFF",
        "ON OPTIN",
        "ON OPTOUT",
        "ON BCAST",
        "ON NOLOOP",
        "ON OPTOUT NOLOOP",
        "ON OPTIN",
        "on optout noloop redirect $B",
        "oFf",
        "OFF",
    ] {
        let words = format!("A CLIENT TRACKING {words}");
        scene.extend([
            Box::leak(words.trim().to_owned().into_boxed_str()),
            "A CLIENT TRACKINGINFO",
            "B state A",
        ]);
    }
    scene.extend([
        "A CLIENT CACHING",
        "A CLIENT CACHING YES NO",
        "A CLIENT GETREDIR 1",
        "A CLIENT TRACKINGINFO 1",
    ]);
    scene.extend([
        "A HELLO 2",
        "A CLIENT TRACKING ON BCAST NOLOOP PREFIX q PREFIX p",
        "A CLIENT TRACKINGINFO",
    ]);

    play(&scene);
}
