//! CONFIG SET: several parameters at once, all or none.
//!
//! Takes pairs from a client and the server's `apply`, which gives the changes their effect and may refuse.
//! Gives what changed. Writes nothing to disk.

use crate::{
    error::ConfigError,
    parse,
    row::Param,
    store::Config,
    support,
    table::{Name, find, param},
    value::Value,
};

/// Who asks for a change, and in what state the server is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setter {
    /// The client is on this machine.
    pub local: bool,
    /// The server is loading a data set.
    pub loading: bool,
}

/// A parameter that gets another value.
#[derive(Clone, Debug)]
pub struct Change {
    /// Which.
    pub param: Param,
    /// The value it had.
    pub old: Value,
    /// The value it gets.
    pub new: Value,
}

/// The server could not give a change its effect.
#[derive(Clone, Debug)]
pub struct ApplyFailed {
    /// The parameter to blame.
    pub param: Param,
    /// Why, for the client.
    pub message: String,
}

/// What CONFIG SET did.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// The parameters that have another value now.
    pub changed: Vec<Param>,
    /// What the log should say.
    pub warnings: Vec<String>,
}

/// A pair that passed the checks of its name.
struct Wanted<'a> {
    known: Name,
    value: &'a [u8],
}

impl Config {
    /// Gives parameters new values. `apply` sees the changes with the new values in place; when it fails, the
    /// old values return and `apply` is called once more with old and new exchanged, to undo what it began.
    /// It may read the configuration and [`Config::put`] what it finds out, but not set parameters.
    pub fn set(
        &self,
        pairs: &[(&[u8], &[u8])],
        setter: Setter,
        apply: &mut dyn FnMut(&[Change]) -> Result<(), ApplyFailed>,
    ) -> Result<Applied, ConfigError> {
        let _one_at_a_time = self.changing.lock();
        let wanted = self.admit(pairs, setter)?;
        let mut applied = Applied::default();
        let changes = self.parse_all(&wanted, &mut applied.warnings)?;
        applied.changed = changes.iter().map(|change| change.param).collect();
        self.store(changes.iter().map(|change| (change.param, change.new.clone())));
        if let Err(failed) = apply(&changes) {
            self.store(changes.iter().map(|change| (change.param, change.old.clone())));
            // The failure of the first call is the one to report.
            let _ = apply(&reversed(changes));
            return Err(refused(name_used(&wanted, failed.param), failed.message));
        }
        Ok(applied)
    }

    /// Checks the names of all pairs before any value is looked at.
    fn admit<'a>(
        &self,
        pairs: &[(&'a [u8], &'a [u8])],
        setter: Setter,
    ) -> Result<Vec<Wanted<'a>>, ConfigError> {
        let mut wanted: Vec<Wanted<'a>> = Vec::with_capacity(pairs.len());
        for (asked, value) in pairs {
            let asked = String::from_utf8_lossy(asked);
            let known = find(asked.as_bytes()).ok_or_else(|| ConfigError::Unknown(asked.to_string()))?;
            self.permit(known.param, setter, &asked)?;
            if wanted.iter().any(|other| other.known.param == known.param) {
                return Err(refused(&asked, "duplicate parameter".to_owned()));
            }
            wanted.push(Wanted { known, value });
        }
        Ok(wanted)
    }

    fn permit(&self, param: Param, setter: Setter, asked: &str) -> Result<(), ConfigError> {
        let row = param.row();
        if row.immutable {
            return Err(refused(asked, "can't set immutable config".to_owned()));
        }
        if row.protected && !self.may_set_protected(setter) {
            return Err(refused(asked, "can't set protected config".to_owned()));
        }
        if row.deny_loading && setter.loading {
            return Err(ConfigError::Loading);
        }
        Ok(())
    }

    fn may_set_protected(&self, setter: Setter) -> bool {
        match self.get(param::ENABLE_PROTECTED_CONFIGS).choice() {
            "yes" => true,
            "local" => setter.local,
            _ => false,
        }
    }

    fn parse_all(&self, wanted: &[Wanted], warnings: &mut Vec<String>) -> Result<Vec<Change>, ConfigError> {
        let mut changes = Vec::with_capacity(wanted.len());
        for Wanted { known, value } in wanted {
            let param = known.param;
            let old = self.get(param);
            let new = self.parse_one(param, value, &old).map_err(|message| refused(known.name, message))?;
            if new != old {
                warnings.extend(support::warn(param.row(), &new, &self.defaults[param.index()]));
                changes.push(Change { param, old, new });
            }
        }
        Ok(changes)
    }

    fn parse_one(&self, param: Param, value: &[u8], old: &Value) -> Result<Value, String> {
        let row = param.row();
        let words: Vec<&[u8]> = match value {
            b"" if row.multi => Vec::new(),
            list if row.multi => list.split(|byte| *byte == b' ').collect(),
            word => vec![word],
        };
        let new = parse::parse(row, &words, old)?;
        support::refuse(row, &new, &self.defaults[param.index()])?;
        Ok(new)
    }
}

fn refused(name: &str, message: String) -> ConfigError {
    ConfigError::Refused { name: name.to_owned(), message }
}

fn name_used<'a>(wanted: &[Wanted<'a>], param: Param) -> &'static str {
    wanted.iter().find(|one| one.known.param == param).map_or(param.name(), |one| one.known.name)
}

fn reversed(changes: Vec<Change>) -> Vec<Change> {
    changes.into_iter().map(|Change { param, old, new }| Change { param, old: new, new: old }).collect()
}
