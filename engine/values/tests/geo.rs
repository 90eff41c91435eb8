//! Places and searches: equal to those of Valkey to the last bit.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use ironkeep_values::geo::{self, Point, Search, Shape, Unit};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn fnv<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> String {
    let hash = bytes.into_iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

fn point(longitude: f64, latitude: f64) -> Point {
    Point { longitude, latitude }
}

#[test]
fn scores_are_those_of_valkey() {
    for row in rows(include_str!("facts/geo_points.tsv")) {
        let [longitude, latitude, score, east, north, text] = row[..] else { panic!("{row:?}") };
        if longitude != "-" {
            let place = point(number(longitude), number(latitude));
            assert!(place.is_valid());
            assert_eq!(geo::encode(place) as f64, number(score), "{row:?}");
        }
        let decoded = geo::decode(number(score));
        // Valkey shows seventeen digits behind the dot: enough to tell any two apart that are not tiny.
        assert!(
            (decoded.longitude - number(east)).abs() < 1e-16_f64.max(decoded.longitude.abs() * 1e-17),
            "{row:?}"
        );
        assert!(
            (decoded.latitude - number(north)).abs() < 1e-16_f64.max(decoded.latitude.abs() * 1e-17),
            "{row:?}"
        );
        assert_eq!(std::str::from_utf8(&geo::text(decoded)).unwrap(), text, "{row:?}");
    }
}

/// The sorted set that the searches were recorded with: members by score, then by name.
fn places() -> BTreeMap<(u64, String), Point> {
    let mut state = 42u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut places = BTreeMap::new();
    for number in 0..1500 {
        let mut place = point(random() * 360.0 - 180.0, 0.0);
        place.latitude = random() * 170.0 - 85.0;
        if number % 3 == 0 {
            place = point(place.longitude / 20.0 + 10.0, place.latitude / 20.0 + 45.0);
        }
        let score = geo::encode(place);
        places.insert((score, format!("n{number}")), geo::decode(score as f64));
    }
    places
}

fn search_of(row: &[&str]) -> Search {
    let mut words = row[0].split(' ');
    let kind = words.next().unwrap();
    let numbers: Vec<f64> = words.map(number).collect();
    let shape = match (kind, &numbers[..]) {
        ("circle", [radius]) => Shape::Circle(*radius),
        ("rectangle", [width, height]) => Shape::Rectangle { width: *width, height: *height },
        ("polygon", corners) => {
            Shape::Polygon(corners.chunks(2).map(|corner| point(corner[0], corner[1])).collect())
        }
        other => panic!("{other:?}"),
    };
    Search::new(point(number(row[2]), number(row[3])), shape, number(row[1]))
}

#[test]
fn searches_find_what_valkey_finds_in_its_order() {
    let places = places();
    for row in rows(include_str!("facts/geo_search.tsv")) {
        let (search, metres) = (search_of(&row), number(row[1]));
        let mut found = Vec::new();
        for area in search.areas() {
            let range = (area.first as u64, String::new())..(area.behind as u64, String::new());
            for ((_, name), place) in places.range(range) {
                found.extend(search.distance(*place).map(|far| (name.clone(), far / metres)));
            }
        }
        assert_eq!(found.len().to_string(), row[4], "{row:?}");
        let names = found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ");
        assert_eq!(fnv(names.as_bytes()), row[5], "{row:?}");
        found.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
        let told: Vec<u8> =
            found.iter().flat_map(|(name, far)| [name.as_bytes(), &far.to_le_bytes()].concat()).collect();
        assert_eq!(fnv(&told), row[6], "{row:?}");
    }
}

#[test]
fn units_have_names_in_any_case() {
    assert_eq!(Unit::named(b"KM").map(Unit::metres), Some(1000.0));
    assert_eq!(Unit::named(b"m").map(Unit::metres), Some(1.0));
    assert_eq!(Unit::named(b"Ft").map(Unit::metres), Some(0.3048));
    assert_eq!(Unit::named(b"mi").map(Unit::metres), Some(1609.34));
    assert_eq!(Unit::named(b"miles"), None);
}

#[test]
fn places_beyond_the_limits_are_not_valid() {
    assert!(point(180.0, -85.05112878).is_valid());
    for (longitude, latitude) in [(180.1, 0.0), (-181.0, 0.0), (0.0, 85.06), (0.0, -86.0), (f64::NAN, 0.0)] {
        assert!(!point(longitude, latitude).is_valid());
    }
}

#[test]
fn corners_around_a_pole_have_a_middle_where_cells_are() {
    let corners = [0.0, 90.0, 180.0, -90.0].map(|longitude| point(longitude, 80.0));
    assert!(Search::new(point(0.0, 0.0), Shape::Polygon(corners.to_vec()), 1.0).areas().count() > 0);
    assert_eq!(Search::new(point(0.0, 0.0), Shape::Polygon(Vec::new()), 1.0).distance(point(0.0, 0.0)), None);
}

proptest! {
    #[test]
    fn a_score_is_near_its_place(longitude in -180.0..180.0f64, latitude in -85.05..85.05f64) {
        let place = point(longitude, latitude);
        let score = geo::encode(place);
        let decoded = geo::decode(score as f64);
        prop_assert_eq!(geo::encode(decoded), score);
        prop_assert!(geo::distance(place, decoded) < 0.6);
    }

    #[test]
    fn what_is_in_a_small_circle_is_in_its_areas(
        longitude in -170.0..170.0f64, latitude in -60.0..60.0f64, radius in 1.0..100_000.0f64,
        east in -0.5..0.5f64, north in -0.5..0.5f64,
    ) {
        let search = Search::new(point(longitude, latitude), Shape::Circle(radius), 1.0);
        let score = geo::encode(point(longitude + east, latitude + north)) as f64;
        let inside = search.distance(geo::decode(score)).is_some();
        let covered = search.areas().any(|area| area.first <= score && score < area.behind);
        prop_assert!(covered || !inside);
    }

    #[test]
    fn any_numbers_are_searched_without_harm(a: f64, b: f64, c: f64, d: f64, metres: f64) {
        for shape in [Shape::Circle(a), Shape::Rectangle { width: a, height: b }, Shape::Polygon(vec![point(a, b), point(c, d), point(b, a)])] {
            let search = Search::new(point(c, d), shape, metres);
            prop_assert!(search.areas().count() <= 9);
            let _ = search.distance(geo::decode(a));
        }
        let _ = geo::text(point(a, b));
    }
}
