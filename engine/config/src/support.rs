//! What to say when a parameter is set whose feature is not built yet.

use crate::{
    row::{Row, Support},
    value::Value,
};

/// Refuses a value that asks for a feature that is not built.
pub(crate) fn refuse(row: &Row, value: &Value, default: &Value) -> Result<(), String> {
    match row.support {
        Support::Later(feature) if value != default => Err(not_built(row.name, feature)),
        _ => Ok(()),
    }
}

/// Warns of a value that is kept but does nothing.
pub(crate) fn warn(row: &Row, value: &Value, default: &Value) -> Option<String> {
    match row.support {
        Support::LaterQuiet(feature) if value != default => {
            let name = row.name;
            Some(format!(
                "'{name}' is kept but does nothing: {feature} is not built into this version of Ironkeep"
            ))
        }
        _ => None,
    }
}

/// The message that refuses a parameter or directive.
pub(crate) fn not_built(name: &str, feature: &str) -> String {
    format!("'{name}' needs {feature}, which is not built into this version of Ironkeep")
}
