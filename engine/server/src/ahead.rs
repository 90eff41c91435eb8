//! Looking ahead: what the requests of a batch will need is loaded before the first of them runs.
//!
//! Takes a batch, starts loads. A command never finds anything else because of it. Must not run anything.

use crate::lane::{Lane, Request};
use crate::pipeline::BATCH;
use ironkeep_commands::Args;
use ironkeep_commands::spec::{Found, Members};
use ironkeep_wire::{Arg, parse_f64};

/// Members that are loaded together, at most.
const MEMBERS: usize = 64;
/// Where the key of a command with members is.
const KEY: usize = 1;

/// Requests and where their arguments are.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// The bytes that were read.
    pub buffer: &'a [u8],
    /// The places of all arguments.
    pub places: &'a [Arg],
    /// The requests.
    pub requests: &'a [Request],
}

impl<'a> Batch<'a> {
    /// The arguments of one of its requests.
    #[inline(always)]
    pub fn args(&self, request: &Request) -> Args<'a> {
        let (first, count) = request.places;
        Args::new(&self.buffer[request.start..request.end], &self.places[first..first + count])
    }
}

/// The members that a request looks for.
#[inline(always)]
fn members(request: &Request) -> Members {
    match request.found {
        Found::Spec(spec) if request.hash.is_some() => spec.members,
        _ => Members::NONE,
    }
}

/// What is known of members, the last one of a request first.
struct Sought {
    hashes: [u64; MEMBERS],
    scores: [f64; MEMBERS],
    count: usize,
    scored: usize,
}

impl Lane {
    /// Starts to load what the requests of a batch will need.
    #[inline]
    pub fn look_ahead(&self, db: u32, batch: Batch<'_>) {
        let mut ahead = [(0, 0); BATCH];
        let mut count = 0;
        let mut looks_inside = false;
        for request in batch.requests {
            if let Some(hash) = request.hash {
                ahead[count] = (db, hash);
                count += 1;
                looks_inside |= members(request).is_some();
            }
        }
        if count > 1 {
            self.prefetch(&ahead[..count]);
        }
        if looks_inside {
            self.load_members(db, batch);
        }
    }

    /// Loads the members that neighbours on the same key look for.
    fn load_members(&self, db: u32, batch: Batch<'_>) {
        let mut rest = batch.requests;
        while let [first, ..] = rest {
            let same = |other: &&Request| other.hash == first.hash && members(other).is_some();
            let count = rest.iter().take_while(same).count();
            let (group, others) = rest.split_at(count.max(1));
            rest = others;
            if let (Some(hash), 1..) = (first.hash, count) {
                let key = self.server.space.key_with(batch.args(first).at(KEY), hash);
                let sought = self.sought(Batch { requests: group, ..batch });
                if sought.count > 1 {
                    let (hashes, scores) = (&sought.hashes[..sought.count], &sought.scores[..sought.scored]);
                    self.server.space.load_members(db, &key, hashes, scores);
                }
            }
        }
    }

    fn sought(&self, batch: Batch<'_>) -> Sought {
        let hasher = self.server.space.hasher();
        let mut sought = Sought { hashes: [0; MEMBERS], scores: [0.0; MEMBERS], count: 0, scored: 0 };
        for request in batch.requests {
            let (args, members) = (batch.args(request), members(request));
            for at in members.places(args.len()) {
                if sought.count == MEMBERS {
                    return sought;
                }
                sought.hashes[sought.count] = hasher.hash(args.at(at));
                sought.count += 1;
                if members.is_scored()
                    && let Some(score) = parse_f64(args.at(at - 1))
                {
                    sought.scores[sought.scored] = score;
                    sought.scored += 1;
                }
            }
        }
        sought
    }
}
