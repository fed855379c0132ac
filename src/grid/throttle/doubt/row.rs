//! The search: refusals in a row, taken for a limit's.

use super::super::curve::Curve;
use super::trial::{PASSED, Trial};
use super::{Gap, Refusal, Stage, Verdict};

/// More refusals than this in a row of them call for a trial.
const ROW: u32 = 4;
/// A refusal that comes within this part of the curve's period is soon after the one before; one that comes
/// after the whole period is what a limit does.
const SOON: f64 = 0.5;

/// Refusals that came soon after one another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    refusals: u32,
    /// The last two gaps.
    gaps: [Gap; 2],
    /// What went through in all gaps, and in the longest.
    accepted: f64,
    most: f64,
    /// The curve before refusals began to come by chance, if they do.
    pub(super) before: Option<Curve>,
}

impl Row {
    /// Begins with one refusal, for which the rate was lowered from that curve.
    pub(super) fn begun(before: Option<Curve>) -> Self {
        Self {
            refusals: 1,
            before,
            ..Self::default()
        }
    }

    /// There was none yet.
    pub(super) const fn is_empty(&self) -> bool {
        self.refusals == 0
    }

    /// A refusal so long after the one before.
    pub(super) fn refused(self, gap: Gap, refusal: Refusal) -> (Stage, Verdict) {
        let Refusal {
            rate,
            curve,
            period,
        } = refusal;
        if self.is_empty() || gap.used >= period {
            return (Stage::Search(Self::begun(curve)), Verdict::Limit);
        }
        if gap.used >= SOON * period {
            return (Stage::Search(self), Verdict::Limit);
        }
        let row = self.and(gap);
        if row.refusals <= ROW {
            return (Stage::Search(row), Verdict::Limit);
        }
        let served = row.served().min(rate);
        let share = 1.0 / (1.0 + row.usual());
        let trial = Trial::of(served, rate, share, row.before);
        (Stage::Trial(trial), Verdict::Try(served))
    }

    fn and(self, gap: Gap) -> Self {
        Self {
            refusals: self.refusals + 1,
            gaps: [self.gaps[1], gap],
            accepted: self.accepted + gap.accepted,
            most: self.most.max(gap.accepted),
            ..self
        }
    }

    /// In requests per second, over the last two gaps; zero while none is known.
    pub(super) fn served(&self) -> f64 {
        self.gaps[0].and(self.gaps[1]).served()
    }

    /// What goes through between two refusals; without the longest gap, which may have begun before the
    /// limit fell.
    fn usual(&self) -> f64 {
        let others = self.refusals.saturating_sub(2).max(1);
        (self.accepted - self.most).max(1.0) / f64::from(others)
    }

    /// Whether refusals have become rare, now that so much went through since the last.
    pub(super) fn is_over(&self, accepted: f64) -> bool {
        self.refusals < 2 || accepted >= PASSED * self.usual()
    }
}
