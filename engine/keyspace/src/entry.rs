//! One key with its value: a single allocation.
//!
//! ```text
//! byte 0..3   access clock (least significant first)
//! byte 3      kind (low three bits: bytes, integer, or that of an object), EXPIRES, WIDE, RAW
//! byte 4..8   key length u16, value length u16      (narrow)
//! byte 4..16  key length u32, value length u64      (WIDE)
//! then        expiry, i64 milliseconds              (EXPIRES)
//! then        key bytes
//! then        value: its bytes, an i64, or the pointer of an object (from the next multiple of eight on)
//! ```
//! A 16-byte key with a 16-byte value takes 40 bytes. Fields are read and written unaligned.
//!
//! This file is the only one that knows the layout. An [`Entry`] owns its memory and what its value points
//! to; it is as wide as a pointer, and the tables keep it as one. Must not know tables, time or locks.

use crate::object::{Object, ObjectMut, ObjectRef};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

const KIND: u8 = 0b0000_0111;
const KIND_BYTES: u8 = 0;
const KIND_INT: u8 = 1;
const EXPIRES: u8 = 0b0000_1000;
const WIDE: u8 = 0b0001_0000;
/// The value was changed in place at least once: Valkey calls such a string "raw".
const RAW: u8 = 0b0010_0000;

/// What a new entry is to hold.
#[derive(Debug)]
pub enum NewValue<'a> {
    /// A string, kept inside the entry.
    Bytes(&'a [u8]),
    /// A string in two parts, kept inside the entry as one (APPEND).
    Joined(&'a [u8], &'a [u8]),
    /// A string that is the decimal form of an integer.
    Int(i64),
    /// A value that lives outside of the entry.
    Object(Object),
}

/// A look at the value of an entry.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// A string inside the entry.
    Bytes(&'a [u8]),
    /// A string that is an integer.
    Int(i64),
    /// A value outside of the entry.
    Object(ObjectRef<'a>),
}

/// A key with its value, expiry and access clock.
#[derive(Debug)]
#[repr(transparent)]
pub struct Entry(NonNull<u8>);

// SAFETY: an entry owns its memory alone, and what it may point to (`Object`) is `Send` and `Sync`.
unsafe impl Send for Entry {}
// SAFETY: shared access only reads, except `set_access` and `value_mut`, which take `&mut self`.
unsafe impl Sync for Entry {}

/// The lengths and flags of an entry: all that its layout depends on.
#[derive(Clone, Copy)]
struct Shape {
    flags: u8,
    key: usize,
    value: usize,
}

impl Shape {
    fn new(kind: u8, key: usize, value: usize, expires: bool) -> Self {
        let wide = key > usize::from(u16::MAX) || value > usize::from(u16::MAX);
        let flags = kind | if expires { EXPIRES } else { 0 } | if wide { WIDE } else { 0 };
        Self { flags, key, value }
    }
    #[inline(always)]
    fn kind(self) -> u8 {
        self.flags & KIND
    }
    #[inline(always)]
    fn is_object(self) -> bool {
        self.kind() >= Object::FIRST_KIND
    }
    #[inline(always)]
    fn expiry_at(self) -> usize {
        if self.flags & WIDE == 0 { 8 } else { 16 }
    }
    #[inline(always)]
    fn key_at(self) -> usize {
        self.expiry_at() + if self.flags & EXPIRES == 0 { 0 } else { 8 }
    }
    #[inline(always)]
    fn value_at(self) -> usize {
        let end = self.key_at() + self.key;
        if self.is_object() { (end + 7) & !7 } else { end }
    }
    #[inline(always)]
    fn size(self) -> usize {
        (self.value_at() + self.value + 7) & !7
    }
    fn layout(self) -> Layout {
        // The lengths come from slices that exist or existed, so their sum with a few bytes cannot pass isize::MAX
        // by more than the check in `from_size_align` catches; a failure is reported as an allocation failure.
        Layout::from_size_align(self.size(), 8).unwrap_or_else(|_| handle_alloc_error(Layout::new::<u64>()))
    }
}

impl Entry {
    /// Makes an entry.
    pub fn new(key: &[u8], value: NewValue<'_>, expiry: Option<i64>, access: u32) -> Self {
        let (kind, value_len) = match &value {
            NewValue::Bytes(bytes) => (KIND_BYTES, bytes.len()),
            NewValue::Joined(head, tail) => (KIND_BYTES, head.len() + tail.len()),
            NewValue::Int(_) => (KIND_INT, 8),
            NewValue::Object(object) => (object.kind(), Object::WIDTH),
        };
        let shape = Shape::new(kind, key.len(), value_len, expiry.is_some());
        let layout = shape.layout();
        // SAFETY: the layout has at least 8 bytes.
        let raw = unsafe { alloc(layout) };
        let Some(base) = NonNull::new(raw) else { handle_alloc_error(layout) };
        let entry = Self(base);
        // SAFETY: `base` has `shape.size()` bytes; every write below lies in the part that the shape names.
        unsafe {
            base.as_ptr().cast::<u32>().write_unaligned(access & 0xff_ffff | u32::from(shape.flags) << 24);
            if shape.flags & WIDE == 0 {
                base.add(4).cast::<u32>().write_unaligned(shape.key as u32 | (shape.value as u32) << 16);
            } else {
                base.add(4).cast::<u32>().write_unaligned(shape.key as u32);
                base.add(8).cast::<u64>().write_unaligned(shape.value as u64);
            }
            if let Some(at) = expiry {
                base.add(shape.expiry_at()).cast::<i64>().write_unaligned(at);
            }
            base.add(shape.key_at()).copy_from_nonoverlapping(NonNull::from(key).cast(), key.len());
            let place = base.add(shape.value_at());
            match value {
                NewValue::Bytes(bytes) => {
                    place.copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len());
                }
                NewValue::Joined(head, tail) => {
                    place.copy_from_nonoverlapping(NonNull::from(head).cast(), head.len());
                    place.add(head.len()).copy_from_nonoverlapping(NonNull::from(tail).cast(), tail.len());
                }
                NewValue::Int(number) => place.cast::<i64>().write_unaligned(number),
                NewValue::Object(object) => object.put(place),
            }
        }
        entry
    }

    #[inline(always)]
    fn flags(&self) -> u8 {
        // SAFETY: every entry has at least 8 bytes.
        unsafe { *self.0.as_ptr().add(3) }
    }

    #[inline(always)]
    fn shape(&self) -> Shape {
        let flags = self.flags();
        // SAFETY: the lengths lie where `new` wrote them for these flags.
        unsafe {
            if flags & WIDE == 0 {
                let lengths = self.0.add(4).cast::<u32>().read_unaligned();
                Shape { flags, key: (lengths & 0xffff) as usize, value: (lengths >> 16) as usize }
            } else {
                let key = self.0.add(4).cast::<u32>().read_unaligned() as usize;
                Shape { flags, key, value: self.0.add(8).cast::<u64>().read_unaligned() as usize }
            }
        }
    }

    #[inline(always)]
    fn bytes(&self, at: usize, len: usize) -> &[u8] {
        // SAFETY: callers pass a range that the entry's own shape names, and `new` initialised it.
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().add(at), len) }
    }

    /// The key.
    #[inline(always)]
    pub fn key(&self) -> &[u8] {
        let shape = self.shape();
        self.bytes(shape.key_at(), shape.key)
    }

    /// The value.
    #[inline(always)]
    pub fn value(&self) -> Value<'_> {
        let shape = self.shape();
        let at = shape.value_at();
        match shape.kind() {
            KIND_BYTES => Value::Bytes(self.bytes(at, shape.value)),
            // SAFETY: the kind says that `new` wrote an i64 there.
            KIND_INT => Value::Int(unsafe { self.0.add(at).cast::<i64>().read_unaligned() }),
            // SAFETY: the kind says which object `new` put there, aligned to eight as the whole entry is.
            kind => Value::Object(unsafe { ObjectRef::at(kind, self.0.add(at)) }),
        }
    }

    /// The bytes of a string that lies inside the entry, to be changed in place.
    #[inline]
    pub fn bytes_mut(&mut self) -> Option<&mut [u8]> {
        let shape = self.shape();
        if shape.kind() != KIND_BYTES {
            return None;
        }
        // SAFETY: the kind says that the value is `shape.value` initialised bytes, and `&mut self` is unique.
        Some(unsafe { std::slice::from_raw_parts_mut(self.0.as_ptr().add(shape.value_at()), shape.value) })
    }

    /// The object outside of the entry, to be changed in place.
    #[inline]
    pub fn object_mut(&mut self) -> Option<ObjectMut<'_>> {
        let shape = self.shape();
        if !shape.is_object() {
            return None;
        }
        // SAFETY: the kind says which object lies there, and `&mut self` is unique.
        Some(unsafe { ObjectMut::at(shape.kind(), self.0.add(shape.value_at())) })
    }

    /// Overwrites the value in place when the new one takes the same room; says whether it did.
    #[inline]
    pub fn overwrite(&mut self, value: &NewValue<'_>) -> bool {
        match value {
            NewValue::Bytes(new) => match self.bytes_mut() {
                Some(old) if old.len() == new.len() => {
                    old.copy_from_slice(new);
                    self.set_flag(RAW, false);
                    true
                }
                _ => false,
            },
            NewValue::Int(number) if self.flags() & KIND == KIND_INT => {
                let at = self.shape().value_at();
                // SAFETY: the kind says that eight bytes of integer lie there.
                unsafe { self.0.add(at).cast::<i64>().write_unaligned(*number) };
                true
            }
            _ => false,
        }
    }

    /// When the key expires, in milliseconds since the epoch.
    #[inline(always)]
    pub fn expiry(&self) -> Option<i64> {
        let shape = self.shape();
        if shape.flags & EXPIRES == 0 {
            return None;
        }
        // SAFETY: the flag says that `new` wrote an i64 there.
        Some(unsafe { self.0.add(shape.expiry_at()).cast::<i64>().read_unaligned() })
    }

    /// Changes the expiry in place when the entry has room for one; says whether it did.
    #[inline]
    pub fn overwrite_expiry(&mut self, expiry: Option<i64>) -> bool {
        let shape = self.shape();
        match expiry {
            None => shape.flags & EXPIRES == 0,
            Some(_) if shape.flags & EXPIRES == 0 => false,
            Some(at) => {
                // SAFETY: the flag says that eight bytes of expiry lie there.
                unsafe { self.0.add(shape.expiry_at()).cast::<i64>().write_unaligned(at) };
                true
            }
        }
    }

    /// The access clock: 24 bits whose meaning belongs to `access.rs`.
    #[inline(always)]
    pub fn access(&self) -> u32 {
        // SAFETY: every entry has at least 8 bytes.
        unsafe { self.0.cast::<u32>().read_unaligned() & 0xff_ffff }
    }

    /// Sets the access clock. Writes only when it changes, so that reads of hot keys do not dirty the cache line.
    #[inline(always)]
    pub fn set_access(&mut self, access: u32) {
        // SAFETY: as above; the flags in the top byte are kept.
        unsafe {
            let head = self.0.cast::<u32>().read_unaligned();
            if head & 0xff_ffff != access {
                self.0.cast::<u32>().write_unaligned(head & 0xff00_0000 | access & 0xff_ffff);
            }
        }
    }

    /// Whether the string was made by a change in place (Valkey's encoding "raw").
    pub fn is_raw(&self) -> bool {
        self.flags() & RAW != 0
    }

    /// Marks the string as changed in place.
    pub fn mark_raw(&mut self) {
        self.set_flag(RAW, true);
    }

    #[inline(always)]
    fn set_flag(&mut self, flag: u8, on: bool) {
        let flags = self.flags();
        let new = if on { flags | flag } else { flags & !flag };
        if new != flags {
            // SAFETY: every entry has at least 8 bytes.
            unsafe { *self.0.as_ptr().add(3) = new };
        }
    }

    /// The same value under another key or expiry. The old entry is used up; an object moves, it is not copied.
    pub fn rebuilt(self, key: Option<&[u8]>, expiry: Option<i64>) -> Self {
        let raw = self.is_raw();
        let mut entry = {
            let key = key.unwrap_or(self.key());
            match self.value() {
                Value::Bytes(bytes) => Self::new(key, NewValue::Bytes(bytes), expiry, self.access()),
                Value::Int(number) => Self::new(key, NewValue::Int(number), expiry, self.access()),
                Value::Object(object) => {
                    Self::new(key, NewValue::Object(object.share()), expiry, self.access())
                }
            }
        };
        if raw {
            entry.mark_raw();
        }
        entry
    }

    /// Bytes of memory that the entry itself takes (without what an object has outside of it).
    pub fn size(&self) -> usize {
        self.shape().size()
    }

    /// Gives the entry away as a bare pointer, to be kept by a table.
    #[inline(always)]
    pub fn into_raw(self) -> NonNull<u8> {
        ManuallyDrop::new(self).0
    }

    /// Takes an entry back.
    ///
    /// # Safety
    /// The pointer must come from [`Entry::into_raw`] and be given back once.
    #[inline(always)]
    pub unsafe fn from_raw(raw: NonNull<u8>) -> Self {
        Self(raw)
    }
}

/// A look at an entry that a table owns.
#[derive(Debug)]
pub struct EntryRef<'a> {
    entry: ManuallyDrop<Entry>,
    borrow: PhantomData<&'a Entry>,
}

impl EntryRef<'_> {
    /// Looks at an entry behind a bare pointer without owning it.
    ///
    /// # Safety
    /// The pointer must come from [`Entry::into_raw`], and nobody may change or free the entry during `'a`.
    #[inline(always)]
    pub unsafe fn new(raw: NonNull<u8>) -> Self {
        Self { entry: ManuallyDrop::new(Entry(raw)), borrow: PhantomData }
    }
}

impl std::ops::Deref for EntryRef<'_> {
    type Target = Entry;
    #[inline(always)]
    fn deref(&self) -> &Entry {
        &self.entry
    }
}

impl<'a> EntryRef<'a> {
    /// The value, for as long as the table is borrowed.
    #[inline(always)]
    pub fn into_value(self) -> Value<'a> {
        // SAFETY: the entry is unchanged and alive during `'a` (see `new`), not only during the borrow of `self`.
        unsafe { std::mem::transmute::<Value<'_>, Value<'a>>(self.entry.value()) }
    }
    /// The key, for as long as the table is borrowed.
    #[inline(always)]
    pub fn into_key(self) -> &'a [u8] {
        // SAFETY: as in `into_value`.
        unsafe { std::mem::transmute::<&[u8], &'a [u8]>(self.entry.key()) }
    }
}

impl Drop for Entry {
    #[inline]
    fn drop(&mut self) {
        let shape = self.shape();
        if shape.is_object() {
            // SAFETY: the kind says which object lies there; it is dropped once, with its entry.
            drop(unsafe { Object::take(shape.kind(), self.0.add(shape.value_at())) });
        }
        // SAFETY: the memory was allocated with this very layout, which follows from what `new` wrote.
        unsafe { dealloc(self.0.as_ptr(), shape.layout()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(entry: &Entry) -> Vec<u8> {
        match entry.value() {
            Value::Bytes(bytes) => bytes.to_vec(),
            Value::Int(number) => number.to_string().into_bytes(),
            Value::Object(object) => object.text().map(<[u8]>::to_vec).unwrap_or_default(),
        }
    }

    #[test]
    fn keeps_what_it_was_given_in_every_shape() {
        for key_len in [0, 1, 16, 65_535, 65_536] {
            for value_len in [0, 1, 16, 65_535, 65_536] {
                for expiry in [None, Some(-1), Some(i64::MAX)] {
                    let (key, value) = (vec![b'k'; key_len], vec![b'v'; value_len]);
                    let entry = Entry::new(&key, NewValue::Bytes(&value), expiry, 0x00ab_cdef);
                    assert_eq!(entry.key(), key);
                    assert_eq!(show(&entry), value);
                    assert_eq!(entry.expiry(), expiry);
                    assert_eq!(entry.access(), 0x00ab_cdef);
                    let entry = entry.rebuilt(Some(b"other"), Some(5));
                    assert_eq!((entry.key(), entry.expiry(), show(&entry)), (&b"other"[..], Some(5), value));
                }
            }
        }
    }

    #[test]
    fn a_small_key_and_value_take_forty_bytes() {
        assert_eq!(Entry::new(&[0; 16], NewValue::Bytes(&[0; 16]), None, 0).size(), 40);
        assert_eq!(Entry::new(&[0; 16], NewValue::Bytes(&[0; 16]), Some(1), 0).size(), 48);
        assert_eq!(Entry::new(&[0; 16], NewValue::Int(7), None, 0).size(), 32);
    }

    #[test]
    fn changes_in_place_only_what_fits() {
        let mut entry = Entry::new(b"k", NewValue::Bytes(b"abc"), None, 1);
        assert!(entry.overwrite(&NewValue::Bytes(b"xyz")));
        assert!(!entry.overwrite(&NewValue::Bytes(b"wxyz")));
        assert!(!entry.overwrite(&NewValue::Int(1)));
        assert!(entry.overwrite_expiry(None));
        assert!(!entry.overwrite_expiry(Some(9)));
        entry.set_access(77);
        entry.mark_raw();
        let mut entry = entry.rebuilt(None, Some(9));
        assert!(entry.is_raw() && entry.overwrite_expiry(Some(10)));
        assert_eq!((show(&entry), entry.expiry(), entry.access()), (b"xyz".to_vec(), Some(10), 77));
        let mut number = Entry::new(b"n", NewValue::Int(1), None, 0);
        assert!(number.overwrite(&NewValue::Int(i64::MIN)));
        assert_eq!(show(&number), i64::MIN.to_string().into_bytes());
    }

    #[test]
    fn owns_its_object() {
        let text = Object::from_text(vec![b'a'; 100_000]);
        let kept = text.look().share();
        let mut entry = Entry::new(b"odd", NewValue::Object(text), None, 0);
        assert_eq!(show(&entry).len(), 100_000);
        entry.object_mut().expect("an object").text().expect("a text").push(b'b');
        assert_eq!((show(&entry).len(), kept.text().map(<[u8]>::len)), (100_001, Some(100_000)));
        let entry = entry.rebuilt(Some(b"longer key"), Some(1));
        assert_eq!(show(&entry).len(), 100_001);
    }
}
