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
//! was too much, or what was really sent if that was less. Where the two are close, the level is near the
//! upper end. Where they are far apart, the search begins at their geometric mean and goes through its curve
//! several times as fast: that is the bisection that opens BIC (Xu, Harfoush, Rhee, "Binary Increase Congestion
//! Control", INFOCOM 2004).
//!
//! **The price.** Each refusal costs a pause and a few requests. The curve is stretched so that a
//! pause is a 20th of it, and that a refusal comes once in 300 requests or less often; where the recovery
//! is set to less than 30 seconds, in proportion.
//!
//! **The doubt.** Refusals that come at any rate say nothing of a limit: see `doubt`.
//!
//! Numbers without a source are choices, and no standard gives them: they were tried against the servers of
//! `simulated`, where `tests` holds what they achieve.

use std::time::Duration;

use super::curve::{Curve, Terms};
use super::doubt::{Doubt, Refusal, Verdict};
use super::pace::Pace;
use super::reserve::Reserve;

/// A longer time without a start is idle, and no slow pace: what is beyond it does not count.
const IDLE: f64 = 2.0;
/// From fewer requests nobody can tell how fast they were sent.
const FEW: f64 = 20.0;
/// The rate is measured over the last so many seconds of use, about.
const MEMORY: f64 = 10.0;
/// Whatever happens, the rate stays at or above this, in requests per second, if the ceiling does.
const SLOWEST: f64 = 0.1;
/// With a reserve, the rate is measured over the last so many seconds, about: what a token bucket had saved
/// up must not be taken for a part of the limit.
const LONG_MEMORY: f64 = 60.0;

/// The rate in force, and what is known of the limit.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// What was configured, in requests per second; infinite for no limit, and then nothing is searched.
    rate: f64,
    reserve: Reserve,
    terms: Terms,
    /// Absent while no limit below the ceiling is known.
    curve: Option<Curve>,
    seen: Seen,
    doubt: Doubt,
    /// The pause that the last refusal cost, in seconds.
    pause: f64,
}

/// What was seen since the last refusal, or in the last seconds of use.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    started: f64,
    /// Seconds that they take at the rates in force.
    used: f64,
    accepted: f64,
    /// While requests started.
    seconds: f64,
    /// While none could.
    paused: f64,
}

impl Search {
    /// `learned` is the limit that an earlier run found: it is where this one begins, no bound.
    pub(super) fn new(pace: Pace, learned: Option<f64>) -> Self {
        let Pace { rate, reserve, .. } = pace;
        let terms = Terms {
            recovery: pace.recovery.as_secs_f64(),
            slowest: SLOWEST.min(rate),
            cautious: reserve != Reserve::NONE,
        };
        let known = learned.filter(|learned| *learned > 0.0 && *learned < rate);
        Self {
            rate,
            reserve,
            terms,
            curve: known.map(|limit| Curve::known(terms, limit)),
            seen: Seen::default(),
            doubt: Doubt::new(),
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
        let believed = self.curve.map_or(self.rate, |curve| curve.rate());
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
        Some(curve.level().max(curve.rate()))
    }

    /// Whether that is more than an attempt to find out.
    pub(super) fn is_settled(&self) -> bool {
        self.doubt.is_settled()
    }

    /// A request starts, so long after the one before or after the pause; gives the seconds to the
    /// next one.
    pub(super) fn started(&mut self, since: Duration) -> f64 {
        let gap = 1.0 / self.in_force();
        let seconds = since.as_secs_f64().min(IDLE.max(gap * 1.5));
        self.doubt.started(seconds, gap);
        self.seen.started += 1.0;
        self.seen.used += gap;
        self.seen.seconds += seconds;
        let memory = if self.terms.cautious {
            LONG_MEMORY
        } else {
            MEMORY
        };
        if self.seen.seconds > memory {
            self.seen.halve();
        }
        if let Some(curve) = &mut self.curve {
            curve.advance(gap, self.pause);
            if curve.rate() >= self.rate {
                self.curve = None;
            }
        }
        gap
    }

    /// An answer came, of whatever kind and however late.
    pub(super) fn answered(&mut self, refused: bool) {
        self.doubt.answered(refused);
    }

    /// An answer came that was no 429.
    pub(super) fn accepted(&mut self) {
        self.seen.accepted += 1.0;
        if let Some((served, refused)) = self.doubt.accepted() {
            self.curve = Some(Curve::bracketed(self.terms, served, refused).from(served));
        }
    }

    /// A 429 came that tells something new.
    pub(super) fn refused(&mut self) {
        if self.rate.is_infinite() {
            return;
        }
        self.pause = 0.0;
        let rate = (self.in_force() * self.seen.kept_up()).max(self.terms.slowest);
        let level = self.curve.map_or(self.rate, |curve| curve.level());
        let verdict = self.doubt.refused(Refusal {
            rate,
            curve: self.curve,
            period: self.terms.period(level),
        });
        if verdict != Verdict::Tolerated {
            let seen = std::mem::take(&mut self.seen);
            self.curve = self.after(verdict, rate, seen);
        }
    }

    fn after(&self, verdict: Verdict, rate: f64, seen: Seen) -> Option<Curve> {
        let terms = self.terms;
        match (verdict, self.curve) {
            (Verdict::Tolerated, curve) | (Verdict::Chance(curve), _) => curve,
            (Verdict::Try(served), _) => Some(Curve::below(terms, served)),
            (Verdict::LimitAbove(low), _) => Some(Curve::bracketed(terms, low, rate).unhurried()),
            (Verdict::Nothing, Some(curve)) => Some(curve.anew()),
            (Verdict::Nothing | Verdict::Limit, _) => {
                let low = seen.sustained().max(self.doubt.served());
                Some(Curve::bracketed(terms, low, rate))
            }
        }
    }

    /// How long the pause after the last refusal is, as far as it is known now.
    pub(super) fn paused(&mut self, pause: Duration) {
        let pause = pause.as_secs_f64();
        let longer = pause - self.pause;
        self.pause = pause;
        self.seen.paused += longer;
        self.doubt.passed(longer);
        if let Some(curve) = &mut self.curve {
            curve.stretch(pause);
        }
    }
}

impl Seen {
    /// Requests per second that went through, the pause included.
    fn sustained(self) -> f64 {
        per_second(self.accepted, self.seconds + self.paused)
    }

    /// The part of the rate in force that was really sent: less than all where answers are waited for.
    /// Of a few requests that says nothing.
    fn kept_up(self) -> f64 {
        if self.started < FEW || self.used >= self.seconds {
            return 1.0;
        }
        self.used / self.seconds
    }

    fn halve(&mut self) {
        self.started /= 2.0;
        self.used /= 2.0;
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
