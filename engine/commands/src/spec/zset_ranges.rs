//! The rows of the commands on ranges of sorted sets.

use super::docs::{Arg, block, double, integer, key, key_of, one_of, string, token};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::row::{Spec, at, data};
use crate::zset;

const LIMIT: &[Arg] = &[integer("offset"), integer("count")];
const SORT_BY: &[Arg] = &[token("byscore", "BYSCORE"), token("bylex", "BYLEX")];

pub(super) const ROWS: &[Spec] = &[
    data("zcount", 4, zset::zcount)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("2.0.0", "O(log(N)) for N members", "Counts the members of a sorted set with scores in a range.")
        .args(&[key("key"), double("min"), double("max")]),
    data("zlexcount", 4, zset::zlexcount)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("2.8.9", "O(log(N)) for N members", "Counts the members of a sorted set with bytes in a range.")
        .args(&[key("key"), string("min"), string("max")]),
    data("zrange", -4, zset::zrange)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc(
            "1.2.0",
            "O(log(N)+M) for M of N members",
            "Gets members of a sorted set by rank, by score or by bytes.",
        )
        .history(&[("6.2.0", "Has `REV`, `BYSCORE`, `BYLEX` and `LIMIT`.")])
        .args(&[
            key("key"),
            string("start"),
            string("stop"),
            one_of("sortby", SORT_BY).optional().since("6.2.0"),
            token("rev", "REV").optional().since("6.2.0"),
            block("limit", LIMIT).after("LIMIT").optional().since("6.2.0"),
            token("withscores", "WITHSCORES").optional(),
        ]),
    data("zrangebylex", -4, zset::zrangebylex)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("2.8.9", "O(log(N)+M) for M of N members", "Gets members of a sorted set by their bytes.")
        .args(&[key("key"), string("min"), string("max"), block("limit", LIMIT).after("LIMIT").optional()]),
    data("zrangebyscore", -4, zset::zrangebyscore)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("1.0.5", "O(log(N)+M) for M of N members", "Gets members of a sorted set by score.")
        .history(&[("2.0.0", "Has `WITHSCORES`.")])
        .args(&[
            key("key"),
            double("min"),
            double("max"),
            token("withscores", "WITHSCORES").optional().since("2.0.0"),
            block("limit", LIMIT).after("LIMIT").optional(),
        ]),
    data("zrangestore", -5, zset::zrangestore)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::OW, K::UPDATE]), at(2, &[K::RO, K::ACCESS])])
        .doc("6.2.0", "O(log(N)+M) for M of N members", "Stores a range of a sorted set in another key.")
        .args(&[
            key("dst"),
            key_of("src", 1),
            string("min"),
            string("max"),
            one_of("sortby", SORT_BY).optional(),
            token("rev", "REV").optional(),
            block("limit", LIMIT).after("LIMIT").optional(),
        ]),
    data("zremrangebylex", 4, zset::zremrangebylex)
        .flags(&[F::WRITE])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RW, K::DELETE])])
        .doc("2.8.9", "O(log(N)+M) for M of N members", "Removes members of a sorted set by their bytes.")
        .args(&[key("key"), string("min"), string("max")]),
    data("zremrangebyrank", 4, zset::zremrangebyrank)
        .flags(&[F::WRITE])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RW, K::DELETE])])
        .doc("2.0.0", "O(log(N)+M) for M of N members", "Removes members of a sorted set by rank.")
        .args(&[key("key"), integer("start"), integer("stop")]),
    data("zremrangebyscore", 4, zset::zremrangebyscore)
        .flags(&[F::WRITE])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RW, K::DELETE])])
        .doc("1.2.0", "O(log(N)+M) for M of N members", "Removes members of a sorted set by score.")
        .args(&[key("key"), double("min"), double("max")]),
    data("zrevrange", -4, zset::zrevrange)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc(
            "1.2.0",
            "O(log(N)+M) for M of N members",
            "Gets members of a sorted set by rank, the highest first.",
        )
        .args(&[key("key"), integer("start"), integer("stop"), token("withscores", "WITHSCORES").optional()]),
    data("zrevrangebylex", -4, zset::zrevrangebylex)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc(
            "2.8.9",
            "O(log(N)+M) for M of N members",
            "Gets members of a sorted set by their bytes, the last first.",
        )
        .args(&[key("key"), string("max"), string("min"), block("limit", LIMIT).after("LIMIT").optional()]),
    data("zrevrangebyscore", -4, zset::zrevrangebyscore)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc(
            "2.2.0",
            "O(log(N)+M) for M of N members",
            "Gets members of a sorted set by score, the highest first.",
        )
        .history(&[("2.1.6", "`min` and `max` may be exclusive.")])
        .args(&[
            key("key"),
            double("max"),
            double("min"),
            token("withscores", "WITHSCORES").optional(),
            block("limit", LIMIT).after("LIMIT").optional(),
        ]),
];
