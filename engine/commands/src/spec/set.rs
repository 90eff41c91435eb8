//! The rows of the commands on sets.

use super::docs::{Arg, integer, key, key_of, pattern, string};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::keys::KeySpec;
use super::members::Members;
use super::row::{Spec, at, counted, data, to_end};
use crate::set;

const STORES: &[KeySpec] = &[at(1, &[K::OW, K::UPDATE]), to_end(2, 1, &[K::RO, K::ACCESS])];
const STORES_ARGS: &[Arg] = &[key("destination"), key_of("key", 1).multiple()];

const MANY_AT_ONCE: (&str, &str) = ("2.4.0", "Takes several members at once.");
const OF_THE_SMALLEST: &str = "O(N*M) for N members in the smallest set and M sets";
const OF_ALL: &str = "O(N) for N members in all sets together";

pub(super) const ROWS: &[Spec] = &[
    data("sadd", -3, set::sadd)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::SET])
        .keys(&[at(1, &[K::RW, K::INSERT])])
        .members(Members::from(2))
        .doc("1.0.0", "O(1) for each member", "Adds members to a set, which is made if need be.")
        .history(&[MANY_AT_ONCE])
        .args(&[key("key"), string("member").multiple()]),
    data("scard", 2, set::scard)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::SET])
        .keys(&[at(1, &[K::RO])])
        .doc("1.0.0", "O(1)", "Counts the members of a set.")
        .args(&[key("key")]),
    data("sdiff", -2, set::sdiff)
        .flags(&[F::READONLY])
        .acl(&[A::SET])
        .keys(&[to_end(1, 1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output_order"])
        .doc("1.0.0", OF_ALL, "Gets the members of the first set that the others don't have.")
        .args(&[key("key").multiple()]),
    data("sdiffstore", -3, set::sdiffstore)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::SET])
        .keys(STORES)
        .doc("1.0.0", OF_ALL, "Stores the members of the first set that the others don't have.")
        .args(STORES_ARGS),
    data("sinter", -2, set::sinter)
        .flags(&[F::READONLY])
        .acl(&[A::SET])
        .keys(&[to_end(1, 1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output_order"])
        .doc("1.0.0", OF_THE_SMALLEST, "Gets the members that sets have in common.")
        .args(&[key("key").multiple()]),
    data("sintercard", -3, set::sintercard)
        .flags(&[F::READONLY])
        .acl(&[A::SET])
        .keys(&[counted(1, 1, &[K::RO, K::ACCESS])])
        .doc("7.0.0", OF_THE_SMALLEST, "Counts the members that sets have in common.")
        .args(&[integer("numkeys"), key("key").multiple(), integer("limit").after("LIMIT").optional()]),
    data("sinterstore", -3, set::sinterstore)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::SET])
        .keys(STORES)
        .doc("1.0.0", OF_THE_SMALLEST, "Stores the members that sets have in common.")
        .args(STORES_ARGS),
    data("sismember", 3, set::sismember)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::SET])
        .keys(&[at(1, &[K::RO])])
        .members(Members::from(2))
        .doc("1.0.0", "O(1)", "Tells whether a set has a member.")
        .args(&[key("key"), string("member")]),
    data("smembers", 2, set::smembers)
        .flags(&[F::READONLY])
        .acl(&[A::SET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output_order"])
        .doc("1.0.0", "O(N) for N members", "Gets all members of a set.")
        .args(&[key("key")]),
    data("smismember", -3, set::smismember)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::SET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .members(Members::from(2))
        .doc(
            "6.2.0",
            "O(N) for N members asked for",
            "Tells for each of several members whether a set has it.",
        )
        .args(&[key("key"), string("member").multiple()]),
    data("smove", 4, set::smove)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::SET])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::DELETE]), at(2, &[K::RW, K::INSERT])])
        .doc("1.0.0", "O(1)", "Moves a member from one set to another.")
        .args(&[key("source"), key_of("destination", 1), string("member")]),
    data("spop", -2, set::spop)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::SET])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::DELETE])])
        .tips(&["nondeterministic_output"])
        .doc(
            "1.0.0",
            "O(1), or O(N) for a count of N",
            "Takes members by chance out of a set. The key goes with the last one.",
        )
        .history(&[("3.2.0", "Argument `count`.")])
        .args(&[key("key"), integer("count").optional().since("3.2.0")]),
    data("srandmember", -2, set::srandmember)
        .flags(&[F::READONLY])
        .acl(&[A::SET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output"])
        .doc("1.0.0", "O(1), or O(N) for a count of N either way", "Gets members of a set by chance.")
        .history(&[("2.6.0", "Argument `count`.")])
        .args(&[key("key"), integer("count").optional().since("2.6.0")]),
    data("srem", -3, set::srem)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::SET])
        .keys(&[at(1, &[K::RW, K::DELETE])])
        .members(Members::from(2))
        .doc("1.0.0", "O(N) for N members", "Takes members out of a set. The key goes with the last one.")
        .history(&[MANY_AT_ONCE])
        .args(&[key("key"), string("member").multiple()]),
    data("sscan", -3, set::sscan)
        .flags(&[F::READONLY])
        .acl(&[A::SET])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output"])
        .doc(
            "2.8.0",
            "O(1) for each call, O(N) for all N members",
            "Walks over the members of a set in steps.",
        )
        .args(&[
            key("key"),
            integer("cursor"),
            pattern("pattern").after("MATCH").optional(),
            integer("count").after("COUNT").optional(),
        ]),
    data("sunion", -2, set::sunion)
        .flags(&[F::READONLY])
        .acl(&[A::SET])
        .keys(&[to_end(1, 1, &[K::RO, K::ACCESS])])
        .tips(&["nondeterministic_output_order"])
        .doc("1.0.0", OF_ALL, "Gets the members that any of the sets has.")
        .args(&[key("key").multiple()]),
    data("sunionstore", -3, set::sunionstore)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::SET])
        .keys(STORES)
        .doc("1.0.0", OF_ALL, "Stores the members that any of the sets has.")
        .args(STORES_ARGS),
];
