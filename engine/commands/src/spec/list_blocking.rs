//! The rows of the commands on lists that may wait for an element.

use super::docs::{double, integer, key, key_of, one_of};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::list::{LEFT_OR_RIGHT, SOURCE_AND_TARGET};
use super::row::{Spec, counted, data, range};
use crate::list;

const SECONDS: &[(&str, &str)] = &[("6.0.0", "The timeout may have a fraction.")];

pub(super) const ROWS: &[Spec] = &[
    data("blmove", 6, list::blmove)
        .flags(&[F::WRITE, F::DENYOOM, F::BLOCKING])
        .acl(&[A::LIST])
        .keys(SOURCE_AND_TARGET)
        .doc(
            "6.2.0",
            "O(1)",
            "Moves an element from an end of a list to an end of another, and gets it. Waits while there is none.",
        )
        .args(&[
            key("source"),
            key_of("destination", 1),
            one_of("wherefrom", LEFT_OR_RIGHT),
            one_of("whereto", LEFT_OR_RIGHT),
            double("timeout"),
        ]),
    data("blmpop", -5, list::blmpop)
        .flags(&[F::WRITE, F::BLOCKING])
        .acl(&[A::LIST])
        .keys(&[counted(2, 1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc(
            "7.0.0",
            "O(N+M) for N keys and M elements returned",
            "Removes and gets elements from an end of the first of several lists that has any. Waits while none has.",
        )
        .args(&[
            double("timeout"),
            integer("numkeys"),
            key("key").multiple(),
            one_of("where", LEFT_OR_RIGHT),
            integer("count").after("COUNT").optional(),
        ]),
    data("blpop", -3, list::blpop)
        .flags(&[F::WRITE, F::BLOCKING])
        .acl(&[A::LIST])
        .keys(&[range(1, -2, 1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc(
            "2.0.0",
            "O(N) for N keys",
            "Removes and gets the first element of the first of several lists that has any. Waits while none has.",
        )
        .history(SECONDS)
        .args(&[key("key").multiple(), double("timeout")]),
    data("brpop", -3, list::brpop)
        .flags(&[F::WRITE, F::BLOCKING])
        .acl(&[A::LIST])
        .keys(&[range(1, -2, 1, &[K::RW, K::ACCESS, K::DELETE])])
        .doc(
            "2.0.0",
            "O(N) for N keys",
            "Removes and gets the last element of the first of several lists that has any. Waits while none has.",
        )
        .history(SECONDS)
        .args(&[key("key").multiple(), double("timeout")]),
    data("brpoplpush", 4, list::brpoplpush)
        .flags(&[F::WRITE, F::DENYOOM, F::BLOCKING])
        .acl(&[A::LIST])
        .keys(SOURCE_AND_TARGET)
        .doc(
            "2.2.0",
            "O(1)",
            "Moves the last element of a list to the front of another, and gets it. Waits while there is none.",
        )
        .history(SECONDS)
        .args(&[key("source"), key_of("destination", 1), double("timeout")]),
];
