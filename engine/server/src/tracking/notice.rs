//! What a client is told: which keys to forget, or that the way to another client is broken.
//!
//! Made where a change is told, written where the client is served, in the protocol that it speaks then.

use ironkeep_wire::{IntText, Reply};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What is to be forgotten.
#[derive(Clone, Debug)]
pub enum What {
    /// These keys: an array, in the form that clients get.
    Keys(Arc<[u8]>),
    /// Everything.
    All {
        /// Whether the client that has to forget speaks RESP3: its protocol decides how nothing is written.
        resp3: bool,
    },
}

/// A message to one client.
#[derive(Clone, Debug)]
pub enum Notice {
    /// Forget something.
    Forget {
        /// What.
        what: What,
        /// For another client, which asked that this one be told.
        redirected: bool,
    },
    /// The client to be told in its place is gone.
    Broken {
        /// Its number.
        redirect: u64,
    },
}

/// Bytes of a message on its way, until it has been written to the socket or been dropped: as they make up for keys that
/// go, they don't count as memory for which more keys must go.
pub struct Flight {
    total: Arc<AtomicUsize>,
    size: usize,
}

impl Flight {
    pub(super) fn new(total: &Arc<AtomicUsize>, size: usize) -> Self {
        total.fetch_add(size, Relaxed);
        Self { total: Arc::clone(total), size }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.total.fetch_sub(self.size, Relaxed);
    }
}

impl What {
    /// These keys.
    pub fn keys<'a>(names: impl ExactSizeIterator<Item = &'a [u8]>) -> Self {
        let mut bytes = Vec::new();
        let mut reply = Reply::new(&mut bytes, true);
        reply.array_len(names.len());
        names.for_each(|name| reply.bulk(name));
        Self::Keys(bytes.into())
    }
}

impl Notice {
    /// About how many bytes it has.
    pub fn size(&self) -> usize {
        let body = match self {
            Self::Forget { what: What::Keys(bytes), .. } => bytes.len(),
            Self::Forget { .. } | Self::Broken { .. } => 0,
        };
        body + 32
    }

    /// Writes it for the client that is told. This is the one place that knows what reaches whom: with RESP3 a push.
    /// With RESP2 only a subscriber of `__redis__:invalidate` gets what is `redirected` to it, as a message of that
    /// channel; there are no subscribers yet, so with RESP2 nothing is written.
    pub fn write(&self, resp3: bool, out: &mut Vec<u8>) {
        if !resp3 {
            return;
        }
        let mut reply = Reply::new(out, true);
        reply.push_len(2);
        match self {
            Self::Forget { what: What::Keys(bytes), .. } => {
                reply.bulk(b"invalidate");
                reply.raw(bytes);
            }
            Self::Forget { what: What::All { resp3 }, redirected } => {
                reply.bulk(b"invalidate");
                reply.raw(if *resp3 || !redirected { b"_\r\n" } else { b"$-1\r\n" });
            }
            Self::Broken { redirect } => {
                reply.bulk(b"tracking-redir-broken");
                reply.raw(&[b":", IntText::unsigned(*redirect).as_bytes(), b"\r\n"].concat());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(notice: &Notice) -> String {
        let mut out = Vec::new();
        notice.write(false, &mut out);
        assert!(out.is_empty());
        notice.write(true, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn is_a_push() {
        let what = What::keys([&b"a"[..], b"bc"].into_iter());
        assert_eq!(
            written(&Notice::Forget { what, redirected: false }),
            ">2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\na\r\n$2\r\nbc\r\n"
        );
        for (resp3, redirected, null) in [(true, true, "_"), (false, true, "$-1"), (false, false, "_")] {
            let notice = Notice::Forget { what: What::All { resp3 }, redirected };
            assert_eq!(written(&notice), format!(">2\r\n$10\r\ninvalidate\r\n{null}\r\n"));
        }
        let broken = Notice::Broken { redirect: 12 };
        assert_eq!(written(&broken), ">2\r\n$21\r\ntracking-redir-broken\r\n:12\r\n");
    }
}
