//! What the operating system knows of this process and of the machine.

use std::ffi::CStr;
use std::fs;

/// Processor time, in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// In the kernel.
    pub system: u64,
    /// In the program.
    pub user: u64,
}

fn micros(time: libc::timeval) -> u64 {
    time.tv_sec as u64 * 1_000_000 + time.tv_usec as u64
}

fn usage(who: libc::c_int) -> Times {
    // SAFETY: a structure of numbers may be all zero, and it outlives the call.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(who, &raw mut usage);
        usage
    };
    Times { system: micros(usage.ru_stime), user: micros(usage.ru_utime) }
}

/// Time of all threads.
pub fn own_times() -> Times {
    usage(libc::RUSAGE_SELF)
}

/// Time of children that have ended.
pub fn child_times() -> Times {
    usage(libc::RUSAGE_CHILDREN)
}

/// Time of the main thread, in the steps of the kernel's clock.
pub fn main_thread_times() -> Times {
    let path = format!("/proc/self/task/{}/stat", std::process::id());
    let line = fs::read_to_string(path).unwrap_or_default();
    // The name of the thread, in brackets, may hold blanks.
    let fields: Vec<u64> = line
        .rsplit_once(')')
        .map(|(_, rest)| rest.split_whitespace().map(|word| word.parse().unwrap_or(0)).collect())
        .unwrap_or_default();
    // SAFETY: the call takes no pointer.
    let hertz = (unsafe { libc::sysconf(libc::_SC_CLK_TCK) }).max(1) as u64;
    let at = |nth: usize| fields.get(nth).copied().unwrap_or(0) * 1_000_000 / hertz;
    Times { user: at(11), system: at(12) }
}

fn page() -> u64 {
    // SAFETY: the call takes no pointer.
    (unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).max(1) as u64
}

/// Bytes of this process that are in memory.
pub fn resident() -> u64 {
    let line = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    line.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * page()
}

/// Bytes of memory that the machine has.
pub fn machine_memory() -> u64 {
    // SAFETY: the call takes no pointer.
    (unsafe { libc::sysconf(libc::_SC_PHYS_PAGES) }).max(0) as u64 * page()
}

/// The kernel: name, release, machine.
pub fn kernel() -> String {
    // SAFETY: a structure of characters may be all zero; `uname` fills it with strings that end with a zero.
    unsafe {
        let mut name: libc::utsname = std::mem::zeroed();
        if libc::uname(&raw mut name) != 0 {
            return "unknown".to_owned();
        }
        let text = |field: &[libc::c_char]| CStr::from_ptr(field.as_ptr()).to_string_lossy().into_owned();
        format!("{} {} {}", text(&name.sysname), text(&name.release), text(&name.machine))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_this_process() {
        assert!(resident() > 100_000 && machine_memory() > resident());
        assert!(kernel().starts_with("Linux "));
        assert!(own_times().user + own_times().system >= main_thread_times().user.saturating_sub(1_000_000));
    }
}
