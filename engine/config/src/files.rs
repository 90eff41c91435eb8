//! The only file of this crate that touches the disk: reads configuration files, expands `include` patterns,
//! and replaces a file as a whole.
//!
//! Sizes and counts are bounded; no other file is created than the one that replaces the old.

use crate::{error::ConfigError, glob};
use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        fs::OpenOptionsExt,
    },
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

/// A configuration file larger than this is refused.
const MAX_FILE: u64 = 16 << 20;
/// A pattern that fits more files than this is refused.
const MAX_MATCHES: usize = 1000;

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let read = File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut text)?;
    if read as u64 > MAX_FILE {
        return Err(io::Error::other("the file is too large"));
    }
    Ok(text)
}

/// Reads the files that an `include` names. A pattern that fits nothing gives nothing; a plain name must
/// exist.
pub(crate) fn read_included(pattern: &[u8]) -> Result<Vec<Vec<u8>>, ConfigError> {
    let opened = |path: &Path| read(path).map_err(|why| open_error(path, &why));
    if !glob::has_wildcard(pattern) {
        return Ok(vec![opened(Path::new(OsStr::from_bytes(pattern)))?]);
    }
    let paths = expand(pattern).map_err(|why| open_error(Path::new(OsStr::from_bytes(pattern)), &why))?;
    paths.iter().map(|path| opened(path)).collect()
}

pub(crate) fn open_error(path: &Path, why: &io::Error) -> ConfigError {
    ConfigError::Open { path: path.to_owned(), message: reason(why) }
}

/// The files that fit a pattern, sorted, folder by folder.
fn expand(pattern: &[u8]) -> io::Result<Vec<PathBuf>> {
    let start = if pattern.starts_with(b"/") { "/" } else { "" };
    let mut paths = vec![PathBuf::from(start)];
    for part in pattern.split(|byte| *byte == b'/').filter(|part| !part.is_empty()) {
        paths = paths.iter().flat_map(|folder| step(folder, part)).take(MAX_MATCHES + 1).collect();
        if paths.len() > MAX_MATCHES {
            return Err(io::Error::other("the pattern fits too many files"));
        }
    }
    Ok(paths)
}

/// The entries of a folder that fit one part of a pattern. A folder that cannot be read has none.
fn step(folder: &Path, part: &[u8]) -> Vec<PathBuf> {
    if !glob::has_wildcard(part) {
        let path = folder.join(OsStr::from_bytes(part));
        return if path.exists() { vec![path] } else { Vec::new() };
    }
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = fs::read_dir(here) else { return Vec::new() };
    let mut names: Vec<Vec<u8>> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.file_name().into_vec()))
        .filter(|name| part.starts_with(b".") || !name.starts_with(b"."))
        .filter(|name| glob::matches(part, name))
        .collect();
    names.sort_unstable();
    names.iter().map(|name| folder.join(OsStr::from_bytes(name))).collect()
}

/// Replaces a file so that a crash leaves either the old or the new one.
pub(crate) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let temporary = temporary_beside(path);
    let written = write_and_rename(&temporary, path, text);
    if written.is_err() {
        // The first error is the one to report; what is left behind here is only the unfinished copy.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn write_and_rename(temporary: &Path, path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(temporary)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(temporary, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn temporary_beside(path: &Path) -> PathBuf {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{}", process::id(), COUNTER.fetch_add(1, Relaxed)));
    PathBuf::from(name)
}

/// What the system says of an error, without the number the standard library adds.
pub(crate) fn reason(why: &io::Error) -> String {
    let text = why.to_string();
    match text.split_once(" (os error ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}
