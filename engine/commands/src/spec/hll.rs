//! The rows of the commands on estimated numbers of different elements.

use super::docs::{key, key_of, string};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::row::{Spec, at, data, to_end};
use crate::hll;

pub(super) const ROWS: &[Spec] = &[
    data("pfadd", -2, hll::pfadd)
        .flags(&[F::WRITE, F::DENYOOM, F::FAST])
        .acl(&[A::HYPERLOGLOG])
        .keys(&[at(1, &[K::RW, K::INSERT])])
        .doc("2.8.9", "O(1) for each element", "Adds elements to a HyperLogLog, which is made if need be.")
        .args(&[key("key"), string("element").optional().multiple()]),
    data("pfcount", -2, hll::pfcount)
        .flags(&[F::READONLY, F::MAY_REPLICATE])
        .acl(&[A::HYPERLOGLOG])
        .keys(&[to_end(1, 1, &[K::RW, K::ACCESS])
            .notes("RW because the count is kept in the value, which is logged")])
        .doc(
            "2.8.9",
            "O(1) with one key, O(N) with N keys and a much larger constant",
            "Estimates how many different elements were added to HyperLogLogs.",
        )
        .args(&[key("key").multiple()]),
    data("pfdebug", 3, hll::pfdebug)
        .flags(&[F::WRITE, F::DENYOOM, F::ADMIN])
        .acl(&[A::HYPERLOGLOG])
        .keys(&[at(2, &[K::RW, K::ACCESS])])
        .doc("2.8.9", "N/A", "Shows the inside of a HyperLogLog.")
        .syscmd()
        .args(&[string("subcommand"), key("key")]),
    data("pfmerge", -2, hll::pfmerge)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::HYPERLOGLOG])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::INSERT]), to_end(2, 1, &[K::RO, K::ACCESS])])
        .doc("2.8.9", "O(N) for N HyperLogLogs", "Merges HyperLogLogs into one.")
        .args(&[key("destkey"), key_of("sourcekey", 1).optional().multiple()]),
    data("pfselftest", 1, hll::pfselftest)
        .flags(&[F::ADMIN])
        .acl(&[A::HYPERLOGLOG])
        .doc("2.8.9", "N/A", "Tests the registers and the estimates of HyperLogLogs.")
        .syscmd(),
];
