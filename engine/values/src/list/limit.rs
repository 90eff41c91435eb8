//! The limit that decides between the names "listpack" and "quicklist".

/// What one listpack may hold, as `list-max-listpack-size` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    bytes: usize,
    count: Option<usize>,
}

impl Limit {
    /// The bytes that a listpack may have when only its entries are limited.
    const SAFE_BYTES: usize = 8192;

    /// The limit that a parameter means: positive numbers count entries (none counts as one), -1 to -5 and below
    /// are sizes from 4 to 64 KiB.
    pub const fn of(parameter: i64) -> Self {
        match parameter {
            0 => Self { bytes: Self::SAFE_BYTES, count: Some(1) },
            1.. => Self { bytes: Self::SAFE_BYTES, count: Some(parameter as usize) },
            -4..0 => Self { bytes: 2048 << -parameter, count: None },
            _ => Self { bytes: 65_536, count: None },
        }
    }

    /// The limit below which a list that shrinks becomes a listpack again.
    pub(super) fn half(self) -> Self {
        match self.count {
            Some(count) => Self { count: Some(count / 2), ..self },
            None => Self { bytes: self.bytes / 2, ..self },
        }
    }

    pub(super) fn bytes(self) -> usize {
        self.bytes
    }

    pub(super) fn allows(self, bytes: usize, count: usize) -> bool {
        bytes <= self.bytes && self.count.is_none_or(|most| count <= most)
    }
}
