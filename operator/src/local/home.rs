//! The directory that a cluster lives in on this machine, and what is where in it.
//!
//! ```text
//! ironkeep-local   whose directory it is; locked while an operator runs
//! cluster.json     the cluster as last seen, with its status: the operator's memory
//! objects.json     the Kubernetes objects
//! config/MAP/KEY   config maps
//! volumes/CLAIM    volumes that outlive a pod
//! pods/POD         everything else of a pod, removed with it
//! logs/POD.log     what its server says
//! ```
//! Touches nothing that isn't in this list, and no directory that was there before with other things in it.

use super::failed;
use crate::platform::{Outcome, PlatformError};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

const MARKER: &str = "ironkeep-local";
const DIRECTORIES: [&str; 4] = ["config", "volumes", "pods", "logs"];
const FILES: [&str; 4] = ["cluster.json", "objects.json", "operator.log", MARKER];

/// The directory, locked.
#[derive(Debug)]
pub struct Home {
    root: PathBuf,
    keep: bool,
    /// Locked until it is closed, so that a second operator stays out.
    _marker: File,
}

impl Home {
    /// Opens or makes a directory; without a name a temporary one.
    pub fn open(named: Option<&Path>, keep: bool) -> Outcome<Self> {
        let temporary = || std::env::temp_dir().join(format!("ironkeep-local-{}", std::process::id()));
        let root = named.map_or_else(temporary, Path::to_owned);
        let named = root.display().to_string();
        fs::create_dir_all(&root).map_err(failed(&named))?;
        let root = root.canonicalize().map_err(failed(&named))?;
        let strange =
            !root.join(MARKER).exists() && fs::read_dir(&root).map_err(failed(&named))?.next().is_some();
        if strange {
            return Err(PlatformError::Failed(format!(
                "{named}: has other things in it; name an empty directory"
            )));
        }
        let marker = File::create(root.join(MARKER)).map_err(failed(&named))?;
        marker.try_lock().map_err(|_| {
            PlatformError::Failed(format!(
                "{named}: another ironkeep-operator runs a cluster in this directory"
            ))
        })?;
        for directory in DIRECTORIES {
            fs::create_dir_all(root.join(directory)).map_err(failed(&named))?;
        }
        // Left over from an operator that was killed: no pod outlives it.
        remove(&root.join("pods"))
            .and_then(|()| fs::create_dir(root.join("pods")))
            .map_err(failed(&named))?;
        Ok(Self { root, keep, _marker: marker })
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Whether it stays when it is left.
    pub fn is_kept(&self) -> bool {
        self.keep
    }

    /// Where a config map's files are.
    pub fn config(&self, map: &str) -> PathBuf {
        self.root.join("config").join(map)
    }

    /// Where a claim's data is.
    pub fn volume(&self, claim: &str) -> PathBuf {
        self.root.join("volumes").join(claim)
    }

    /// Where a pod's own things are.
    pub fn pod(&self, pod: &str) -> PathBuf {
        self.root.join("pods").join(pod)
    }

    /// Where a pod's server writes its log.
    pub fn log(&self, pod: &str) -> PathBuf {
        self.root.join("logs").join(format!("{pod}.log"))
    }

    /// A file of the operator.
    pub fn file(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Leaves the directory: removes what was made, unless it is to be kept.
    pub fn leave(&self) -> io::Result<()> {
        if self.keep {
            return Ok(());
        }
        for directory in DIRECTORIES {
            remove(&self.root.join(directory))?;
        }
        for file in FILES {
            fs::remove_file(self.root.join(file)).or_else(gone_is_fine)?;
        }
        // Somebody may have put something there: then it stays.
        fs::remove_dir(&self.root).ok();
        Ok(())
    }
}

/// Writes a file so that a reader, or a crash, finds the old or the new one and nothing between.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    fs::write(&draft, content)?;
    fs::rename(draft, path)
}

/// Removes a directory with all that is in it.
pub fn remove(path: &Path) -> io::Result<()> {
    fs::remove_dir_all(path).or_else(gone_is_fine)
}

fn gone_is_fine(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("ironkeep-home-{name}-{}", std::process::id()))
    }

    #[test]
    fn keeps_out_of_directories_of_others() {
        let path = scratch("others");
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("thesis.txt"), "years of work").unwrap();
        let error = Home::open(Some(&path), false).unwrap_err();
        assert!(error.to_string().contains("has other things in it"), "{error}");
        assert!(path.join("thesis.txt").exists());
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn one_operator_at_a_time() {
        let path = scratch("own");
        let home = Home::open(Some(&path), false).unwrap();
        let error = Home::open(Some(&path), false).unwrap_err();
        assert!(error.to_string().contains("another ironkeep-operator"), "{error}");
        home.leave().unwrap();
    }

    #[test]
    fn nothing_is_left_unless_it_is_kept() {
        for keep in [true, false] {
            let path = scratch(if keep { "kept" } else { "gone" });
            let home = Home::open(Some(&path), keep).unwrap();
            fs::write(home.volume("data"), "x").unwrap();
            home.leave().unwrap();
            assert_eq!(path.join("volumes/data").exists(), keep);
            assert_eq!(path.exists(), keep);
            fs::remove_dir_all(path).ok();
        }
    }
}
