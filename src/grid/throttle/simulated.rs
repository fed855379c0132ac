//! A server with a hidden limit and a client with so many requests under way, on a clock that is
//! moved by hand: hours of traffic in a moment. The limiter between them is the real one.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use governor::clock::Clock;

use super::limiter::{Limiter, Turn};
use super::pace::Pace;

/// A clock that moves when told to.
#[derive(Clone)]
pub(super) struct Hand {
    zero: Instant,
    nanos: Arc<AtomicU64>,
}

impl Hand {
    pub(super) fn new() -> Self {
        Self {
            zero: Instant::now(),
            nanos: Arc::default(),
        }
    }

    pub(super) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_nanos()).expect("short");
        self.nanos.fetch_add(by, Ordering::Relaxed);
    }

    pub(super) fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.nanos.load(Ordering::Relaxed))
    }
}

impl Clock for Hand {
    type Instant = Instant;

    fn now(&self) -> Instant {
        self.zero + self.elapsed()
    }
}

/// The most starts in any window of one second that begins with a start.
pub(super) fn busiest_second(starts: &[Duration]) -> usize {
    let mut end = 0;
    let busiest = starts.iter().enumerate().map(|(first, start)| {
        while end < starts.len() && starts[end] < *start + Duration::from_secs(1) {
            end += 1;
        }
        end - first
    });
    busiest.max().unwrap_or_default()
}

/// How the server counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counting {
    /// A bucket that holds one second's worth.
    Bucket,
    /// So many in each second of its clock.
    Seconds,
    /// So many in any second that ends now.
    Sliding,
}

/// What a 429 says of when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Whole seconds, rounded up.
    Seconds,
    /// A date: whole seconds too, and up to one more.
    Date,
    /// Nothing.
    Absent,
}

/// The server.
pub(super) struct Server {
    pub(super) counting: Counting,
    pub(super) wish: Wish,
    pub(super) per_second: f64,
    /// The part of the requests that it refuses whatever their rate.
    pub(super) share: f64,
    dice: fastrand::Rng,
    /// What is left in the bucket, or of this second.
    left: f64,
    /// When that was reckoned.
    at: f64,
    /// When it took requests, of the last second.
    taken: VecDeque<f64>,
}

impl Server {
    pub(super) fn new(counting: Counting, wish: Wish, per_second: f64) -> Self {
        Self {
            counting,
            wish,
            per_second,
            share: 0.0,
            dice: fastrand::Rng::with_seed(1),
            left: per_second.max(1.0),
            at: 0.0,
            taken: VecDeque::new(),
        }
    }

    /// The same, and refuses this part of all requests whatever their rate.
    pub(super) fn by_chance(
        counting: Counting,
        wish: Wish,
        per_second: f64,
        share: f64,
        seed: u64,
    ) -> Self {
        Self {
            share,
            dice: fastrand::Rng::with_seed(seed),
            ..Self::new(counting, wish, per_second)
        }
    }

    /// Takes a request, or says how long until it would.
    fn take(&mut self, now: f64) -> Result<(), f64> {
        if self.dice.f64() < self.share {
            return Err(0.0);
        }
        self.take_one(now)
    }

    fn take_one(&mut self, now: f64) -> Result<(), f64> {
        self.refill(now);
        if self.left >= 1.0 {
            self.left -= 1.0;
            self.taken.push_back(now);
            return Ok(());
        }
        Err(match self.counting {
            Counting::Bucket => ((1.0 - self.left) / self.per_second).min(60.0),
            Counting::Seconds => now.floor() + 1.0 - now,
            Counting::Sliding => self.taken.front().map_or(1.0, |first| first + 1.0 - now),
        })
    }

    fn refill(&mut self, now: f64) {
        let full = self.per_second;
        while self.taken.front().is_some_and(|first| *first <= now - 1.0) {
            self.taken.pop_front();
        }
        match self.counting {
            Counting::Bucket => {
                let saved = self.left + (now - self.at) * self.per_second;
                self.left = saved.min(full.max(1.0));
            }
            Counting::Seconds if now.floor() > self.at.floor() => self.left = full,
            Counting::Seconds => {}
            Counting::Sliding => {
                let taken = u32::try_from(self.taken.len()).expect("few");
                self.left = full - f64::from(taken);
            }
        }
        self.at = now;
    }

    fn header(&self, wait: f64, chance: f64) -> Option<Duration> {
        let seconds = wait.ceil().max(1.0);
        match self.wish {
            Wish::Seconds => Some(Duration::from_secs_f64(seconds)),
            Wish::Date => Some(Duration::from_secs_f64(seconds + chance)),
            Wish::Absent => None,
        }
    }
}

/// The client: always something to send.
pub(super) struct Client {
    pub(super) limiter: Limiter<Hand>,
    pub(super) hand: Hand,
    concurrency: usize,
    /// From the start to the server, and from there back, with this much by chance.
    latency: (f64, f64),
    chance: fastrand::Rng,
    under_way: BinaryHeap<Reverse<(Duration, u64, Answer)>>,
    flying: usize,
    /// Starts so far.
    pub(super) starts: Vec<Duration>,
    /// Answers so far: when, and whether they were 429.
    pub(super) answers: Vec<(Duration, bool)>,
}

/// What comes next to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    /// It reaches the server.
    Asked,
    Good,
    Refused(Option<Duration>),
}

impl Client {
    pub(super) fn new(pace: Pace, concurrency: usize, learned: Option<f64>, seed: u64) -> Self {
        let hand = Hand::new();
        let limiter = Limiter::new(pace, learned, hand.clone()).expect("in bounds");
        Self {
            limiter,
            hand,
            concurrency,
            latency: (0.02, 0.01),
            chance: fastrand::Rng::with_seed(seed),
            under_way: BinaryHeap::new(),
            flying: 0,
            starts: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// Sends to the server for so long.
    pub(super) fn run(&mut self, server: &mut Server, seconds: f64) {
        let end = self.hand.elapsed() + Duration::from_secs_f64(seconds);
        while self.hand.elapsed() < end {
            let wake = self.start_all().unwrap_or(end).min(end);
            let next = self.under_way.peek().map(|Reverse((at, ..))| *at);
            let until = next.map_or(wake, |next| next.min(wake));
            self.hand.advance(until.saturating_sub(self.hand.elapsed()));
            if next.is_some_and(|next| next <= until)
                && let Some(Reverse((_, number, answer))) = self.under_way.pop()
            {
                self.step(server, number, answer);
            }
        }
    }

    /// Starts what may start; gives when to try again, unless an answer must come before.
    fn start_all(&mut self) -> Option<Duration> {
        while self.flying < self.concurrency {
            match self.limiter.try_start() {
                Turn::Now(number) => {
                    self.flying += 1;
                    self.starts.push(self.hand.elapsed());
                    self.later(number, Answer::Asked);
                }
                // Timers have whole milliseconds.
                Turn::At(until) => {
                    let wait = until - self.hand.now();
                    let millis = u64::try_from(wait.as_nanos().div_ceil(1_000_000)).expect("short");
                    return Some(self.hand.elapsed() + Duration::from_millis(millis));
                }
            }
        }
        None
    }

    fn later(&mut self, number: u64, answer: Answer) {
        let (latency, jitter) = self.latency;
        let wait = Duration::from_secs_f64(latency + jitter * self.chance.f64());
        let at = self.hand.elapsed() + wait;
        self.under_way.push(Reverse((at, number, answer)));
    }

    fn step(&mut self, server: &mut Server, number: u64, answer: Answer) {
        let now = self.hand.elapsed();
        match answer {
            Answer::Asked => {
                let answer = match server.take(now.as_secs_f64()) {
                    Ok(()) => Answer::Good,
                    Err(wait) => Answer::Refused(server.header(wait, self.chance.f64())),
                };
                self.later(number, answer);
                return;
            }
            Answer::Good => self.limiter.accepted(number),
            Answer::Refused(wish) => {
                let chance = self.chance.f64();
                self.limiter.refused(number, wish, chance);
            }
        }
        self.flying -= 1;
        self.answers
            .push((now, matches!(answer, Answer::Refused(_))));
    }

    /// Answers between two times: good ones a second, and 429s of all.
    pub(super) fn between(&self, from: f64, to: f64) -> Figures {
        let range = Duration::from_secs_f64(from)..Duration::from_secs_f64(to);
        let answers = self.answers.iter().filter(|(at, _)| range.contains(at));
        let (mut good, mut refused) = (0_u32, 0_u32);
        for (_, was_refused) in answers {
            if *was_refused {
                refused += 1;
            } else {
                good += 1;
            }
        }
        Figures {
            requests: good + refused,
            refused,
            per_second: f64::from(good) / (to - from),
        }
    }
}

/// What a stretch of time came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures {
    pub(super) requests: u32,
    pub(super) refused: u32,
    /// Good answers.
    pub(super) per_second: f64,
}

impl Figures {
    /// The part of the requests that were refused.
    pub(super) fn refused_part(self) -> f64 {
        f64::from(self.refused) / f64::from(self.requests.max(1))
    }
}
