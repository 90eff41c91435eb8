//! The rows of the commands on places on the earth.

use super::docs::{Arg, block, double, integer, key, key_of, one_of, string, token};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::row::{Spec, after, at, data};
use super::span::Args;
use crate::geo;

const UNIT: &[Arg] = &[token("m", "M"), token("km", "KM"), token("ft", "FT"), token("mi", "MI")];
const FROM: &[Arg] = &[
    string("member").after("FROMMEMBER"),
    block("fromlonlat", &[double("longitude"), double("latitude")]).after("FROMLONLAT"),
];
const BY: &[Arg] = &[
    block("circle", &[double("radius").after("BYRADIUS"), one_of("unit", UNIT)]),
    block("box", &[double("width").after("BYBOX"), double("height"), one_of("unit", UNIT)]),
    block(
        "polygon",
        &[
            integer("num-vertices").after("BYPOLYGON"),
            block("vertices", &[double("longitude"), double("latitude")]).multiple(),
        ],
    )
    .since("9.0.0"),
];
const COUNT: &[Arg] = &[integer("count").after("COUNT"), token("any", "ANY").optional()];
const COUNT_OR_ANY: &[Arg] =
    &[integer("count").after("COUNT"), token("any", "ANY").optional().since("6.2.0")];
const ORDER: &[Arg] = &[token("asc", "ASC"), token("desc", "DESC")];

pub(super) const ROWS: &[Spec] = &[
    data("geoadd", -5, geo::geoadd)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::GEO])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc(
            "3.2.0",
            "O(log(N)) for each place, with N in the index",
            "Adds places to an index, or moves them.",
        )
        .history(&[("6.2.0", "Has `CH`, `NX` and `XX`.")])
        .args(&[
            key("key"),
            one_of("condition", &[token("nx", "NX"), token("xx", "XX")]).optional().since("6.2.0"),
            token("change", "CH").optional().since("6.2.0"),
            block("data", &[double("longitude"), double("latitude"), string("member")]).multiple(),
        ]),
    data("geodist", -4, geo::geodist)
        .flags(&[F::READONLY])
        .acl(&[A::GEO])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("3.2.0", "O(1)", "Tells how far it is from one place to another.")
        .args(&[key("key"), string("member1"), string("member2"), one_of("unit", UNIT).optional()]),
    data("geohash", -2, geo::geohash)
        .flags(&[F::READONLY])
        .acl(&[A::GEO])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("3.2.0", "O(1) for each place", "Gets places as geohashes in letters.")
        .args(&[key("key"), string("member").optional().multiple()]),
    data("geopos", -2, geo::geopos)
        .flags(&[F::READONLY])
        .acl(&[A::GEO])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("3.2.0", "O(1) for each place", "Gets the longitudes and latitudes of places.")
        .args(&[key("key"), string("member").optional().multiple()]),
    data("georadius", -6, geo::georadius)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::GEO])
        .keys(&[
            at(1, &[K::RO, K::ACCESS]),
            after("STORE", 6, &[K::OW, K::UPDATE, K::VARIABLE_FLAGS]),
            after("STOREDIST", 6, &[K::OW, K::UPDATE, K::VARIABLE_FLAGS]),
        ])
        .find_keys(radius_keys)
        .doc(
            "3.2.0",
            "O(N+log(M)) for N places in the cells around the shape and M in it",
            "Finds the places in a circle around a point; gives or stores them.",
        )
        .history(&[("6.2.0", "Has `ANY`."), ("7.0.0", "Takes units in capitals.")])
        .args(&[
            key("key"),
            double("longitude"),
            double("latitude"),
            double("radius"),
            one_of("unit", UNIT),
            token("withcoord", "WITHCOORD").optional(),
            token("withdist", "WITHDIST").optional(),
            token("withhash", "WITHHASH").optional(),
            block("count-block", COUNT_OR_ANY).optional(),
            one_of("order", ORDER).optional(),
            one_of(
                "store",
                &[
                    key_of("storekey", 1).after("STORE").shown("key"),
                    key_of("storedistkey", 2).after("STOREDIST").shown("key"),
                ],
            )
            .optional(),
        ]),
    data("georadius_ro", -6, geo::georadius_ro)
        .flags(&[F::READONLY])
        .acl(&[A::GEO])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc(
            "3.2.10",
            "O(N+log(M)) for N places in the cells around the shape and M in it",
            "Finds the places in a circle around a point.",
        )
        .history(&[("6.2.0", "Has `ANY`."), ("7.0.0", "Takes units in capitals.")])
        .args(&[
            key("key"),
            double("longitude"),
            double("latitude"),
            double("radius"),
            one_of("unit", UNIT),
            token("withcoord", "WITHCOORD").optional(),
            token("withdist", "WITHDIST").optional(),
            token("withhash", "WITHHASH").optional(),
            block("count-block", COUNT_OR_ANY).optional(),
            one_of("order", ORDER).optional(),
        ]),
    data("georadiusbymember", -5, geo::georadiusbymember)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::GEO])
        .keys(&[
            at(1, &[K::RO, K::ACCESS]),
            after("STORE", 5, &[K::OW, K::UPDATE, K::VARIABLE_FLAGS]),
            after("STOREDIST", 5, &[K::OW, K::UPDATE, K::VARIABLE_FLAGS]),
        ])
        .find_keys(radius_keys)
        .doc(
            "3.2.0",
            "O(N+log(M)) for N places in the cells around the shape and M in it",
            "Finds the places in a circle around another place; gives or stores them.",
        )
        .history(&[("6.2.0", "Has `ANY`."), ("7.0.0", "Takes units in capitals.")])
        .args(&[
            key("key"),
            string("member"),
            double("radius"),
            one_of("unit", UNIT),
            token("withcoord", "WITHCOORD").optional(),
            token("withdist", "WITHDIST").optional(),
            token("withhash", "WITHHASH").optional(),
            block("count-block", COUNT).optional(),
            one_of("order", ORDER).optional(),
            one_of(
                "store",
                &[
                    key_of("storekey", 1).after("STORE").shown("key"),
                    key_of("storedistkey", 2).after("STOREDIST").shown("key"),
                ],
            )
            .optional(),
        ]),
    data("georadiusbymember_ro", -5, geo::georadiusbymember_ro)
        .flags(&[F::READONLY])
        .acl(&[A::GEO])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc(
            "3.2.10",
            "O(N+log(M)) for N places in the cells around the shape and M in it",
            "Finds the places in a circle around another place.",
        )
        .history(&[("6.2.0", "Has `ANY`."), ("7.0.0", "Takes units in capitals.")])
        .args(&[
            key("key"),
            string("member"),
            double("radius"),
            one_of("unit", UNIT),
            token("withcoord", "WITHCOORD").optional(),
            token("withdist", "WITHDIST").optional(),
            token("withhash", "WITHHASH").optional(),
            block("count-block", COUNT).optional(),
            one_of("order", ORDER).optional(),
        ]),
    data("geosearch", -7, geo::geosearch)
        .flags(&[F::READONLY])
        .acl(&[A::GEO])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc(
            "6.2.0",
            "O(N+log(M)) for N places in the cells around the shape and M in it",
            "Finds the places in a circle, a box or a polygon.",
        )
        .history(&[("7.0.0", "Takes units in capitals."), ("9.0.0", "Has `BYPOLYGON`.")])
        .args(&[
            key("key"),
            one_of("from", FROM).optional(),
            one_of("by", BY),
            one_of("order", ORDER).optional(),
            block("count-block", COUNT).optional(),
            token("withcoord", "WITHCOORD").optional(),
            token("withdist", "WITHDIST").optional(),
            token("withhash", "WITHHASH").optional(),
        ]),
    data("geosearchstore", -8, geo::geosearchstore)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::GEO])
        .keys(&[at(1, &[K::OW, K::UPDATE]), at(2, &[K::RO, K::ACCESS])])
        .doc(
            "6.2.0",
            "O(N+log(M)) for N places in the cells around the shape and M in it",
            "Stores the places in a circle, a box or a polygon.",
        )
        .history(&[("7.0.0", "Takes units in capitals."), ("9.0.0", "Has `BYPOLYGON`.")])
        .args(&[
            key("destination"),
            key_of("source", 1),
            one_of("from", FROM).optional(),
            one_of("by", BY),
            one_of("order", ORDER).optional(),
            block("count-block", COUNT).optional(),
            token("storedist", "STOREDIST").optional(),
        ]),
];

/// GEORADIUS takes the last of all STORE and STOREDIST; the key specs tell of the first of each.
fn radius_keys(args: &dyn Args, out: &mut dyn FnMut(usize, K)) {
    out(1, K::of(&[K::RO, K::ACCESS]));
    let mut stored = None;
    let mut at = 5;
    while at + 1 < args.count() {
        let stores = args.get(at).is_some_and(|word| {
            word.eq_ignore_ascii_case(b"store") || word.eq_ignore_ascii_case(b"storedist")
        });
        if stores {
            at += 1;
            stored = Some(at);
        }
        at += 1;
    }
    if let Some(at) = stored {
        out(at, K::of(&[K::OW, K::UPDATE]));
    }
}
