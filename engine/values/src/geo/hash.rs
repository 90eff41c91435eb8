//! Geohashes: the bits of longitude and latitude, one of each in turn.
//!
//! Takes places and gives cells, and the other way round. A cell of `step` bits a side is one of 4^step parts of the
//! world; a score is a cell of 26.

use super::{LATITUDE_LIMIT, LONGITUDE_LIMIT, Point};

/// Bits of each coordinate in a score.
pub(super) const SCORE_STEP: u32 = 26;

const LATITUDE_BITS: u64 = 0x5555_5555_5555_5555;
const LONGITUDE_BITS: u64 = LATITUDE_BITS << 1;
/// The letters of a geohash in text, by value.
const LETTERS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// A part of the world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cell {
    pub bits: u64,
    pub step: u32,
}

/// The borders of a cell, in degrees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Borders {
    pub west: f64,
    pub east: f64,
    pub south: f64,
    pub north: f64,
}

/// The score of a place.
pub fn encode(point: Point) -> u64 {
    Cell::of(point, SCORE_STEP, LATITUDE_LIMIT).bits
}

/// The middle of the cell that a score names. Any number names some cell, as in Valkey.
pub fn decode(score: f64) -> Point {
    let borders = Cell { bits: to_bits(score), step: SCORE_STEP }.borders();
    let middle = |low: f64, high: f64, limit: f64| ((low + high) / 2.0).clamp(-limit, limit);
    Point {
        longitude: middle(borders.west, borders.east, LONGITUDE_LIMIT),
        latitude: middle(borders.south, borders.north, LATITUDE_LIMIT),
    }
}

/// The geohash of a place in eleven letters, as everybody else writes it: with latitudes up to the poles. The last
/// letter is always zero, for there are only 52 bits.
pub fn text(point: Point) -> [u8; 11] {
    let bits = Cell::of(point, SCORE_STEP, 90.0).bits;
    let mut letters = [LETTERS[0]; 11];
    for (place, letter) in letters.iter_mut().take(10).enumerate() {
        *letter = LETTERS[(bits >> (47 - 5 * place)) as usize & 0x1f];
    }
    letters
}

/// What a C program of 64-bit Intel makes of a floating number that should be an unsigned integer.
fn to_bits(score: f64) -> u64 {
    const HALF: f64 = 9_223_372_036_854_775_808.0;
    let signed = |number: f64| {
        if (-HALF..HALF).contains(&number) { (number as i64).cast_unsigned() } else { 1 << 63 }
    };
    if score >= HALF { signed(score - HALF) ^ 1 << 63 } else { signed(score) }
}

impl Cell {
    /// The cell in which a place is, when latitudes go so far.
    pub fn of(point: Point, step: u32, latitude_limit: f64) -> Self {
        let cells = (1u64 << step) as f64;
        let part = |degrees: f64, limit: f64| ((degrees + limit) / (limit + limit) * cells).min(cells) as u32;
        let latitude = spread(part(point.latitude, latitude_limit));
        let longitude = spread(part(point.longitude, LONGITUDE_LIMIT));
        Self { bits: latitude | longitude << 1, step }
    }

    /// Where it ends.
    pub fn borders(self) -> Borders {
        let (latitude, longitude) = (gather(self.bits), gather(self.bits >> 1));
        let cells = (1u64 << self.step) as f64;
        let border = |at: u32, limit: f64| -limit + f64::from(at) / cells * (limit + limit);
        Borders {
            west: border(longitude, LONGITUDE_LIMIT),
            east: border(longitude.wrapping_add(1), LONGITUDE_LIMIT),
            south: border(latitude, LATITUDE_LIMIT),
            north: border(latitude.wrapping_add(1), LATITUDE_LIMIT),
        }
    }

    /// The cell so many cells further: one to the east or west, one to the north or south. The world is round.
    pub fn beside(self, east: i32, north: i32) -> Self {
        let latitude = moved(self.bits & LATITUDE_BITS, LONGITUDE_BITS, north);
        let longitude = moved(self.bits & LONGITUDE_BITS, LATITUDE_BITS, east);
        // A place on the border of the world has one bit too many: only who moves loses it.
        let within =
            |bits: u64, by: i32| if by == 0 { bits } else { bits & u64::MAX >> (64 - 2 * self.step) };
        Self { bits: within(latitude, north) | within(longitude, east), step: self.step }
    }

    /// The first score in it, and the first behind it.
    pub fn scores(self) -> (f64, f64) {
        let align = |bits: u64| (bits << (2 * (SCORE_STEP - self.step))) as f64;
        (align(self.bits), align(self.bits + 1))
    }
}

/// Adds one to bits that stand apart, or takes one away; `others` are the places of the bits between them.
fn moved(bits: u64, others: u64, by: i32) -> u64 {
    match by {
        0 => bits,
        1.. => (bits | others).wrapping_add(1) & !others,
        _ => bits.wrapping_sub(!others & others.wrapping_add(1)) & !others,
    }
}

/// Puts a zero above each bit.
fn spread(number: u32) -> u64 {
    let mut bits = u64::from(number);
    for (shift, mask) in [
        (16, 0x0000_ffff_0000_ffff),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
        (2, 0x3333_3333_3333_3333),
        (1, LATITUDE_BITS),
    ] {
        bits = (bits | bits << shift) & mask;
    }
    bits
}

/// Takes every other bit.
fn gather(bits: u64) -> u32 {
    let mut bits = bits & LATITUDE_BITS;
    for (shift, mask) in [
        (1, 0x3333_3333_3333_3333),
        (2, 0x0f0f_0f0f_0f0f_0f0f),
        (4, 0x00ff_00ff_00ff_00ff),
        (8, 0x0000_ffff_0000_ffff),
        (16, 0x0000_0000_ffff_ffff),
    ] {
        bits = (bits | bits >> shift) & mask;
    }
    bits as u32
}
