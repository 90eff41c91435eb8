//! The arguments of one request, as places in the bytes that were read.
//!
//! Copies nothing. Must not be kept longer than the request.

use crate::spec;
use ironkeep_wire::Arg;

/// The arguments of a request, its name first.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    bytes: &'a [u8],
    places: &'a [Arg],
}

impl<'a> Args<'a> {
    /// The arguments that lie at `places` of `bytes`.
    #[inline(always)]
    pub fn new(bytes: &'a [u8], places: &'a [Arg]) -> Self {
        Self { bytes, places }
    }
    /// How many arguments there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.places.len()
    }
    /// Whether there is none. A request always has one.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
    /// An argument; empty when there are not so many.
    #[inline(always)]
    pub fn at(&self, index: usize) -> &'a [u8] {
        match self.places.get(index) {
            Some(place) => place.of(self.bytes),
            None => &[],
        }
    }
    /// Bytes of the request, as it was read.
    #[inline(always)]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
    /// All arguments in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'a [u8]> + ExactSizeIterator + Clone + use<'a> {
        let (bytes, places) = (self.bytes, self.places);
        places.iter().map(move |place| place.of(bytes))
    }
    /// Whether an argument is this word, in any case.
    #[inline]
    pub fn is(&self, index: usize, word: &str) -> bool {
        self.at(index).eq_ignore_ascii_case(word.as_bytes())
    }
}

impl spec::Args for Args<'_> {
    fn count(&self) -> usize {
        self.places.len()
    }
    fn get(&self, index: usize) -> Option<&[u8]> {
        self.places.get(index).map(|place| place.of(self.bytes))
    }
}

/// Arguments that own their bytes: of a queued command, or of an inline request with quotes.
#[derive(Debug, Default, Clone)]
pub struct OwnedArgs {
    bytes: Box<[u8]>,
    places: Box<[Arg]>,
}

impl OwnedArgs {
    /// Copies arguments.
    pub fn collect<'a>(args: impl Iterator<Item = &'a [u8]>) -> Self {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        for arg in args {
            places.push(Arg { start: bytes.len(), len: arg.len() });
            bytes.extend_from_slice(arg);
        }
        Self { bytes: bytes.into(), places: places.into() }
    }
    /// The arguments.
    pub fn args(&self) -> Args<'_> {
        Args::new(&self.bytes, &self.places)
    }
    /// Bytes of memory.
    pub fn size(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.places)
    }
}
