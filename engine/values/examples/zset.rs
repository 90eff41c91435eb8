//! Memory and time of a sorted set of a million members of 16 bytes with random scores.
//!
//! `cargo run --release -p ironkeep-values --example zset [members]`

use ironkeep_values::hash::Hasher;
use ironkeep_values::zset::{Limits, ZSet};
use std::fmt::Write;
use std::hint::black_box;
use std::ops::Bound;

const LIMITS: Limits = Limits { entries: 128, bytes: 64 };

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

fn member(n: usize) -> String {
    format!("member:{n:09}")
}

/// The process's resident bytes.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

/// Nanoseconds that this thread has had of a processor: other load doesn't count.
fn cpu() -> u64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(0)
}

fn timed(name: &str, count: usize, mut work: impl FnMut(usize)) {
    let start = cpu();
    (0..count).for_each(&mut work);
    println!("{name:>16}: {:6.0} ns of processor", (cpu() - start) as f64 / count as f64);
}

fn main() {
    let count = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let hasher = Hasher::new([9; 16]);
    let mut dice = Dice(88_172_645_463_325_252);
    let mut order: Vec<u32> = (0..count as u32).collect();
    (1..count).rev().for_each(|i| order.swap(i, dice.below(i + 1)));
    let mut name = String::with_capacity(32);
    let mut named = move |n: usize| -> Vec<u8> {
        name.clear();
        let _ = write!(name, "member:{n:09}");
        name.as_bytes().to_vec()
    };
    timed("(making names)", count, |i| drop(black_box(named(i))));

    let before = resident();
    let mut set = ZSet::new();
    timed("ZADD new", count, |i| {
        let member = named(order[i] as usize);
        set.insert(&member, dice.below(1 << 40) as f64, LIMITS, &hasher);
    });
    let grown = resident() - before;
    println!(
        "{:>16}: {:.1} by size(), {:.1} resident, {} members",
        "bytes a member",
        set.size() as f64 / count as f64,
        grown as f64 / count as f64,
        set.len()
    );
    timed("ZSCORE", count, |_| {
        black_box(set.score(&named(dice.below(count)), &hasher));
    });
    timed("ZRANK", count, |_| {
        black_box(set.rank(&named(dice.below(count)), &hasher));
    });
    timed("ZRANGE 100", count / 10, |_| {
        let start = dice.below(count);
        black_box(set.range(start..start + 100).map(|(_, score)| score).sum::<f64>());
    });
    timed("ZREVRANGE 100", count / 10, |_| {
        let start = dice.below(count);
        black_box(set.range(start..start + 100).rev().map(|(_, score)| score).sum::<f64>());
    });
    timed("ZCOUNT", count, |_| {
        let low = dice.below(1 << 40) as f64;
        black_box(set.ranks_by_score(Bound::Included(low), Bound::Excluded(low * 2.0)));
    });
    timed("ZADD change", count, |_| {
        set.insert(&named(dice.below(count)), dice.below(1 << 40) as f64, LIMITS, &hasher);
    });
    timed("ZSCAN", 1, |_| {
        let (mut cursor, mut shown) = (0, 0);
        loop {
            cursor = set.scan(cursor, 100, &hasher, |_, _| shown += 1);
            if cursor == 0 {
                break;
            }
        }
        println!("{:>16}: {shown} shown", "");
    });
    let copy = set.clone();
    timed("after a copy", 1000, |_| {
        set.insert(&named(dice.below(count)), 0.0, LIMITS, &hasher);
    });
    drop(copy);
    timed("ZPOPMIN", count / 2, |_| {
        black_box(set.pop_first(&hasher));
    });
    timed("ZREM", count / 2, |_| {
        black_box(set.remove(&named(dice.below(count)), &hasher));
    });
    println!("{:>16}: {:.1} by size()", "bytes a member", set.size() as f64 / set.len().max(1) as f64);
    bulk(count, &hasher);
}

fn bulk(count: usize, hasher: &Hasher) {
    let all: Vec<(String, f64)> = (0..count).map(|n| (member(n), n as f64)).collect();
    timed("bulk, whole", 1, |_| {
        let set = ZSet::build(all.iter().map(|(member, score)| (member.as_bytes(), *score)), LIMITS, hasher);
        let size = set.as_ref().map_or(0, ZSet::size);
        println!("{:>16}: {:.1} by size()", "bytes a member", size as f64 / count as f64);
        black_box(&set);
    });
}
