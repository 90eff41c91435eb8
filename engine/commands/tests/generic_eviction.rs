//! Eviction: the right keys go under each policy, and the sampled LRU is as good as sampling can be.

mod generic_rig;

use generic_rig::{Rig, effects};
use ironkeep_commands::Turn;
use ironkeep_commands::chore::Chore;
use ironkeep_commands::eviction::{Eviction, Policy, Pool, evict_one};
use ironkeep_commands::{active_expiry, field_expiry};
use ironkeep_keyspace::watch::Watch;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

fn how(policy: &str) -> Eviction {
    Eviction { policy: Policy::named(policy).expect("a policy"), samples: 5, lazy: true }
}

/// Evicts one key; gives the bytes freed and what was logged.
fn evict(rig: &mut Rig, how: Eviction, pool: &mut Pool) -> Option<(usize, Vec<String>)> {
    let mut lines = Vec::new();
    rig.turn.effects.clear();
    let mut flush = |turn: &mut Turn| {
        lines = effects(turn, 0);
        turn.effects.clear();
    };
    let (space, rules, now, turn) = (&rig.space, &rig.rules, rig.now, &mut rig.turn);
    let halted = &|| false;
    let freed = evict_one(&mut Chore { space, rules, now, turn, flush: &mut flush, halted }, how, pool)?;
    Some((freed, lines))
}

const POLICIES: [&str; 7] = [
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
];

#[test]
fn names_of_policies() {
    assert!(POLICIES.iter().all(|name| Policy::named(name).is_some()));
    assert_eq!((Policy::named("noeviction"), Policy::named("allkeys-ttl")), (None, None));
}

#[test]
fn every_policy_evicts_all_that_it_may_and_then_nothing() {
    for policy in POLICIES {
        for mut rig in [Rig::new(), Rig::slotted()] {
            rig.rules.access.lfu = policy.ends_with("lfu");
            for i in 0..100 {
                rig.db = i % 3;
                rig.run(&format!("SET volatile{i} 1 PX 1000000"));
                rig.run(&format!("SET forever{i} 1"));
            }
            rig.turn.dirty = 0;
            let mut pool = Pool::default();
            let wanted = if policy.starts_with("volatile") { 100 } else { 200 };
            for nth in 0..wanted {
                let (freed, lines) = evict(&mut rig, how(policy), &mut pool).expect("a victim");
                assert!((16..100).contains(&freed), "{freed}");
                assert!(lines.len() == 1 && lines[0].contains("UNLINK "), "{policy} {nth}: {lines:?}");
                assert!(wanted == 200 || lines[0].contains("volatile"), "{policy}: {lines:?}");
            }
            assert!(evict(&mut rig, how(policy), &mut pool).is_none(), "{policy}");
            assert_eq!((rig.turn.counts.evicted, rig.turn.dirty), (wanted, 0));
            assert_eq!((0..3).map(|db| rig.size(db)).sum::<usize>(), 200 - wanted as usize);
        }
    }
}

#[test]
fn finds_the_few_volatile_keys_of_many() {
    let mut rig = Rig::new();
    rig.turn.effects.wanted = false;
    for i in 0..100_000 {
        rig.raw(&["SET".to_owned(), format!("forever{i}"), "1".to_owned()]);
    }
    for i in 0..3 {
        rig.run(&format!("SET volatile{i} 1 PX {}", 1_000_000 - i));
    }
    rig.turn.effects.wanted = true;
    let mut pool = Pool::default();
    for i in [2, 1, 0] {
        // With five samples all three are met, and the one that expires first goes first.
        let (_, lines) = evict(&mut rig, how("volatile-ttl"), &mut pool).expect("a victim");
        assert_eq!(lines, [format!("UNLINK volatile{i}")]);
    }
    assert!(evict(&mut rig, how("volatile-ttl"), &mut pool).is_none());
}

#[test]
fn a_key_that_was_used_since_it_was_drawn_stays() {
    let mut rig = Rig::new();
    for i in 0..4 {
        rig.run(&format!("SET k{i} 1"));
        rig.rules.access.seconds += 10;
    }
    let mut pool = Pool::default();
    assert_eq!(evict(&mut rig, how("allkeys-lru"), &mut pool).expect("a victim").1, ["UNLINK k0"]);
    rig.run("GET k1");
    rig.run("DEL k2");
    assert_eq!(evict(&mut rig, how("allkeys-lru"), &mut pool).expect("a victim").1, ["UNLINK k3"]);
}

#[test]
fn those_who_watch_are_told_and_the_setting_says_how_to_free() {
    let mut rig = Rig::new();
    rig.raw(&["SET", "k", &"x".repeat(100_000)]);
    rig.turn.garbage.clear();
    let watch = Arc::new(Watch::default());
    let partition = rig.space.key(b"k").partition;
    rig.space.lock(partition).watchers.add(0, b"k", &watch, false);
    let eager = Eviction { lazy: false, ..how("allkeys-random") };
    let (freed, lines) = evict(&mut rig, eager, &mut Pool::default()).expect("a victim");
    assert!(freed >= 100_000 && lines == ["DEL k"] && rig.turn.garbage.is_empty() && watch.is_broken());
}

#[test]
fn keys_used_often_outlive_those_that_are_not() {
    let mut rig = Rig::new();
    rig.rules.access.lfu = true;
    for i in 0..400 {
        rig.run(&format!("SET k{i} 1"));
        for _ in 0..if i % 2 == 0 { 60 } else { 0 } {
            rig.run(&format!("GET k{i}"));
        }
    }
    let mut pool = Pool::default();
    let hot = (0..150).filter(|_| {
        let (_, lines) = evict(&mut rig, how("allkeys-lfu"), &mut pool).expect("a victim");
        lines[0].trim_start_matches("UNLINK k").parse::<u32>().expect("a number").is_multiple_of(2)
    });
    let hot = hot.count();
    assert!(hot <= 8, "{hot} of 150 victims were in use");
}

// The hit rate of a cache that is too small.

const UNIVERSE: usize = 5000;
const ROOM: usize = 1000;
const ACCESSES: usize = 120_000;

/// Keys by their number, drawn as Zipf's law says.
fn accesses() -> Vec<usize> {
    let mut sums = vec![0.0f64];
    for rank in 1..=UNIVERSE {
        sums.push(sums[rank - 1] + (rank as f64).powf(-0.9));
    }
    let mut dice = Turn::new(42);
    let draw = |_| {
        let point = (dice.random() >> 11) as f64 / (1u64 << 53) as f64 * sums[UNIVERSE];
        sums.partition_point(|&sum| sum <= point) - 1
    };
    (0..ACCESSES).map(draw).collect()
}

/// The share of hits in the second half, when the cache is warm.
fn hit_rate(mut is_hit: impl FnMut(usize, usize) -> bool) -> f64 {
    let hits = accesses().into_iter().enumerate().map(|(time, key)| is_hit(time, key));
    hits.skip(ACCESSES / 2).filter(|&hit| hit).count() as f64 / (ACCESSES / 2) as f64
}

fn rate_of_true_lru() -> f64 {
    let (mut last, mut order) = (HashMap::new(), BTreeMap::new());
    hit_rate(|time, key| {
        let old = last.insert(key, time);
        old.map(|old| order.remove(&old));
        order.insert(time, key);
        if last.len() > ROOM {
            let (_, oldest) = order.pop_first().expect("not empty");
            last.remove(&oldest);
        }
        old.is_some()
    })
}

/// What sampling with a pool of sixteen gives when each sample is drawn from all keys alike.
fn rate_of_ideal_sampling() -> f64 {
    let (mut last, mut keys, mut pool) = (HashMap::new(), Vec::new(), Vec::<(usize, usize)>::new());
    let mut dice = Turn::new(7);
    hit_rate(|time, key| {
        let hit = last.insert(key, time).is_some();
        if !hit {
            keys.push(key);
        }
        while last.len() > ROOM {
            for _ in 0..5 {
                let key = keys[dice.random() as usize % keys.len()];
                pool.retain(|&(_, other)| other != key);
                pool.push((last[&key], key));
            }
            pool.sort_unstable();
            pool.truncate(16);
            while !pool.is_empty() {
                let (seen, victim) = pool.remove(0);
                if last.get(&victim) == Some(&seen) {
                    last.remove(&victim);
                    keys.retain(|&key| key != victim);
                    break;
                }
            }
        }
        hit
    })
}

fn rate_of_ours(mut rig: Rig) -> f64 {
    rig.turn.effects.wanted = false;
    let (mut pool, mut len) = (Pool::default(), 0);
    let start = rig.rules.access.seconds;
    hit_rate(|time, key| {
        rig.rules.access.seconds = start + time as u32;
        let name = format!("key:{key}");
        let hit = rig.raw(&["GET", &name]) != b"$-1\r\n";
        if !hit {
            rig.raw(&["SET", &name, "x"]);
            len += 1;
        }
        if len > ROOM {
            evict(&mut rig, how("allkeys-lru"), &mut pool).expect("a victim");
            len -= 1;
        }
        hit
    })
}

#[test]
fn sampled_lru_is_nearly_as_good_as_true_lru() {
    let (best, ideal) = (rate_of_true_lru(), rate_of_ideal_sampling());
    for rig in [Rig::new(), Rig::slotted()] {
        let ours = rate_of_ours(rig);
        println!("true LRU {best:.4}, ideal sampling {ideal:.4}, ours {ours:.4}");
        assert!(ours > best - 0.03, "true LRU {best:.4}, ours {ours:.4}");
        assert!(ours > ideal - 0.01, "ideal sampling {ideal:.4}, ours {ours:.4}");
    }
}

/// A pause that has begun while a key was being chosen keeps it.
#[test]
fn nothing_goes_by_itself_while_clients_are_paused() {
    let mut rig = Rig::new();
    rig.run("MSET a 1 b 2");
    rig.run("SET c 3 PX 5");
    rig.run("HSETEX h PX 5 FIELDS 1 f v");
    rig.run("SET d 4 PX 5");
    rig.now += 6;
    rig.turn.overdue.push((0, b"d".as_slice().into()));
    let (space, rules, now, turn) = (&rig.space, &rig.rules, rig.now, &mut rig.turn);
    let mut flush = |_: &mut Turn| ();
    let mut chore = Chore { space, rules, now, turn, flush: &mut flush, halted: &|| true };
    assert_eq!(evict_one(&mut chore, how("allkeys-random"), &mut Pool::default()), None);
    active_expiry::step(&mut chore, &mut Default::default(), 1, &|| true);
    field_expiry::step(&mut chore, &mut Default::default(), 1, &|| true);
    active_expiry::remove_met(&mut chore);
    assert_eq!(rig.size(0), 5);
}
