//! The keys of a table whose hashes have fields that expire, in the order in which the first field of each does.
//!
//! Takes keys and times from the table that they are in; an empty one takes no memory. Must not know hashes or clocks.

use std::collections::BTreeSet;

/// The keys, in order.
#[derive(Default)]
pub(crate) struct FieldExpiries(Option<Box<Inner>>);

#[derive(Default)]
struct Inner {
    order: BTreeSet<(i64, Box<[u8]>)>,
    /// Bytes of the keys.
    bytes: usize,
}

/// What an element of the tree takes, about: it is filled by two thirds.
const ELEMENT: usize = size_of::<(i64, Box<[u8]>)>() * 3 / 2;

impl FieldExpiries {
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    /// Whether there are no such keys.
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How many such keys there are.
    pub(crate) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |inner| inner.order.len())
    }

    /// Bytes of memory.
    pub(crate) fn size(&self) -> usize {
        self.0.as_ref().map_or(0, |inner| size_of::<Inner>() + inner.bytes + inner.order.len() * ELEMENT)
    }

    /// The key with the first field to expire, and when that is.
    pub(crate) fn first(&self) -> Option<(i64, &[u8])> {
        self.0.as_ref()?.order.first().map(|(at, key)| (*at, &**key))
    }

    /// Says when the first field of a key expires, and when that was before.
    pub(crate) fn change(&mut self, key: &[u8], before: Option<i64>, after: Option<i64>) {
        if before == after {
            return;
        }
        let inner = self.0.get_or_insert_default();
        let known = before.and_then(|at| inner.order.take(&(at, key.into())));
        inner.bytes -= known.as_ref().map_or(0, |(_, key)| key.len());
        if let Some(at) = after {
            let key = known.map_or_else(|| key.into(), |(_, key)| key);
            inner.bytes += key.len();
            inner.order.insert((at, key));
        }
        if inner.order.is_empty() {
            self.0 = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_to_expire_comes_first() {
        let mut keys = FieldExpiries::new();
        assert_eq!((keys.first(), keys.len(), keys.size()), (None, 0, 0));
        keys.change(b"late", None, Some(9));
        keys.change(b"soon", None, Some(5));
        assert_eq!((keys.first(), keys.len()), (Some((5, b"soon".as_slice())), 2));
        keys.change(b"soon", Some(5), Some(10));
        assert_eq!(keys.first(), Some((9, b"late".as_slice())));
        keys.change(b"late", Some(9), None);
        assert_eq!((keys.first(), keys.len()), (Some((10, b"soon".as_slice())), 1));
        keys.change(b"soon", Some(10), None);
        assert!(keys.is_empty());
        assert_eq!(keys.size(), 0);
    }
}
