//! What the throttle remembers of 429 answers: the pause they ask for, and the rate they leave behind.
//! Time and chance come in as arguments.

use std::time::{Duration, Instant};

/// A 429 leaves this much of the rate ...
const LOWER: f64 = 0.7;
/// ... but never less than this much of the ceiling.
const FLOOR: f64 = 0.02;
/// Each quiet step gives back this much of the ceiling.
const RAISE: f64 = 0.05;
/// How long a step is: from the floor to the ceiling takes a bit more than three minutes.
const STEP: Duration = Duration::from_secs(10);
/// Answers to requests sent together come together: only the first in such a time lowers the rate.
const TOGETHER: Duration = Duration::from_secs(1);
/// The first pause when the server names none; doubled with each one that follows at once.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause that is not the server's own wish.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A wish beyond this is cut, so that one absurd header cannot stop a client for a year.
pub(super) const LONGEST_WISH: Duration = Duration::from_hours(1);

/// Pause and lowered rate.
#[derive(Debug)]
pub(super) struct Brake {
    /// The share of the ceiling in force, above 0, at most 1.
    share: f64,
    /// When the share was last changed.
    changed: Instant,
    /// Nothing starts before this.
    paused_until: Instant,
    /// Until then, another 429 is part of the same event.
    same_event_until: Instant,
    /// 429 events since the last good answer.
    strikes: u32,
}

impl Brake {
    pub(super) fn released(now: Instant) -> Self {
        Self {
            share: 1.0,
            changed: now,
            paused_until: now,
            same_event_until: now,
            strikes: 0,
        }
    }

    /// The share of the ceiling in force.
    pub(super) fn share(&self) -> f64 {
        self.share
    }

    /// When the pause ends, if there is one.
    pub(super) fn paused_until(&self, now: Instant) -> Option<Instant> {
        (self.paused_until > now).then_some(self.paused_until)
    }

    /// A 429 came. `chance` is from 0 to 1 and spreads the pauses that the server does not name.
    pub(super) fn apply(&mut self, now: Instant, wish: Option<Duration>, chance: f64) {
        let same_event = now < self.same_event_until;
        if !same_event {
            self.share = (self.share * LOWER).max(FLOOR);
            self.changed = now;
            self.strikes = self.strikes.saturating_add(1);
        }
        let pause = match wish {
            Some(wish) => wish.min(LONGEST_WISH),
            None if same_event => Duration::ZERO,
            None => own_pause(self.strikes, chance),
        };
        self.paused_until = self.paused_until.max(now + pause);
        self.same_event_until = self
            .same_event_until
            .max(self.paused_until)
            .max(now + TOGETHER);
    }

    /// An answer came that was no 429.
    pub(super) fn answered(&mut self, now: Instant) {
        if now >= self.same_event_until {
            self.strikes = 0;
        }
    }

    /// Gives back what the quiet time earned; says whether the share changed.
    pub(super) fn recover(&mut self, now: Instant) -> bool {
        let quiet_since = self.changed.max(self.paused_until);
        let quiet = now.saturating_duration_since(quiet_since);
        if self.share >= 1.0 || quiet < STEP {
            return false;
        }
        let steps = (quiet.as_secs_f64() / STEP.as_secs_f64()).floor();
        self.share = (self.share + steps * RAISE).min(1.0);
        self.changed = now;
        true
    }
}

/// Exponential with jitter, from half of it upwards: all callers wait on the one pause, so it must not
/// be drawn as nothing.
fn own_pause(strikes: u32, chance: f64) -> Duration {
    let doublings = strikes.saturating_sub(1).min(16);
    let whole = (FIRST_PAUSE * 2u32.pow(doublings)).min(LONGEST_PAUSE);
    whole.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn the_wish_of_the_server_is_kept() {
        let now = Instant::now();
        let mut brake = Brake::released(now);
        brake.apply(now, Some(seconds(9)), 0.0);
        assert_eq!(brake.paused_until(now), Some(now + seconds(9)));
        assert_eq!(brake.paused_until(now + seconds(9)), None);
        brake.apply(now, Some(seconds(3)), 0.0);
        assert_eq!(
            brake.paused_until(now),
            Some(now + seconds(9)),
            "a shorter wish shortens nothing"
        );
        brake.apply(now, Some(seconds(1_000_000_000)), 0.0);
        assert_eq!(brake.paused_until(now), Some(now + LONGEST_WISH));
    }

    #[test]
    fn answers_that_come_together_lower_once() {
        let now = Instant::now();
        let mut brake = Brake::released(now);
        for _ in 0..64 {
            brake.apply(now, Some(Duration::ZERO), 0.0);
            brake.apply(now, None, 0.0);
        }
        assert!(close(brake.share(), LOWER));
        let later = now + seconds(2);
        brake.apply(later, None, 0.0);
        assert!(close(brake.share(), LOWER * LOWER));
    }

    #[test]
    fn without_a_wish_the_pause_doubles_until_an_answer_comes() {
        let mut now = Instant::now();
        let mut brake = Brake::released(now);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            brake.apply(now, None, 1.0);
            let until = brake.paused_until(now).expect("paused");
            pauses.push((until - now).as_secs());
            now = until.max(now + TOGETHER);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        brake.answered(now);
        brake.apply(now, None, 0.0);
        assert_eq!(brake.paused_until(now), Some(now + FIRST_PAUSE / 2));
    }

    #[test]
    fn the_rate_comes_back_in_steps_and_only_in_quiet() {
        let now = Instant::now();
        let mut brake = Brake::released(now);
        brake.apply(now, Some(seconds(100)), 0.0);
        assert!(
            !brake.recover(now + seconds(109)),
            "the pause itself earns nothing"
        );
        assert!(brake.recover(now + seconds(110)));
        assert!(close(brake.share(), 0.75));
        assert!(!brake.recover(now + seconds(119)));
        assert!(brake.recover(now + seconds(1000)));
        assert!(close(brake.share(), 1.0));
        assert!(!brake.recover(now + seconds(2000)));
    }

    #[test]
    fn the_rate_never_falls_to_nothing() {
        let mut now = Instant::now();
        let mut brake = Brake::released(now);
        for _ in 0..100 {
            brake.apply(now, Some(Duration::ZERO), 0.0);
            now += TOGETHER;
        }
        assert!(close(brake.share(), FLOOR));
    }
}
