//! What the allocator tells about itself, and what it can be asked to do.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;

/// How the allocator is set up: unused pages go back within a second, so that memory that was freed is soon gone.
/// jemalloc looks for a symbol of this name.
#[unsafe(export_name = "_rjem_malloc_conf")]
pub static SETTINGS: &[u8; 37] = b"dirty_decay_ms:1000,muzzy_decay_ms:0\0";

/// Bytes, as the allocator counts them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Given to the program.
    pub allocated: u64,
    /// In pages that hold such bytes.
    pub active: u64,
    /// In pages that are in memory.
    pub resident: u64,
    /// In pages that the kernel may take when it needs them.
    pub muzzy: u64,
}

fn read(name: &CStr) -> u64 {
    let mut value = 0u64;
    let mut size = size_of::<u64>();
    // SAFETY: the controls read here are `size_t`, as `size` says, and both outlive the call.
    let failed = unsafe {
        tikv_jemalloc_sys::mallctl(name.as_ptr(), (&raw mut value).cast(), &raw mut size, ptr::null_mut(), 0)
    };
    if failed == 0 { value } else { 0 }
}

/// The figures of now.
pub fn figures() -> Figures {
    let mut epoch = 1u64;
    // SAFETY: `epoch` takes and gives a `uint64_t`; writing it brings the figures up to date.
    unsafe {
        let (new, mut size) = (&raw mut epoch, size_of::<u64>());
        tikv_jemalloc_sys::mallctl(c"epoch".as_ptr(), new.cast(), &raw mut size, new.cast(), size);
    }
    let page = read(c"arenas.page");
    Figures {
        allocated: read(c"stats.allocated"),
        active: read(c"stats.active"),
        resident: read(c"stats.resident"),
        muzzy: read(c"stats.arenas.4096.pmuzzy") * page,
    }
}

/// The version, as `5.3.0`.
pub fn version() -> String {
    let mut text: *const c_char = ptr::null();
    let mut size = size_of::<*const c_char>();
    // SAFETY: `version` gives a pointer to a constant string with a zero at its end.
    let text = unsafe {
        let out = (&raw mut text).cast();
        if tikv_jemalloc_sys::mallctl(c"version".as_ptr(), out, &raw mut size, ptr::null_mut(), 0) != 0 {
            return "unknown".to_owned();
        }
        CStr::from_ptr(text)
    };
    let text = text.to_string_lossy();
    text.split('-').next().unwrap_or_default().to_owned()
}

/// Gives pages back that have not been used for a while. The allocator does so by itself only while it is used.
pub fn decay() {
    act(c"arena.4096.decay");
}

/// Gives pages that are not used back to the kernel. Says whether that worked.
pub fn purge() -> bool {
    act(c"arena.4096.purge")
}

/// Has something done to all arenas, which together are the one with this number.
fn act(action: &CStr) -> bool {
    // SAFETY: the controls named above take and give nothing.
    unsafe {
        tikv_jemalloc_sys::mallctl(action.as_ptr(), ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), 0) == 0
    }
}

unsafe extern "C" fn take(text: *mut c_void, part: *const c_char) {
    // SAFETY: `text` is the vector that `report` passed on, and `part` is a string with a zero at its end.
    unsafe { (*text.cast::<Vec<u8>>()).extend_from_slice(CStr::from_ptr(part).to_bytes()) }
}

/// A report for people.
pub fn report() -> Vec<u8> {
    let mut text: Vec<u8> = Vec::new();
    // SAFETY: the callback gets the vector, which outlives the call, and is called by this thread alone.
    unsafe { tikv_jemalloc_sys::malloc_stats_print(Some(take), (&raw mut text).cast(), ptr::null()) };
    text
}
