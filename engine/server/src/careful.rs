//! The long way of a command: every check that Valkey makes, in its order, with its words.
//!
//! Commands of clients in a special state, commands on the server, and all commands while something special goes
//! on come here. Gives the reply or the refusal; queues commands of a transaction.

use crate::conn::{Conn, flag};
use crate::lane::Lane;
use crate::node;
use crate::server::gate;
use ironkeep_commands::spec::{Flags, Found, Node, Run, Spec};
use ironkeep_commands::{Args, OwnedArgs};
use std::sync::atomic::Ordering::Relaxed;

impl Lane {
    /// Runs one request with every check.
    #[cold]
    pub fn run_carefully(&mut self, conn: &mut Conn, args: Args<'_>, found: Found) {
        let mark = self.out.len();
        if conn.is(flag::SKIP_NEXT) {
            conn.set(flag::SKIP_NEXT, false);
            conn.set(flag::SKIP, true);
        }
        match self.refusal(conn, args, found) {
            Err(line) => self.refuse(conn, found, &line, mark),
            Ok(spec) if conn.is(flag::MULTI) && !runs_at_once(spec) => self.enqueue(conn, spec, args),
            Ok(spec) => {
                self.call(conn, spec, args);
                self.account(conn, spec, args, mark);
            }
        }
        // CLIENT REPLY itself clears the flag when replies are wanted again.
        if conn.flags & (flag::SILENT | flag::SKIP) != 0 {
            self.out.truncate(mark);
            conn.set(flag::SKIP, false);
        }
    }

    /// Why a request may not run, or its row.
    fn refusal(&mut self, conn: &Conn, args: Args<'_>, found: Found) -> Result<&'static Spec, String> {
        let spec = match found {
            Found::Spec(spec) => spec,
            Found::NoCommand => return Err(unknown_command(args)),
            Found::NoSub(spec) => return Err(unknown_sub(spec, args)),
        };
        if matches!(spec.run, Run::Container) || !spec.accepts(args.len()) {
            return Err(format!("ERR wrong number of arguments for '{}' command", spec.full_name));
        }
        if spec.flags.has(Flags::PROTECTED)
            && let Some(line) = node::debug::refusal(&self.server, conn)
        {
            return Err(line.into());
        }
        if conn.is(flag::LOCKED) && !spec.flags.has(Flags::NO_AUTH) {
            return Err("NOAUTH Authentication required.".into());
        }
        if conn.is(flag::MULTI) && spec.flags.has(Flags::NO_MULTI) {
            return Err("ERR Command not allowed inside a transaction".into());
        }
        if self.server.gates.load(Relaxed) & gate::MEMORY != 0
            && self.is_short_of_memory()
            && needs_memory(conn, spec)
        {
            return Err(NO_MEMORY.into());
        }
        Ok(spec)
    }

    fn refuse(&mut self, conn: &mut Conn, found: Found, line: &str, mark: usize) {
        if conn.is(flag::MULTI) {
            conn.set(flag::BAD_QUEUE, true);
        }
        if let Found::Spec(spec) = found {
            self.stats.of(spec).rejected.add(1);
            if conn.is(flag::MULTI) && matches!(spec.run, Run::Node(Node::Exec)) {
                node::transaction::abort(self, conn, line);
                return self.server.totals.error(&self.out[mark + 1..]);
            }
        }
        conn.reply(&mut self.out).error(line);
        self.server.totals.error(&self.out[mark + 1..]);
    }

    fn enqueue(&mut self, conn: &mut Conn, spec: &'static Spec, args: Args<'_>) {
        let owned = OwnedArgs::collect(args.iter());
        let transaction = conn.transaction();
        transaction.size += owned.size();
        transaction.queue.push((spec, owned));
        conn.reply(&mut self.out).simple("QUEUED");
    }

    /// Calls a command that passed the checks.
    fn call(&mut self, conn: &mut Conn, spec: &'static Spec, args: Args<'_>) {
        if self.server.gates.load(Relaxed) & gate::MONITOR != 0 {
            node::monitor::feed(self, conn, spec, args);
        }
        match spec.run {
            Run::Data(function) => self.call_data(conn, args, spec, function),
            Run::Node(node) => node::run(self, conn, node, args),
            Run::Container => {}
        }
    }
}

const NO_MEMORY: &str = "OOM command not allowed when used memory > 'maxmemory'.";

/// Whether a command, or one of the transaction that it runs, may take more memory.
fn needs_memory(conn: &Conn, spec: &Spec) -> bool {
    let queue = conn.transaction.as_ref().map_or(&[][..], |transaction| &transaction.queue);
    spec.flags.has(Flags::DENYOOM)
        || matches!(spec.run, Run::Node(Node::Exec))
            && queue.iter().any(|(queued, _)| queued.flags.has(Flags::DENYOOM))
}

/// Commands that MULTI does not queue.
fn runs_at_once(spec: &Spec) -> bool {
    matches!(
        spec.run,
        Run::Node(Node::Exec | Node::Discard | Node::Multi | Node::Watch | Node::Quit | Node::Reset)
    )
}

/// Text of a client in an error: bounded, and without what could break the line.
fn shown(bytes: &[u8], most: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(most)]).into_owned()
}

fn unknown_command(args: Args<'_>) -> String {
    let mut list = String::new();
    for arg in args.iter().skip(1) {
        if list.len() >= 128 {
            break;
        }
        list.push_str(&format!("'{}' ", shown(arg, 128 - list.len())));
    }
    format!("ERR unknown command '{}', with args beginning with: {list}", shown(args.at(0), 128))
}

fn unknown_sub(spec: &Spec, args: Args<'_>) -> String {
    format!(
        "ERR unknown subcommand '{}'. Try {} HELP.",
        shown(args.at(1), 128),
        spec.full_name.to_uppercase()
    )
}
