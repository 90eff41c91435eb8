//! COMMAND and its sub-commands: the replies come from the table of commands.

use super::Call;
use ironkeep_commands::command;
use ironkeep_commands::spec::Node;

/// COMMAND and all its sub-commands.
pub fn command(call: &mut Call<'_, '_>, node: Node) {
    let args = call.args;
    let mut reply = call.reply();
    match node {
        Node::CommandCount => command::count(&mut reply),
        Node::CommandDocs => command::docs(&mut reply, &args),
        Node::CommandGetKeys => command::getkeys(&mut reply, &args),
        Node::CommandGetKeysAndFlags => command::getkeysandflags(&mut reply, &args),
        Node::CommandHelp => command::help(&mut reply),
        Node::CommandInfo => command::info(&mut reply, &args),
        Node::CommandList => command::list(&mut reply, &args),
        _ => command::all(&mut reply),
    }
}
