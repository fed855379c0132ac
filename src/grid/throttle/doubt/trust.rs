//! The trust that a share of the requests is refused by chance.

use super::super::curve::Curve;
use super::row::Row;
use super::trial::Trial;
use super::{Gap, Refusal, Stage, Verdict};

/// So many times the share that was seen is tolerated ...
const SLACK: f64 = 2.0;
/// ... and this more: a limit may refuse so much, too.
const EXTRA: f64 = 0.01;
/// The most refusals that are tolerated in excess of it.
const SAVED: f64 = 5.0;
/// It is put to the trial again after about so many refusals.
const TRUSTED: f64 = 100.0;
/// Up to so far above the rate of the trial, a limit is no explanation.
const SAME: f64 = 1.05;

#[derive(Clone, Copy, Debug)]
pub(super) struct Trust {
    /// The part of the requests that are refused by chance.
    share: f64,
    /// The rate of the trial.
    tried: f64,
    /// Refusals that may still come.
    allowance: f64,
    /// Answers until it is put to the trial again.
    left: f64,
    /// What went through since it began.
    pub(super) since: Gap,
    /// Where the rate goes if a limit was taken for chance, and it was chance after all.
    before: Option<Curve>,
}

impl Trust {
    /// After a trial at that rate.
    pub(super) fn in_share(share: f64, tried: f64, before: Option<Curve>) -> Self {
        Self {
            share,
            tried,
            allowance: SAVED,
            left: TRUSTED / share,
            since: Gap::default(),
            before,
        }
    }

    /// An answer came: one refusal, or none.
    pub(super) fn answered(&mut self, refusals: f64) {
        let earned = self.share * SLACK + EXTRA;
        self.allowance = SAVED.min(self.allowance - refusals + earned);
        self.left -= 1.0;
    }

    /// A refusal that tells something new.
    pub(super) fn refused(self, refusal: Refusal) -> (Stage, Verdict) {
        let Refusal { rate, curve, .. } = refusal;
        if self.left <= 0.0 {
            let served = self.since.served().min(rate);
            let again = Trial::of(served, rate, self.share, curve).last();
            return (Stage::Trial(again), Verdict::Try(served));
        }
        if self.allowance > 0.0 {
            return (Stage::Trust(self), Verdict::Tolerated);
        }
        if rate <= self.tried * SAME {
            return (Stage::Search(Row::begun(self.before)), Verdict::Limit);
        }
        let trust = Self {
            allowance: SAVED,
            ..self
        };
        (Stage::Trust(trust), Verdict::LimitAbove(self.tried))
    }
}
