//! The rows of SORT and SORT_RO.

use super::docs::{Arg, block, integer, key, key_of, one_of, pattern, token};
use super::flags::{Acl as A, Flags as F};
use super::keys::{KeyFlags as K, KeySpec};
use super::row::{Spec, at, data, unknown};
use crate::generic;

const COST: &str = "O(N+M*log(M)) for N elements, of which M are returned; O(N) when they are not sorted";
const SORTED: KeySpec = at(1, &[K::RO, K::ACCESS]);
const BY_PATTERN: KeySpec = unknown(&[K::RO, K::ACCESS]).notes("BY and GET: named after the elements");
const STORED: KeySpec = unknown(&[K::OW, K::UPDATE]).notes("STORE, which may stand anywhere");

const BY: Arg = Arg { key_spec: Some(1), ..pattern("by-pattern") }.after("BY").shown("pattern").optional();
const LIMIT: Arg = block("limit", &[integer("offset"), integer("count")]).after("LIMIT").optional();
const GET: Arg = Arg { key_spec: Some(1), ..pattern("get-pattern") }
    .after("GET")
    .shown("pattern")
    .optional()
    .multiple_token();
const ORDER: Arg = one_of("order", &[token("asc", "ASC"), token("desc", "DESC")]).optional();
const ALPHA: Arg = token("sorting", "ALPHA").optional();

pub(super) const ROWS: &[Spec] = &[
    data("sort", -2, generic::sort)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::LIST, A::SET, A::SORTEDSET, A::DANGEROUS])
        .keys(&[SORTED, BY_PATTERN, STORED])
        .find_keys(generic::keys_of_sort)
        .beyond(generic::reaches_beyond)
        .doc(
            "1.0.0",
            COST,
            "Gets the elements of a list, a set or a sorted set in an order, or stores them as a list.",
        )
        .args(&[
            key("key"),
            BY,
            LIMIT,
            GET,
            ORDER,
            ALPHA,
            key_of("destination", 2).after("STORE").optional(),
        ]),
    data("sort_ro", -2, generic::sort_ro)
        .flags(&[F::READONLY])
        .acl(&[A::LIST, A::SET, A::SORTEDSET, A::DANGEROUS])
        .keys(&[SORTED, BY_PATTERN])
        .beyond(generic::reaches_beyond)
        .doc("7.0.0", COST, "Gets the elements of a list, a set or a sorted set in an order.")
        .args(&[key("key"), BY, LIMIT, GET, ORDER, ALPHA]),
];
