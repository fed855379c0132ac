//! The trial: refusals at a rate that a limit would let through.

use super::super::curve::{Curve, NARROW};
use super::row::Row;
use super::trust::Trust;
use super::{Gap, Refusal, Stage, Verdict};

/// A trial without a refusal is over after so many times what went through from one to the next before ...
pub(super) const PASSED: f64 = 6.0;
/// ... and one with so many refusals has shown that they come by chance.
const SHOWN: u32 = 3;
/// What was known of the share before counts for so many refusals.
const PRIOR: f64 = 2.0;

#[derive(Clone, Copy, Debug)]
pub(super) struct Trial {
    /// In requests per second, from refusal to refusal.
    served: f64,
    /// At a higher rate: the last that was refused there, and the part of the requests that were.
    refused: f64,
    before_share: f64,
    /// All answers since it began.
    answers: f64,
    refusals: f64,
    /// Refusals that followed a request that went through, and what went through between them.
    shown: u32,
    between: Gap,
    /// Whether it needs no other to be believed, though less is served.
    last: bool,
    /// Where the rate goes if refusals come by chance.
    pub(super) before: Option<Curve>,
}

impl Trial {
    /// Of a rate that was `served`, after the rate `refused` with this share of refusals.
    pub(super) fn of(served: f64, refused: f64, share: f64, before: Option<Curve>) -> Self {
        Self {
            served,
            refused,
            before_share: share,
            answers: 0.0,
            refusals: 0.0,
            shown: 0,
            between: Gap::default(),
            last: false,
            before,
        }
    }

    /// The same, to be believed though less is served.
    #[must_use]
    pub(super) const fn last(self) -> Self {
        Self { last: true, ..self }
    }

    /// An answer came: one refusal, or none.
    pub(super) fn answered(&mut self, refusals: f64) {
        self.answers += 1.0;
        self.refusals += refusals;
    }

    /// If it is over because refusals became rare: the rate that was served, and the one that was
    /// refused before.
    pub(super) fn passed(&self) -> Option<(f64, f64)> {
        let expected = (self.answers - self.refusals) * self.before_share;
        let passed = expected >= PASSED * f64::from(1 + self.shown);
        passed.then_some((self.served, self.refused))
    }

    /// A refusal so long after the one before.
    pub(super) fn refused(self, gap: Gap, refusal: Refusal) -> (Stage, Verdict) {
        if gap.used >= refusal.period {
            return (Stage::Search(Row::begun(refusal.curve)), Verdict::Limit);
        }
        let trial = Self {
            shown: self.shown + 1,
            between: self.between.and(gap),
            ..self
        };
        if trial.shown < SHOWN {
            return (Stage::Trial(trial), Verdict::Try(trial.served));
        }
        let served = trial.between.served();
        if !trial.last && served < NARROW * trial.served {
            let again = Self::of(served, trial.refused, trial.share(), trial.before);
            return (Stage::Trial(again.last()), Verdict::Try(served));
        }
        let trust = Trust::in_share(trial.share(), trial.served, trial.before);
        (Stage::Trust(trust), Verdict::Chance(trial.before))
    }

    fn share(&self) -> f64 {
        (self.refusals + PRIOR) / (self.answers + PRIOR / self.before_share)
    }
}
