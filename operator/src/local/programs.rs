//! Finds the program that an image would have brought: `valkey-server` of version 8.0 for `…/valkey:8.0`.
//!
//! Programs may be installed under names with a version (`valkey-server-8.0`); whatever it is called, a program that
//! says another version than the one that is asked for isn't taken.

use crate::platform::PlatformError;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where programs are looked for, and what was found.
#[derive(Debug)]
pub struct Programs {
    directories: Vec<PathBuf>,
    /// Versions that programs said they are.
    versions: Mutex<BTreeMap<PathBuf, Option<String>>>,
}

impl Programs {
    /// Looks into `first`, then where the project's own peers are, then beside the operator, then where shells look.
    pub fn new(first: &[PathBuf]) -> Self {
        let peers = std::env::var_os("IRONKEEP_PEERS").map(|peers| PathBuf::from(peers).join("bin"));
        let beside = std::env::current_exe().ok().and_then(|own| own.parent().map(Path::to_owned));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let others = peers.into_iter().chain(beside).chain(std::env::split_paths(&path));
        Self::only(first.iter().cloned().chain(others))
    }

    fn only(directories: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { directories: directories.into_iter().collect(), versions: Mutex::default() }
    }

    /// The program of this name in the version that the image's tag names, in any version if it names none.
    pub fn find(&self, program: &str, image: &str) -> Result<PathBuf, PlatformError> {
        let wanted = version_of(image);
        let mut others = Vec::new();
        for path in
            names(program, wanted).iter().flat_map(|name| self.directories.iter().map(move |d| d.join(name)))
        {
            if !path.is_file() {
                continue;
            }
            let is = self.version(&path);
            match (wanted, &is) {
                (Some(wanted), Some(is)) if !is_of(is, wanted) => {
                    others.push(format!("{} is {is}", path.display()))
                }
                _ => return Ok(path),
            }
        }
        let version = wanted.map_or(String::new(), |wanted| format!(" {wanted}"));
        let others = if others.is_empty() { String::new() } else { format!(" ({})", others.join(", ")) };
        Err(PlatformError::Failed(format!(
            "{program}{version} isn't installed on this machine{others}; name its directory with --engines"
        )))
    }

    fn version(&self, program: &Path) -> Option<String> {
        let mut versions = self.versions.lock();
        versions.entry(program.to_owned()).or_insert_with(|| asked(program)).clone()
    }
}

/// The version in an image's tag: `8.0` of `docker.io/valkey/valkey:8.0-alpine`.
fn version_of(image: &str) -> Option<&str> {
    let (_, tag) = image.split('@').next()?.rsplit_once(':')?;
    let end = tag.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(tag.len());
    let version = tag[..end].trim_end_matches('.');
    (!tag.contains('/') && !version.is_empty()).then_some(version)
}

/// `valkey-server-8.0.1`, `valkey-server-8.0`, `valkey-server-8`, `valkey-server`.
fn names(program: &str, version: Option<&str>) -> Vec<String> {
    let mut names = Vec::new();
    let mut version = version;
    while let Some(some) = version {
        names.push(format!("{program}-{some}"));
        version = some.rsplit_once('.').map(|(front, _)| front);
    }
    names.push(program.to_owned());
    names
}

/// Whether `8.0.5` is an `8.0`.
fn is_of(version: &str, wanted: &str) -> bool {
    let mut parts = version.split('.');
    wanted.split('.').all(|part| parts.next() == Some(part))
}

/// What a program says to `--version`: `Valkey server v=9.1.2 sha=…`.
fn asked(program: &Path) -> Option<String> {
    let said = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    said.split_whitespace().find_map(|word| word.strip_prefix("v=")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn reads_the_version_in_a_tag() {
        for (image, version) in [
            ("docker.io/valkey/valkey:9.1", Some("9.1")),
            ("redis:8.0.6-alpine", Some("8.0.6")),
            ("localhost:5000/valkey", None),
            ("localhost:5000/valkey:8", Some("8")),
            ("valkey:latest", None),
            ("valkey:8.0@sha256:0123", Some("8.0")),
            ("", None),
        ] {
            assert_eq!(version_of(image), version, "{image}");
        }
    }

    #[test]
    fn takes_the_version_that_is_asked_for_whatever_it_is_called() {
        let directory = std::env::temp_dir().join(format!("ironkeep-programs-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        for (name, version) in [("kv", "9.1.2"), ("kv-8", "8.1.3"), ("kv-8.0", "8.0.5")] {
            let path = directory.join(name);
            std::fs::write(&path, format!("#!/bin/sh\necho KV server v={version} bits=64\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let programs = Programs::only([directory.clone()]);
        let find = |image: &str| programs.find("kv", image).map(|path| path.file_name().unwrap().to_owned());
        assert_eq!(find("kv:8.0").unwrap(), "kv-8.0");
        assert_eq!(find("kv:8.1").unwrap(), "kv-8");
        assert_eq!(find("kv:9").unwrap(), "kv");
        assert_eq!(find("kv:custom").unwrap(), "kv");
        let error = find("kv:7.2").unwrap_err().to_string();
        assert!(error.contains("kv 7.2 isn't installed") && error.contains("is 9.1.2"), "{error}");
        std::fs::remove_dir_all(directory).unwrap();
    }
}
