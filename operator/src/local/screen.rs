//! Shows a cluster to a person: as a table that is redrawn, or as a line for each change.
//!
//! Writes to standard output and nothing else; what can't be written because nobody reads it any more is dropped.

use super::table::{self, Row};
use std::io::{self, IsTerminal, Write};

/// The most lines that are redrawn: what has scrolled out of a terminal can't be.
const MOST_LINES: usize = 40;
/// Back to the beginning of the line, then clear from here to the end of the screen.
const CLEAR_BELOW: &str = "\r\x1b[J";

/// What is to be seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// The cluster and its state in one line.
    pub headline: String,
    /// What is to be said about that; may be empty.
    pub message: String,
    /// Its pods.
    pub rows: Vec<Row>,
    /// What a person can do with it.
    pub hint: Option<String>,
}

/// Standard output.
#[derive(Debug)]
pub struct Screen {
    live: bool,
    drawn: usize,
    seen: View,
}

impl Screen {
    /// A table if somebody looks at it, unless plain lines are asked for.
    pub fn new(plain: bool) -> Self {
        Self { live: !plain && io::stdout().is_terminal(), drawn: 0, seen: View::default() }
    }

    /// Shows what is to be seen now.
    pub fn show(&mut self, view: View) {
        if self.live {
            if view != self.seen || self.drawn == 0 {
                self.draw(&[], &view);
            }
        } else {
            put(&changes(&self.seen, &view));
        }
        self.seen = view;
    }

    /// Says something that stays.
    pub fn say(&mut self, line: &str) {
        if self.live {
            let view = self.seen.clone();
            self.draw(&[line.to_owned()], &view);
        } else {
            put(&[line.to_owned()]);
        }
    }

    fn draw(&mut self, lasting: &[String], view: &View) {
        let mut table = vec![view.headline.clone(), view.message.clone(), String::new()];
        table.extend(table::lines(&view.rows));
        if table.len() > MOST_LINES {
            let more = table.len() - MOST_LINES;
            table.truncate(MOST_LINES);
            table.push(format!("… and {more} more"));
        }
        table.push(String::new());
        table.extend(view.hint.clone());
        let up = if self.drawn == 0 { String::new() } else { format!("\x1b[{}A", self.drawn) };
        self.drawn = table.len();
        let lines: Vec<_> = lasting.iter().chain(&table).map(|line| unwrapped(line)).collect();
        put(&[format!("{up}{CLEAR_BELOW}{}", lines.join("\n"))]);
    }
}

/// The line without a line break at the edge of the terminal, which would spoil the count of lines.
fn unwrapped(line: &str) -> String {
    let clean: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\x1b[?7l{clean}\x1b[?7h")
}

/// A line for everything that differs, but for what differs all the time.
fn changes(old: &View, new: &View) -> Vec<String> {
    let mut lines = Vec::new();
    if old.headline != new.headline {
        lines.push(new.headline.clone());
        lines.extend(Some(format!("  {}", new.message)).filter(|_| !new.message.is_empty()));
    }
    let told =
        |row: &Row| (row.pod.clone(), row.role, row.address.clone(), row.slots.clone(), row.state.clone());
    for row in &new.rows {
        if !old.rows.iter().any(|old| told(old) == told(row)) {
            let words = [&row.pod, row.role, &row.address, &row.slots, &row.state];
            let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
            lines.push(format!("  {}", words.join(" ")));
        }
    }
    for row in old.rows.iter().filter(|row| !new.rows.iter().any(|new| new.pod == row.pod)) {
        lines.push(format!("  {} is gone", row.pod));
    }
    lines.extend(new.hint.clone().filter(|_| old.hint != new.hint));
    lines
}

fn put(lines: &[String]) {
    let mut out = io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}").ok();
    }
    out.flush().ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(role: &'static str, offset: &str) -> View {
        let row = Row {
            pod: "demo-0-0".into(),
            role,
            address: "127.42.0.1".into(),
            node: String::new(),
            slots: String::new(),
            offset: offset.into(),
            lag: String::new(),
            state: "running".into(),
        };
        View { headline: "demo Ready".into(), message: String::new(), rows: vec![row], hint: None }
    }

    #[test]
    fn tells_changes_and_not_offsets() {
        let first = view("replica", "1");
        assert_eq!(
            changes(&View::default(), &first),
            ["demo Ready", "  demo-0-0 replica 127.42.0.1 running"]
        );
        assert!(changes(&first, &view("replica", "2")).is_empty());
        assert_eq!(changes(&first, &view("primary", "2")), ["  demo-0-0 primary 127.42.0.1 running"]);
        assert_eq!(changes(&first, &View { rows: vec![], ..first.clone() }), ["  demo-0-0 is gone"]);
    }

    #[test]
    fn nothing_that_is_shown_can_steer_the_terminal() {
        assert_eq!(unwrapped("a\x1b[2Jb\n"), "\x1b[?7la [2Jb \x1b[?7h");
    }
}
