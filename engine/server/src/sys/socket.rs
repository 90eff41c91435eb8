//! Reading, writing and options of sockets.

use std::io;
use std::os::fd::{AsRawFd, RawFd};

fn checked(result: isize) -> io::Result<usize> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result as usize) }
}

/// Reads what is there, up to the length of `buffer`. Zero is the end.
pub fn read(fd: RawFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the buffer is as long as we say, and the kernel checks the descriptor.
    checked(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) })
}

/// Receives what is there, up to the length of `buffer`. Zero is the end. Cheaper than [`read`] on a socket.
#[inline]
pub fn receive(fd: RawFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the buffer is as long as we say, and the kernel checks the descriptor.
    checked(unsafe { libc::recv(fd, buffer.as_mut_ptr().cast(), buffer.len(), libc::MSG_DONTWAIT) })
}

/// Receives what is there to the end of a vector, into room it has already.
pub fn receive_into(fd: RawFd, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let room = buffer.spare_capacity_mut();
    // SAFETY: the room is as long as we say; the kernel only writes to it.
    let count = checked(unsafe { libc::recv(fd, room.as_mut_ptr().cast(), room.len(), libc::MSG_DONTWAIT) })?;
    // SAFETY: the kernel has written `count` bytes behind the vector's end, within its capacity.
    unsafe { buffer.set_len(buffer.len() + count) };
    Ok(count)
}

/// Sends as much as there is room for. Cheaper than [`write`] on a socket, and never a signal.
#[inline]
pub fn send(fd: RawFd, bytes: &[u8]) -> io::Result<usize> {
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: the bytes are as many as we say, and the kernel checks the descriptor.
    checked(unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), flags) })
}

/// Writes as much as there is room for.
pub fn write(fd: RawFd, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: the bytes are as many as we say, and the kernel checks the descriptor.
    checked(unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) })
}

fn set(fd: RawFd, level: libc::c_int, name: libc::c_int, value: libc::c_int) -> io::Result<()> {
    let size = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the value is an int, as every option used here is, and outlives the call.
    checked(unsafe { libc::setsockopt(fd, level, name, (&raw const value).cast(), size) } as isize).map(drop)
}

/// Has the kernel find out that a silent peer is gone, after about `seconds`.
pub fn keep_alive(socket: &impl AsRawFd, seconds: u32) -> io::Result<()> {
    let fd = socket.as_raw_fd();
    let seconds = libc::c_int::try_from(seconds).unwrap_or(libc::c_int::MAX);
    set(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE, 1)?;
    set(fd, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE, seconds)?;
    set(fd, libc::IPPROTO_TCP, libc::TCP_KEEPINTVL, (seconds / 3).max(1))?;
    set(fd, libc::IPPROTO_TCP, libc::TCP_KEEPCNT, 3)
}

/// Sends small replies at once.
pub fn no_delay(socket: &impl AsRawFd) -> io::Result<()> {
    set(socket.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_NODELAY, 1)
}

/// An IPv6 listener that leaves IPv4 to its own listener.
pub fn only_v6(socket: &impl AsRawFd) -> io::Result<()> {
    set(socket.as_raw_fd(), libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 1)
}

/// Ends listening; the address is free again at once, though the descriptor is still open.
pub fn stop_listening(socket: &impl AsRawFd) {
    // SAFETY: no pointer is passed, and the kernel checks the descriptor.
    unsafe { libc::shutdown(socket.as_raw_fd(), libc::SHUT_RDWR) };
}

/// Raises the limit of open files as far as allowed towards `wanted`, and gives what it is then.
pub fn raise_file_limit(wanted: u64) -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the structure outlives both calls.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) != 0 {
            return 1024;
        }
        if limit.rlim_cur < wanted {
            let old = limit.rlim_cur;
            limit.rlim_cur = wanted;
            limit.rlim_max = limit.rlim_max.max(wanted);
            if libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) != 0 {
                libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit);
                limit.rlim_cur = wanted.min(limit.rlim_max);
                if libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) != 0 {
                    return old;
                }
            }
        }
    }
    limit.rlim_cur
}
