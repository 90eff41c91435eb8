//! The rows of COMMAND and its sub-commands.

use super::docs::{one_of, pattern, string};
use super::flags::{Acl as A, Flags as F};
use super::node::Node;
use super::row::{Spec, node};

pub(super) const ROWS: &[Spec] = &[
    node("command", -1, Node::Command)
        .flags(&[F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .tips(&["nondeterministic_output_order"])
        .doc("2.8.13", "O(N) for N commands", "Describes all commands."),
    node("command|count", 2, Node::CommandCount).flags(&[F::LOADING, F::STALE]).acl(&[A::CONNECTION]).doc(
        "2.8.13",
        "O(1)",
        "Counts the commands.",
    ),
    node("command|docs", -2, Node::CommandDocs)
        .flags(&[F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .tips(&["nondeterministic_output_order"])
        .doc("7.0.0", "O(N) for N commands", "Documents commands.")
        .args(&[string("command-name").optional().multiple()]),
    node("command|getkeys", -3, Node::CommandGetKeys)
        .flags(&[F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("2.8.13", "O(N) for N arguments", "Finds the keys of a command line.")
        .args(&[string("command"), string("arg").optional().multiple()]),
    node("command|getkeysandflags", -3, Node::CommandGetKeysAndFlags)
        .flags(&[F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .doc("7.0.0", "O(N) for N arguments", "Finds the keys of a command line and what is done with them.")
        .args(&[string("command"), string("arg").optional().multiple()]),
    node("command|help", 2, Node::CommandHelp).flags(&[F::LOADING, F::STALE]).acl(&[A::CONNECTION]).doc(
        "5.0.0",
        "O(1)",
        "Explains the sub-commands.",
    ),
    node("command|info", -2, Node::CommandInfo)
        .flags(&[F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .tips(&["nondeterministic_output_order"])
        .doc("2.8.13", "O(N) for N commands", "Describes commands.")
        .history(&[("7.0.0", "Without a name it describes all commands.")])
        .args(&[string("command-name").optional().multiple()]),
    node("command|list", -2, Node::CommandList)
        .flags(&[F::LOADING, F::STALE])
        .acl(&[A::CONNECTION])
        .tips(&["nondeterministic_output_order"])
        .doc("7.0.0", "O(N) for N commands", "Lists the names of commands.")
        .args(&[one_of(
            "filterby",
            &[
                string("module-name").after("MODULE"),
                string("category").after("ACLCAT"),
                pattern("pattern").after("PATTERN"),
            ],
        )
        .after("FILTERBY")
        .optional()]),
];
