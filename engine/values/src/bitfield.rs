//! Integers of any width up to 64 bits at any bit of a string, highest bit first.
//!
//! Takes bytes, reads and writes; decides what an integer becomes that does not fit.

/// What kind of integer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    signed: bool,
    width: u32,
}

/// What becomes of an integer that does not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overflow {
    /// Its low bits.
    Wrap,
    /// The nearest that fits.
    Saturate,
    /// Nothing.
    Fail,
}

impl Kind {
    /// A kind, if there is such a one: up to 64 bits signed, up to 63 unsigned.
    pub fn new(signed: bool, width: i64) -> Option<Self> {
        let most = if signed { 64 } else { 63 };
        (1..=most).contains(&width).then_some(Self { signed, width: width as u32 })
    }

    /// How many bits it has.
    pub fn width(self) -> u32 {
        self.width
    }

    fn lowest(self) -> i128 {
        if self.signed { -(1 << (self.width - 1)) } else { 0 }
    }

    fn highest(self) -> i128 {
        (1 << (self.width - u32::from(self.signed))) - 1
    }

    /// The integer that the lowest bits say.
    fn of_bits(self, bits: u64) -> i64 {
        let unused = 64 - self.width;
        let top = bits << unused;
        if self.signed { top.cast_signed() >> unused } else { (top >> unused).cast_signed() }
    }

    /// What a client means by a number to be set: a negative one is a very large unsigned one.
    pub fn meant(self, number: i64) -> i128 {
        let signed = i128::from(number);
        if !self.signed {
            i128::from(number.cast_unsigned())
        } else if self.width < 64 && self.highest() - signed > i128::from(i64::MAX) {
            // So far below that Valkey's distance to the highest wraps around: it takes the number for too large.
            signed + (1 << 64)
        } else {
            signed
        }
    }

    /// Makes a number fit.
    pub fn fit(self, number: i128, overflow: Overflow) -> Option<i64> {
        if (self.lowest()..=self.highest()).contains(&number) {
            return Some(number as i64);
        }
        match overflow {
            Overflow::Wrap => Some(self.of_bits(number as u64)),
            Overflow::Saturate => Some(number.clamp(self.lowest(), self.highest()) as i64),
            Overflow::Fail => None,
        }
    }

    /// Reads the integer at a bit. What is past the end counts as zeros.
    pub fn read(self, bytes: &[u8], at: u64) -> i64 {
        let bits = window(bytes, at) << (at % 8) >> (128 - self.width);
        self.of_bits(bits as u64)
    }

    /// Writes the integer at a bit. What is past the end is not written.
    pub fn write(self, bytes: &mut [u8], at: u64, number: i64) {
        let down = 128 - self.width - (at % 8) as u32;
        let mask = ((1u128 << self.width) - 1) << down;
        let new = window(bytes, at) & !mask | u128::from(number.cast_unsigned()) << down & mask;
        if let Some(place) = usize::try_from(at / 8).ok().and_then(|from| bytes.get_mut(from..)) {
            place.iter_mut().zip(new.to_be_bytes()).for_each(|(byte, new)| *byte = new);
        }
    }
}

/// Sixteen bytes from the one that holds a bit on.
fn window(bytes: &[u8], at: u64) -> u128 {
    let from = usize::try_from(at / 8).ok().and_then(|from| bytes.get(from..)).unwrap_or_default();
    let mut window = [0; 16];
    let len = from.len().min(window.len());
    window[..len].copy_from_slice(&from[..len]);
    u128::from_be_bytes(window)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds() -> impl Strategy<Value = Kind> {
        (any::<bool>(), 1..=64i64)
            .prop_filter_map("no unsigned 64", |(signed, width)| Kind::new(signed, width))
    }

    #[test]
    fn there_are_no_other_kinds() {
        for (signed, width) in
            [(true, 0), (true, 65), (false, 64), (false, -1), (true, i64::MIN), (true, i64::MAX)]
        {
            assert_eq!(Kind::new(signed, width), None);
        }
    }

    #[test]
    fn overflows_as_told() {
        let (u8, i8) = (Kind { signed: false, width: 8 }, Kind { signed: true, width: 8 });
        for (kind, number, wrapped, saturated) in [
            (u8, 256, 0, 255),
            (u8, -1, 255, 0),
            (i8, 128, -128, 127),
            (i8, -129, 127, -128),
            (u8, u8.meant(-1), 255, 255),
            (i8, i8.meant(-1000), 24, -128),
            (i8, i8.meant(i64::MIN), 0, 127),
        ] {
            assert_eq!(kind.fit(number, Overflow::Wrap), Some(wrapped));
            assert_eq!(kind.fit(number, Overflow::Saturate), Some(saturated));
            assert_eq!(kind.fit(number, Overflow::Fail), None);
        }
        let i64 = Kind { signed: true, width: 64 };
        assert_eq!(i64.fit(i128::from(i64::MAX) + 1, Overflow::Wrap), Some(i64::MIN));
    }

    proptest! {
        #[test]
        fn reads_what_was_written_and_nothing_else_changes(
            kind in kinds(), at in 0..100u64, number: i64, bytes in prop::collection::vec(any::<u8>(), 32),
        ) {
            let mut changed = bytes.clone();
            let Some(fitting) = kind.fit(kind.meant(number), Overflow::Wrap) else { panic!("wraps") };
            kind.write(&mut changed, at, fitting);
            prop_assert_eq!(kind.read(&changed, at), fitting);
            let one = Kind { signed: false, width: 1 };
            for bit in (0..256).filter(|bit| !(at..at + u64::from(kind.width)).contains(bit)) {
                prop_assert_eq!(one.read(&changed, bit), one.read(&bytes, bit));
            }
        }

        #[test]
        fn reads_bit_by_bit(kind in kinds(), at in 0..400u64, bytes: Vec<u8>) {
            let one = Kind { signed: false, width: 1 };
            let bits = (0..u64::from(kind.width)).fold(0i128, |n, i| n << 1 | i128::from(one.read(&bytes, at + i)));
            prop_assert_eq!(Some(kind.read(&bytes, at)), kind.fit(bits, Overflow::Wrap));
        }

        #[test]
        fn takes_anything(kind in kinds(), at: u64, number: i64, mut bytes: Vec<u8>) {
            let len = bytes.len();
            kind.read(&bytes, at);
            kind.write(&mut bytes, at, number);
            prop_assert_eq!(bytes.len(), len);
        }
    }
}
