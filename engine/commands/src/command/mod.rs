//! COMMAND and its sub-commands: the table of commands as clients see it.
//!
//! Takes the arguments of the whole command line and writes the reply. Everything is read from the table;
//! nothing here knows a single command.

mod docs;
mod info;
mod keys;

pub use docs::docs;
pub use info::{all, info};
pub use keys::{getkeys, getkeysandflags};

use crate::spec::{Acl, Args, Spec, TABLE};
use ironkeep_values::glob;
use ironkeep_wire::Reply;

const SYNTAX_ERROR: &str = "ERR syntax error";

/// COMMAND COUNT
pub fn count(reply: &mut Reply<'_>) {
    reply.integer(Spec::commands().count() as i64);
}

/// Which names COMMAND LIST gives.
#[derive(Clone, Copy)]
enum Filter<'a> {
    All,
    /// No command comes from a module.
    None,
    Category(Acl),
    Pattern(&'a [u8]),
}

impl Filter<'_> {
    fn lets_through(self, spec: &Spec) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Category(category) => spec.acl.has(category),
            Self::Pattern(pattern) => glob::matches(pattern, spec.full_name.as_bytes(), true),
        }
    }
}

/// COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN pattern]
pub fn list(reply: &mut Reply<'_>, args: &dyn Args) {
    let Some(filter) = filter_of(args) else {
        return reply.error(SYNTAX_ERROR);
    };
    let names = TABLE.iter().filter(|spec| filter.lets_through(spec)).map(|spec| spec.full_name);
    reply.array_len(names.clone().count());
    names.for_each(|name| reply.bulk(name.as_bytes()));
}

/// The filter that the arguments ask for, unless they make no sense.
fn filter_of(args: &dyn Args) -> Option<Filter<'_>> {
    if args.count() == 2 {
        return Some(Filter::All);
    }
    let (by, kind, value) = (args.get(2)?, args.get(3)?, args.get(4)?);
    if args.count() != 5 || !by.eq_ignore_ascii_case(b"filterby") {
        return None;
    }
    if kind.eq_ignore_ascii_case(b"module") {
        Some(Filter::None)
    } else if kind.eq_ignore_ascii_case(b"aclcat") {
        Some(Acl::named(value).map_or(Filter::None, Filter::Category))
    } else if kind.eq_ignore_ascii_case(b"pattern") {
        Some(Filter::Pattern(value))
    } else {
        None
    }
}

/// COMMAND HELP
pub fn help(reply: &mut Reply<'_>) {
    crate::help::reply(
        reply,
        "COMMAND",
        &[
            "(no subcommand)",
            "    Describe all commands.",
            "COUNT",
            "    Count the commands of this server.",
            "LIST [FILTERBY (MODULE <name>|ACLCAT <category>|PATTERN <pattern>)]",
            "    List the names of commands.",
            "INFO [<command-name> ...]",
            "    Describe these commands, or all.",
            "DOCS [<command-name> ...]",
            "    Document these commands, or all.",
            "GETKEYS <full-command>",
            "    Find the keys of a command line.",
            "GETKEYSANDFLAGS <full-command>",
            "    Find the keys of a command line and what is done with them.",
        ],
    );
}

/// A set of words, as simple strings.
fn words<'a>(reply: &mut Reply<'_>, words: impl Iterator<Item = &'a str> + Clone) {
    reply.set_len(words.clone().count());
    words.for_each(|word| reply.simple(word));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(run: impl FnOnce(&mut Reply<'_>)) -> String {
        let mut out = Vec::new();
        run(&mut Reply::new(&mut out, false));
        String::from_utf8(out).unwrap()
    }

    fn listed(filter: &[&str]) -> String {
        let args = [&["command", "list"], filter].concat();
        answer(|reply| list(reply, &args.as_slice()))
    }

    #[test]
    fn list_filters() {
        assert_eq!(listed(&["filterby", "pattern", "GET?IT"]), "*1\r\n$6\r\ngetbit\r\n");
        assert_eq!(listed(&["FILTERBY", "module", "json"]), "*0\r\n");
        assert_eq!(listed(&["filterby", "aclcat", "nosuch"]), "*0\r\n");
        assert!(listed(&["filterby", "aclcat", "transaction"]).starts_with("*5\r\n"));
        assert!(listed(&["filterby", "pattern", "object|*"]).starts_with("*5\r\n"));
        assert_eq!(listed(&["filterby", "pattern"]), "-ERR syntax error\r\n");
        assert_eq!(listed(&["filterby", "colour", "red"]), "-ERR syntax error\r\n");
        assert_eq!(listed(&["sortby", "pattern", "x"]), "-ERR syntax error\r\n");
    }

    #[test]
    fn lists_are_as_long_as_they_say() {
        assert!(listed(&[]).starts_with(&format!("*{}\r\n", crate::spec::COUNT)));
        assert_eq!(answer(count), format!(":{}\r\n", Spec::commands().count()));
    }
}
