//! The rows of the commands that combine sorted sets.

use super::docs::{Arg, integer, key, key_of, one_of, token};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::row::{Spec, at, counted, data};
use crate::zset;

const AGGREGATE: &[Arg] = &[token("sum", "SUM"), token("min", "MIN"), token("max", "MAX")];

pub(super) const ROWS: &[Spec] = &[
    data("zdiff", -3, zset::zdiff)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[counted(1, 1, &[K::RO, K::ACCESS])])
        .doc(
            "6.2.0",
            "O(N*K)+O(M*log(M)) for N members in the first of K sets and M in the result",
            "Gets the members of the first of some sets that none of the others has.",
        )
        .args(&[integer("numkeys"), key("key").multiple(), token("withscores", "WITHSCORES").optional()]),
    data("zdiffstore", -4, zset::zdiffstore)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::OW, K::UPDATE]), counted(2, 1, &[K::RO, K::ACCESS])])
        .doc(
            "6.2.0",
            "O(N*K)+O(M*log(M)) for N members in the first of K sets and M in the result",
            "Stores the members of the first of some sets that none of the others has.",
        )
        .args(&[key("destination"), integer("numkeys"), key_of("key", 1).multiple()]),
    data("zinter", -3, zset::zinter)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[counted(1, 1, &[K::RO, K::ACCESS])])
        .doc(
            "6.2.0",
            "O(N*K)+O(M*log(M)) for N members in the smallest of K sets and M in the result",
            "Gets the members of all of some sets, with their scores combined.",
        )
        .args(&[
            integer("numkeys"),
            key("key").multiple(),
            integer("weight").after("WEIGHTS").optional().multiple(),
            one_of("aggregate", AGGREGATE).after("AGGREGATE").optional(),
            token("withscores", "WITHSCORES").optional(),
        ]),
    data("zintercard", -3, zset::zintercard)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[counted(1, 1, &[K::RO, K::ACCESS])])
        .doc(
            "7.0.0",
            "O(N*K) for N members in the smallest of K sets",
            "Counts the members that all of some sets have.",
        )
        .args(&[integer("numkeys"), key("key").multiple(), integer("limit").after("LIMIT").optional()]),
    data("zinterstore", -4, zset::zinterstore)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::OW, K::UPDATE]), counted(2, 1, &[K::RO, K::ACCESS])])
        .doc(
            "2.0.0",
            "O(N*K)+O(M*log(M)) for N members in the smallest of K sets and M in the result",
            "Stores the members of all of some sets, with their scores combined.",
        )
        .args(&[
            key("destination"),
            integer("numkeys"),
            key_of("key", 1).multiple(),
            integer("weight").after("WEIGHTS").optional().multiple(),
            one_of("aggregate", AGGREGATE).after("AGGREGATE").optional(),
        ]),
    data("zunion", -3, zset::zunion)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[counted(1, 1, &[K::RO, K::ACCESS])])
        .doc(
            "6.2.0",
            "O(N)+O(M*log(M)) for N members in all sets and M in the result",
            "Gets the members of any of some sets, with their scores combined.",
        )
        .args(&[
            integer("numkeys"),
            key("key").multiple(),
            integer("weight").after("WEIGHTS").optional().multiple(),
            one_of("aggregate", AGGREGATE).after("AGGREGATE").optional(),
            token("withscores", "WITHSCORES").optional(),
        ]),
    data("zunionstore", -4, zset::zunionstore)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::OW, K::UPDATE]), counted(2, 1, &[K::RO, K::ACCESS])])
        .doc(
            "2.0.0",
            "O(N)+O(M*log(M)) for N members in all sets and M in the result",
            "Stores the members of any of some sets, with their scores combined.",
        )
        .args(&[
            key("destination"),
            integer("numkeys"),
            key_of("key", 1).multiple(),
            integer("weight").after("WEIGHTS").optional().multiple(),
            one_of("aggregate", AGGREGATE).after("AGGREGATE").optional(),
        ]),
];
