//! Two servers, three clients of each, and what they were told so far.

use crate::commands::TEMPLATES;
use crate::compare::{self, Reply};
use crate::rig::grammar::{Command, Grammar};
use crate::rig::link::Link;
use crate::rig::node::Node;
use crate::rig::random::Random;
use crate::rig::stream_words;
use crate::rig::words::Words;
use crate::rig::{shown, shown_command};
use crate::{encoding, sorted_sets, spoil, steps, streams};
use ironkeep_wire::client::Value;
use std::collections::VecDeque;

const CLIENTS: usize = 3;
/// Commands that are sent at once, at most.
const BATCH: usize = 24;
/// Commands that are remembered for the report.
const REMEMBERED: usize = 20_000;
/// Of these so many are shown.
const SHOWN: usize = 25;
/// After so many differences the test ends.
const ENOUGH: usize = 10;
pub const DATABASES: i64 = 5;

/// A connection to each server, which must always be in the same state.
struct Pair {
    ours: Link,
    theirs: Link,
    in_multi: bool,
    queue: Vec<Command>,
    /// What WATCH has named since the last EXEC or DISCARD.
    watched: Command,
}

/// See the top of this file.
pub struct Duel {
    pub random: Random,
    /// Commands sent so far.
    pub commands: u64,
    protocol: u8,
    seed: u64,
    grammar: Grammar,
    words: Words,
    pairs: Vec<Pair>,
    /// Client and command.
    history: VecDeque<(usize, Command)>,
    differences: Vec<String>,
    nodes: (Node, Node),
}

impl Duel {
    /// Starts both servers, if there is a Valkey.
    pub fn new(protocol: u8, seed: u64, options: &[&str]) -> Option<Self> {
        let theirs = Node::valkey(options)?;
        let mut duel = Self {
            random: Random::new(seed),
            commands: 0,
            protocol,
            seed,
            grammar: Grammar::new(TEMPLATES),
            words: Words::new(16, true, DATABASES),
            pairs: Vec::new(),
            history: VecDeque::new(),
            differences: Vec::new(),
            nodes: (Node::ours(options), theirs),
        };
        duel.connect();
        // Keys that have expired stay until somebody asks for them: the two must not choose the moment themselves.
        let both = duel.peek(&[b"DEBUG", b"SET-ACTIVE-EXPIRE", b"0"]);
        assert_eq!(both, (Value::Simple(b"OK".to_vec()), Value::Simple(b"OK".to_vec())));
        Some(duel)
    }

    fn connect(&mut self) {
        let hello = ["HELLO".to_owned(), self.protocol.to_string()];
        let link = |node: &Node| {
            let mut link = node.connect();
            link.ask(&hello);
            link
        };
        let (ours, theirs) = &self.nodes;
        let pair = || Pair {
            ours: link(ours),
            theirs: link(theirs),
            in_multi: false,
            queue: Vec::new(),
            watched: Vec::new(),
        };
        self.pairs = (0..CLIENTS).map(|_| pair()).collect();
    }

    /// How many differences there were.
    pub fn differences(&self) -> usize {
        self.differences.len()
    }

    /// Whether more differences would tell nothing new.
    pub fn has_enough(&self) -> bool {
        self.differences.len() >= ENOUGH
    }

    /// Sends something and compares the replies.
    pub fn step(&mut self) {
        match self.random.below(400) {
            0 => steps::walk(self),
            1 => steps::random_key(self),
            2 => steps::short_life(self),
            3 => steps::encoding(self),
            4 => steps::set_too_late(self),
            5 => self.compare_data(),
            6 => steps::members_by_chance(self),
            7 => steps::large_sets(self),
            11 => sorted_sets::walk(self),
            12 => sorted_sets::members_by_chance(self),
            13 => sorted_sets::large_sets(self),
            14..17 => streams::life(self),
            8 => steps::short_fields(self),
            9 => steps::large_hash(self),
            _ => self.send_batch(),
        }
    }

    fn send_batch(&mut self) {
        let client = self.random.below(CLIENTS);
        let mut in_multi = self.pairs[client].in_multi;
        let batch: Vec<Command> = (0..=self.random.below(BATCH))
            .map(|_| {
                let command = self.command(in_multi);
                in_multi = match command[0].as_slice() {
                    b"MULTI" => true,
                    b"EXEC" | b"DISCARD" | b"RESET" => false,
                    _ => in_multi,
                };
                command
            })
            .collect();
        self.run(client, &batch);
    }

    fn command(&mut self, in_multi: bool) -> Command {
        if in_multi && self.random.chance(10) {
            return vec![b"EXEC".to_vec()];
        }
        loop {
            let mut command = self.grammar.command(&mut self.random, &self.words);
            spoil::perhaps(&mut command, &mut self.random);
            let unfit = [
                spoil::expires_soon,
                spoil::names_with_zero,
                spoil::leaves_to_chance,
                spoil::cuts_a_run,
                spoil::draws_many,
                spoil::spans_half_the_earth,
                stream_words::depends_on_time,
                spoil::waits_long,
                spoil::sorts_anyhow,
                spoil::sets_wrong_element,
                sorted_sets::waits_long,
                sorted_sets::draws_many,
                sorted_sets::mixes_scores,
            ];
            if !unfit.iter().any(|unfit| unfit(&command)) {
                return command;
            }
        }
    }

    /// Sends commands to both servers and compares the replies.
    pub fn run(&mut self, client: usize, batch: &[Command]) -> Vec<(Reply, Reply)> {
        self.commands += batch.len() as u64;
        let bytes: Vec<u8> =
            batch.iter().flat_map(|command| encoding::any(command, &mut self.random)).collect();
        self.pairs[client].ours.write(&bytes).unwrap();
        self.pairs[client].theirs.write(&bytes).unwrap();
        let mut replies = Vec::with_capacity(batch.len());
        for command in batch {
            let both = (self.pairs[client].ours.reply(), self.pairs[client].theirs.reply());
            replies.push(both);
            self.remember(client, command.clone());
        }
        for (command, (ours, theirs)) in batch.iter().zip(&replies) {
            let pair = &mut self.pairs[client];
            let same = compare::same(command, &pair.queue, ours, theirs);
            let subject = if same { None } else { Some(pair.subject(command, ours, theirs)) };
            pair.follow(command, &theirs.1);
            if let Some(subject) = subject {
                self.note(client, &subject, command, ours, theirs);
                break;
            }
        }
        replies
    }

    /// A command outside of a transaction, and the replies.
    pub fn ask(&mut self, words: &[&[u8]]) -> (Reply, Reply) {
        let client = (0..CLIENTS).find(|&client| !self.pairs[client].in_multi);
        let client = client.unwrap_or_else(|| {
            self.run(0, &[vec![b"DISCARD".to_vec()]]);
            0
        });
        let command: Command = words.iter().map(|word| word.to_vec()).collect();
        self.run(client, &[command]).remove(0)
    }

    /// The answers to a question that the two need not answer alike.
    pub fn peek(&mut self, words: &[&[u8]]) -> (Value, Value) {
        let pair =
            self.pairs.iter_mut().find(|pair| !pair.in_multi).expect("somebody is not in a transaction");
        (pair.ours.ask(words), pair.theirs.ask(words))
    }

    fn remember(&mut self, client: usize, command: Command) {
        self.history.push_back((client, command));
        if self.history.len() > REMEMBERED {
            self.history.pop_front();
        }
    }

    fn note(&mut self, client: usize, subject: &Command, command: &Command, ours: &Reply, theirs: &Reply) {
        let text = format!(
            "client {client}: {}\n  ours   {}\n  valkey {}\n  concerns {}",
            shown_command(command),
            shown(&ours.1),
            shown(&theirs.1),
            shown_command(subject)
        );
        self.difference(client, subject, text);
    }

    /// Notes a difference, and begins anew: from here on the data differ.
    pub fn difference(&mut self, client: usize, command: &Command, text: String) {
        let touches = |(its_client, other): &&(usize, Command)| {
            let is = |name: &&[u8]| other[0].eq_ignore_ascii_case(name);
            command[1..].iter().any(|word| other[1..].contains(word))
                || [&b"SWAPDB"[..], b"FLUSHDB", b"FLUSHALL"].iter().any(is)
                || *its_client == client
                    && [&b"MULTI"[..], b"EXEC", b"DISCARD", b"SELECT", b"WATCH", b"UNWATCH"].iter().any(is)
        };
        let before: Vec<_> = self.history.iter().rev().filter(touches).take(SHOWN).collect();
        let before: Vec<_> = before
            .iter()
            .rev()
            .map(|(client, command)| format!("    client {client}: {}", shown_command(command)))
            .collect();
        self.differences.push(format!("{text}\n  before it:\n{}", before.join("\n")));
        self.connect();
        self.history.clear();
        self.peek(&[b"FLUSHALL"]);
    }

    /// Compares all data.
    pub fn compare_data(&mut self) {
        steps::compare_data(self);
    }

    /// Fails if there were differences.
    pub fn report(&self) {
        let (protocol, seed, count) = (self.protocol, self.seed, self.differences.len());
        assert!(
            self.differences.is_empty(),
            "RESP{protocol}, IRONKEEP_SEED={seed}: {count} differences in {} commands\n\n{}",
            self.commands,
            self.differences.join("\n\n")
        );
    }
}

impl Pair {
    /// The command that a difference is about: for EXEC the one in the queue, or what was watched.
    fn subject(&self, command: &Command, ours: &Reply, theirs: &Reply) -> Command {
        if !command[0].eq_ignore_ascii_case(b"EXEC") {
            return command.clone();
        }
        let differing = compare::differing(&self.queue, &ours.0, &theirs.0);
        let mut subject = differing.map_or(&self.watched, |at| &self.queue[at]).clone();
        if subject.is_empty() {
            subject.push(b"WATCH".to_vec());
        }
        subject
    }

    /// Keeps track of the transaction.
    fn follow(&mut self, command: &Command, reply: &[u8]) {
        if command[0].eq_ignore_ascii_case(b"WATCH") && reply == b"+OK\r\n" {
            self.watched.extend_from_slice(command);
        }
        if reply == b"+QUEUED\r\n" {
            self.queue.push(command.clone());
        } else if command[0].eq_ignore_ascii_case(b"MULTI") && reply == b"+OK\r\n" {
            self.in_multi = true;
        } else if reply.starts_with(b"-EXECABORT")
            || [&b"EXEC"[..], b"DISCARD", b"RESET"].iter().any(|name| command[0].eq_ignore_ascii_case(name))
                && command.len() == 1
        {
            self.in_multi = false;
            self.queue.clear();
            self.watched.clear();
        }
    }
}
