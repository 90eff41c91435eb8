//! The long way of a command: every check that Valkey makes, in its order, with its words.
//!
//! Commands of clients in a special state, commands on the server, and all commands while something special goes
//! on come here. Gives the reply or the refusal; queues commands of a transaction.

use crate::conn::{Conn, flag};
use crate::lane::Lane;
use crate::node;
use crate::server::gate;
use crate::{complaints, pause};
use ironkeep_commands::spec::{Flags, Found, Node, Run, Spec};
use ironkeep_commands::{Args, OwnedArgs};
use std::sync::atomic::Ordering::Relaxed;

impl Lane {
    /// Runs one request with every check.
    #[cold]
    pub fn run_carefully(&mut self, conn: &mut Conn, args: Args<'_>, found: Found) {
        if is_attack(args, found) {
            complaints::attack(conn, self.now);
            return conn.set(flag::CLOSING, true);
        }
        let checked = self.refusal(conn, args, found);
        // What was pushed to the client by now comes before the reply, and whether or not it wants one.
        let mark = self.out.len();
        if let Ok(spec) = checked
            && pause::must_wait(self, conn, spec)
        {
            return conn.set(flag::PAUSED, true);
        }
        conn.last = if let Found::Spec(spec) = found { spec.id() + 1 } else { 0 };
        if conn.is(flag::SKIP_NEXT) {
            conn.set(flag::SKIP_NEXT, false);
            conn.set(flag::SKIP, true);
        }
        let pushes = matches!(found, Found::Spec(spec) if node::pubsub::pushes(spec));
        match checked {
            Err(line) => self.refuse(conn, args, found, &line, mark),
            Ok(spec) if conn.is(flag::MULTI) && !runs_at_once(spec) => self.enqueue(conn, spec, args),
            Ok(spec) => {
                if !self.call(conn, spec, args) {
                    return conn.set(flag::PAUSED, true);
                }
                if conn.is(flag::BLOCKED) {
                    // It counts when its answer has come.
                    return node::monitor::feed(self, conn, spec, args);
                }
                self.account(conn, spec, args, mark);
                node::monitor::feed(self, conn, spec, args);
            }
        }
        conn.set(flag::CHANGED, true);
        // CLIENT REPLY itself clears the flag when replies are wanted again.
        if conn.flags & (flag::SILENT | flag::SKIP) != 0 {
            if !pushes {
                self.out.truncate(mark);
            }
            conn.set(flag::SKIP, false);
        }
    }

    /// Why a request may not run, or its row.
    fn refusal(&mut self, conn: &Conn, args: Args<'_>, found: Found) -> Result<&'static Spec, Vec<u8>> {
        let open = matches!(found, Found::Spec(spec) if spec.flags.has(Flags::NO_AUTH));
        if conn.is(flag::LOCKED) && !open && node::connection::needs_password(&self.server) {
            return Err("NOAUTH Authentication required.".into());
        }
        let spec = match found {
            Found::Spec(spec) => spec,
            Found::NoCommand => return Err(unknown_command(args)),
            Found::NoSub(spec) => return Err(unknown_sub(spec, args)),
        };
        if matches!(spec.run, Run::Container) || !spec.accepts(args.len()) {
            return Err(format!("ERR wrong number of arguments for '{}' command", spec.full_name).into());
        }
        if spec.flags.has(Flags::PROTECTED)
            && let Some(line) = node::debug::refusal(&self.server, conn)
        {
            return Err(line.into());
        }
        if conn.is(flag::MULTI) && spec.flags.has(Flags::NO_MULTI) {
            return Err(format!("ERR Command '{}' not allowed inside a transaction", spec.full_name).into());
        }
        if self.server.gates.load(Relaxed) & gate::MEMORY != 0
            && self.is_short_of_memory(conn)
            && needs_memory(conn, spec)
        {
            return Err(NO_MEMORY.into());
        }
        if conn.is(flag::SUBSCRIBED)
            && !conn.resp3
            && let Some(line) = node::pubsub::refusal(spec)
        {
            return Err(line.into());
        }
        self.keep_to_limit(conn);
        if conn.is(flag::MONITOR) && (spec.flags.has(Flags::WRITE) || spec.flags.has(Flags::READONLY)) {
            return Err("ERR Replica can't interact with the keyspace".into());
        }
        Ok(spec)
    }

    fn refuse(&mut self, conn: &mut Conn, args: Args<'_>, found: Found, line: &[u8], mark: usize) {
        if conn.is(flag::MULTI) {
            conn.set(flag::BAD_QUEUE, true);
            conn.transaction().forget_queue();
        }
        if let Found::Spec(spec) = found {
            self.stats.of(spec).rejected.add(1);
            if matches!(spec.run, Run::Node(Node::Exec)) {
                node::transaction::abort(self, conn, &String::from_utf8_lossy(line));
                node::monitor::feed(self, conn, spec, args);
                return self.server.totals.error(&self.out[mark + 1..]);
            }
        }
        conn.reply(&mut self.out).error(line);
        self.server.totals.error(&self.out[mark + 1..]);
    }

    fn enqueue(&mut self, conn: &mut Conn, spec: &'static Spec, args: Args<'_>) {
        let is_lost = conn.is(flag::BAD_QUEUE);
        let transaction = conn.transaction();
        // What can only fail need not be kept.
        if !is_lost && !transaction.watch.is_broken() {
            let owned = OwnedArgs::collect(args.iter());
            transaction.size += owned.size() + size_of::<&Spec>();
            transaction.queue.push((spec, owned));
        }
        conn.reply(&mut self.out).simple("QUEUED");
    }

    /// Calls a command that passed the checks; says whether it ran, or a pause came between.
    fn call(&mut self, conn: &mut Conn, spec: &'static Spec, args: Args<'_>) -> bool {
        match spec.run {
            Run::Data(function) => return self.call_data(conn, args, spec, function),
            Run::Node(node) => node::run(self, conn, node, args),
            Run::Container => {}
        }
        true
    }
}

/// Bytes of a text of the client that an error shows.
const SHOWN: usize = 128;
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
    matches!(spec.run, Run::Node(Node::Exec | Node::Discard | Node::Quit | Node::Reset))
}

/// Whether this is a line of HTTP, which only a browser that was led here would send.
fn is_attack(args: Args<'_>, found: Found) -> bool {
    matches!(found, Found::NoCommand) && (args.is(0, "post") || args.is(0, "host:"))
}

/// Text of a client in an error: bounded, and up to the first zero byte, where text ends in C.
pub fn cut(bytes: &[u8], most: usize) -> &[u8] {
    let most = bytes.len().min(most);
    let end = bytes[..most].iter().position(|&byte| byte == 0);
    &bytes[..end.unwrap_or(most)]
}

fn unknown_command(args: Args<'_>) -> Vec<u8> {
    let mut list = Vec::new();
    for arg in args.iter().skip(1) {
        if list.len() >= SHOWN {
            break;
        }
        list.extend_from_slice(&[b"'", cut(arg, SHOWN - list.len()), b"' "].concat());
    }
    [b"ERR unknown command '", cut(args.at(0), SHOWN), b"', with args beginning with: ", &list].concat()
}

fn unknown_sub(spec: &Spec, args: Args<'_>) -> Vec<u8> {
    let container = spec.full_name.to_uppercase();
    [b"ERR unknown subcommand '", cut(args.at(1), SHOWN), b"'. Try ", container.as_bytes(), b" HELP."]
        .concat()
}
