//! The words of random commands: keys, values, numbers, good ones and bad ones.

use super::random::Random;
use super::{sorted, stream_words};

const INTEGERS: &[&str] = &[
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "9223372036854775806",
    "18446744073709551616",
    "4294967296",
    "4294967295",
    "2147483648",
    "-2147483649",
    "9007199254740993",
    "1e3",
    " 1",
    "1 ",
    "+1",
    "-0",
    "00",
    "01",
    "",
    "-",
    "0x10",
    "3.0",
    "abc",
    "1\0",
    "1\n",
    "--1",
    "123456789012345678901234567890",
];

const FLOATS: &[&str] = &[
    "0.1",
    "-0.1",
    "1e5",
    "-1.5e-7",
    "inf",
    "+inf",
    "-inf",
    "nan",
    "-nan",
    "infinity",
    "Infinity",
    "1e308",
    "1e400",
    "-1e400",
    "1e4932",
    "1e5000",
    "0x1p3",
    "0x",
    "0x.8",
    ".5",
    "5.",
    ".",
    "1e",
    "1e+",
    " 1",
    "1 ",
    "1_0",
    "",
    "-",
    "3.0000000000000001",
    "1e-400",
    "1e-4940",
    "-0",
    "-0.0",
    "1.7976931348623157e+308",
    "123456789012345678901234567890",
    "0.30000000000000004",
    "1e17",
    "1e18",
    "9007199254740993",
    "18446744073709551615",
    "99999999999999999999999999.5",
    "1.0",
    "3.10",
    "200",
    "-7",
    "1e-17",
    "5e-324",
    "1,5",
    "1d",
    "+2.5",
    "00012.50",
];

const VALUES: &[&str] = &[
    "",
    "a",
    "b",
    "0",
    "1",
    "-1",
    "10",
    "12.5",
    "3.0e3",
    " 1",
    "9223372036854775807",
    "-9223372036854775808",
    "9999",
    "10000",
    "2147483648",
    "007",
    "1.",
    "abcabba",
    "cbabac",
    "foo",
    "\r\n",
    "nan",
    "1e400",
    "0.1",
    "-0",
];

const PATTERNS: &[&str] = &[
    "*", "k*", "k?", "k[0-3]", "k[^0-3]", "*1*", "\\k1", "{*", "", "?", "k[3-0]", "k[", "**", "[k]1", "k1",
    "*\\", "nothing", "k1?", "[^a]*",
];

/// Few elements, so that some come several times; some of them numbers.
const ELEMENTS: &[&str] = &["a", "b", "c", "1", "2", "10", "-3", "007", "1.5", "x\0y"];
/// How long a command waits: a moment, or what no command takes. Nobody else comes meanwhile.
pub const MOMENTS: &[&str] =
    &["0.001", "0.002", "1e-3", "0x.00001p1", "-1", "-0.5", "inf", "nan", "1e30", "abc", ""];
/// What SORT looks up.
const TEMPLATES: &[&str] = &["#", "k*", "*", "k1*", "nosort", "k*->a", "*->", "k1", "l*"];

/// Where words come from.
pub struct Words {
    keys: Vec<Vec<u8>>,
    lists: Vec<Vec<u8>>,
    databases: i64,
}

impl Words {
    /// Words over so many plain keys and some strange ones, and so many databases.
    pub fn new(plain: usize, strange: bool, databases: i64) -> Self {
        let mut keys: Vec<Vec<u8>> = (0..plain).map(|n| format!("k{n}").into_bytes()).collect();
        if strange {
            keys.push(Vec::new());
            keys.push(b"\x00\xff\r\n$3\r\n".to_vec());
            keys.push(b"{tag}a key".to_vec());
            keys.push(vec![b'l'; 200]);
            keys.push("schlüssel".into());
        }
        let lists = (0..6).map(|n| format!("l{n}").into_bytes()).collect();
        Self { keys, lists, databases }
    }

    /// A word of a kind.
    pub fn word(&self, kind: &str, random: &mut Random) -> Vec<u8> {
        match kind {
            "key" if random.chance(8) => random.pick(&self.lists).clone(),
            "key" => random.pick(&self.keys).clone(),
            "skey" if random.chance(85) => format!("s{}", random.below(8)).into_bytes(),
            "skey" => random.pick(&self.keys).clone(),
            // Plain sets may be put together with sorted ones.
            "zsource" => self.word(if random.chance(30) { "skey" } else { "zkey" }, random),
            "hllkey" if random.chance(85) => format!("h{}", random.below(6)).into_bytes(),
            "hllkey" => random.pick(&self.keys).clone(),
            "hkey" if random.chance(90) => format!("m{}", random.below(6)).into_bytes(),
            "hkey" => random.pick(&self.keys).clone(),
            "field" => field(random),
            "draws" => {
                odd_or(random, 4, &["x", "", "9223372036854775808", "-9223372036854775808"], |random| {
                    random.between(-30, 60)
                })
            }
            // A place in the header of a HyperLogLog, and what may be written there or appended.
            "header" => number(random, 0, 15),
            "byte" => vec![*random.pick(b"\x00\x80\x022")],
            "value" => value(random),
            "member" => member(random),
            "all" => odd_or(random, 8, &["-1", "x", "", "9223372036854775808"], |random| {
                random.between(100_000, 4_000_000_000)
            }),
            "times" => {
                odd_or(random, 4, &["x", "", "9223372036854775808", "-9223372036854775808"], |random| {
                    random.between(-30, 60)
                })
            }
            "list" if random.chance(5) => random.pick(&self.keys).clone(),
            "list" => random.pick(&self.lists).clone(),
            "element" if random.chance(80) => random.pick(ELEMENTS).as_bytes().to_vec(),
            "element" if random.chance(10) => vec![b'e'; random.below(2500)],
            "element" => value(random),
            "moment" => random.pick(MOMENTS).as_bytes().to_vec(),
            "template" => random.pick(TEMPLATES).as_bytes().to_vec(),
            "small" => number(random, -4, 12),
            "int" => integer(random),
            "float" => float(random),
            "index" => odd_or(random, 5, INTEGERS, |random| random.between(-60, 60)),
            "offset" => offset(random),
            "bitoffset" => bit_offset(random),
            "bit" => odd_or(random, 5, INTEGERS, |random| random.between(0, 1)),
            "encoding" => encoding(random),
            "fieldoffset" => field_offset(random),
            "sec" => odd_or(random, 8, INTEGERS, |random| random.between(100_000, 4_000_000_000)),
            "ms" => odd_or(random, 8, INTEGERS, |random| random.between(100_000_000, 4_000_000_000_000)),
            "at" => odd_or(random, 8, INTEGERS, seconds_at),
            "atms" => odd_or(random, 8, INTEGERS, |random| {
                seconds_at(random).saturating_mul(1000).saturating_add(random.between(0, 999))
            }),
            "soonms" => number(random, 1, 60),
            "farms" => number(random, 1_000_000_000, 9_000_000_000),
            "farsec" => number(random, 1_000_000, 9_000_000),
            "db" => odd_or(random, 4, INTEGERS, |random| random.between(0, self.databases - 1)),
            "cursor" => odd_or(random, 10, INTEGERS, |random| random.between(0, 300)),
            "count" => odd_or(random, 10, INTEGERS, |random| random.between(-1, 20)),
            "numkeys" => odd_or(random, 10, INTEGERS, |random| random.between(0, 4)),
            "pattern" => random.pick(PATTERNS).as_bytes().to_vec(),
            "type" => {
                random.pick(&["string", "STRING", "list", "hash", "zset", "nothing", ""]).as_bytes().to_vec()
            }
            // No zero bytes: Valkey takes what comes after one without looking.
            "name" => {
                random.pick(&["", "me", "two words", "a\n", "caf\u{e9}", "~!", "\x7f"]).as_bytes().to_vec()
            }
            other => sorted::word(other, random)
                .or_else(|| stream_words::word(other, random))
                .unwrap_or_else(|| panic!("no such kind of word: {other}")),
        }
    }
}

/// Something that hardly any command expects in this place.
pub fn odd(random: &mut Random) -> Vec<u8> {
    match random.below(4) {
        0 => random.pick(INTEGERS).as_bytes().to_vec(),
        1 => random.pick(FLOATS).as_bytes().to_vec(),
        2 => value(random),
        _ => random
            .pick(&[
                "NX", "XX", "GT", "LT", "GET", "EX", "PX", "KEEPTTL", "PERSIST", "LEN", "IDX", "BIT", "BYTE",
            ])
            .as_bytes()
            .to_vec(),
    }
}

fn number(random: &mut Random, low: i64, high: i64) -> Vec<u8> {
    random.between(low, high).to_string().into_bytes()
}

fn odd_or(random: &mut Random, percent: usize, odd: &[&str], usual: impl Fn(&mut Random) -> i64) -> Vec<u8> {
    if random.chance(percent) {
        return random.pick(odd).as_bytes().to_vec();
    }
    usual(random).to_string().into_bytes()
}

fn integer(random: &mut Random) -> Vec<u8> {
    odd_or(random, 30, INTEGERS, |random| match random.below(3) {
        0 => random.between(-100, 100),
        1 => random.next() as i64,
        _ => random.between(-1_000_000, 1_000_000),
    })
}

fn float(random: &mut Random) -> Vec<u8> {
    match random.below(4) {
        0 => random.pick(FLOATS).as_bytes().to_vec(),
        1 => integer(random),
        2 => format!("{}.{}", random.between(-999, 999), random.next() % 1_000_000_000_000).into_bytes(),
        _ => format!("{}.{}e{}", random.between(-9, 9), random.next() % 100_000, random.between(-25, 25))
            .into_bytes(),
    }
}

fn value(random: &mut Random) -> Vec<u8> {
    match random.below(12) {
        0..5 => random.pick(VALUES).as_bytes().to_vec(),
        5 => integer(random),
        6 => float(random),
        7 => {
            // Around the lengths at which the encoding changes.
            let len = random.between(30, 70) as usize;
            vec![b'x'; len]
        }
        8 => {
            let len = random.below(40);
            (0..len).map(|_| *random.pick(b"abc")).collect()
        }
        9 if random.chance(20) => {
            let len = random.below(5000);
            random.bytes(len)
        }
        _ => {
            let len = random.below(24);
            random.bytes(len)
        }
    }
}

/// A member of a set: mostly one of few, so that sets have some in common.
fn member(random: &mut Random) -> Vec<u8> {
    match random.below(20) {
        0..9 => number(random, -6, 14),
        9..17 => {
            let len = random.below(3);
            (0..len).map(|_| *random.pick(b"abc")).collect()
        }
        17 => odd_or(random, 50, INTEGERS, |random| random.next() as i64),
        18 => number(random, 0, 700),
        _ => value(random),
    }
}

/// A field of a hash: mostly one of few.
fn field(random: &mut Random) -> Vec<u8> {
    match random.below(20) {
        0..14 => format!("f{}", random.below(12)).into_bytes(),
        14..17 => number(random, -2, 6),
        17 => number(random, 0, 700),
        18 => random.pick(INTEGERS).as_bytes().to_vec(),
        _ => value(random),
    }
}

/// An offset into a string: mostly a small one, so that the data stays small too.
fn offset(random: &mut Random) -> Vec<u8> {
    if random.chance(3) {
        return number(random, 0, 1_100_000);
    }
    odd_or(random, 8, INTEGERS, |random| random.between(-2, 150))
}

fn bit_offset(random: &mut Random) -> Vec<u8> {
    if random.chance(2) {
        return number(random, 8_000_000, 9_000_000);
    }
    odd_or(random, 8, INTEGERS, |random| random.between(0, 700))
}

fn encoding(random: &mut Random) -> Vec<u8> {
    if random.chance(6) {
        return random
            .pick(&[
                "u64", "u0", "i65", "i0", "x8", "u", "i", "", "8", "u-1", "i08", "U8", "u8 ", "i64", "u63",
            ])
            .as_bytes()
            .to_vec();
    }
    let (sign, most) = if random.chance(50) { ('u', 63) } else { ('i', 64) };
    format!("{sign}{}", random.between(1, most)).into_bytes()
}

fn field_offset(random: &mut Random) -> Vec<u8> {
    if random.chance(6) {
        return random
            .pick(&["#", "#-1", "-1", "", "#1#", "##1", "# 1", "9223372036854775807", "#9223372036854775807"])
            .as_bytes()
            .to_vec();
    }
    let mark = if random.chance(30) { "#" } else { "" };
    format!("{mark}{}", random.between(0, 100)).into_bytes()
}

/// A time in seconds that has passed long ago or is far off.
fn seconds_at(random: &mut Random) -> i64 {
    if random.chance(6) {
        random.between(-5, 1_000_000_000)
    } else {
        random.between(3_000_000_000, 9_000_000_000)
    }
}
