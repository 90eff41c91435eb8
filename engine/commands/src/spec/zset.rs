//! The rows of the commands on single sorted sets and their members.

use super::docs::{Arg, block, double, integer, key, one_of, pattern, string, token};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::members::Members;
use super::row::{Spec, at, counted, data, range};
use crate::zset;

const WHERE: &[Arg] = &[token("min", "MIN"), token("max", "MAX")];

pub(super) const ROWS: &[Spec] = &[
    data("bzmpop", -5, zset::bzmpop)
        .flags(&[F::WRITE, F::BLOCKING])
        .acl(&[A::SORTEDSET])
        .keys(&[counted(2, 1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc("7.0.0", "O(K)+O(M*log(N)) for K keys and M of N members", "Takes members out of the first of some sorted sets that has any; waits for one.")
        .args(&[double("timeout"), integer("numkeys"), key("key").multiple(), one_of("where", WHERE), integer("count").after("COUNT").optional()]),
    data("bzpopmax", -3, zset::bzpopmax)
        .flags(&[F::WRITE, F::FAST, F::BLOCKING])
        .acl(&[A::SORTEDSET])
        .keys(&[range(1, -2, 1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc("5.0.0", "O(log(N)) for N members", "Takes the member with the highest score out of the first of some sorted sets that has any; waits for one.")
        .history(&[("6.0.0", "`timeout` may have a fraction.")])
        .args(&[key("key").multiple(), double("timeout")]),
    data("bzpopmin", -3, zset::bzpopmin)
        .flags(&[F::WRITE, F::FAST, F::BLOCKING])
        .acl(&[A::SORTEDSET])
        .keys(&[range(1, -2, 1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc("5.0.0", "O(log(N)) for N members", "Takes the member with the lowest score out of the first of some sorted sets that has any; waits for one.")
        .history(&[("6.0.0", "`timeout` may have a fraction.")])
        .args(&[key("key").multiple(), double("timeout")]),
    data("zadd", -4, zset::zadd)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .members(Members::with_scores(3))
        .doc("1.2.0", "O(log(N)) for each member, with N members in the set", "Adds members to a sorted set, or changes their scores.")
        .history(&[("2.4.0", "Takes several members."), ("3.0.2", "Has `XX`, `NX`, `CH` and `INCR`."), ("6.2.0", "Has `GT` and `LT`.")])
        .args(&[key("key"), one_of("condition", &[token("nx", "NX"), token("xx", "XX")]).optional().since("3.0.2"), one_of("comparison", &[token("gt", "GT"), token("lt", "LT")]).optional().since("6.2.0"), token("change", "CH").optional().since("3.0.2"), token("increment", "INCR").optional().since("3.0.2"), block("data", &[double("score"), string("member")]).multiple()]),
    data("zcard", 2, zset::zcard)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO])])
        .doc("1.2.0", "O(1)", "Counts the members of a sorted set.")
        .args(&[key("key")]),
    data("zincrby", 4, zset::zincrby)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .members(Members::from(3))
        .doc("1.2.0", "O(log(N)) for N members", "Adds to the score of a member of a sorted set.")
        .args(&[key("key"), integer("increment"), string("member")]),
    data("zmpop", -4, zset::zmpop)
        .flags(&[F::WRITE])
        .acl(&[A::SORTEDSET])
        .keys(&[counted(1, 1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc("7.0.0", "O(K)+O(M*log(N)) for K keys and M of N members", "Takes members out of the first of some sorted sets that has any.")
        .args(&[integer("numkeys"), key("key").multiple(), one_of("where", WHERE), integer("count").after("COUNT").optional()]),
    data("zmscore", -3, zset::zmscore)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .members(Members::from(2))
        .doc("6.2.0", "O(N) for N members asked for", "Gets the scores of members of a sorted set.")
        .args(&[key("key"), string("member").multiple()]),
    data("zpopmax", -2, zset::zpopmax)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc("5.0.0", "O(M*log(N)) for M of N members", "Takes the members with the highest scores out of a sorted set.")
        .args(&[key("key"), integer("count").optional()]),
    data("zpopmin", -2, zset::zpopmin)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc("5.0.0", "O(M*log(N)) for M of N members", "Takes the members with the lowest scores out of a sorted set.")
        .args(&[key("key"), integer("count").optional()]),
    data("zrandmember", -2, zset::zrandmember)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output"])
        .doc("6.2.0", "O(N) for N members returned", "Gets members of a sorted set by lot.")
        .args(&[key("key"), block("options", &[integer("count"), token("withscores", "WITHSCORES").optional()]).optional()]),
    data("zrank", -3, zset::zrank)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .members(Members::from(2))
        .doc("2.0.0", "O(log(N)) for N members", "Tells how many members of a sorted set come before a member.")
        .history(&[("7.2.0", "Has `WITHSCORE`.")])
        .args(&[key("key"), string("member"), token("withscore", "WITHSCORE").optional()]),
    data("zrem", -3, zset::zrem)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RW, K::DELETE])])
        .members(Members::from(2))
        .doc("1.2.0", "O(M*log(N)) for M of N members", "Removes members from a sorted set.")
        .history(&[("2.4.0", "Takes several members.")])
        .args(&[key("key"), string("member").multiple()]),
    data("zrevrank", -3, zset::zrevrank)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .members(Members::from(2))
        .doc("2.0.0", "O(log(N)) for N members", "Tells how many members of a sorted set come after a member.")
        .history(&[("7.2.0", "Has `WITHSCORE`.")])
        .args(&[key("key"), string("member"), token("withscore", "WITHSCORE").optional()]),
    data("zscan", -3, zset::zscan)
        .flags(&[F::READONLY])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output"])
        .doc("2.8.0", "O(1) for each call, O(N) for a whole walk over N members", "Walks over the members of a sorted set in steps.")
        .history(&[("8.0.0", "Has `NOSCORES`.")])
        .args(&[key("key"), integer("cursor"), pattern("pattern").after("MATCH").optional(), integer("count").after("COUNT").optional(), token("noscores", "NOSCORES").optional()]),
    data("zscore", 3, zset::zscore)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::SORTEDSET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .members(Members::from(2))
        .doc("1.2.0", "O(1)", "Gets the score of a member of a sorted set.")
        .args(&[key("key"), string("member")]),
];
