//! Whether refusals depend on the rate. Pure.
//!
//! A limit refuses what is above it. But a gateway may refuse one request in fifty whatever the rate. Who slows
//! down for such refusals is soon at a standstill, as TCP is on a line that loses packets by chance. They are
//! told apart as PCC tells them (Dong, Li, Zarchy, Godfrey, Schapira, "PCC: Re-architecting Congestion Control
//! for Consistent High Performance", NSDI 2015): by trying. Refusals that did not become rarer at a
//! lower rate are no reason for a lower rate.
//!
//! **The search.** The first refusals are taken for a limit's: the rate is lowered for each.
//!
//! **The trial.** If they go on, soon after one another, the rate goes just below what was *served* from
//! refusal to refusal, pauses included. A limit let so much through, so it will again: the delivery rate
//! of BBR (Cardwell, Cheng, Gunn, Yeganeh, Jacobson, "BBR: Congestion-Based Congestion Control", ACM Queue 14(5),
//! 2016). If there are no refusals for much longer than before, it was a limit, and the search
//! goes on from there. Where much less was served than in the trial before it, the limit may have fallen
//! meanwhile: that needs one more trial.
//!
//! **The trust.** Refusals in the trial come by chance. The rate goes back to where it was before the first of
//! them, and so large a share of refusals is tolerated; each of them pauses all requests as ever. There may be a
//! limit as well: the tolerance is an allowance, which each answer fills by a little more than the
//! share, and each refusal empties by one (a cumulative sum: Page, "Continuous inspection schemes",
//! Biometrika 41, 1954). Once it is used up there is a limit, above the rate of the trial; or, at that rate,
//! the trust was wrong. It is put to the trial again every so often.

mod row;
mod trial;
mod trust;

use super::curve::Curve;
use row::Row;
use trial::Trial;
use trust::Trust;

/// So many requests one after another, with growing pauses between them, are not refused by chance: the
/// server is closed, or a quota is used up.
const CLOSED: u32 = 5;

/// What to make of a refusal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    /// A limit: the rate was too high.
    Limit,
    /// A limit, above this rate.
    LimitAbove(f64),
    /// Nothing went through since the one before: it says nothing new.
    Nothing,
    /// Stay below this rate, which was served, to find out.
    Try(f64),
    /// It came by chance, as those before it: go back to where they began.
    Chance(Option<Curve>),
    /// It came by chance.
    Tolerated,
}

/// A refusal that tells something new, and where it met the search.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    /// The rate at which it came, in requests per second.
    pub(super) rate: f64,
    pub(super) curve: Option<Curve>,
    /// Of a curve at that level, in seconds of use.
    pub(super) period: f64,
}

/// What is thought of refusals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt {
    stage: Stage,
    /// Since the last refusal that followed a request that went through.
    gap: Gap,
    /// Refusals one after another.
    strikes: u32,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Search(Row),
    Trial(Trial),
    Trust(Trust),
}

/// From one refusal to the next.
#[derive(Clone, Copy, Debug, Default)]
struct Gap {
    accepted: f64,
    /// While requests started, and paused.
    seconds: f64,
    /// Of use, at the rate in force.
    used: f64,
}

impl Doubt {
    pub(super) fn new() -> Self {
        Self {
            stage: Stage::Search(Row::default()),
            gap: Gap::default(),
            strikes: 0,
        }
    }

    /// Whether the curve stands for what is known, and not for an attempt to find out.
    pub(super) fn is_settled(&self) -> bool {
        match &self.stage {
            Stage::Trust(_) => true,
            Stage::Trial(_) => false,
            Stage::Search(row) => row.is_over(self.gap.accepted),
        }
    }

    /// What was served lately from refusal to refusal, in requests per second: no limit is below it, unless it
    /// fell. Zero if that is not known.
    pub(super) fn served(&self) -> f64 {
        match &self.stage {
            Stage::Search(row) => row.served(),
            Stage::Trial(_) | Stage::Trust(_) => 0.0,
        }
    }

    /// A request starts, so many seconds after the one before; at the rate in force it is `used`.
    pub(super) fn started(&mut self, seconds: f64, used: f64) {
        self.gap.used += used;
        self.passed(seconds);
    }

    /// Nothing starts for so many seconds.
    pub(super) fn passed(&mut self, seconds: f64) {
        self.gap.seconds += seconds;
        if let Stage::Trust(trust) = &mut self.stage {
            trust.since.seconds += seconds;
        }
    }

    /// An answer came, of whatever kind and however late.
    pub(super) fn answered(&mut self, refused: bool) {
        let refusals = f64::from(u8::from(refused));
        match &mut self.stage {
            Stage::Search(_) => {}
            Stage::Trial(trial) => trial.answered(refusals),
            Stage::Trust(trust) => trust.answered(refusals),
        }
    }

    /// An answer came that was no 429. If a trial is over by it: the rate of the trial, and the one that was
    /// refused before.
    pub(super) fn accepted(&mut self) -> Option<(f64, f64)> {
        self.gap.accepted += 1.0;
        self.strikes = 0;
        match &mut self.stage {
            Stage::Search(_) => None,
            Stage::Trust(trust) => {
                trust.since.accepted += 1.0;
                None
            }
            Stage::Trial(trial) => {
                let passed = trial.passed()?;
                self.stage = Stage::Search(Row::begun(trial.before));
                Some(passed)
            }
        }
    }

    /// A 429 came that tells something new.
    pub(super) fn refused(&mut self, refusal: Refusal) -> Verdict {
        let gap = self.gap;
        self.strikes += 1;
        if gap.accepted > 0.0 {
            self.gap = Gap::default();
        }
        let (stage, verdict) = match self.stage {
            Stage::Trust(trust) => trust.refused(refusal),
            stage if gap.accepted == 0.0 => (self.struck(stage, refusal), Verdict::Nothing),
            Stage::Search(row) => row.refused(gap, refusal),
            Stage::Trial(trial) => trial.refused(gap, refusal),
        };
        self.stage = stage;
        verdict
    }

    /// Once more, and nothing went through meanwhile.
    fn struck(&self, stage: Stage, refusal: Refusal) -> Stage {
        let closed = self.strikes >= CLOSED;
        match stage {
            Stage::Search(row) if row.is_empty() => Stage::Search(Row::begun(refusal.curve)),
            Stage::Search(Row { before, .. }) | Stage::Trial(Trial { before, .. }) if closed => {
                Stage::Search(Row::begun(before))
            }
            stage => stage,
        }
    }
}

impl Gap {
    fn and(self, other: Self) -> Self {
        Self {
            accepted: self.accepted + other.accepted,
            seconds: self.seconds + other.seconds,
            used: self.used + other.used,
        }
    }

    /// Requests per second that went through.
    fn served(self) -> f64 {
        if self.seconds > 0.0 {
            self.accepted / self.seconds
        } else {
            0.0
        }
    }
}
