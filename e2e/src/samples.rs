//! The samples that users are given, as the clusters under test: same files, with images that the nodes have.

use crate::world::{Error, Outcome};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Which image to use for which engine, as `valkey:9.1` to `localhost/valkey:9.1`.
#[derive(Debug, Clone, Default)]
pub struct Images(BTreeMap<String, String>);

impl Images {
    /// From `engine:version=image` arguments.
    pub fn parse(arguments: &[String]) -> Outcome<Self> {
        let pair = |text: &String| {
            let (engine, image) =
                text.split_once('=').ok_or_else(|| Error::Wrong(format!("--image {text}: no `=` in it")))?;
            Ok((engine.to_owned(), image.to_owned()))
        };
        arguments.iter().map(pair).collect::<Outcome<_>>().map(Self)
    }

    /// Writes the image of its engine into a manifest, if one was given.
    fn put(&self, manifest: &mut Value) {
        let engine = &manifest["spec"]["engine"];
        let text = |key: &str, default: &str| engine[key].as_str().unwrap_or(default).to_owned();
        let (kind, version) = (text("type", "ironkeep"), text("version", ""));
        let image = self.0.get(&format!("{kind}:{version}")).or_else(|| self.0.get(&kind));
        if let Some(image) = image {
            manifest["spec"]["engine"]["image"] = json!(image);
        }
    }
}

/// Reads a sample and gives it a name of its own.
pub fn read(folder: &Path, file: &str, name: &str, images: &Images) -> Outcome<Value> {
    let path = folder.join(file);
    let text =
        std::fs::read_to_string(&path).map_err(|error| Error::Io(path.display().to_string(), error))?;
    let mut manifest: Value =
        serde_yaml::from_str(&text).map_err(|error| Error::Wrong(format!("{}: {error}", path.display())))?;
    manifest["metadata"] = json!({ "name": name });
    images.put(&mut manifest);
    Ok(manifest)
}
