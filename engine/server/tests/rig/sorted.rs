//! The words of random commands on sorted sets and on places on the earth.

use super::random::Random;

const SCORES: &[&str] = &[
    "inf",
    "-inf",
    "+inf",
    "nan",
    "0",
    "-0",
    "1e400",
    "1e-400",
    "5e-324",
    "1e17",
    "123456789012345678901234567890",
    "1e308",
    "-1e308",
    "3.0",
    "0.1",
    "1e-7",
    "-1.5e-7",
    "",
    "x",
    " 1",
    "0x10",
    "4611686018427387904",
    "9223372036854775807",
    "1e20",
    "0.30000000000000004",
    "5.",
    ".5",
    "+2",
    "Infinity",
];

const SCORE_ENDS: &[&str] = &[
    "-inf", "+inf", "inf", "(inf", "(-inf", "(0", "(1", "(5", "", "(", "((1", "nan", "x", "1 ", "1e400",
    "(1e400", "2\0x", "-0",
];

const LEX_ENDS: &[&str] = &[
    "-", "+", "[", "(", "[a", "(a", "[b", "(ab", "[c", "(1", "[12", "-\0", "+x", "a", "", "[a\0", "0", "(zz",
];

const PLACES: &[&str] = &[
    "0",
    "180",
    "-180",
    "85.05112878",
    "-85.05112878",
    "90",
    "179.999",
    "-179.999",
    "200",
    "x",
    "nan",
    "1e400",
];

const UNITS: &[&str] = &["m", "km", "ft", "mi", "m", "km", "ft", "mi", "M", "KM", "Mi", "km", "m", "yd", ""];

/// A word of a kind, if it is one of those.
pub fn word(kind: &str, random: &mut Random) -> Option<Vec<u8>> {
    Some(match kind {
        "zkey" => format!("z{}", random.below(8)).into_bytes(),
        "lexkey" => format!("x{}", random.below(4)).into_bytes(),
        "geokey" => format!("g{}", random.below(4)).into_bytes(),
        "zmember" => member(random),
        "score" => score(random),
        "scoreend" => score_end(random),
        "lexend" => lex_end(random),
        "rank" => random.between(-12, 12).to_string().into_bytes(),
        "times" => random.between(-30, 40).to_string().into_bytes(),
        "longitude" => degrees(random, 180),
        "latitude" => degrees(random, 85),
        "length" => length(random),
        "unit" => random.pick(UNITS).as_bytes().to_vec(),
        _ => return None,
    })
}

/// A member: mostly one of few, so that sets have some in common; seldom one that is too long for a small set.
fn member(random: &mut Random) -> Vec<u8> {
    match random.below(40) {
        0..18 => random.between(-6, 14).to_string().into_bytes(),
        18..36 => {
            let len = random.below(3);
            (0..len).map(|_| *random.pick(b"abc")).collect()
        }
        36 => vec![b'm'; random.between(60, 70) as usize],
        37 => random.pick(&["-0", "007", "9223372036854775808", "1.5", "\r\n", "\0"]).as_bytes().to_vec(),
        _ => {
            let len = random.below(24);
            random.bytes(len)
        }
    }
}

fn score(random: &mut Random) -> Vec<u8> {
    match random.below(20) {
        0..12 => random.between(-5, 10).to_string().into_bytes(),
        12..15 => format!("{}.{}", random.between(-9, 9), random.below(100)).into_bytes(),
        15 => format!("{}", f64::from_bits(random.next())).into_bytes(),
        16 => (random.next() as i64).to_string().into_bytes(),
        17 => format!("{:e}", f64::from_bits(random.next())).into_bytes(),
        _ => random.pick(SCORES).as_bytes().to_vec(),
    }
}

fn score_end(random: &mut Random) -> Vec<u8> {
    if random.chance(40) {
        return random.pick(SCORE_ENDS).as_bytes().to_vec();
    }
    let mark = if random.chance(30) { "(" } else { "" };
    format!("{mark}{}", random.between(-6, 11)).into_bytes()
}

fn lex_end(random: &mut Random) -> Vec<u8> {
    if random.chance(50) {
        return random.pick(LEX_ENDS).as_bytes().to_vec();
    }
    let mut end = vec![*random.pick(b"[(")];
    end.extend(member(random));
    end
}

fn degrees(random: &mut Random, limit: i64) -> Vec<u8> {
    if random.chance(4) {
        return random.pick(PLACES).as_bytes().to_vec();
    }
    // Some near each other, others anywhere.
    let whole = if random.chance(60) { random.between(13, 15) } else { random.between(-limit, limit - 1) };
    format!("{whole}.{:09}", random.below(1_000_000_000)).into_bytes()
}

fn length(random: &mut Random) -> Vec<u8> {
    match random.below(30) {
        0 => random.pick(&["-1", "x", "0", "inf", "nan", "1e300", ""]).as_bytes().to_vec(),
        1..20 => format!("{}.{}", random.between(1, 400), random.below(1000)).into_bytes(),
        _ => random.between(1, 30_000).to_string().into_bytes(),
    }
}
