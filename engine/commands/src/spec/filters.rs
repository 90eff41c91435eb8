//! The filters of CLIENT KILL and CLIENT LIST, the longest argument trees of the table.

use super::docs::{Arg, integer, one_of, string, token};

const KILL_TYPES: &[Arg] = &[
    token("normal", "NORMAL"),
    token("master", "MASTER").since("3.2.0"),
    token("primary", "PRIMARY").since("8.0.0"),
    token("slave", "SLAVE"),
    token("replica", "REPLICA").since("5.0.0"),
    token("pubsub", "PUBSUB"),
];

const NOT_KILL_TYPES: &[Arg] = &[
    token("normal", "NORMAL"),
    token("master", "MASTER"),
    token("primary", "PRIMARY"),
    token("slave", "SLAVE"),
    token("replica", "REPLICA"),
    token("pubsub", "PUBSUB"),
];

const LIST_TYPES: &[Arg] = &[
    token("normal", "NORMAL"),
    token("master", "MASTER"),
    token("replica", "REPLICA"),
    token("pubsub", "PUBSUB"),
];

const YES_OR_NO: &[Arg] = &[token("yes", "YES"), token("no", "NO")];

const KILL_FILTERS: &[Arg] = &[
    integer("client-id").after("ID").optional().multiple().since("2.8.12"),
    one_of("client-type", KILL_TYPES).after("TYPE").optional().since("2.8.12"),
    string("username").after("USER").optional(),
    string("addr").after("ADDR").optional().shown("ip:port"),
    string("laddr").after("LADDR").optional().since("6.2.0").shown("ip:port"),
    one_of("skipme", YES_OR_NO).after("SKIPME").optional(),
    integer("maxage").after("MAXAGE").optional().since("8.0.0"),
    string("name").after("NAME").optional().since("9.0.0"),
    integer("idle").after("IDLE").optional().since("9.0.0"),
    string("flags").after("FLAGS").optional().since("9.0.0"),
    string("lib-name").after("LIB-NAME").optional().since("9.0.0"),
    string("lib-ver").after("LIB-VER").optional().since("9.0.0"),
    integer("db").after("DB").optional().since("9.0.0"),
    string("capa").after("CAPA").optional().since("9.0.0"),
    string("ip").after("IP").optional().since("9.0.0"),
    one_of("not-client-type", NOT_KILL_TYPES).after("NOT-TYPE").optional().since("9.0.0"),
    integer("not-client-id").after("NOT-ID").optional().multiple().since("9.0.0"),
    string("not-username").after("NOT-USER").optional().since("9.0.0"),
    string("not-addr").after("NOT-ADDR").optional().since("9.0.0").shown("ip:port"),
    string("not-laddr").after("NOT-LADDR").optional().since("9.0.0").shown("ip:port"),
    string("not-name").after("NOT-NAME").optional().since("9.0.0"),
    string("not-flags").after("NOT-FLAGS").optional().since("9.0.0"),
    string("not-lib-name").after("NOT-LIB-NAME").optional().since("9.0.0"),
    string("not-lib-ver").after("NOT-LIB-VER").optional().since("9.0.0"),
    integer("not-db").after("NOT-DB").optional().since("9.0.0"),
    string("not-capa").after("NOT-CAPA").optional().since("9.0.0"),
    string("not-ip").after("NOT-IP").optional().since("9.0.0"),
];

/// The arguments of CLIENT KILL.
pub(super) const KILL: &[Arg] = &[one_of(
    "filter",
    &[
        string("old-format").deprecated("2.8.12").shown("ip:port"),
        one_of("new-format", KILL_FILTERS).multiple(),
    ],
)];

/// The arguments of CLIENT LIST.
pub(super) const LIST: &[Arg] = &[
    one_of("client-type", LIST_TYPES).after("TYPE").optional().since("5.0.0"),
    integer("client-id").after("ID").optional().multiple().since("6.2.0"),
    string("username").after("USER").optional().since("8.1.0"),
    string("addr").after("ADDR").optional().since("8.1.0").shown("ip:port"),
    string("laddr").after("LADDR").optional().since("8.1.0").shown("ip:port"),
    one_of("skipme", YES_OR_NO).after("SKIPME").optional().since("8.1.0"),
    integer("maxage").after("MAXAGE").optional().since("8.1.0"),
    string("name").after("NAME").optional().since("9.0.0"),
    integer("idle").after("IDLE").optional().since("9.0.0"),
    string("flags").after("FLAGS").optional().since("9.0.0"),
    string("lib-name").after("LIB-NAME").optional().since("9.0.0"),
    string("lib-ver").after("LIB-VER").optional().since("9.0.0"),
    integer("db").after("DB").optional().since("9.0.0"),
    string("capa").after("CAPA").optional().since("9.0.0"),
    string("ip").after("IP").optional().since("9.0.0"),
    one_of("not-client-type", LIST_TYPES).after("NOT-TYPE").optional().since("9.0.0"),
    integer("not-client-id").after("NOT-ID").optional().multiple().since("9.0.0"),
    string("not-username").after("NOT-USER").optional().since("9.0.0"),
    string("not-addr").after("NOT-ADDR").optional().since("9.0.0").shown("ip:port"),
    string("not-laddr").after("NOT-LADDR").optional().since("9.0.0").shown("ip:port"),
    string("not-name").after("NOT-NAME").optional().since("9.0.0"),
    string("not-flags").after("NOT-FLAGS").optional().since("9.0.0"),
    string("not-lib-name").after("NOT-LIB-NAME").optional().since("9.0.0"),
    string("not-lib-ver").after("NOT-LIB-VER").optional().since("9.0.0"),
    integer("not-db").after("NOT-DB").optional().since("9.0.0"),
    string("not-capa").after("NOT-CAPA").optional().since("9.0.0"),
    string("not-ip").after("NOT-IP").optional().since("9.0.0"),
];
