//! What random commands on sorted sets can't show: walks with ZSCAN, members by chance, large sets. And which commands
//! are not sent, because the two servers need not agree after them.

use crate::duel::Duel;
use crate::rig::grammar::Command;
use crate::rig::shown;
use ironkeep_wire::client::Value;
use std::collections::BTreeMap;

/// More calls than any walk over one of these sets needs.
const CALLS: usize = 2000;
/// Around the size at which a set changes its form, and well beyond.
const SIZES: &[i64] = &[1, 20, 127, 128, 129, 130, 700];

fn is(command: &Command, names: &[&str]) -> bool {
    names.iter().any(|name| command[0].eq_ignore_ascii_case(name.as_bytes()))
}

/// Whether a command may wait for longer than a moment.
pub fn waits_long(command: &Command) -> bool {
    let timeout = match () {
        () if is(command, &["BZPOPMIN", "BZPOPMAX"]) => command.last(),
        () if is(command, &["BZMPOP"]) => command.get(1),
        () => None,
    };
    timeout.is_some_and(|text| text != b"0.001" && text.iter().any(u8::is_ascii_digit))
}

/// Whether a command asks for more members by chance than anybody wants to wait for.
pub fn draws_many(command: &Command) -> bool {
    let count = command.get(2).and_then(|word| std::str::from_utf8(word).ok()?.parse::<i64>().ok());
    is(command, &["ZRANDMEMBER"]) && count.is_some_and(|count| (-i64::MAX..-1000).contains(&count))
}

/// Whether a command gives different scores to members of a set that is asked for ranges by bytes: what these give is
/// then for the form of the set to say.
pub fn mixes_scores(command: &Command) -> bool {
    let is_for_bytes = |word: &Vec<u8>| matches!(word[..], [b'x', b'0'..=b'3']);
    let has_score = |pair: &[Vec<u8>]| pair[0] != b"0";
    is(command, &["ZADD"]) && command[1..].iter().any(is_for_bytes) && command[2..].chunks(2).any(has_score)
}

/// A set of so many members with a few scores, or one.
fn fill(duel: &mut Duel, key: &[u8], size: i64, scores: i64) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let long = duel.random.chance(10);
    let member = |n: i64| match (long, n % 3) {
        (true, _) => format!("{n:0>70}"),
        (false, 0) => n.to_string(),
        (false, _) => format!("member{n}"),
    };
    let members: BTreeMap<Vec<u8>, Vec<u8>> = (0..size)
        .map(|n| {
            let score = duel.random.between(0, scores - 1) as f64 / 8.0;
            (member(n).into_bytes(), score.to_string().into_bytes())
        })
        .collect();
    duel.ask(&[b"DEL", key]);
    let pairs = members.iter().flat_map(|(member, score)| [score.as_slice(), member]);
    let words: Vec<&[u8]> = [&b"ZADD"[..], key].into_iter().chain(pairs).collect();
    duel.ask(&words);
    duel.ask(&[b"OBJECT", b"ENCODING", key]);
    members
}

/// ZSCAN from the beginning to the end, on each server with its own cursors.
pub fn walk(duel: &mut Duel) {
    let (key, size) = (b"walked".as_slice(), *duel.random.pick(SIZES));
    fill(duel, key, size, 40);
    let count = duel.random.between(1, 60).to_string();
    let mut options: Vec<&[u8]> = vec![b"COUNT", count.as_bytes()];
    if duel.random.chance(30) {
        options.extend([&b"MATCH"[..], *duel.random.pick(&[&b"m*"[..], b"*1*", b"*"])]);
    }
    let mut shown_by = [BTreeMap::new(), BTreeMap::new()];
    for (server, seen) in shown_by.iter_mut().enumerate() {
        let mut cursor = b"0".to_vec();
        for call in 0.. {
            assert!(call < CALLS, "ZSCAN does not end");
            let words: Vec<&[u8]> =
                [&b"ZSCAN"[..], key, &cursor].into_iter().chain(options.clone()).collect();
            let (ours, theirs) = duel.peek(&words);
            let Value::Array(parts) = (if server == 0 { ours } else { theirs }) else {
                panic!("ZSCAN failed")
            };
            let [Value::Bulk(next), Value::Array(pairs)] = &parts[..] else { panic!("ZSCAN gave {parts:?}") };
            for pair in pairs.chunks(2) {
                let [Value::Bulk(member), Value::Bulk(score)] = pair else { panic!("ZSCAN gave {pair:?}") };
                seen.insert(member.clone(), score.clone());
            }
            cursor = next.clone();
            if cursor == b"0" {
                break;
            }
        }
    }
    if shown_by[0] != shown_by[1] {
        let text = format!("a walk over {} members: {} and {}", size, shown_by[0].len(), shown_by[1].len());
        duel.difference(0, &vec![b"ZSCAN".to_vec(), key.to_vec()], text);
    }
    duel.ask(&[b"DEL", key]);
}

/// Members by chance: as many as asked for, different ones if they must be, with the scores that they have.
pub fn members_by_chance(duel: &mut Duel) {
    let (key, size) = (b"lots".as_slice(), *duel.random.pick(SIZES));
    let all = fill(duel, key, size, 40);
    let count = duel.random.between(-2 * size, size);
    let text = count.to_string();
    for with_scores in [false, true] {
        let mut words: Vec<&[u8]> = vec![b"ZRANDMEMBER", key, text.as_bytes()];
        words.extend(with_scores.then_some(&b"WITHSCORES"[..]));
        let (ours, theirs) = duel.peek(&words);
        for reply in [ours, theirs] {
            let drawn = pairs(&reply, with_scores);
            assert_eq!(drawn.len() as u64, count.unsigned_abs());
            for (member, score) in &drawn {
                let known = all.get(member);
                assert!(known.is_some(), "{} is no member", shown(member));
                assert!(!with_scores || known == Some(score), "{} has not this score", shown(member));
            }
            let distinct: BTreeMap<_, _> = drawn.iter().cloned().collect();
            assert!(count < 0 || distinct.len() == drawn.len(), "a member was drawn twice");
        }
    }
    duel.ask(&[b"DEL", key]);
}

/// Members and scores as RESP2 and RESP3 have them.
fn pairs(reply: &Value, with_scores: bool) -> Vec<(Vec<u8>, Vec<u8>)> {
    let Value::Array(items) = reply else { panic!("ZRANDMEMBER gave {reply:?}") };
    let text = |value: &Value| match value {
        Value::Bulk(bytes) => bytes.clone(),
        Value::Double(number) => number.to_string().into_bytes(),
        other => panic!("neither member nor score: {other:?}"),
    };
    let flat: Vec<Vec<u8>> = items
        .iter()
        .flat_map(|item| match item {
            Value::Array(pair) => pair.iter().map(text).collect(),
            other => vec![text(other)],
        })
        .collect();
    if with_scores {
        flat.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
    } else {
        flat.into_iter().map(|member| (member, Vec::new())).collect()
    }
}

/// Sets around the size at which they change their form: ranges of all kinds, and sets put together.
pub fn large_sets(duel: &mut Duel) {
    let keys = [&b"large1"[..], b"large2", b"large3"];
    for key in keys {
        let size = *duel.random.pick(SIZES);
        fill(duel, key, size, 30);
    }
    ranges(duel, keys[0]);
    if duel.random.chance(40) {
        make_plain(duel, keys[2]);
    }
    for name in ["ZINTER", "ZUNION", "ZDIFF"] {
        let [a, b, c] = keys;
        duel.ask(&[name.as_bytes(), b"3", a, b, c, b"WITHSCORES"]);
        let store = format!("{name}STORE");
        for sources in [&[a, b][..], &[c, b, a], &[b, a, b, c], &[a]] {
            let count = sources.len().to_string();
            let words: Vec<&[u8]> = [store.as_bytes(), b"result", count.as_bytes()]
                .into_iter()
                .chain(sources.iter().copied())
                .collect();
            duel.ask(&words);
            duel.ask(&[b"OBJECT", b"ENCODING", b"result"]);
            duel.ask(&[b"ZRANGE", b"result", b"0", b"-1", b"WITHSCORES"]);
        }
    }
    let size = *duel.random.pick(SIZES);
    fill(duel, keys[1], size, 1);
    ranges_by_bytes(duel, keys[1]);
    duel.ask(&[b"DEL", keys[0], keys[1], keys[2], b"result"]);
}

/// Puts a plain set of some of the same members in the place of a sorted one.
fn make_plain(duel: &mut Duel, key: &[u8]) {
    let size = *duel.random.pick(SIZES);
    let members = fill(duel, key, size, 2);
    duel.ask(&[b"DEL", key]);
    let words: Vec<&[u8]> =
        [&b"SADD"[..], key].into_iter().chain(members.keys().map(Vec::as_slice)).collect();
    duel.ask(&words);
}

fn ranges(duel: &mut Duel, key: &[u8]) {
    for _ in 0..20 {
        let mut number = |low, high| duel.random.between(low, high).to_string().into_bytes();
        let (first, last, offset, limit) =
            (number(-140, 140), number(-140, 140), number(-20, 150), number(-1, 60));
        let (min, max) = (number(-1, 4), number(0, 5));
        let paged: [&[u8]; 3] = [b"LIMIT", &offset, &limit];
        duel.ask(&[b"ZRANGE", key, &first, &last, b"WITHSCORES"]);
        duel.ask(&[b"ZREVRANGE", key, &first, &last]);
        duel.ask(&[b"ZCOUNT", key, &min, &max]);
        duel.ask(&[b"ZRANGEBYSCORE", key, &min, &max, paged[0], paged[1], paged[2], b"WITHSCORES"]);
        duel.ask(&[b"ZREVRANGEBYSCORE", key, &max, &min, paged[0], paged[1], paged[2]]);
        duel.ask(&[b"ZRANGESTORE", b"result", key, &min, &max, b"BYSCORE", paged[0], paged[1], paged[2]]);
        duel.ask(&[b"OBJECT", b"ENCODING", b"result"]);
        duel.ask(&[b"ZREMRANGEBYSCORE", b"result", &max, b"+inf"]);
        duel.ask(&[b"ZREMRANGEBYRANK", b"result", &first, &last]);
        duel.ask(&[b"ZRANGE", b"result", b"0", b"-1", b"WITHSCORES"]);
    }
}

fn ranges_by_bytes(duel: &mut Duel, key: &[u8]) {
    for _ in 0..20 {
        let mut number = |low, high| duel.random.between(low, high).to_string();
        let (offset, limit) = (number(-20, 150).into_bytes(), number(-1, 60).into_bytes());
        let (min, max) = (format!("[member{}", number(0, 99)), format!("(member{}", number(1, 999)));
        let (min, max) = (min.as_bytes(), max.as_bytes());
        duel.ask(&[b"ZLEXCOUNT", key, min, max]);
        duel.ask(&[b"ZRANGEBYLEX", key, min, max, b"LIMIT", &offset, &limit]);
        duel.ask(&[b"ZREVRANGEBYLEX", key, max, min, b"LIMIT", &offset, &limit]);
        duel.ask(&[b"ZRANGESTORE", b"result", key, max, min, b"BYLEX", b"REV", b"LIMIT", &offset, &limit]);
        duel.ask(&[b"ZREMRANGEBYLEX", b"result", min, b"+"]);
        duel.ask(&[b"ZRANGE", b"result", b"0", b"-1"]);
    }
}
