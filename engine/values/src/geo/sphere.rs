//! Distances on a ball of the earth's size, by the haversine formula.
//!
//! Takes places in degrees, gives metres.

use super::Point;

/// The quadratic mean of the earth's radius.
pub(super) const RADIUS: f64 = 6_372_797.560856;

/// Longitudes nearer than this (in the sine of half the angle) count as equal: six nanometres on the ground.
const NO_ANGLE: f64 = 1e-15;
const RADIANS: f64 = std::f64::consts::PI / 180.0;

/// How many metres it is from one to the other.
pub fn distance(from: Point, to: Point) -> f64 {
    let v = ((radians(to.longitude) - radians(from.longitude)) / 2.0).sin();
    if v.abs() <= NO_ANGLE {
        return north_south(from.latitude, to.latitude);
    }
    let (from, to) = (radians(from.latitude), radians(to.latitude));
    let u = ((to - from) / 2.0).sin();
    let a = u * u + from.cos() * to.cos() * v * v;
    2.0 * RADIUS * a.sqrt().asin()
}

/// How many metres it is between two places of one longitude.
pub(super) fn north_south(from: f64, to: f64) -> f64 {
    RADIUS * (radians(to) - radians(from)).abs()
}

// The product and the quotient with the rounded constant, not the library's conversions: the last bit counts.
pub(super) fn radians(degrees: f64) -> f64 {
    degrees * RADIANS
}

pub(super) fn degrees(radians: f64) -> f64 {
    radians / RADIANS
}
