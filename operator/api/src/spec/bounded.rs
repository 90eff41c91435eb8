//! Schemas of maps with bounds, which no attribute can write down.

use schemars::{Schema, SchemaGenerator, json_schema};

/// A map of at most `ENTRIES` texts of at most `LENGTH` characters.
pub(super) fn text_map<const ENTRIES: u32, const LENGTH: u32>(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": ENTRIES,
        "additionalProperties": { "type": "string", "maxLength": LENGTH },
    })
}
