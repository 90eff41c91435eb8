//! LATENCY HISTOGRAM, and the sums of the threads' histograms.

use super::super::Call;
use crate::server::Server;
use crate::stats::Histogram;
use ironkeep_commands::spec::{Spec, TABLE, by_full_name};
use ironkeep_wire::Reply;

/// The exponent of the first step that is shown: 1024 nanoseconds.
const FIRST: u32 = 10;

/// The calls of one command by their duration, over all threads.
pub struct Sum(Vec<u64>);

impl Sum {
    /// Adds the histograms up.
    pub fn of(server: &Server, spec: &Spec) -> Self {
        let mut sums = Vec::new();
        for histogram in server.lanes().filter_map(|lane| lane.stats.of(spec).histogram()) {
            sums.resize(sums.len().max(histogram.counts().count()), 0);
            sums.iter_mut().zip(histogram.counts()).for_each(|(sum, count)| *sum += u64::from(count));
        }
        Self(sums)
    }

    /// All calls.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The nanoseconds within which so many percent of the calls ended.
    pub fn at_percentile(&self, percent: f64) -> u64 {
        let wanted = ((percent / 100.0 * self.total() as f64 + 0.5) as u64).max(1);
        let mut seen = 0;
        for (bucket, count) in self.0.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return Histogram::upper(bucket);
            }
        }
        0
    }

    /// Microseconds, doubling from step to step, with the number of calls that took no longer; steps that add
    /// nothing are left out.
    fn steps(&self) -> Vec<(u64, u64)> {
        let (total, mut before, mut steps) = (self.total(), 0, Vec::new());
        for exponent in FIRST..64 {
            let within = self.0.iter().enumerate().filter(|(at, _)| Histogram::upper(*at) < 1 << exponent);
            let count = within.map(|(_, count)| count).sum();
            if count > before {
                // The upper end of a step of two significant digits.
                let upper = (1u64 << exponent) + (1 << (exponent - 7)) - 1;
                steps.push((upper / 1000, count));
                before = count;
            }
            if before == total {
                break;
            }
        }
        steps
    }
}

/// LATENCY HISTOGRAM
pub fn histogram(call: &mut Call<'_, '_>) {
    let server = std::sync::Arc::clone(&call.lane.server);
    let wanted: Vec<&Spec> = match call.args.len() {
        2 => TABLE.iter().collect(),
        _ => call.args.iter().skip(2).filter_map(by_full_name).flat_map(with_subs).collect(),
    };
    let sums = wanted.into_iter().map(|spec| (spec, Sum::of(&server, spec)));
    let sums: Vec<(&Spec, Sum)> = sums.filter(|(_, sum)| sum.total() > 0).collect();
    let mut reply = call.reply();
    reply.map_len(sums.len());
    for (spec, sum) in &sums {
        reply.bulk(spec.full_name.as_bytes());
        show(&mut reply, sum);
    }
}

fn with_subs(spec: &'static Spec) -> impl Iterator<Item = &'static Spec> {
    std::iter::once(spec).chain(spec.subs())
}

fn show(reply: &mut Reply<'_>, sum: &Sum) {
    let steps = sum.steps();
    reply.map_len(2);
    reply.bulk(b"calls");
    reply.integer(sum.total() as i64);
    reply.bulk(b"histogram_usec");
    reply.map_len(steps.len());
    for (micros, count) in steps {
        reply.integer(micros as i64);
        reply.integer(count as i64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::CommandStats;

    #[test]
    fn steps_double_and_count_up() {
        let stats = CommandStats::default();
        for nanos in [500, 900, 20_000, 20_100, 40_000] {
            stats.record(nanos, true);
        }
        let sum = Sum(stats.histogram().unwrap().counts().map(u64::from).collect());
        assert_eq!((sum.total(), sum.steps()), (5, vec![(1, 2), (33, 4), (66, 5)]));
        assert!((20_000..22_000).contains(&sum.at_percentile(50.0)));
        assert!((40_000..43_000).contains(&sum.at_percentile(99.9)));
        assert_eq!(Sum(vec![]).at_percentile(50.0), 0);
    }
}
