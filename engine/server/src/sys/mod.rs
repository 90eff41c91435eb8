//! What the operating system gives: sockets, epoll, memory, time. The only room with calls to libc.

pub mod area;
pub mod clock;
pub mod cores;
pub mod daemon;
pub mod decay;
pub mod epoll;
pub mod jemalloc;
pub mod memory;
pub mod pace;
pub mod process;
pub mod socket;
