//! The search for the rate that the server allows, which nobody tells: it shows only in 429 answers. Pure.
//!
//! **The curve.** A refusal brackets the hidden limit; below it the rate begins anew and follows the
//! cubic of CUBIC congestion control (RFC 9438, §4.2): fast while it is far below the level of the
//! refusal, slow near it, and then upwards, faster and faster, since a limit that has not shown itself
//! for so long may have been raised. Where a TCP sender measures time by the clock, here it advances
//! with the requests that start: a rate that was not used has not been tried (RFC 7661 has the
//! same thought). So idle time earns nothing.
//!
//! **The bracket.** What was accepted since the last refusal, over the time since, was sustained; of a
//! token bucket it is the very limit, for the bucket was empty at both ends. The rate in force at the refusal
//! was too much, or what was really sent if that was less. Where the two are close, the level is near the upper end. Where they are far apart,
//! the search begins at their geometric mean and goes through its curve several times as fast: that is the
//! bisection that opens BIC (Xu, Harfoush, Rhee, "Binary Increase Congestion Control", INFOCOM 2004).
//!
//! **The price.** Each refusal costs a pause and a few requests. The curve is stretched so that a
//! pause is a 20th of it, and that a refusal comes once in 300 requests or less often.

use std::time::Duration;

use super::reserve::Reserve;

/// From a refusal to the level at which it came takes at least so many seconds ...
const SECONDS: f64 = 30.0;
/// ... and at least so many requests, which is longer at small rates, but does not count beyond so
/// many seconds ...
const REQUESTS: f64 = 300.0;
const REQUESTS_WITHIN: f64 = 300.0;
/// ... and at least so many times the pause ...
const PAUSES: f64 = 20.0;
/// ... but never more seconds than this.
const LONGEST: f64 = 600.0;
/// While the bracket is wide, or has proved wrong, this much of it.
const HASTE: f64 = 0.2;
/// So far above its level without a refusal, the curve was wrong: it goes on from there in haste, and
/// grows by about this factor in each of the short periods.
const WRONG: f64 = 1.5;

/// A bracket whose lower end is at least this much of its upper end is narrow.
const NARROW: f64 = 0.7;
/// The level: so far up in the bracket, on a logarithmic scale.
const LEVEL: f64 = 0.75;
/// In a narrow bracket the rate begins anew at this much of the level.
const BEGIN: f64 = 0.93;
/// After as long again as it took to reach the level, the rate is this much of the level above it.
const RISE: f64 = 0.3;
/// The lower end of a bracket is at least this much of the upper end: one refusal may be a mishap.
const DEEPEST: f64 = 0.05;

/// A longer time without a start is idle, and no slow pace: what is beyond it does not count.
const IDLE: f64 = 2.0;
/// From fewer requests nobody can tell how fast they were sent.
const FEW: f64 = 20.0;
/// The rate is measured over the last so many seconds of use, about.
const MEMORY: f64 = 10.0;
/// Whatever happens, the rate stays at or above this, in requests per second, if the ceiling does.
const SLOWEST: f64 = 0.1;
/// With a reserve, a limit that was found is believed for so many seconds of use: looking for a
/// higher one takes what is reserved, for a while.
const BELIEF: f64 = 900.0;
/// With a reserve, the rate is measured over the last so many seconds, about: what a token bucket had saved
/// up must not be taken for a part of the limit.
const LONG_MEMORY: f64 = 60.0;

/// The rate in force, and what is known of the limit.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// What was configured, in requests per second; infinite for no limit, and then nothing is searched.
    rate: f64,
    reserve: Reserve,
    /// Absent while no limit below the ceiling is known.
    curve: Option<Curve>,
    seen: Seen,
    /// The pause that the last refusal cost, in seconds.
    pause: f64,
}

/// The way from a refusal to the level at which it came, and on. All rates are those of the whole
/// limit: what is reserved is taken off afterwards.
#[derive(Clone, Copy, Debug)]
struct Curve {
    begin: f64,
    level: f64,
    /// Seconds of use so far.
    used: f64,
    /// Seconds of use from the beginning to the level.
    period: f64,
    /// Whether the bracket is.
    wide: bool,
}

/// What was seen since the last refusal, or in the last seconds of use.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    started: f64,
    accepted: f64,
    /// While requests started.
    seconds: f64,
    /// While none could.
    paused: f64,
}

impl Search {
    /// `learned` is the limit that an earlier run found: it is where this one begins, no bound.
    pub(super) fn new(rate: f64, reserve: Reserve, learned: Option<f64>) -> Self {
        let known = learned.filter(|learned| *learned > 0.0 && *learned < rate);
        Self {
            rate,
            reserve,
            curve: known.map(|level| Curve::new(level * BEGIN, level, false)),
            seen: Seen::default(),
            pause: 0.0,
        }
    }

    /// The most that may be sent, in requests per second: what was configured, less the reserve.
    pub(super) fn ceiling(&self) -> f64 {
        self.reserve.left_of(self.rate)
    }

    /// The rate in force, in requests per second.
    pub(super) fn in_force(&self) -> f64 {
        let ceiling = self.ceiling();
        let believed = self
            .curve
            .map_or(self.rate, |curve| curve.at(self.belief()));
        self.reserve
            .left_of(believed)
            .clamp(SLOWEST.min(ceiling), ceiling)
    }

    /// Whether the rate is held below the ceiling.
    pub(super) fn is_lowered(&self) -> bool {
        self.curve.is_some()
    }

    /// The limit as far as it is known: the level of the last refusal, or what was reached without one
    /// since.
    pub(super) fn learned(&self) -> Option<f64> {
        let curve = self.curve?;
        Some(curve.level.max(curve.at(self.belief())))
    }

    /// A request starts, so long after the one before or after the pause; gives the seconds to the
    /// next one.
    pub(super) fn started(&mut self, since: Duration) -> f64 {
        let gap = 1.0 / self.in_force();
        self.seen.started += 1.0;
        self.seen.seconds += since.as_secs_f64().min(IDLE.max(gap * 1.5));
        let memory = if self.reserves() { LONG_MEMORY } else { MEMORY };
        if self.seen.seconds + self.seen.paused > memory {
            self.seen.halve();
        }
        let belief = self.belief();
        if let Some(curve) = &mut self.curve {
            curve.used += gap;
            let tried = curve.at(belief);
            if tried >= curve.level * WRONG {
                *curve = Curve::risen_to(tried, self.pause);
            }
            if tried >= self.rate {
                self.curve = None;
            }
        }
        gap
    }

    /// An answer came that was no 429.
    pub(super) fn accepted(&mut self) {
        self.seen.accepted += 1.0;
    }

    /// A 429 came that tells something new.
    pub(super) fn refused(&mut self) {
        if self.rate.is_infinite() {
            return;
        }
        let seen = std::mem::take(&mut self.seen);
        self.pause = 0.0;
        let slowest = SLOWEST.min(self.rate);
        self.curve = Some(match self.curve {
            // Not one request went through since: this says nothing new of the limit.
            Some(curve) if seen.accepted < 1.0 => Curve {
                begin: (curve.begin / 2.0).max(slowest),
                used: 0.0,
                ..curve
            },
            _ => {
                let refused = self.in_force().min(seen.offered()).max(slowest);
                Curve::bracketed(seen.sustained(), refused, slowest, self.reserves())
            }
        });
    }

    /// How long the pause after the last refusal is, as far as it is known now.
    pub(super) fn paused(&mut self, pause: Duration) {
        let pause = pause.as_secs_f64();
        self.seen.paused += pause - self.pause;
        self.pause = pause;
        if let Some(curve) = &mut self.curve {
            curve.stretch(pause);
        }
    }

    fn reserves(&self) -> bool {
        self.reserve != Reserve::NONE
    }

    fn belief(&self) -> f64 {
        if self.reserves() { BELIEF } else { 0.0 }
    }
}

impl Curve {
    fn new(begin: f64, level: f64, wide: bool) -> Self {
        let mut curve = Self {
            begin,
            level,
            used: 0.0,
            period: 0.0,
            wide,
        };
        curve.stretch(0.0);
        curve
    }

    /// Begins anew after a refusal at the rate `refused`, when `sustained` went through. The `cautious`
    /// stay at the lower end of a narrow bracket.
    fn bracketed(sustained: f64, refused: f64, slowest: f64, cautious: bool) -> Self {
        let low = sustained.clamp(refused * DEEPEST, refused);
        let between = |part: f64| (low.powf(1.0 - part) * refused.powf(part)).max(slowest);
        if low < refused * NARROW {
            return Self::new(between(0.5), between(LEVEL), true);
        }
        let level = between(if cautious { 0.0 } else { LEVEL });
        Self::new((level * BEGIN).max(slowest), level, false)
    }

    /// Goes on from a level that was reached without a refusal.
    fn risen_to(level: f64, pause: f64) -> Self {
        let mut curve = Self::new(level, level, true);
        curve.stretch(pause);
        curve.used = curve.period;
        curve
    }

    /// Fits the period to the pause that the refusal cost, in seconds.
    fn stretch(&mut self, pause: f64) {
        let whole = SECONDS
            .max((REQUESTS / self.level).min(REQUESTS_WITHIN))
            .max(PAUSES * pause)
            .min(LONGEST);
        self.period = if self.wide { whole * HASTE } else { whole };
    }

    /// The rate of the whole limit that is tried now. A level out of a narrow bracket is kept for `belief`
    /// seconds.
    fn at(&self, belief: f64) -> f64 {
        let belief = if self.wide { 0.0 } else { belief };
        let used = if self.used > self.period {
            (self.used - belief).max(self.period)
        } else {
            self.used
        };
        let part = used / self.period - 1.0;
        let height = if part < 0.0 {
            self.level - self.begin
        } else {
            self.level * RISE
        };
        self.level + height * part.powi(3)
    }
}

impl Seen {
    /// Requests per second that went through, the pause included.
    fn sustained(self) -> f64 {
        per_second(self.accepted, self.seconds + self.paused)
    }

    /// Requests per second that were sent, outside of the pause. Less than the rate in force where
    /// answers are waited for. Of a few requests that says nothing.
    fn offered(self) -> f64 {
        if self.started < FEW {
            return f64::INFINITY;
        }
        per_second(self.started, self.seconds)
    }

    fn halve(&mut self) {
        self.started /= 2.0;
        self.accepted /= 2.0;
        self.seconds /= 2.0;
        self.paused /= 2.0;
    }
}

/// Infinite where no time has passed.
fn per_second(count: f64, seconds: f64) -> f64 {
    if seconds > 0.0 {
        count / seconds
    } else {
        f64::INFINITY
    }
}
