//! Specs to try things with.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

pub mod world;

use ironkeep_api::ValkeyCluster;
use ironkeep_core::resolve::Settings;
use ironkeep_core::{Desired, Observed, resolve};
use std::path::{Path, PathBuf};

/// A folder of this crate's tests.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// All specs in a folder: the file's name without ending, and the cluster. None if there is no such folder.
pub fn specs(folder: &Path) -> Vec<(String, ValkeyCluster)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(path).unwrap();
        (name, serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    files.iter().map(read).collect()
}

/// The spec of a name.
pub fn spec(name: &str) -> ValkeyCluster {
    specs(&folder("specs")).into_iter().find(|(found, _)| found == name).unwrap().1
}

/// What is desired where nothing exists yet.
pub fn desired(cluster: &ValkeyCluster) -> Desired {
    resolve(cluster, &Observed::default(), &Settings::default()).unwrap()
}
