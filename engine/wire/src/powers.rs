//! Powers of ten for the printing of floating point numbers.
//!
//! Gives the first 64 bits, rounded, of 10^-348, 10^-340, … 10^340. Must not be used where exactness is asked for.

/// A power of ten as `mantissa * 2^exponent`, with the mantissa's top bit set.
#[derive(Clone, Copy)]
pub(crate) struct Power {
    pub(crate) mantissa: u64,
    pub(crate) exponent: i32,
    /// Which power of ten this is.
    pub(crate) ten: i32,
}

const FIRST: i32 = -348;
const STEP: i32 = 8;
/// The window of binary exponents that the product of a number and its power must fall into.
const LOWEST: i32 = -60;
const HIGHEST: i32 = -32;

/// The power whose product with a number of this binary exponent is small enough to cut digits from.
///
/// The window is wider than a step, so two powers can fit. The one Valkey takes is found by its estimate, and it
/// matters: the last digit can depend on it.
pub(crate) fn scaling_power(exponent: i32) -> Power {
    let estimate = (-f64::from(exponent + MANTISSAS.len() as i32) * std::f64::consts::LOG10_2) as i32;
    let mut index = ((estimate - FIRST) / STEP).clamp(0, MANTISSAS.len() as i32 - 1);
    loop {
        let ten = FIRST + index * STEP;
        let power = Power { mantissa: MANTISSAS[index as usize], exponent: binary_exponent(ten), ten };
        match exponent + power.exponent + 64 {
            ..LOWEST => index += 1,
            LOWEST..=HIGHEST => return power,
            _ => index -= 1,
        }
    }
}

/// The exponent of two at which 10^ten has a mantissa of 64 bits: floor(ten * log2(10)) - 63.
fn binary_exponent(ten: i32) -> i32 {
    ((ten * 217_706) >> 16) - 63
}

#[rustfmt::skip]
const MANTISSAS: [u64; 87] = [
    0xfa8fd5a0081c0288, 0xbaaee17fa23ebf76, 0x8b16fb203055ac76, 0xcf42894a5dce35ea, 0x9a6bb0aa55653b2d,
    0xe61acf033d1a45df, 0xab70fe17c79ac6ca, 0xff77b1fcbebcdc4f, 0xbe5691ef416bd60c, 0x8dd01fad907ffc3c,
    0xd3515c2831559a83, 0x9d71ac8fada6c9b5, 0xea9c227723ee8bcb, 0xaecc49914078536d, 0x823c12795db6ce57,
    0xc21094364dfb5637, 0x9096ea6f3848984f, 0xd77485cb25823ac7, 0xa086cfcd97bf97f4, 0xef340a98172aace5,
    0xb23867fb2a35b28e, 0x84c8d4dfd2c63f3b, 0xc5dd44271ad3cdba, 0x936b9fcebb25c996, 0xdbac6c247d62a584,
    0xa3ab66580d5fdaf6, 0xf3e2f893dec3f126, 0xb5b5ada8aaff80b8, 0x87625f056c7c4a8b, 0xc9bcff6034c13053,
    0x964e858c91ba2655, 0xdff9772470297ebd, 0xa6dfbd9fb8e5b88f, 0xf8a95fcf88747d94, 0xb94470938fa89bcf,
    0x8a08f0f8bf0f156b, 0xcdb02555653131b6, 0x993fe2c6d07b7fac, 0xe45c10c42a2b3b06, 0xaa242499697392d3,
    0xfd87b5f28300ca0e, 0xbce5086492111aeb, 0x8cbccc096f5088cc, 0xd1b71758e219652c, 0x9c40000000000000,
    0xe8d4a51000000000, 0xad78ebc5ac620000, 0x813f3978f8940984, 0xc097ce7bc90715b3, 0x8f7e32ce7bea5c70,
    0xd5d238a4abe98068, 0x9f4f2726179a2245, 0xed63a231d4c4fb27, 0xb0de65388cc8ada8, 0x83c7088e1aab65db,
    0xc45d1df942711d9a, 0x924d692ca61be758, 0xda01ee641a708dea, 0xa26da3999aef774a, 0xf209787bb47d6b85,
    0xb454e4a179dd1877, 0x865b86925b9bc5c2, 0xc83553c5c8965d3d, 0x952ab45cfa97a0b3, 0xde469fbd99a05fe3,
    0xa59bc234db398c25, 0xf6c69a72a3989f5c, 0xb7dcbf5354e9bece, 0x88fcf317f22241e2, 0xcc20ce9bd35c78a5,
    0x98165af37b2153df, 0xe2a0b5dc971f303a, 0xa8d9d1535ce3b396, 0xfb9b7cd9a4a7443c, 0xbb764c4ca7a44410,
    0x8bab8eefb6409c1a, 0xd01fef10a657842c, 0x9b10a4e5e9913129, 0xe7109bfba19c0c9d, 0xac2820d9623bf429,
    0x80444b5e7aa7cf85, 0xbf21e44003acdd2d, 0x8e679c2f5e44ff8f, 0xd433179d9c8cb841, 0x9e19db92b4e31ba9,
    0xeb96bf6ebadf77d9, 0xaf87023b9bf0ee6b,];
