//! Who leads, decided from what the Lease says: a machine without a client and without a clock.
//!
//! Clocks of different machines are never compared. A holder counts as alive for as long as its Lease was seen to
//! change within the Lease's own duration, by the clock of whoever looks.

use std::time::Duration;

/// How long a holder that no longer renews is believed to be alive.
pub const DURATION: Duration = Duration::from_secs(6);
/// How often the leader renews.
pub const RENEWAL: Duration = Duration::from_secs(2);
/// How long the leader believes in itself without having renewed. Shorter than what others wait, so that there are
/// never two.
pub const DEADLINE: Duration = Duration::from_secs(4);
/// How often the others look.
pub const POLL: Duration = Duration::from_secs(1);

/// What a Lease says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// Who holds it; nobody when empty.
    pub holder: String,
    /// For how long the holder wants to be believed.
    pub duration: Duration,
    /// Anything that changes with each renewal.
    pub renewed: String,
}

/// What to do about it.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Write our name into it: it is ours already, free, or its holder is gone.
    Take,
    /// Somebody else leads.
    StandBy,
}

/// What one candidate remembers of the Lease. Times are on its own clock, from any start.
#[derive(Debug)]
pub struct Candidate {
    me: String,
    seen: Option<(Claim, Duration)>,
}

impl Candidate {
    /// A candidate that goes by this name.
    pub fn new(me: String) -> Self {
        Self { me, seen: None }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.me
    }

    /// Looks at the Lease (none if there isn't one yet) at a time.
    pub fn judge(&mut self, claim: Option<&Claim>, now: Duration) -> Verdict {
        let Some(claim) = claim.filter(|claim| !claim.holder.is_empty() && claim.holder != self.me) else {
            return Verdict::Take;
        };
        let since = match &self.seen {
            Some((before, since)) if before == claim => *since,
            _ => {
                self.seen = Some((claim.clone(), now));
                now
            }
        };
        if now.saturating_sub(since) > claim.duration { Verdict::Take } else { Verdict::StandBy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(by: &str, renewed: &str) -> Claim {
        Claim { holder: by.to_owned(), duration: DURATION, renewed: renewed.to_owned() }
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_lease_that_is_free_missing_or_ours_is_taken() {
        let mut me = Candidate::new("me".to_owned());
        assert_eq!(me.judge(None, at(0)), Verdict::Take);
        assert_eq!(me.judge(Some(&held("", "1")), at(0)), Verdict::Take);
        assert_eq!(me.judge(Some(&held("me", "1")), at(0)), Verdict::Take);
    }

    #[test]
    fn a_holder_that_renews_is_left_alone_for_ever() {
        let mut me = Candidate::new("me".to_owned());
        for second in 0..100 {
            assert_eq!(
                me.judge(Some(&held("other", &(second / 5).to_string())), at(second)),
                Verdict::StandBy
            );
        }
    }

    #[test]
    fn a_holder_that_stopped_is_replaced_after_its_own_duration() {
        let mut me = Candidate::new("me".to_owned());
        assert_eq!(
            me.judge(Some(&held("other", "1")), at(1000)),
            Verdict::StandBy,
            "however old the Lease is"
        );
        assert_eq!(me.judge(Some(&held("other", "1")), at(1006)), Verdict::StandBy);
        assert_eq!(me.judge(Some(&held("other", "1")), at(1007)), Verdict::Take);
        assert_eq!(me.judge(Some(&held("third", "1")), at(1007)), Verdict::StandBy, "somebody was quicker");
    }

    #[test]
    fn a_leader_gives_up_before_others_take_over() {
        assert!(RENEWAL < DEADLINE && DEADLINE < DURATION);
    }
}
