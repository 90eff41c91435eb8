//! What the tests of this crate share.
#![allow(dead_code, reason = "each test file uses a part of this")]
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use ironkeep_config::{Applied, Config, ConfigError, Host, Loaded, Setter, find};

/// A machine with one core, as the facts were recorded on one I/O thread.
pub fn host() -> Host {
    Host { io_threads: 1, dir: b".".to_vec() }
}

/// Loads text that includes nothing.
pub fn load(text: &str) -> Result<Loaded, ConfigError> {
    Config::load_text(text.as_bytes(), &host(), &|_| Ok(Vec::new()))
}

/// Loads text that must be right.
pub fn config(text: &str) -> Config {
    load(text).unwrap().config
}

/// CONFIG SET from this machine, with nothing to apply.
pub fn set(config: &Config, pairs: &[(&str, &str)]) -> Result<Applied, String> {
    let pairs: Vec<(&[u8], &[u8])> =
        pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    let setter = Setter { local: true, loading: false };
    config.set(&pairs, setter, &mut |_| Ok(())).map_err(|error| error.to_string())
}

/// A parameter as CONFIG GET shows it.
pub fn shown(config: &Config, name: &str) -> String {
    String::from_utf8(config.shown(find(name.as_bytes()).unwrap().param)).unwrap()
}
