//! Memory for what a thread reads: straight from the operating system, and so no part of `used_memory`.
//!
//! Gives a run of bytes, zero at first, that takes real memory only where it was written to. Like the stack of a
//! thread it is no data and is not counted against `maxmemory`. Must not grow: its owner knows the bound.

use std::io;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// A run of bytes that the allocator knows nothing of.
#[derive(Debug)]
pub struct Area {
    base: NonNull<u8>,
    len: usize,
}

// SAFETY: an area owns its memory alone.
unsafe impl Send for Area {}

impl Area {
    /// An area of `len` zeros.
    pub fn new(len: usize) -> io::Result<Self> {
        if len == 0 {
            return Ok(Self::default());
        }
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: an anonymous mapping at an address of the kernel's choice touches no memory of ours.
        let base = unsafe { libc::mmap(std::ptr::null_mut(), len, access, kind, -1, 0) };
        match NonNull::new(base.cast::<u8>()) {
            Some(base) if base.as_ptr().cast() != libc::MAP_FAILED => Ok(Self { base, len }),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

impl Default for Area {
    /// An area without bytes.
    fn default() -> Self {
        Self { base: NonNull::dangling(), len: 0 }
    }
}

impl Deref for Area {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        // SAFETY: `base` has `len` bytes, all initialised by the kernel; with none, any aligned address will do.
        unsafe { std::slice::from_raw_parts(self.base.as_ptr(), self.len) }
    }
}

impl DerefMut for Area {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and `&mut self` is unique.
        unsafe { std::slice::from_raw_parts_mut(self.base.as_ptr(), self.len) }
    }
}

impl Drop for Area {
    fn drop(&mut self) {
        if self.len > 0 {
            // SAFETY: `new` mapped just this, and nobody can hold a slice of it any more.
            unsafe { libc::munmap(self.base.as_ptr().cast(), self.len) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_is_written() {
        let mut area = Area::new(100_000).unwrap();
        assert!(area.len() == 100_000 && area.iter().all(|byte| *byte == 0));
        area.copy_from_slice(&[7; 100_000]);
        let moved = std::thread::spawn(move || area).join().unwrap();
        assert!(moved.iter().all(|byte| *byte == 7));
        assert!(Area::new(0).unwrap().is_empty() && Area::new(usize::MAX).is_err());
    }
}
