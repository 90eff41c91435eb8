//! What a client is told beside its replies: which keys to forget, that the way to another client is broken, or a
//! message of a channel that it listens to.
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

/// A message of a channel, one for all who get it.
#[derive(Debug)]
pub struct Message {
    /// The pattern that fits the channel, for those who listen to it.
    pattern: Option<Box<[u8]>>,
    channel: Box<[u8]>,
    text: Box<[u8]>,
    /// Whether the channel is one of a shard.
    shard: bool,
}

impl Message {
    /// A message.
    pub fn new(pattern: Option<&[u8]>, channel: &[u8], text: &[u8], shard: bool) -> Self {
        Self { pattern: pattern.map(Into::into), channel: channel.into(), text: text.into(), shard }
    }

    fn size(&self) -> usize {
        self.pattern.as_ref().map_or(0, |pattern| pattern.len()) + self.channel.len() + self.text.len()
    }

    fn write(&self, resp3: bool, out: &mut Vec<u8>) {
        let mut reply = Reply::new(out, resp3);
        reply.push_len(if self.pattern.is_some() { 4 } else { 3 });
        match &self.pattern {
            Some(pattern) => {
                reply.bulk(b"pmessage");
                reply.bulk(pattern);
            }
            None => reply.bulk(if self.shard { b"smessage" } else { b"message" }),
        }
        reply.bulk(&self.channel);
        reply.bulk(&self.text);
    }
}

/// Something that one client is told.
#[derive(Clone, Debug)]
pub enum Notice {
    /// A message of a channel.
    Message(Arc<Message>),
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
            Self::Message(message) => message.size(),
        };
        body + 32
    }

    /// Writes it for the client that is told. This is the one place that knows what reaches whom: with RESP3 a push.
    /// With RESP2 a client that `listens` gets what is `redirected` to it, as a message of `__redis__:invalidate`.
    pub fn write(&self, resp3: bool, listens: bool, out: &mut Vec<u8>) {
        match self {
            Self::Message(message) => message.write(resp3, out),
            _ if resp3 => self.push(out),
            Self::Forget { what, redirected: true } if listens => {
                let mut reply = Reply::new(out, false);
                reply.array_len(3);
                reply.bulk(b"message");
                reply.bulk(b"__redis__:invalidate");
                reply.raw(match what {
                    What::Keys(bytes) => bytes,
                    What::All { resp3 } => null(*resp3),
                });
            }
            _ => {}
        }
    }

    fn push(&self, out: &mut Vec<u8>) {
        let mut reply = Reply::new(out, true);
        reply.push_len(2);
        match self {
            Self::Message(_) => {}
            Self::Forget { what: What::Keys(bytes), .. } => {
                reply.bulk(b"invalidate");
                reply.raw(bytes);
            }
            Self::Forget { what: What::All { resp3 }, redirected } => {
                reply.bulk(b"invalidate");
                reply.raw(null(*resp3 || !redirected));
            }
            Self::Broken { redirect } => {
                reply.bulk(b"tracking-redir-broken");
                reply.raw(&[b":", IntText::unsigned(*redirect).as_bytes(), b"\r\n"].concat());
            }
        }
    }
}

/// Nothing, in one of the protocols.
fn null(resp3: bool) -> &'static [u8] {
    if resp3 { b"_\r\n" } else { b"$-1\r\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(notice: &Notice) -> String {
        let mut out = Vec::new();
        notice.write(false, false, &mut out);
        assert!(out.is_empty());
        notice.write(true, false, &mut out);
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
