//! The numbers of the configuration for the hot path: one relaxed load each, no lock.
//!
//! Mirrors every parameter that is a number, a yes/no, a choice or a set of flags, and the output buffer
//! limits. Only the store writes it.

use crate::{
    row::{Kind, Param},
    table::param,
    value::{ClientClass, OutputLimit, Value},
};
use std::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};

/// What the hot path reads. A change becomes visible soon, not at once, and each parameter for itself.
#[derive(Debug)]
pub struct Live {
    numbers: Box<[AtomicU64]>,
    output_limits: [[AtomicU64; 3]; 3],
    version: AtomicU64,
}

impl Live {
    pub(crate) fn new(values: &[Value]) -> Live {
        let live = Live {
            numbers: values.iter().map(|_| AtomicU64::new(0)).collect(),
            output_limits: Default::default(),
            version: AtomicU64::new(0),
        };
        param::all().zip(values).for_each(|(param, value)| live.store(param, value));
        live
    }

    pub(crate) fn store(&self, param: Param, value: &Value) {
        let number = match value {
            Value::Bool(yes) => u64::from(*yes),
            // Every bound lies within 64 bits, signed or unsigned; which of the two, the reader knows.
            Value::Int(number) => *number as u64,
            Value::Choice(choice) => u64::from(choice.number),
            Value::Flags(bits) => u64::from(*bits),
            Value::OutputLimits(limits) => {
                self.store_output_limits(limits);
                0
            }
            _ => return,
        };
        self.numbers[param.index()].store(number, Relaxed);
        self.version.fetch_add(1, Release);
    }

    /// Counts the changes: who keeps what it has read looks again when this has changed.
    #[inline(always)]
    pub fn version(&self) -> u64 {
        self.version.load(Acquire)
    }

    fn store_output_limits(&self, limits: &[OutputLimit; 3]) {
        for (slots, limit) in self.output_limits.iter().zip(limits) {
            let numbers = [limit.hard, limit.soft, limit.soft_seconds];
            slots.iter().zip(numbers).for_each(|(slot, number)| slot.store(number, Relaxed));
        }
    }

    fn load(&self, param: Param) -> u64 {
        self.numbers[param.index()].load(Relaxed)
    }

    /// A number that may be negative.
    pub fn int(&self, param: Param) -> i64 {
        debug_assert!(matches!(param.row().kind, Kind::Int { .. }), "{param:?} is no number");
        self.load(param) as i64
    }

    /// A number that is never negative.
    pub fn size(&self, param: Param) -> u64 {
        debug_assert!(matches!(param.row().kind, Kind::Int { min: 0.., .. }), "{param:?} is no size");
        self.load(param)
    }

    /// Whether a yes/no parameter says yes.
    pub fn yes(&self, param: Param) -> bool {
        debug_assert!(matches!(param.row().kind, Kind::Bool), "{param:?} is no yes/no");
        self.load(param) != 0
    }

    /// The number of a choice, or the bits of flags, as the lists in [`crate::choices`] number them.
    pub fn number(&self, param: Param) -> u32 {
        debug_assert!(
            matches!(param.row().kind, Kind::Choice(_) | Kind::Flags(_) | Kind::Events),
            "{param:?} has no words"
        );
        self.load(param) as u32
    }

    /// The output buffer limit of a class of clients.
    pub fn output_limit(&self, class: ClientClass) -> OutputLimit {
        let [hard, soft, soft_seconds] = &self.output_limits[class as usize];
        OutputLimit {
            hard: hard.load(Relaxed),
            soft: soft.load(Relaxed),
            soft_seconds: soft_seconds.load(Relaxed),
        }
    }
}
