//! Waiting for sockets: epoll, and the event counter by which threads wake each other.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// Readiness of one socket.
#[derive(Clone, Copy)]
pub struct Event {
    /// What the socket was registered with.
    pub token: u64,
    /// Bytes to read, or the end of them.
    pub readable: bool,
    /// Room to write.
    pub writable: bool,
    /// The peer is gone, or will send no more.
    pub broken: bool,
}

/// A set of sockets to wait for.
pub struct Poll {
    fd: OwnedFd,
    buffer: Vec<libc::epoll_event>,
}

fn checked(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

impl Poll {
    /// An empty set that reports up to `batch` events at once.
    pub fn new(batch: usize) -> io::Result<Self> {
        // SAFETY: no pointer is passed; a valid result is a new descriptor that only we own.
        let fd = unsafe { OwnedFd::from_raw_fd(checked(libc::epoll_create1(libc::EPOLL_CLOEXEC))?) };
        Ok(Self { fd, buffer: vec![libc::epoll_event { events: 0, u64: 0 }; batch] })
    }

    /// Adds a descriptor. Events come when it becomes readable or writable, not while it is: whoever sees one reads
    /// until there is less than it asked for, and writes until there is no room.
    pub fn add(&self, fd: RawFd, token: u64) -> io::Result<()> {
        let bits = libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLRDHUP | libc::EPOLLET;
        let mut event = libc::epoll_event { events: bits as u32, u64: token };
        // SAFETY: `event` outlives the call, and the kernel checks both descriptors.
        checked(unsafe { libc::epoll_ctl(self.fd.as_raw_fd(), libc::EPOLL_CTL_ADD, fd, &raw mut event) })
            .map(drop)
    }

    /// Takes a descriptor out again.
    pub fn remove(&self, fd: RawFd) -> io::Result<()> {
        let mut unused = libc::epoll_event { events: 0, u64: 0 };
        // SAFETY: as in `add`; the event is not looked at.
        checked(unsafe { libc::epoll_ctl(self.fd.as_raw_fd(), libc::EPOLL_CTL_DEL, fd, &raw mut unused) })
            .map(drop)
    }

    /// Waits up to `timeout_ms` (-1: for ever) and says how many events there are.
    pub fn wait(&mut self, timeout_ms: i32) -> io::Result<usize> {
        // SAFETY: the buffer has as many places as we say.
        let ready = checked(unsafe {
            libc::epoll_wait(
                self.fd.as_raw_fd(),
                self.buffer.as_mut_ptr(),
                self.buffer.len() as i32,
                timeout_ms,
            )
        });
        match ready {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
            other => other.map(|count| count as usize),
        }
    }

    /// One of the events that the last wait found.
    pub fn event(&self, nth: usize) -> Event {
        event_of(self.buffer[nth])
    }
}

fn event_of(event: libc::epoll_event) -> Event {
    let has = |bits: libc::c_int| event.events & bits as u32 != 0;
    Event {
        token: event.u64,
        readable: has(libc::EPOLLIN | libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR),
        writable: has(libc::EPOLLOUT),
        broken: has(libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR),
    }
}

/// Wakes a thread that waits in [`Poll::wait`].
pub struct Waker(OwnedFd);

impl Waker {
    /// A waker, to be added to a poll.
    pub fn new() -> io::Result<Self> {
        // SAFETY: no pointer is passed; a valid result is a new descriptor that only we own.
        let fd = checked(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?;
        // SAFETY: as above.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Wakes.
    pub fn wake(&self) {
        let one = 1u64.to_ne_bytes();
        // A full counter means that a wake-up is pending anyway.
        let _ = super::socket::write(self.0.as_raw_fd(), &one);
    }

    /// Takes the wake-up back, after it was seen.
    pub fn calm(&self) {
        let mut count = [0; 8];
        let _ = super::socket::read(self.0.as_raw_fd(), &mut count);
    }

    /// The descriptor, for [`Poll::add`].
    pub fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
