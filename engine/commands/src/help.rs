//! The frame that the HELP of every container has.

use ironkeep_wire::Reply;

/// Replies with `lines` between the usual header and the line on HELP itself.
pub fn reply(reply: &mut Reply<'_>, container: &str, lines: &[&str]) {
    reply.array_len(lines.len() + 3);
    reply.simple(format!("{container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
    lines.iter().for_each(|line| reply.simple(line));
    reply.simple("HELP");
    reply.simple("    Print this help.");
}
