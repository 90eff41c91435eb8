//! The one error of this crate. Its text is what a client or an operator reads.

use std::{fmt, path::PathBuf};

/// What can go wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// CONFIG SET names a parameter that does not exist.
    Unknown(String),
    /// CONFIG SET cannot give this parameter this value.
    Refused {
        /// The name as registered, or as the client wrote it.
        name: String,
        /// Why.
        message: String,
    },
    /// CONFIG SET of a parameter that must wait until the data set is loaded.
    Loading,
    /// A line of the configuration is wrong.
    Line {
        /// Its number, from 1, in the file (options of the command line count as following it).
        number: usize,
        /// The line, without blanks around it.
        line: String,
        /// What is wrong.
        message: String,
    },
    /// A configuration file cannot be read.
    Open {
        /// Which.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// CONFIG REWRITE without a configuration file.
    NoFile,
    /// CONFIG REWRITE could not write the file.
    Rewrite(String),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => {
                write!(f, "ERR Unknown option or number of arguments for CONFIG SET - '{name}'")
            }
            Self::Refused { name, message } => {
                write!(f, "ERR CONFIG SET failed (possibly related to argument '{name}') - {message}")
            }
            Self::Loading => f.write_str("LOADING Valkey is loading the dataset in memory"),
            Self::Line { number, line, message } => {
                write!(f, "Reading the configuration file, at line {number}\n>>> '{line}'\n{message}")
            }
            Self::Open { path, message } => {
                write!(f, "Fatal error, can't open config file '{}': {message}", path.display())
            }
            Self::NoFile => f.write_str("ERR The server is running without a config file"),
            Self::Rewrite(message) => write!(f, "ERR Rewriting config file: {message}"),
        }
    }
}

impl std::error::Error for ConfigError {}
