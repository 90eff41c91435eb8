//! The rows of the commands on lists. Those that may wait are in `list_blocking`.

use super::docs::{Arg, integer, key, key_of, one_of, string, token};
use super::flags::{Acl as A, Flags as F};
use super::keys::{KeyFlags as K, KeySpec};
use super::row::{Spec, at, counted, data};
use crate::list;

pub(super) const LEFT_OR_RIGHT: &[Arg] = &[token("left", "LEFT"), token("right", "RIGHT")];
pub(super) const SOURCE_AND_TARGET: &[KeySpec] =
    &[at(1, &[K::RW, K::ACCESS, K::DELETE]), at(2, &[K::RW, K::INSERT])];
const PUSH: &[Arg] = &[key("key"), string("element").multiple()];
const PUSHES_MANY: &str = "Takes several elements.";
const POP: &[Arg] = &[key("key"), integer("count").optional().since("6.2.0")];
const POPS_MANY: &str = "Takes a count.";

pub(super) const ROWS: &[Spec] = &[
    data("lindex", 3, list::lindex)
        .flags(&[F::READONLY])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc(
            "1.0.0",
            "O(log(N)) for N elements; O(1) at both ends",
            "Gets the element at a place, counted from the end when negative.",
        )
        .args(&[key("key"), integer("index")]),
    data("linsert", 5, list::linsert)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RW, K::INSERT])])
        .doc(
            "2.2.0",
            "O(N) for N elements up to the pivot",
            "Adds an element before or after the first that equals a given one.",
        )
        .args(&[
            key("key"),
            one_of("where", &[token("before", "BEFORE"), token("after", "AFTER")]),
            string("pivot"),
            string("element"),
        ]),
    data("llen", 2, list::llen)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RO])])
        .doc("1.0.0", "O(1)", "Gets the length of a list.")
        .args(&[key("key")]),
    data("lmove", 5, list::lmove)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::LIST])
        .keys(SOURCE_AND_TARGET)
        .doc("6.2.0", "O(1)", "Moves an element from an end of a list to an end of another, and gets it.")
        .args(&[
            key("source"),
            key_of("destination", 1),
            one_of("wherefrom", LEFT_OR_RIGHT),
            one_of("whereto", LEFT_OR_RIGHT),
        ]),
    data("lmpop", -4, list::lmpop)
        .flags(&[F::WRITE])
        .acl(&[A::LIST])
        .keys(&[counted(1, 1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc(
            "7.0.0",
            "O(N+M) for N keys and M elements returned",
            "Removes and gets elements from an end of the first of several lists that has any.",
        )
        .args(&[
            integer("numkeys"),
            key("key").multiple(),
            one_of("where", LEFT_OR_RIGHT),
            integer("count").after("COUNT").optional(),
        ]),
    data("lpop", -2, list::lpop)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc("1.0.0", "O(N) for N elements returned", "Removes and gets the first elements of a list.")
        .history(&[("6.2.0", POPS_MANY)])
        .args(POP),
    data("lpos", -3, list::lpos)
        .flags(&[F::READONLY])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc(
            "6.0.6",
            "O(N) for N elements looked at",
            "Finds the places of the elements that equal a given one.",
        )
        .args(&[
            key("key"),
            string("element"),
            integer("rank").after("RANK").optional(),
            integer("num-matches").after("COUNT").optional(),
            integer("len").after("MAXLEN").optional(),
        ]),
    data("lpush", -3, list::lpush)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RW, K::INSERT])])
        .doc(
            "1.0.0",
            "O(1) for each element",
            "Adds elements at the front of a list, which is made when there is none.",
        )
        .history(&[("2.4.0", PUSHES_MANY)])
        .args(PUSH),
    data("lpushx", -3, list::lpushx)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RW, K::INSERT])])
        .doc("2.2.0", "O(1) for each element", "Adds elements at the front of a list, if there is one.")
        .history(&[("4.0.0", PUSHES_MANY)])
        .args(PUSH),
    data("lrange", 4, list::lrange)
        .flags(&[F::READONLY])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc(
            "1.0.0",
            "O(log(N)+M) for N elements, of which M are returned",
            "Gets the elements from one place to another.",
        )
        .args(&[key("key"), integer("start"), integer("stop")]),
    data("lrem", 4, list::lrem)
        .flags(&[F::WRITE])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RW, K::DELETE])])
        .doc(
            "1.0.0",
            "O(N) for N elements looked at",
            "Removes elements that equal a given one, from the front or, with a negative count, from the end.",
        )
        .args(&[key("key"), integer("count"), string("element")]),
    data("lset", 4, list::lset)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RW, K::UPDATE])])
        .doc("1.0.0", "O(log(N)) for N elements; O(1) at both ends", "Replaces the element at a place.")
        .args(&[key("key"), integer("index"), string("element")]),
    data("ltrim", 4, list::ltrim)
        .flags(&[F::WRITE])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RW, K::DELETE])])
        .doc(
            "1.0.0",
            "O(N) for N elements removed",
            "Removes all but the elements from one place to another.",
        )
        .args(&[key("key"), integer("start"), integer("stop")]),
    data("rpop", -2, list::rpop)
        .flags(&[F::WRITE, F::FAST])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc("1.0.0", "O(N) for N elements returned", "Removes and gets the last elements of a list.")
        .history(&[("6.2.0", POPS_MANY)])
        .args(POP),
    data("rpoplpush", 3, list::rpoplpush)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::LIST])
        .keys(SOURCE_AND_TARGET)
        .doc("1.2.0", "O(1)", "Moves the last element of a list to the front of another, and gets it.")
        .args(&[key("source"), key_of("destination", 1)]),
    data("rpush", -3, list::rpush)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RW, K::INSERT])])
        .doc(
            "1.0.0",
            "O(1) for each element",
            "Adds elements at the end of a list, which is made when there is none.",
        )
        .history(&[("2.4.0", PUSHES_MANY)])
        .args(PUSH),
    data("rpushx", -3, list::rpushx)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::LIST])
        .keys(&[at(1, &[K::RW, K::INSERT])])
        .doc("2.2.0", "O(1) for each element", "Adds elements at the end of a list, if there is one.")
        .history(&[("4.0.0", PUSHES_MANY)])
        .args(PUSH),
];
