//! Loading: configuration text to values, line by line, in the order file, stdin, options; the last one wins.
//!
//! Reads no file itself: the files that `include` names come from a function. A parameter whose feature is
//! not built is refused only if its value stands at the end, so that an option may take back what the file
//! says.

use crate::{
    error::ConfigError,
    files,
    parse::parse,
    row::{Kind, Param},
    store::{self, Config},
    support,
    table::{find, param},
    value::Value,
    words,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Files included by files included … deeper than this are refused.
const MAX_DEPTH: usize = 16;
/// More included files than this are refused.
const MAX_INCLUDES: usize = 1000;

/// Old parameters that are accepted with one argument and do nothing, here as in Valkey.
const DEPRECATED: [&str; 7] = [
    "list-max-ziplist-entries",
    "list-max-ziplist-value",
    "lua-replicate-commands",
    "io-threads-do-reads",
    "dynamic-hz",
    "events-per-io-thread",
    "sanitize-dump-payload",
];

/// What some defaults depend on.
#[derive(Clone, Debug)]
pub struct Host {
    /// The default of `io-threads`: how many cores there are to use.
    pub io_threads: u16,
    /// The default of `dir`: the directory the server was started in.
    pub dir: Vec<u8>,
}

/// Where configuration comes from.
#[derive(Clone, Debug, Default)]
pub struct Source<'a> {
    /// The configuration file, as an absolute path: CONFIG REWRITE needs it after a change of directory.
    pub file: Option<&'a Path>,
    /// What was read from stdin.
    pub stdin: Option<&'a [u8]>,
    /// The options of the command line, see [`crate::CommandLine`].
    pub options: &'a [u8],
}

/// A configuration and what the log should say of it.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Warnings, one line each.
    pub warnings: Vec<String>,
}

/// Gives the texts of the files that an `include` names.
pub type Includes<'a> = &'a dyn Fn(&[u8]) -> Result<Vec<Vec<u8>>, ConfigError>;

impl Config {
    /// Loads a configuration, reading files.
    pub fn load(source: &Source, host: &Host) -> Result<Loaded, ConfigError> {
        let mut text = match source.file {
            Some(path) => files::read(path).map_err(|why| files::open_error(path, &why))?,
            None => Vec::new(),
        };
        if let Some(stdin) = source.stdin {
            if text.last().is_some_and(|last| *last != b'\n') {
                text.push(b'\n');
            }
            text.extend(stdin);
        }
        // Options begin on a line of their own even after a file that ends in one; so Valkey counts.
        text.push(b'\n');
        text.extend(source.options);
        load(&text, source.file, host, &files::read_included)
    }

    /// Loads a configuration from text alone; `includes` gives the files it includes.
    pub fn load_text(text: &[u8], host: &Host, includes: Includes) -> Result<Loaded, ConfigError> {
        load(text, None, host, includes)
    }
}

fn load(text: &[u8], file: Option<&Path>, host: &Host, includes: Includes) -> Result<Loaded, ConfigError> {
    let defaults = store::defaults(host);
    let mut draft = Draft {
        values: defaults.clone(),
        refused: BTreeMap::new(),
        warnings: Vec::new(),
        save_seen: false,
        included: 0,
        defaults: &defaults,
        includes,
    };
    draft.read(text, 0)?;
    let Draft { values, refused, mut warnings, .. } = draft;
    if let Some(error) = refused.into_values().next() {
        return Err(error);
    }
    warnings
        .extend(param::all().filter_map(|param| {
            support::warn(param.row(), &values[param.index()], &defaults[param.index()])
        }));
    let config = Config::from_values(values, defaults, file.map(PathBuf::from));
    Ok(Loaded { config, warnings })
}

struct Draft<'a> {
    values: Box<[Value]>,
    defaults: &'a [Value],
    /// Parameters whose value so far needs a feature that is not built, with what to say of them.
    refused: BTreeMap<Param, ConfigError>,
    warnings: Vec<String>,
    /// Whether a `save` line was read: the first replaces the default, the next ones add to it.
    save_seen: bool,
    included: usize,
    includes: Includes<'a>,
}

/// Where a line stands, for messages.
#[derive(Clone, Copy)]
struct Place<'a> {
    number: usize,
    line: &'a [u8],
    depth: usize,
}

impl Place<'_> {
    fn error(&self, message: String) -> ConfigError {
        let line = String::from_utf8_lossy(self.line).into_owned();
        ConfigError::Line { number: self.number, line, message }
    }
}

impl Draft<'_> {
    fn read(&mut self, text: &[u8], depth: usize) -> Result<(), ConfigError> {
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let line = line.trim_ascii();
            if !line.is_empty() && !line.starts_with(b"#") {
                self.read_line(Place { number: index + 1, line, depth })?;
            }
        }
        Ok(())
    }

    fn read_line(&mut self, place: Place) -> Result<(), ConfigError> {
        let unbalanced = || place.error("Unbalanced quotes in configuration line".to_owned());
        let words = words::split(place.line).ok_or_else(unbalanced)?;
        let Some((name, arguments)) = words.split_first() else { return Ok(()) };
        match find(name) {
            Some(known) => self.read_parameter(known.param, arguments, place),
            None => self.read_directive(&name.to_ascii_lowercase(), arguments, place),
        }
    }

    fn read_parameter(&mut self, param: Param, words: &[Vec<u8>], place: Place) -> Result<(), ConfigError> {
        let row = param.row();
        if !row.multi && words.len() != 1 {
            return Err(place.error("wrong number of arguments".to_owned()));
        }
        let taken_apart;
        let words = match words {
            // A single argument may hold the whole list: `save "900 1"`.
            [list] if row.multi && !list.is_empty() => {
                let unbalanced = || place.error("Unbalanced quotes in configuration line".to_owned());
                taken_apart = words::split(list).ok_or_else(unbalanced)?;
                &taken_apart
            }
            words => words,
        };
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let so_far = &self.values[param.index()];
        let parsed = parse(row, &words, so_far).map_err(|message| place.error(message))?;
        let value = match row.kind {
            Kind::SavePoints => self.add_save_points(parsed, &words),
            _ => parsed,
        };
        self.keep(param, value, place);
        Ok(())
    }

    /// Save points add up over lines; an empty list starts anew.
    fn add_save_points(&mut self, parsed: Value, words: &[&[u8]]) -> Value {
        let first = !std::mem::replace(&mut self.save_seen, true);
        if first || words == [b""] {
            return parsed;
        }
        let so_far = &self.values[param::SAVE.index()];
        Value::SavePoints(so_far.save_points().iter().chain(parsed.save_points()).copied().collect())
    }

    fn keep(&mut self, param: Param, value: Value, place: Place) {
        match support::refuse(param.row(), &value, &self.defaults[param.index()]) {
            Ok(()) => self.refused.remove(&param),
            Err(message) => self.refused.insert(param, place.error(message)),
        };
        self.values[param.index()] = value;
    }

    fn read_directive(
        &mut self,
        name: &[u8],
        arguments: &[Vec<u8>],
        place: Place,
    ) -> Result<(), ConfigError> {
        let later = |name: &str, feature: &str| Err(place.error(support::not_built(name, feature)));
        match (name, arguments) {
            (name, [_]) if DEPRECATED.iter().any(|old| old.as_bytes() == name) => {
                let name = String::from_utf8_lossy(name);
                self.warnings.push(format!("'{name}' is deprecated and does nothing"));
                Ok(())
            }
            (b"include", [pattern]) => self.include(pattern, place),
            (b"rename-command", [_, _]) => later("rename-command", "renaming of commands"),
            (b"user", [_, ..]) => later("user", "access control lists"),
            (b"loadmodule", [_, ..]) => later("loadmodule", "modules"),
            (b"sentinel", []) => later("sentinel", "Sentinel mode"),
            (b"sentinel", _) => Err(place.error("sentinel directive while not in sentinel mode".to_owned())),
            (name, []) if name.contains(&b'.') => {
                Err(place.error("Module config specified without value".to_owned()))
            }
            (name, _) if name.contains(&b'.') => later(&String::from_utf8_lossy(name), "modules"),
            _ => Err(place.error("Bad directive or wrong number of arguments".to_owned())),
        }
    }

    fn include(&mut self, pattern: &[u8], place: Place) -> Result<(), ConfigError> {
        if place.depth >= MAX_DEPTH {
            return Err(
                place.error(format!("configuration files include each other more than {MAX_DEPTH} deep"))
            );
        }
        for text in (self.includes)(pattern)? {
            self.included += 1;
            if self.included > MAX_INCLUDES {
                return Err(place.error(format!("more than {MAX_INCLUDES} files are included")));
            }
            self.read(&text, place.depth + 1)?;
        }
        Ok(())
    }
}
