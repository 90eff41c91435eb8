//! Values as wide as a pointer: a small form and a large one, told apart by the lowest bits of the pointer.
//!
//! So a key's entry holds a value of any form in eight bytes, and a small value is one allocation. Cloning is counting:
//! copies are made by who changes. Must not know what the values are.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

/// The lowest bits of a pointer, where the label lies.
const LABELS_AT: usize = 0b11;
/// The label of [`Shared`]; those of blocks are below.
const SHARED: usize = 2;

/// Bytes that the counts of a [`Shared`] take.
pub(crate) const COUNTS: usize = 2 * size_of::<usize>();

/// A type that is a pointer with a label.
///
/// # Safety
/// The type is laid out as one `NonNull<u8>`, and the number in the two lowest bits of that pointer is always one whose
/// bit is set in `LABELS`.
pub(crate) unsafe trait Thin: Clone {
    /// A bit for each label that it may have.
    const LABELS: u8;
}

/// One of two types, one pointer wide.
#[repr(transparent)]
pub(crate) struct Either<S: Thin, L: Thin> {
    pointer: NonNull<u8>,
    owns: PhantomData<(S, L)>,
}

/// What an [`Either`] is: values, or references to them.
#[derive(Clone, Copy)]
pub(crate) enum Form<S, L> {
    /// The small form.
    Small(S),
    /// The large form.
    Large(L),
}

// SAFETY: it owns one of two values that may go to other threads.
unsafe impl<S: Thin + Send, L: Thin + Send> Send for Either<S, L> {}
// SAFETY: references to it give references to one of two values of which this may be said.
unsafe impl<S: Thin + Sync, L: Thin + Sync> Sync for Either<S, L> {}
// SAFETY: it is laid out as a pointer, and that is one of the two types'.
unsafe impl<S: Thin, L: Thin> Thin for Either<S, L> {
    const LABELS: u8 = S::LABELS | L::LABELS;
}

impl<S: Thin, L: Thin> Either<S, L> {
    const ARE_APART: () = assert!(S::LABELS & L::LABELS == 0);

    /// A value in the small form.
    pub(crate) fn small(value: S) -> Self {
        Self::of(value)
    }

    /// A value in the large form.
    pub(crate) fn large(value: L) -> Self {
        Self::of(value)
    }

    fn of<T: Thin>(value: T) -> Self {
        const { Self::ARE_APART };
        let value = ManuallyDrop::new(value);
        // SAFETY: `T` is `S` or `L` and laid out as a pointer; the value is owned by the pointer from here on.
        let pointer = unsafe { ptr::from_ref(&value).cast::<NonNull<u8>>().read() };
        Self { pointer, owns: PhantomData }
    }

    /// Whether both are one value: neither was changed since one was cloned from the other.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.pointer == other.pointer
    }

    #[inline(always)]
    fn is_small(&self) -> bool {
        S::LABELS >> (self.pointer.addr().get() & LABELS_AT) & 1 != 0
    }

    /// The value.
    #[inline(always)]
    pub(crate) fn get(&self) -> Form<&S, &L> {
        let place = ptr::from_ref(self);
        // SAFETY: the label says which of the two types, both laid out as this one, the pointer belongs to.
        unsafe { if self.is_small() { Form::Small(&*place.cast()) } else { Form::Large(&*place.cast()) } }
    }

    /// The value, to be changed.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self) -> Form<&mut S, &mut L> {
        let is_small = self.is_small();
        let place = ptr::from_mut(self);
        // SAFETY: as in `get`; whatever is written there is of the same type and has its label.
        unsafe { if is_small { Form::Small(&mut *place.cast()) } else { Form::Large(&mut *place.cast()) } }
    }
}

impl<S: Thin, L: Thin> Clone for Either<S, L> {
    fn clone(&self) -> Self {
        match self.get() {
            Form::Small(value) => Self::small(value.clone()),
            Form::Large(value) => Self::large(value.clone()),
        }
    }
}

impl<S: Thin, L: Thin> Drop for Either<S, L> {
    #[inline]
    fn drop(&mut self) {
        match self.get_mut() {
            // SAFETY: the value is dropped once, with its owner.
            Form::Small(value) => unsafe { ptr::drop_in_place(value) },
            // SAFETY: as above.
            Form::Large(value) => unsafe { ptr::drop_in_place(value) },
        }
    }
}

/// A counted value behind a labelled pointer. To change it is to change a copy while somebody else holds it.
#[repr(transparent)]
pub(crate) struct Shared<T> {
    pointer: NonNull<u8>,
    owns: PhantomData<Arc<T>>,
}

// SAFETY: it is an `Arc`.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: it is an `Arc`.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}
// SAFETY: `new` labels the pointer, which is aligned to more than the labels take.
unsafe impl<T: Clone> Thin for Shared<T> {
    const LABELS: u8 = 1 << SHARED;
}

impl<T> Shared<T> {
    /// A value that nobody else holds.
    pub(crate) fn new(value: T) -> Self {
        const { assert!(align_of::<T>() > LABELS_AT && size_of::<T>() >= SHARED) };
        let pointer = Arc::into_raw(Arc::new(value)).cast_mut().cast::<u8>();
        // SAFETY: the pointer is not null and stays within the value.
        let pointer = unsafe { NonNull::new_unchecked(pointer.add(SHARED)) };
        Self { pointer, owns: PhantomData }
    }

    #[inline(always)]
    fn value(&self) -> *mut T {
        // SAFETY: `new` moved the pointer by the label, within the value.
        unsafe { self.pointer.as_ptr().sub(SHARED).cast() }
    }

    /// The `Arc` itself, of which this is still the owner.
    #[inline(always)]
    fn arc(&self) -> ManuallyDrop<Arc<T>> {
        // SAFETY: the pointer came from `Arc::into_raw`, and the count is not touched.
        ManuallyDrop::new(unsafe { Arc::from_raw(self.value()) })
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the value lives as long as its holder, and is changed only by one who has it alone.
        unsafe { &*self.value() }
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    /// The value to be changed: a copy of it while somebody else holds it.
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        if Arc::strong_count(&self.arc()) != 1 {
            *self = Self::new(T::clone(self));
        }
        // What other holders did before they let go has happened before what is done now.
        fence(Ordering::Acquire);
        // SAFETY: this is the only holder, as there are no weak ones that could become another.
        unsafe { &mut *self.value() }
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        let arc = ManuallyDrop::new(Arc::clone(&self.arc()));
        debug_assert!(ptr::eq(&**arc, self.value()));
        Self { pointer: self.pointer, owns: PhantomData }
    }
}

impl<T> Drop for Shared<T> {
    #[inline]
    fn drop(&mut self) {
        drop(ManuallyDrop::into_inner(self.arc()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intset::IntSet;
    use crate::packed::Packed;

    type Any = Either<Packed, Either<IntSet, Shared<Vec<u8>>>>;

    fn show(any: &Any) -> String {
        match any.get() {
            Form::Small(packed) => format!("{packed:?}"),
            Form::Large(rest) => match rest.get() {
                Form::Small(ints) => format!("{ints:?}"),
                Form::Large(bytes) => format!("{:?}", **bytes),
            },
        }
    }

    fn all() -> [Any; 3] {
        let packed = [7i64, 300].into_iter().collect();
        let (ints, bytes) = ([5, 4].into_iter().collect(), Shared::new(vec![1, 2]));
        [Any::small(packed), Any::large(Either::small(ints)), Any::large(Either::large(bytes))]
    }

    #[test]
    fn every_form_is_told_from_the_others() {
        assert_eq!(size_of::<Option<Any>>(), size_of::<usize>());
        assert_eq!(all().each_ref().map(show), ["[Int(7), Int(300)]", "{4, 5}", "[1, 2]"]);
    }

    #[test]
    fn a_change_leaves_clones_as_they_were() {
        for mut any in all() {
            let (before, kept) = (show(&any), any.clone());
            match any.get_mut() {
                Form::Small(packed) => packed.push_back(9i64),
                Form::Large(rest) => match rest.get_mut() {
                    Form::Small(ints) => drop(ints.insert(9)),
                    Form::Large(bytes) => bytes.push(9),
                },
            }
            assert_eq!(show(&kept), before);
            assert_ne!(show(&any), before);
        }
    }

    #[test]
    fn one_form_takes_the_place_of_another() {
        let [mut first, second, third] = all();
        let kept = second.clone();
        first.clone_from(&second);
        assert_eq!(show(&first), show(&kept));
        drop((second, kept));
        first = third.clone();
        drop(third);
        assert_eq!(show(&first), "[1, 2]");
    }

    #[test]
    fn who_is_alone_changes_in_place() {
        let mut shared = Shared::new(vec![0u8; 10]);
        let address = shared.as_ptr();
        drop(shared.clone());
        shared[3] = 1;
        assert_eq!((shared.as_ptr(), shared[3]), (address, 1));
    }
}
