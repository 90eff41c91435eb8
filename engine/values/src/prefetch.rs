//! Hints to the processor to load cache lines. They read nothing, so any address is allowed.
//!
//! Whoever knows what several operations will need asks for all of it first: so the waits for memory overlap.
//! Must not follow an address.

/// Bytes of a cache line.
pub const LINE: usize = 64;
/// What takes no more bytes than this, and is searched again and again, is near the processor anyway.
pub const NEAR: usize = 1 << 18;

/// Starts to load the line at this address.
#[inline(always)]
pub fn prefetch(address: *const u8) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: a prefetch never faults, whatever the address.
    unsafe {
        std::arch::x86_64::_mm_prefetch(address.cast(), std::arch::x86_64::_MM_HINT_T0);
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = address;
}

/// Starts to load the lines at the ends of a value, which are all of it if it is as small as a line.
#[inline(always)]
pub fn prefetch_value<T>(value: &T) {
    let start = std::ptr::from_ref(value).cast::<u8>();
    prefetch(start);
    prefetch(start.wrapping_add(size_of::<T>().saturating_sub(1)));
}

/// Starts to load the values of a slice.
#[inline(always)]
pub fn prefetch_slice<T>(values: &[T]) {
    let (start, size) = (values.as_ptr().cast::<u8>(), size_of_val(values));
    (0..size).step_by(LINE).for_each(|at| prefetch(start.wrapping_add(at)));
    // Where they don't begin with a line, they may end in one more.
    prefetch(start.wrapping_add(size.saturating_sub(1)));
}
