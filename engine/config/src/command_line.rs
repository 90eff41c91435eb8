//! The command line of the server: which file to read, whether to read stdin, and the options.
//!
//! Options become lines of a configuration that follow the file: `--port 6380` becomes `port "6380"`. Options
//! that are no configuration (`--version`, `--help`, `--test-memory`, `--check-system`) are main's and must
//! be gone before.

use crate::words;
use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::PathBuf};

/// What the arguments ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// The configuration file, as it was written.
    pub file: Option<PathBuf>,
    /// Whether to read configuration from stdin, too.
    pub stdin: bool,
    /// The options as configuration text.
    pub options: Vec<u8>,
}

impl CommandLine {
    /// Reads the arguments, the name of the program not included.
    pub fn parse(arguments: &[Vec<u8>]) -> CommandLine {
        let mut line = CommandLine::default();
        let mut rest = arguments;
        if let [first, after @ ..] = arguments
            && !first.starts_with(b"-")
        {
            line.file = Some(PathBuf::from(OsStr::from_bytes(first)));
            rest = after;
        }
        line.read_options(rest, line.file.is_none());
        line
    }

    /// Reads the options. A `-` counts as stdin in the first place of the command line and in the last.
    fn read_options(&mut self, arguments: &[Vec<u8>], from_the_start: bool) {
        let mut has_value = true;
        for (index, argument) in arguments.iter().enumerate() {
            let next = arguments.get(index + 1);
            let at_an_end = (from_the_start && index == 0) || next.is_none();
            if argument == b"-" && at_an_end {
                self.stdin = true;
            } else if let Some(option) = argument.strip_prefix(b"--")
                && has_value
            {
                has_value = self.add_option(option, next);
            } else {
                words::quote(argument, &mut self.options);
                self.options.push(b' ');
                has_value = true;
            }
        }
    }

    /// Starts the line of an option. Gives whether the option has its value already, so that a word that
    /// begins with two dashes is the next option and not this one's value.
    fn add_option(&mut self, option: &[u8], next: Option<&Vec<u8>>) -> bool {
        if !self.options.is_empty() {
            self.options.push(b'\n');
        }
        self.options.extend(option);
        self.options.push(b' ');
        let is_bare_name = words::split(option).is_some_and(|words| words.len() == 1);
        let option_follows = next.is_some_and(|next| next.starts_with(b"--"));
        if !is_bare_name {
            return true;
        }
        // An empty list of save points may come as `--save` with nothing behind it.
        if option.eq_ignore_ascii_case(b"save") && (option_follows || next.is_none()) {
            self.options.extend(b"\"\"");
            return true;
        }
        option.eq_ignore_ascii_case(b"sentinel") && option_follows
    }
}
