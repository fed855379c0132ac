//! The way from a refusal back to the rate at which it came, and on: the cubic of CUBIC congestion
//! control (RFC 9438, §4.2). Pure.

/// At a smaller rate than this, in requests per second, the way is longer, so that it has as many requests: 300 at
/// the recovery of 30 seconds ...
const REQUESTS: f64 = 10.0;
/// ... but it is no longer than so many recoveries for that.
const SLOW: f64 = 10.0;
/// For each second of the pause that a refusal cost, the way has so many recoveries: at the recovery of 30
/// seconds the pause is a 20th of it.
const PAUSES: f64 = 20.0 / 30.0;
/// The longest way, in recoveries.
const LONGEST: f64 = 20.0;
/// While the bracket is wide, or has proved wrong, this much of the way.
const HASTE: f64 = 0.2;
/// So far above its level without a refusal, the curve was wrong: it goes on from there in haste, and
/// grows by about this factor in each of the short ways.
const WRONG: f64 = 1.5;

/// A bracket whose lower end is at least this much of its upper end is narrow.
pub(super) const NARROW: f64 = 0.7;
/// The level: so far up in the bracket, on a logarithmic scale.
const LEVEL: f64 = 0.75;
/// In a narrow bracket the rate begins anew at this much of the level.
const BEGIN: f64 = 0.93;
/// After as long again as it took to reach the level, the rate is this much of the level above it.
const RISE: f64 = 0.3;
/// The lower end of a bracket is at least this much of the upper end: one refusal may be a mishap.
const DEEPEST: f64 = 0.05;

/// What was served is measured to a few parts in a hundred, since servers count by the second: a trial
/// begins at this much of it ...
const TRIAL_BEGIN: f64 = 0.9;
/// ... and stays at this much.
const TRIAL_LEVEL: f64 = 0.96;

/// The cautious believe a limit that was found for so many recoveries: looking for a higher one takes
/// what is reserved, for a while.
const BELIEF: f64 = 30.0;

/// What all curves of a search have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Terms {
    /// The shortest way from a refusal to its level, in seconds.
    pub(super) recovery: f64,
    /// No curve goes below this rate, in requests per second.
    pub(super) slowest: f64,
    /// Whether a limit that was found is not to be reached, because others use it too.
    pub(super) cautious: bool,
}

/// All rates are those of the whole limit, in requests per second; all times are seconds of use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Curve {
    terms: Terms,
    begin: f64,
    level: f64,
    /// So far.
    used: f64,
    /// From the beginning to the level.
    period: f64,
    /// Whether the bracket is.
    wide: bool,
}

impl Terms {
    /// How long the way to this level is after a refusal that cost no pause worth counting.
    pub(super) fn period(self, level: f64) -> f64 {
        self.recovery * ways(level)
    }
}

/// The same in recoveries.
fn ways(level: f64) -> f64 {
    (REQUESTS / level).clamp(1.0, SLOW)
}

impl Curve {
    fn new(terms: Terms, begin: f64, level: f64, wide: bool) -> Self {
        let mut curve = Self {
            terms,
            begin: begin.max(terms.slowest),
            level: level.max(terms.slowest),
            used: 0.0,
            period: 0.0,
            wide,
        };
        curve.stretch(0.0);
        curve
    }

    /// Begins a little below a limit that an earlier run found.
    pub(super) fn known(terms: Terms, limit: f64) -> Self {
        Self::new(terms, limit * BEGIN, limit, false)
    }

    /// Begins anew after a refusal at the rate `refused`, when `low` went through. The cautious stay at the
    /// lower end of a narrow bracket.
    pub(super) fn bracketed(terms: Terms, low: f64, refused: f64) -> Self {
        let low = low.clamp(refused * DEEPEST, refused);
        let between = |part: f64| low.powf(1.0 - part) * refused.powf(part);
        if low < refused * NARROW {
            return Self::new(terms, between(0.5), between(LEVEL), true);
        }
        let level = between(if terms.cautious { 0.0 } else { LEVEL });
        Self::new(terms, level * BEGIN, level, false)
    }

    /// Stays below a rate that was served, for a whole way.
    pub(super) fn below(terms: Terms, served: f64) -> Self {
        Self::new(terms, served * TRIAL_BEGIN, served * TRIAL_LEVEL, false)
    }

    /// Goes on from a rate that was reached without a refusal.
    fn risen_to(self, rate: f64, pause: f64) -> Self {
        let mut curve = Self::new(self.terms, rate, rate, true);
        curve.stretch(pause);
        curve.used = curve.period;
        curve
    }

    /// The same, begun at this rate if that is lower.
    #[must_use]
    pub(super) fn from(self, rate: f64) -> Self {
        Self {
            begin: self.begin.min(rate).max(self.terms.slowest),
            ..self
        }
    }

    /// The same without haste.
    #[must_use]
    pub(super) fn unhurried(self) -> Self {
        Self::new(self.terms, self.begin, self.level, false)
    }

    /// The same from its beginning.
    #[must_use]
    pub(super) const fn anew(self) -> Self {
        Self { used: 0.0, ..self }
    }

    /// Fits the period to the pause that the refusal cost, in seconds.
    pub(super) fn stretch(&mut self, pause: f64) {
        let ways = ways(self.level).max(PAUSES * pause);
        let haste = if self.wide { HASTE } else { 1.0 };
        self.period = self.terms.recovery * ways.min(LONGEST) * haste;
    }

    /// Goes on for so many seconds of use; the last pause is that of [`Curve::stretch`].
    pub(super) fn advance(&mut self, seconds: f64, pause: f64) {
        self.used += seconds;
        let tried = self.rate();
        if tried >= self.level * WRONG {
            *self = self.risen_to(tried, pause);
        }
    }

    /// The rate at which the last refusal came, as far as it was believed.
    pub(super) const fn level(&self) -> f64 {
        self.level
    }

    /// The rate of the whole limit that is tried now.
    pub(super) fn rate(&self) -> f64 {
        let part = self.believed() / self.period - 1.0;
        let height = if part < 0.0 {
            self.level - self.begin
        } else {
            self.level * RISE
        };
        self.level + height * part.powi(3)
    }

    /// The use so far, less what a level out of a narrow bracket is kept for.
    fn believed(&self) -> f64 {
        if !self.terms.cautious || self.wide || self.used <= self.period {
            return self.used;
        }
        (self.used - BELIEF * self.terms.recovery).max(self.period)
    }
}
