//! The rows of the commands on bits of strings.

use super::docs::{block, integer, key, key_of, one_of, string, token};
use super::flags::{Acl as A, Flags as F};
use super::keys::KeyFlags as K;
use super::row::{Spec, at, data, to_end};
use super::span::Args;
use crate::bitmap;

pub(super) const ROWS: &[Spec] = &[
    data("bitcount", -2, bitmap::bitcount)
        .flags(&[F::READONLY])
        .acl(&[A::BITMAP])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("2.6.0", "O(N) for N bytes looked at", "Counts the bits of a string that are set.")
        .history(&[("7.0.0", "Takes `BYTE` or `BIT` as the unit."), ("8.0.0", "`end` may be left out.")])
        .args(&[
            key("key"),
            block(
                "range",
                &[
                    integer("start"),
                    block(
                        "end-unit-block",
                        &[
                            integer("end"),
                            one_of("unit", &[token("byte", "BYTE"), token("bit", "BIT")])
                                .optional()
                                .since("7.0.0"),
                        ],
                    )
                    .optional(),
                ],
            )
            .optional(),
        ]),
    data("bitfield", -2, bitmap::bitfield)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::BITMAP])
        .keys(&[at(1, &[K::RW, K::UPDATE, K::ACCESS, K::VARIABLE_FLAGS])
            .notes("RO and access when all operations are `GET`")])
        .key_flags(bitfield_key_flags)
        .doc("3.2.0", "O(1) for each operation", "Reads and changes integers of any width inside a string.")
        .args(&[
            key("key"),
            one_of(
                "operation",
                &[
                    block("get-block", &[string("encoding"), integer("offset")]).after("GET"),
                    block(
                        "write",
                        &[
                            one_of(
                                "overflow-block",
                                &[token("wrap", "WRAP"), token("sat", "SAT"), token("fail", "FAIL")],
                            )
                            .after("OVERFLOW")
                            .optional(),
                            one_of(
                                "write-operation",
                                &[
                                    block(
                                        "set-block",
                                        &[string("encoding"), integer("offset"), integer("value")],
                                    )
                                    .after("SET"),
                                    block(
                                        "incrby-block",
                                        &[string("encoding"), integer("offset"), integer("increment")],
                                    )
                                    .after("INCRBY"),
                                ],
                            ),
                        ],
                    ),
                ],
            )
            .optional()
            .multiple(),
        ]),
    data("bitfield_ro", -2, bitmap::bitfield_ro)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::BITMAP])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("6.0.0", "O(1) for each operation", "Reads integers of any width inside a string.")
        .args(&[
            key("key"),
            block("get-block", &[string("encoding"), integer("offset")])
                .after("GET")
                .optional()
                .multiple_token(),
        ]),
    data("bitop", -4, bitmap::bitop)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::BITMAP])
        .keys(&[at(2, &[K::OW, K::UPDATE]), to_end(3, 1, &[K::RO, K::ACCESS])])
        .doc("2.6.0", "O(N) for N bytes in all strings", "Combines strings bit by bit and stores the result.")
        .args(&[
            one_of(
                "operation",
                &[token("and", "AND"), token("or", "OR"), token("xor", "XOR"), token("not", "NOT")],
            ),
            key("destkey"),
            key_of("key", 1).multiple(),
        ]),
    data("bitpos", -3, bitmap::bitpos)
        .flags(&[F::READONLY])
        .acl(&[A::BITMAP])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("2.8.7", "O(N) for N bytes looked at", "Finds the first bit of a string that is set, or clear.")
        .history(&[("7.0.0", "Takes `BYTE` or `BIT` as the unit.")])
        .args(&[
            key("key"),
            integer("bit"),
            block(
                "range",
                &[
                    integer("start"),
                    block(
                        "end-unit-block",
                        &[
                            integer("end"),
                            one_of("unit", &[token("byte", "BYTE"), token("bit", "BIT")])
                                .optional()
                                .since("7.0.0"),
                        ],
                    )
                    .optional(),
                ],
            )
            .optional(),
        ]),
    data("getbit", 3, bitmap::getbit)
        .flags(&[F::READONLY, F::FAST])
        .acl(&[A::BITMAP])
        .keys(&[at(1, &[K::RO, K::ACCESS])])
        .doc("2.2.0", "O(1)", "Gets one bit of a string.")
        .args(&[key("key"), integer("offset")]),
    data("setbit", 4, bitmap::setbit)
        .flags(&[F::WRITE, F::DENYOOM])
        .acl(&[A::BITMAP])
        .keys(&[at(1, &[K::RW, K::ACCESS, K::UPDATE])])
        .doc("2.2.0", "O(1)", "Sets or clears one bit of a string, filling up with zero bytes.")
        .args(&[key("key"), integer("offset"), integer("value")]),
];

/// BITFIELD only reads when all of its operations are GET. Whatever is no operation counts as a write.
fn bitfield_key_flags(args: &dyn Args) -> K {
    let mut at = 2;
    while let Some(word) = args.get(at) {
        let takes = if word.eq_ignore_ascii_case(b"get") {
            2
        } else if word.eq_ignore_ascii_case(b"overflow") {
            1
        } else {
            return K::of(&[K::RW, K::ACCESS, K::UPDATE]);
        };
        if at + takes >= args.count() {
            return K::of(&[K::RW, K::ACCESS, K::UPDATE]);
        }
        at += 1 + takes;
    }
    K::of(&[K::RO, K::ACCESS])
}
