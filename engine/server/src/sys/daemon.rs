//! Leaving the terminal, and the group of a file.

use std::ffi::CString;
use std::io;

/// Which of the two processes this is after the fork.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// The one that was started, and should end now.
    Parent,
    /// The one that goes on, in a session of its own, with no terminal.
    Child,
}

/// Forks, and lets the child leave the terminal. Must be called before any thread is started.
pub fn daemonize() -> io::Result<Side> {
    // SAFETY: the process has one thread, so the child has all that it needs; no other call takes memory of ours
    // but the path, which is a constant.
    unsafe {
        match libc::fork() {
            -1 => return Err(io::Error::last_os_error()),
            0 => {}
            _ => return Ok(Side::Parent),
        }
        libc::setsid();
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR);
        if null >= 0 {
            for stream in 0..=2 {
                libc::dup2(null, stream);
            }
            if null > 2 {
                libc::close(null);
            }
        }
    }
    Ok(Side::Child)
}

/// The number of a group of users, by its name or as a number.
pub fn group_id(name: &str) -> io::Result<u32> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    let missing = || io::Error::new(io::ErrorKind::NotFound, format!("there is no group '{name}'"));
    let text = CString::new(name).map_err(|_| missing())?;
    let mut buffer = vec![0; 16 * 1024];
    let mut found = std::ptr::null_mut();
    // SAFETY: a group of all zeros is a valid value to be overwritten; all pointers outlive the call.
    unsafe {
        let mut group: libc::group = std::mem::zeroed();
        let failed = libc::getgrnam_r(
            text.as_ptr(),
            &raw mut group,
            buffer.as_mut_ptr(),
            buffer.len(),
            &raw mut found,
        );
        if failed != 0 || found.is_null() { Err(missing()) } else { Ok(group.gr_gid) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_groups() {
        assert_eq!(group_id("root").unwrap(), 0);
        assert_eq!(group_id("1234").unwrap(), 1234);
        assert!(group_id("no such group").is_err());
    }
}
