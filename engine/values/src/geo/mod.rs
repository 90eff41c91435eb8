//! Places on the earth as scores of a sorted set: geohashes of 52 bits, distances, and areas to look in.
//!
//! Takes degrees and scores, gives scores, degrees, metres and ranges of scores. The numbers are Valkey's to the last
//! bit, its rounding and its odd cases included.

mod cover;
mod hash;
mod sphere;

pub use cover::{Area, Search, Shape};
pub use hash::{decode, encode, text};
pub use sphere::distance;

/// A place in degrees.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    /// East of Greenwich.
    pub longitude: f64,
    /// North of the equator.
    pub latitude: f64,
}

/// The longitude goes this far to both sides.
pub const LONGITUDE_LIMIT: f64 = 180.0;
/// The latitude goes this far to both sides: nearer to the poles there are no places.
pub const LATITUDE_LIMIT: f64 = 85.051_128_78;

impl Point {
    /// Whether it can be encoded.
    pub fn is_valid(self) -> bool {
        self.longitude.abs() <= LONGITUDE_LIMIT && self.latitude.abs() <= LATITUDE_LIMIT
    }
}

/// A unit of length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// m
    Metres,
    /// km
    Kilometres,
    /// ft
    Feet,
    /// mi
    Miles,
}

impl Unit {
    /// The unit of this name, in any case.
    pub fn named(name: &[u8]) -> Option<Self> {
        let names: [(&[u8], Self); 4] =
            [(b"m", Self::Metres), (b"km", Self::Kilometres), (b"ft", Self::Feet), (b"mi", Self::Miles)];
        names.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, unit)| unit)
    }

    /// How many metres it is.
    pub fn metres(self) -> f64 {
        match self {
            Self::Metres => 1.0,
            Self::Kilometres => 1000.0,
            Self::Feet => 0.3048,
            Self::Miles => 1609.34,
        }
    }
}
