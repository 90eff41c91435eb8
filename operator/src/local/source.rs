//! The file with the ValkeyCluster, read again when it changes; what an API server would do with it is done here.

use crate::platform::{Outcome, PlatformError};
use ironkeep_api::{Problem, ValkeyCluster, manifest, validate_change};
use std::fmt::Write;
use std::io::Read;
use std::path::PathBuf;

/// The namespace of a cluster that names none.
const NAMESPACE: &str = "default";
/// How much of a file is read; what is longer is refused by whoever reads the text.
const MOST: u64 = 2 << 20;

/// The file.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    text: Option<String>,
}

impl Source {
    /// A file that hasn't been read yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path, text: None }
    }

    /// The cluster, if the file has changed since it was last asked for; or what is wrong with the file.
    pub fn changed(&mut self) -> Option<Outcome<ValkeyCluster>> {
        let text = match self.read() {
            Ok(text) => text,
            Err(error) => return self.text.take().is_some().then(|| self.wrong(&error)),
        };
        if self.text.as_ref() == Some(&text) {
            return None;
        }
        let cluster = manifest::read(&text).or_else(|problems| self.wrong(&listed(&problems)));
        self.text = Some(text);
        Some(cluster)
    }

    /// The cluster as it is in the file now.
    pub fn first(&mut self) -> Outcome<ValkeyCluster> {
        match self.read() {
            Ok(_) => self.changed().unwrap_or_else(|| self.wrong("can't be read")),
            Err(error) => self.wrong(&error),
        }
    }

    fn read(&self) -> Result<String, String> {
        let mut text = String::new();
        let file = std::fs::File::open(&self.path).map_err(|error| error.to_string())?;
        file.take(MOST).read_to_string(&mut text).map_err(|error| error.to_string())?;
        Ok(text)
    }

    fn wrong<T>(&self, what: &str) -> Outcome<T> {
        Err(PlatformError::Failed(format!("{}: {what}", self.path.display())))
    }
}

/// The next state of an object: counts its generations, keeps its status, refuses what may not change.
pub fn admit(new: ValkeyCluster, old: Option<&ValkeyCluster>) -> Outcome<ValkeyCluster> {
    let mut cluster = new;
    cluster.metadata.namespace.get_or_insert_with(|| NAMESPACE.to_owned());
    cluster.metadata.uid = None;
    let Some(old) = old else {
        cluster.metadata.generation = Some(1);
        return Ok(cluster);
    };
    let mut problems = validate_change(&old.spec, &cluster.spec);
    if old.metadata.name != cluster.metadata.name {
        let name = old.metadata.name.as_deref().unwrap_or_default();
        problems.push(Problem::immutable("metadata.name", format!("is {name} and can't be changed")));
    }
    if !problems.is_empty() {
        return Err(PlatformError::Failed(listed(&problems)));
    }
    let changed = i64::from(old.spec != cluster.spec);
    cluster.metadata.generation = Some(old.metadata.generation.unwrap_or_default() + changed);
    cluster.status.clone_from(&old.status);
    Ok(cluster)
}

fn listed(problems: &[Problem]) -> String {
    let mut text = String::new();
    for (index, problem) in problems.iter().enumerate() {
        // Writing to a string can't fail.
        write!(text, "{}{problem}", if index == 0 { "" } else { "\n  " }).ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "apiVersion: ironkeep.io/v1alpha1\nkind: ValkeyCluster\nmetadata: {name: demo}\nspec: {engine: {type: valkey}";

    fn written(source: &Source, spec: &str) {
        std::fs::write(&source.path, format!("{PLAIN}{spec}}}\n")).unwrap();
    }

    #[test]
    fn tells_of_each_change_once_and_of_what_is_wrong() {
        let path = std::env::temp_dir().join(format!("ironkeep-source-{}.yaml", std::process::id()));
        let mut source = Source::new(path.clone());
        assert!(source.first().unwrap_err().to_string().contains("No such file"));
        written(&source, "");
        let first = source.first().unwrap();
        assert!(source.changed().is_none());
        written(&source, ", shards: 4");
        let second = source.changed().unwrap().unwrap();
        written(&source, ", shards: 4000, colour: red");
        let error = source.changed().unwrap().unwrap_err().to_string();
        assert!(error.contains("spec.shards") && error.contains("spec.colour"), "{error}");
        assert!(source.changed().is_none());
        std::fs::remove_file(path).unwrap();
        assert!(source.changed().unwrap().is_err());
        assert!(source.changed().is_none());

        let first = admit(first, None).unwrap();
        assert_eq!(
            (first.metadata.generation, first.metadata.namespace.as_deref()),
            (Some(1), Some("default"))
        );
        assert_eq!(admit(first.clone(), Some(&first)).unwrap().metadata.generation, Some(1));
        assert_eq!(admit(second, Some(&first)).unwrap().metadata.generation, Some(2));
    }

    #[test]
    fn what_may_not_change_is_refused() {
        let old = admit(manifest::read(&format!("{PLAIN}}}")).unwrap(), None).unwrap();
        let other =
            manifest::read(&format!("{PLAIN}, mode: replication}}").replace("demo", "other")).unwrap();
        let error = admit(other, Some(&old)).unwrap_err().to_string();
        assert!(error.contains("spec.mode") && error.contains("metadata.name: is demo"), "{error}");
    }
}
