//! Searches: which places are in a circle, a box or a polygon, and in which cells they can be.
//!
//! Takes a shape, gives ranges of scores to look through in Valkey's order, and for each place found there the distance.

use super::hash::{Borders, Cell, SCORE_STEP};
use super::sphere::{RADIUS, degrees, distance, north_south, radians};
use super::{LATITUDE_LIMIT, Point};

/// Half of the way around the world on Mercator's map.
const HALF_AROUND: f64 = 20_037_726.37;

/// What is searched; lengths in the unit of the search.
#[derive(Clone, PartialEq, Debug)]
pub enum Shape {
    /// Everything within so far from the centre.
    Circle(f64),
    /// A box around the centre.
    Rectangle {
        /// From west to east.
        width: f64,
        /// From north to south.
        height: f64,
    },
    /// Everything within these corners.
    Polygon(Vec<Point>),
}

/// A shape at a place.
#[derive(Clone, PartialEq, Debug)]
pub struct Search {
    center: Point,
    shape: Shape,
    metres: f64,
}

/// Scores from `first` to just below `behind`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Area {
    /// The lowest score in it.
    pub first: f64,
    /// The lowest score above it.
    pub behind: f64,
}

impl Search {
    /// A search with lengths in a unit of so many metres. The centre of a polygon is where it is, whatever is given.
    pub fn new(center: Point, shape: Shape, metres: f64) -> Self {
        let center = if let Shape::Polygon(corners) = &shape { middle(corners) } else { center };
        Self { center, shape, metres }
    }

    /// How many metres a place is from the centre, if it is in the shape.
    pub fn distance(&self, place: Point) -> Option<f64> {
        let far = || distance(self.center, place);
        match &self.shape {
            Shape::Circle(radius) => Some(far()).filter(|far| *far <= radius * self.metres),
            Shape::Rectangle { width, height } => {
                let beside = Point { latitude: place.latitude, ..self.center };
                let outside = north_south(place.latitude, self.center.latitude) > height * self.metres / 2.0
                    || distance(place, beside) > width * self.metres / 2.0;
                (!outside).then(far)
            }
            Shape::Polygon(corners) => inside(corners, place).then(far),
        }
    }

    /// Where in the sorted set the places can be. One area may appear twice where cells are so large that the same is
    /// to the east and to the west; never twice in succession.
    pub fn areas(&self) -> impl Iterator<Item = Area> + use<> {
        let bounds = self.bounds();
        let mut step = self.step(&bounds);
        let mut cell = Cell::of(self.center, step, LATITUDE_LIMIT);
        if step > 1 && too_small(cell, &bounds) {
            step -= 1;
            cell = Cell::of(self.center, step, LATITUDE_LIMIT);
        }
        let mut last = None;
        let needed = AROUND.into_iter().filter(move |side| is_needed(*side, cell, &bounds));
        needed.map(move |(east, north)| cell.beside(east, north)).filter_map(move |cell| {
            let (first, behind) = cell.scores();
            (last.replace(cell) != Some(cell)).then_some(Area { first, behind })
        })
    }

    fn bounds(&self) -> Borders {
        let (width, height) = match &self.shape {
            Shape::Circle(radius) => (self.metres * radius, self.metres * radius),
            Shape::Rectangle { width, height } => (self.metres * width / 2.0, self.metres * height / 2.0),
            Shape::Polygon(corners) => return frame(corners),
        };
        let Point { longitude, latitude } = self.center;
        let up = degrees(height / RADIUS);
        // A degree of longitude is shortest at the edge that is nearer to the pole.
        let edge = if latitude < 0.0 { latitude - up } else { latitude + up };
        let aside = degrees(width / RADIUS / radians(edge).cos());
        Borders {
            west: longitude - aside,
            east: longitude + aside,
            south: latitude - up,
            north: latitude + up,
        }
    }

    /// How fine the cells should be that nine of them cover the shape.
    fn step(&self, bounds: &Borders) -> u32 {
        let mut range = self.metres
            * match &self.shape {
                Shape::Circle(radius) => *radius,
                Shape::Rectangle { width, height } => {
                    ((width / 2.0) * (width / 2.0) + (height / 2.0) * (height / 2.0)).sqrt()
                }
                Shape::Polygon(_) => farthest_corner(self.center, bounds),
            };
        if range == 0.0 {
            return SCORE_STEP;
        }
        let mut step = -1;
        while range < HALF_AROUND && step < 64 {
            range *= 2.0;
            step += 1;
        }
        let latitude = self.center.latitude.abs();
        // Towards the poles cells are narrower.
        let finer = i32::from(latitude > 66.0) + i32::from(latitude > 80.0);
        (step - finer).clamp(1, SCORE_STEP as i32) as u32
    }
}

/// The cell itself and its neighbours, to the east and to the north, in the order in which they are searched.
const AROUND: [(i32, i32); 9] =
    [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1)];

/// Whether the cells around this one don't reach to all the bounds.
fn too_small(cell: Cell, bounds: &Borders) -> bool {
    cell.beside(0, 1).borders().north < bounds.north
        || cell.beside(0, -1).borders().south > bounds.south
        || cell.beside(1, 0).borders().east < bounds.east
        || cell.beside(-1, 0).borders().west > bounds.west
}

/// Whether the cell on this side can hold anything: not where the middle one reaches beyond the bounds.
fn is_needed((east, north): (i32, i32), cell: Cell, bounds: &Borders) -> bool {
    let middle = cell.borders();
    let useless = (north < 0 && middle.south < bounds.south)
        || (north > 0 && middle.north > bounds.north)
        || (east < 0 && middle.west < bounds.west)
        || (east > 0 && middle.east > bounds.east);
    cell.step < 2 || !useless
}

fn frame(corners: &[Point]) -> Borders {
    let none = Borders { west: 180.0, east: -180.0, south: LATITUDE_LIMIT, north: -LATITUDE_LIMIT };
    corners.iter().fold(none, |frame, corner| Borders {
        west: frame.west.min(corner.longitude),
        east: frame.east.max(corner.longitude),
        south: frame.south.min(corner.latitude),
        north: frame.north.max(corner.latitude),
    })
}

fn farthest_corner(center: Point, frame: &Borders) -> f64 {
    let corners = [
        (frame.west, frame.north),
        (frame.east, frame.north),
        (frame.west, frame.south),
        (frame.east, frame.south),
    ];
    let far = corners.map(|(longitude, latitude)| distance(center, Point { longitude, latitude }));
    far.into_iter().fold(0.0, f64::max)
}

/// The direction in which the corners lie on the whole, seen from the middle of the earth.
fn middle(corners: &[Point]) -> Point {
    let (mut x, mut y, mut z) = (0.0, 0.0, 0.0);
    for corner in corners {
        let (longitude, latitude) = (radians(corner.longitude), radians(corner.latitude));
        x += latitude.cos() * longitude.cos();
        y += latitude.cos() * longitude.sin();
        z += latitude.sin();
    }
    let latitude = degrees(z.atan2((x * x + y * y).sqrt()));
    Point {
        longitude: degrees(y.atan2(x)),
        // Corners all around a pole have their middle there, where no cell is.
        latitude: latitude.clamp(-LATITUDE_LIMIT, LATITUDE_LIMIT),
    }
}

/// Whether a line from the place to the east crosses the edges an odd number of times.
fn inside(corners: &[Point], place: Point) -> bool {
    let before = corners.iter().cycle().skip(corners.len().saturating_sub(1));
    let crossings = corners.iter().zip(before).filter(|(a, b)| {
        let (across, up) = (b.longitude - a.longitude, b.latitude - a.latitude);
        (a.latitude > place.latitude) != (b.latitude > place.latitude)
            && place.longitude < across * (place.latitude - a.latitude) / up + a.longitude
    });
    crossings.count() % 2 == 1
}
