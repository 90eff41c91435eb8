//! The config map with `server.conf`.

use super::{Parts, object};
use crate::desired::Object;
use ironkeep_api::names;
use k8s_openapi::api::core::v1::ConfigMap;

/// The config map.
pub fn config_map(parts: &Parts) -> Object {
    let name = names::config_map(parts.name());
    let map = ConfigMap {
        metadata: parts.metadata(name.clone()),
        data: Some([(names::CONFIG_FILE.to_owned(), parts.config.to_owned())].into()),
        ..ConfigMap::default()
    };
    object(&name, &map)
}
