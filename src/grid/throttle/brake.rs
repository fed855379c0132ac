//! What the throttle knows of 429 answers: the pause they ask for, and the rate they leave behind.
//! Time and chance come in as arguments.

use std::time::{Duration, Instant};

use super::pace::NAP;
use super::search::Search;

/// The first pause when the server names none; doubled with each one that follows at once.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause that is not the server's own wish.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A wish beyond this is cut: the quota of a day is over by then, and one absurd header must not stop a client for
/// a year. Whoever waits stays free to stop.
pub(super) const LONGEST_WISH: Duration = Duration::from_hours(24);
/// A pause that grows by less is not told of again.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// Pause and lowered rate.
#[derive(Debug)]
pub(super) struct Brake {
    search: Search,
    /// At a lowered rate, the next request is due then.
    due: Instant,
    /// When a request started last.
    last: Instant,
    /// Requests started so far: each has a number, from 1.
    started: u64,
    refusal: Refusal,
    /// Refusals since a request was accepted.
    strikes: u32,
}

/// The last 429 that told something new.
#[derive(Debug)]
struct Refusal {
    /// How long it has kept everything waiting, in all.
    pause: Duration,
    /// Requests up to this number had started: what they bring belongs to it, however late (the
    /// `recover` of RFC 6582, fast recovery in TCP).
    last: u64,
    /// Nothing starts before this.
    paused_until: Instant,
}

impl Brake {
    pub(super) fn new(search: Search, now: Instant) -> Self {
        Self {
            search,
            due: now,
            last: now,
            started: 0,
            refusal: Refusal {
                pause: Duration::ZERO,
                last: 0,
                paused_until: now,
            },
            strikes: 0,
        }
    }

    pub(super) fn search(&self) -> &Search {
        &self.search
    }

    /// Until when nothing may start, if it may not now.
    pub(super) fn hold(&self, now: Instant) -> Option<Instant> {
        let due = self.search.is_lowered().then_some(self.due);
        let until = due.map_or(self.refusal.paused_until, |due| {
            due.max(self.refusal.paused_until)
        });
        (until > now).then_some(until)
    }

    /// When the pause ends, if there is one.
    pub(super) fn paused_until(&self, now: Instant) -> Option<Instant> {
        Some(self.refusal.paused_until).filter(|until| *until > now)
    }

    /// A request starts: gives its number. A timer that woke late is made good for, as far as a nap goes.
    pub(super) fn started(&mut self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.last.max(self.refusal.paused_until));
        self.last = now;
        let gap = Duration::try_from_secs_f64(self.search.started(since)).unwrap_or_default();
        let latest = self.due.max(now.checked_sub(NAP).unwrap_or(now));
        self.due = latest + gap;
        self.started += 1;
        self.started
    }

    /// An answer came to this request that was no 429.
    pub(super) fn accepted(&mut self, number: u64) {
        self.search.answered(false);
        if number > self.refusal.last {
            self.strikes = 0;
            self.search.accepted();
        }
    }

    /// A 429 came to this request; says whether that is news. `chance` is from 0 to 1 and spreads the
    /// pauses that the server does not name.
    pub(super) fn refused(
        &mut self,
        number: u64,
        now: Instant,
        wish: Option<Duration>,
        chance: f64,
    ) -> bool {
        self.search.answered(true);
        let news = number > self.refusal.last;
        if news {
            self.strikes = self.strikes.saturating_add(1);
            self.search.refused();
            self.refusal = Refusal {
                pause: Duration::ZERO,
                last: self.started,
                paused_until: now,
            };
        }
        // No time at all is no wish: who refuses a request needs patience, whatever its clock says.
        let pause = match wish.filter(|wish| !wish.is_zero()) {
            Some(wish) => wish.min(LONGEST_WISH),
            None if news => own_pause(self.strikes, chance),
            None => Duration::ZERO,
        };
        let longer = self.pause_for(now, pause);
        news || longer > WORTH_TELLING
    }

    /// Gives how much longer the pause is than it was.
    fn pause_for(&mut self, now: Instant, pause: Duration) -> Duration {
        let before = self.refusal.paused_until.max(now);
        let longer = (now + pause).saturating_duration_since(before);
        self.refusal.paused_until = before + longer;
        self.refusal.pause += longer;
        self.search.paused(self.refusal.pause);
        let gap = Duration::try_from_secs_f64(1.0 / self.search.in_force()).unwrap_or_default();
        self.due = self.due.max(now + gap);
        longer
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
    use crate::grid::throttle::pace::Pace;

    const TOGETHER: Duration = Duration::from_secs(1);

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn brake(now: Instant) -> Brake {
        brake_that_learned(None, now)
    }

    fn brake_that_learned(learned: Option<f64>, now: Instant) -> Brake {
        let pace = Pace {
            rate: 100.0,
            ..Pace::UNLIMITED
        };
        Brake::new(Search::new(pace, learned), now)
    }

    #[test]
    fn the_wish_of_the_server_is_kept() {
        let now = Instant::now();
        let mut brake = brake(now);
        let number = brake.started(now);
        brake.refused(number, now, Some(seconds(9)), 0.0);
        assert_eq!(brake.paused_until(now), Some(now + seconds(9)));
        assert_eq!(brake.hold(now), Some(now + seconds(9)));
        assert_eq!(brake.paused_until(now + seconds(9)), None);
        brake.refused(number, now, Some(seconds(3)), 0.0);
        assert_eq!(
            brake.paused_until(now),
            Some(now + seconds(9)),
            "a shorter wish shortens nothing"
        );
        brake.refused(number, now, Some(seconds(7_200)), 0.0);
        assert_eq!(brake.paused_until(now), Some(now + seconds(7_200)));
        brake.refused(number, now, Some(seconds(1_000_000_000)), 0.0);
        assert_eq!(brake.paused_until(now), Some(now + LONGEST_WISH));
    }

    #[test]
    fn requests_that_were_under_way_together_lower_once_however_late_they_are_answered() {
        let now = Instant::now();
        let mut brake = brake(now);
        let numbers: Vec<u64> = (0..64).map(|_| brake.started(now)).collect();
        assert!(brake.refused(numbers[0], now, Some(TOGETHER), 0.0));
        let lowered = brake.search().in_force();
        assert!(lowered < 100.0);
        let late = now + seconds(20);
        for number in &numbers[1..] {
            assert!(!brake.refused(*number, late, None, 0.0));
            assert!((brake.search().in_force() - lowered).abs() < 1e-9);
        }
        assert_eq!(brake.paused_until(late), None, "nothing new was asked");
        let next = brake.started(late);
        brake.accepted(next);
        let next = brake.started(late);
        assert!(brake.refused(next, late, None, 0.0));
        assert!(brake.search().in_force() < lowered);
    }

    #[test]
    fn a_pause_that_grows_is_told_of_again() {
        let now = Instant::now();
        let mut brake = brake(now);
        let number = brake.started(now);
        assert!(brake.refused(number, now, Some(seconds(1)), 0.0));
        assert!(!brake.refused(number, now, Some(seconds(2)), 0.0));
        assert!(brake.refused(number, now, Some(seconds(60)), 0.0));
    }

    #[test]
    fn without_a_wish_the_pause_doubles_until_a_request_is_accepted() {
        let mut now = Instant::now();
        let mut brake = brake(now);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            let number = brake.started(now);
            brake.refused(number, now, None, 1.0);
            let until = brake.paused_until(now).expect("paused");
            pauses.push((until - now).as_secs());
            now = until;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        let number = brake.started(now);
        brake.accepted(number);
        let number = brake.started(now);
        brake.refused(number, now, None, 0.0);
        assert_eq!(brake.paused_until(now), Some(now + FIRST_PAUSE / 2));
    }

    /// `Retry-After: 0`, or a date that is over.
    #[test]
    fn a_wish_for_no_time_at_all_is_none() {
        let now = Instant::now();
        let mut brake = brake(now);
        let number = brake.started(now);
        brake.refused(number, now, Some(Duration::ZERO), 0.0);
        assert_eq!(brake.paused_until(now), Some(now + FIRST_PAUSE / 2));
    }

    #[test]
    fn an_answer_to_an_earlier_request_does_not_end_the_strikes() {
        let now = Instant::now();
        let mut brake = brake(now);
        let (first, second) = (brake.started(now), brake.started(now));
        brake.refused(first, now, None, 1.0);
        brake.accepted(second);
        let third = brake.started(now + FIRST_PAUSE);
        brake.refused(third, now + FIRST_PAUSE, None, 1.0);
        let until = now + FIRST_PAUSE * 3;
        assert_eq!(brake.paused_until(now + FIRST_PAUSE), Some(until));
    }

    #[test]
    fn at_a_lowered_rate_requests_are_spread_and_a_nap_is_made_good_for() {
        let now = Instant::now();
        let mut brake = brake_that_learned(Some(10.0), now);
        let gap = Duration::from_secs_f64(1.0 / brake.search().in_force());
        brake.started(now);
        let due = brake.hold(now).expect("lowered");
        assert!(
            due - now <= gap && due - now + NAP + NAP > gap,
            "{:?}",
            due - now
        );
        let late = due + NAP;
        assert_eq!(brake.hold(late), None);
        brake.started(late);
        assert!(brake.hold(late).expect("lowered") < late + gap);
    }
}
