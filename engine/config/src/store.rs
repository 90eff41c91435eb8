//! The configuration of a running server: values, readable from every thread.
//!
//! Reads are a short read lock, or none through [`Live`]. All changes go through `set.rs`, one at a time, or
//! [`Config::put`], and reach the values and the live numbers together.

use crate::{
    error::ConfigError,
    files, format,
    live::Live,
    load::Host,
    parse, rewrite,
    row::{Kind, Param},
    table::{NAMES, find, param},
    value::Value,
};
use parking_lot::{Mutex, RwLock};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// All parameters of a running server.
#[derive(Debug)]
pub struct Config {
    pub(crate) values: RwLock<Box<[Value]>>,
    pub(crate) defaults: Box<[Value]>,
    live: Arc<Live>,
    /// Held while parameters change, so that a failed change can be undone.
    pub(crate) changing: Mutex<()>,
    file: Option<PathBuf>,
}

/// The values that parameters have when nobody sets them.
pub(crate) fn defaults(host: &Host) -> Box<[Value]> {
    let mut values: Box<[Value]> = param::all().map(default_of).collect();
    values[param::IO_THREADS.index()] = Value::Int(i128::from(host.io_threads.clamp(1, 256)));
    values[param::DIR.index()] = Value::text(&host.dir);
    values
}

fn default_of(param: Param) -> Value {
    let row = param.row();
    let text = row.default.as_bytes();
    let words: Vec<&[u8]> = if row.multi { text.split(|byte| *byte == b' ').collect() } else { vec![text] };
    let empty = match row.kind {
        Kind::OutputLimits => Value::OutputLimits(Default::default()),
        _ => Value::text(b""),
    };
    parse::parse(row, &words, &empty).unwrap_or(empty)
}

impl Config {
    /// A configuration in which everything has its default.
    pub fn new(host: &Host) -> Config {
        let defaults = defaults(host);
        Config::from_values(defaults.clone(), defaults, None)
    }

    pub(crate) fn from_values(values: Box<[Value]>, defaults: Box<[Value]>, file: Option<PathBuf>) -> Config {
        let live = Arc::new(Live::new(&values));
        Config { values: RwLock::new(values), defaults, live, changing: Mutex::new(()), file }
    }

    /// The value of a parameter.
    pub fn get(&self, param: Param) -> Value {
        self.values.read()[param.index()].clone()
    }

    /// The numbers for the hot path; keep the reference, it stays up to date.
    pub fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// The file the configuration was loaded from.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Whether a parameter has the value it has when nobody sets it.
    pub fn is_default(&self, param: Param) -> bool {
        self.values.read()[param.index()] == self.defaults[param.index()]
    }

    /// The value of a parameter as CONFIG GET shows it.
    pub fn shown(&self, param: Param) -> Vec<u8> {
        format::shown(param.row(), &self.get(param))
    }

    /// Records what the server itself found out or decided, such as the directory it is in or the port it
    /// got. Nothing is checked and nobody is told. May be called while CONFIG SET applies its changes.
    pub fn put(&self, param: Param, value: Value) {
        self.store([(param, value)]);
    }

    pub(crate) fn store(&self, changes: impl IntoIterator<Item = (Param, Value)>) {
        let mut values = self.values.write();
        for (param, value) in changes {
            self.live.store(param, &value);
            values[param.index()] = value;
        }
    }

    /// CONFIG GET: the parameters that any of the patterns names, sorted by name, each with its value.
    /// `matches` is asked whether a pattern fits a name; it must not regard case. Hidden parameters need
    /// their exact name, and an exact name is shown as it was asked for.
    pub fn list(&self, patterns: &[&[u8]], matches: &dyn Fn(&[u8], &str) -> bool) -> Vec<(String, Vec<u8>)> {
        let mut found: BTreeMap<&str, (String, Param)> = BTreeMap::new();
        for pattern in patterns {
            if pattern.iter().any(|byte| b"[*?".contains(byte)) {
                let fitting = NAMES.iter().filter(|known| !known.param.row().hidden);
                for known in fitting.filter(|known| matches(pattern, known.name)) {
                    found.entry(known.name).or_insert_with(|| (known.name.to_owned(), known.param));
                }
            } else if let Some(known) = find(pattern) {
                let as_asked = || (String::from_utf8_lossy(pattern).into_owned(), known.param);
                found.entry(known.name).or_insert_with(as_asked);
            }
        }
        let mut found: Vec<(String, Param)> = found.into_values().collect();
        found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        found.into_iter().map(|(name, param)| (name, self.shown(param))).collect()
    }

    /// CONFIG REWRITE: brings the file up to date. `everything` also writes what has its default.
    pub fn rewrite(&self, everything: bool) -> Result<(), ConfigError> {
        let path = self.file.as_deref().ok_or(ConfigError::NoFile)?;
        let old = match files::read(path) {
            Ok(text) => text,
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(why) => return Err(ConfigError::Rewrite(files::reason(&why))),
        };
        let new = rewrite::rewritten(&old, &self.values.read(), &self.defaults, everything);
        files::replace(path, &new).map_err(|why| ConfigError::Rewrite(files::reason(&why)))
    }
}
