//! A small maker of constant bit sets with names: `bit_set!` gives a newtype with one constant per bit,
//! union and test as `const fn`, and the names of the set bits in the order in which they were declared.

/// Declares a bit set. The bits of the first block have a printed name, those of `internal` have none.
macro_rules! bit_set {
    (
        $(#[$doc:meta])* pub struct $set:ident: $int:ty {
            $($(#[$bit_doc:meta])* $bit:ident = $name:literal,)*
        }
        internal { $($(#[$hidden_doc:meta])* $hidden:ident,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct $set($int);

        impl $set {
            /// The empty set.
            pub const NONE: Self = Self(0);
            bit_set!(@bits $int, 0; $([$(#[$bit_doc])* $bit])* $([$(#[$hidden_doc])* $hidden])*);
            /// Printed names, in the order in which they are printed.
            pub const NAMED: &'static [(Self, &'static str)] = &[$((Self::$bit, $name)),*];

            /// The union of all `sets`.
            pub const fn of(sets: &[Self]) -> Self {
                let mut union = 0;
                let mut i = 0;
                while i < sets.len() {
                    union |= sets[i].0;
                    i += 1;
                }
                Self(union)
            }

            /// This set and `other`.
            #[must_use]
            pub const fn and(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// Whether any bit of `other` is in this set.
            #[inline]
            pub const fn has(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// The set as a number, to be kept or combined elsewhere.
            pub const fn bits(self) -> $int {
                self.0
            }

            /// The names of the bits in this set that have one.
            pub fn names(self) -> impl Iterator<Item = &'static str> + Clone {
                Self::NAMED.iter().filter(move |(bit, _)| self.has(*bit)).map(|(_, name)| *name)
            }

            /// The set of the one bit that is called `name`, in any case.
            pub fn named(name: &[u8]) -> Option<Self> {
                let is_it = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
                Self::NAMED.iter().find(|(_, known)| is_it(known)).map(|(bit, _)| *bit)
            }
        }
    };
    (@bits $int:ty, $at:expr;) => {};
    (@bits $int:ty, $at:expr; [$(#[$doc:meta])* $bit:ident] $($rest:tt)*) => {
        $(#[$doc])*
        pub const $bit: Self = Self(1 << ($at));
        bit_set!(@bits $int, $at + 1; $($rest)*);
    };
}

pub(super) use bit_set;
