//! Values that live outside of their entry: a kind and one pointer each.
//!
//! A small value of a type is one counted block, a large one a counted tree of counted chunks, a long string a counted
//! vector. While a snapshot, a reply in flight or the freeing thread also holds a value, a change copies first: for the
//! types other than text no more than one small block. An entry keeps the kind in its flags and the pointer alone as
//! its value: [`ObjectRef`] and [`ObjectMut`] are views of the two. Must not know keys, tables or commands.

use ironkeep_values::hash_map::Map;
use ironkeep_values::list::List;
use ironkeep_values::set::Set;
use ironkeep_values::stream::Stream;
use ironkeep_values::zset::ZSet;
use std::convert::identity;
use std::ptr::NonNull;
use std::sync::Arc;

/// The three enums of the kinds, and how an entry keeps an object.
macro_rules! objects {
    ($($(#[$doc:meta])* $kind:ident($type:ty) = $number:literal;)*) => {
        /// A value outside of an entry.
        pub enum Object { $($(#[$doc])* $kind($type),)* }

        /// A look at a value outside of an entry.
        #[derive(Clone, Copy)]
        pub enum ObjectRef<'a> { $($(#[$doc])* $kind(&'a $type),)* }

        /// A value outside of an entry, to be changed.
        pub enum ObjectMut<'a> { $($(#[$doc])* $kind(&'a mut $type),)* }

        $(const _: () = assert!(size_of::<$type>() == Object::WIDTH && align_of::<$type>() <= Object::WIDTH);)*

        impl Object {
            /// Bytes that an entry keeps of an object.
            pub(crate) const WIDTH: usize = size_of::<usize>();
            /// The numbers of kinds begin here; those below are the entry's own.
            pub(crate) const FIRST_KIND: u8 = 2;

            /// The number of its kind, which fits three bits.
            pub(crate) fn kind(&self) -> u8 {
                match self { $(Self::$kind(_) => $number,)* }
            }

            /// A look at it.
            pub fn look(&self) -> ObjectRef<'_> {
                match self { $(Self::$kind(value) => ObjectRef::$kind(value),)* }
            }

            /// Puts it into its place in an entry.
            ///
            /// # Safety
            /// There are `WIDTH` bytes, aligned to as many.
            pub(crate) unsafe fn put(self, place: NonNull<u8>) {
                // SAFETY: the caller's promise; every kind is as wide.
                unsafe { match self { $(Self::$kind(value) => place.cast().write(value),)* } }
            }

            /// Takes an object out of its place.
            ///
            /// # Safety
            /// An object of this kind was put there, and it is not looked at there any more.
            pub(crate) unsafe fn take(kind: u8, place: NonNull<u8>) -> Self {
                // SAFETY: the caller's promise.
                unsafe {
                    match kind {
                        $($number => Self::$kind(place.cast().read()),)*
                        _ => unreachable!("objects have no such kind"),
                    }
                }
            }
        }

        impl<'a> ObjectRef<'a> {
            /// Looks at an object in its place.
            ///
            /// # Safety
            /// An object of this kind was put there, and nobody changes it during `'a`.
            #[inline(always)]
            pub(crate) unsafe fn at(kind: u8, place: NonNull<u8>) -> Self {
                // SAFETY: the caller's promise.
                unsafe {
                    match kind {
                        $($number => Self::$kind(place.cast().as_ref()),)*
                        _ => unreachable!("objects have no such kind"),
                    }
                }
            }

            /// One more reference to the same value.
            pub fn share(self) -> Object {
                match self { $(Self::$kind(value) => Object::$kind(value.clone()),)* }
            }
        }

        impl<'a> ObjectMut<'a> {
            /// Opens an object in its place.
            ///
            /// # Safety
            /// An object of this kind was put there, and nobody else looks at it during `'a`.
            #[inline(always)]
            pub(crate) unsafe fn at(kind: u8, place: NonNull<u8>) -> Self {
                // SAFETY: the caller's promise.
                unsafe {
                    match kind {
                        $($number => Self::$kind(place.cast().as_mut()),)*
                        _ => unreachable!("objects have no such kind"),
                    }
                }
            }
        }
    };
}

objects! {
    /// A long string, or one that grows.
    Text(Arc<Vec<u8>>) = 2;
    /// A list.
    List(List) = 3;
    /// A set.
    Set(Set) = 4;
    /// A sorted set.
    ZSet(ZSet) = 5;
    /// A hash.
    Map(Map) = 6;
    /// A stream.
    Stream(Arc<Stream>) = 7;
}

/// Strings are given room ahead of their growth up to this much.
const MOST_SPARE: usize = 1 << 20;

/// What the counts of an `Arc` take.
const COUNTS: usize = 2 * size_of::<usize>();

impl Object {
    /// A long string.
    pub fn from_text(text: Vec<u8>) -> Self {
        Self::Text(Arc::new(text))
    }

    /// The bytes, if this is a string.
    pub fn text(&self) -> Option<&[u8]> {
        self.look().text()
    }

    /// Bytes of memory that the value takes outside of an entry.
    pub fn size(&self) -> usize {
        self.look().size()
    }
}

impl<'a> ObjectRef<'a> {
    /// The bytes, if this is a string.
    pub fn text(self) -> Option<&'a [u8]> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Bytes of memory that the value takes outside of its entry.
    pub fn size(self) -> usize {
        match self {
            Self::Text(text) => COUNTS + text.capacity() + size_of::<Vec<u8>>(),
            Self::List(list) => list.size(),
            Self::Set(set) => set.size(),
            Self::ZSet(zset) => zset.size(),
            Self::Map(map) => map.size(),
            Self::Stream(stream) => COUNTS + stream.size(),
        }
    }
}

impl<'a> ObjectMut<'a> {
    /// The bytes to be changed, if this is a string; copied first while somebody else holds them.
    pub fn text(self) -> Option<&'a mut Vec<u8>> {
        match self {
            Self::Text(text) => Some(Arc::make_mut(text)),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.look().fmt(f)
    }
}

impl std::fmt::Debug for ObjectRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self {
            Self::Text(_) => "Text",
            Self::List(_) => List::NAME,
            Self::Set(_) => Set::NAME,
            Self::ZSet(_) => ZSet::NAME,
            Self::Map(_) => Map::NAME,
            Self::Stream(_) => Stream::NAME,
        };
        write!(f, "{name} of {} bytes", self.size())
    }
}

/// A type of values that are no strings.
pub trait Typed: Clone {
    /// What TYPE says.
    const NAME: &'static str;
    /// The value of an object, if it has this type.
    fn of(object: ObjectRef<'_>) -> Option<&Self>;
    /// The value to be changed, if it has this type. What somebody else holds of it is copied by the change.
    fn of_mut(object: ObjectMut<'_>) -> Option<&mut Self>;
    /// An object with this value.
    fn into_object(self) -> Object;
    /// Whether a key that holds it has no reason to be there any more.
    fn is_spent(&self) -> bool;
}

macro_rules! typed {
    ($type:ident, $name:literal, $own:path, $open:path, $spent:expr) => {
        impl Typed for $type {
            const NAME: &'static str = $name;
            #[inline]
            fn of(object: ObjectRef<'_>) -> Option<&Self> {
                if let ObjectRef::$type(value) = object { Some(value) } else { None }
            }
            #[inline]
            fn of_mut(object: ObjectMut<'_>) -> Option<&mut Self> {
                if let ObjectMut::$type(value) = object { Some($open(value)) } else { None }
            }
            fn into_object(self) -> Object {
                Object::$type($own(self))
            }
            #[inline]
            fn is_spent(&self) -> bool {
                let spent: fn(&Self) -> bool = $spent;
                spent(self)
            }
        }
    };
}

typed!(List, "list", identity, identity, List::is_empty);
typed!(Set, "set", identity, identity, Set::is_empty);
typed!(ZSet, "zset", identity, identity, ZSet::is_empty);
typed!(Map, "hash", identity, identity, Map::is_empty);
// A stream without entries still knows its last id and its groups.
typed!(Stream, "stream", Arc::new, Arc::make_mut, |_| false);

/// Makes a string `len` long, filled up with zeros, with room ahead for the next growth
/// as Valkey's strings have: as much again, at most a mebibyte.
pub fn grow(text: &mut Vec<u8>, len: usize) {
    if len > text.capacity() {
        text.reserve_exact(len + len.min(MOST_SPARE) - text.len());
    }
    if len > text.len() {
        text.resize(len, 0);
    }
}
