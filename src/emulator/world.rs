//! Everything one emulator knows: settings, customers, faults, clock, record.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::api::{Accounts, Links};
use super::clock::{Clock, Micros};
use super::fault::{Dice, Kind, Mischief, Plot};
use super::hooks::Hooks;
use super::limit::Limiter;
use super::log::Log;
use super::seed::{SeedCustomer, plant};
use super::settings::Settings;
use super::store::{Customers, Ids};

/// One stand-in for Grid. Shared by all connections; each lock is held for one step only, never across a wait.
#[derive(Debug)]
pub struct World {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) started: Micros,
    pub(crate) customers: Mutex<Customers>,
    pub(crate) accounts: Mutex<Accounts>,
    pub(crate) links: Mutex<Links>,
    pub(crate) plot: Mutex<Plot>,
    pub(crate) limiter: Mutex<Option<Limiter>>,
    pub(crate) log: Log,
    pub(crate) hooks: Hooks,
    ids: Ids,
    numbers: AtomicU64,
}

impl World {
    /// A world with these customers in it.
    pub fn new(settings: Settings, seed: Vec<SeedCustomer>) -> Self {
        let offset = settings.clock_offset.as_millis();
        let clock = Clock::new(i64::try_from(offset).unwrap_or(i64::MAX));
        let started = clock.stamp(0);
        let customers = plant(&settings, started, seed);
        Self {
            started,
            clock,
            customers: Mutex::new(customers),
            accounts: Mutex::default(),
            links: Mutex::default(),
            plot: Mutex::new(Plot::new(settings.seed, settings.faults.clone())),
            limiter: Mutex::new(
                settings
                    .rate_limit
                    .map(|limit| Limiter::new(limit, Instant::now())),
            ),
            log: Log::new(settings.remembered_requests),
            hooks: Hooks::default(),
            // Not the seed itself: ids of other things never look like those of customers.
            ids: Ids::new(!settings.seed, ""),
            numbers: AtomicU64::new(0),
            settings,
        }
    }

    /// The time of a write.
    pub(crate) fn stamp(&self, mischief: &Mischief) -> Micros {
        self.clock
            .stamp(mischief.millis(Kind::ClockOffset).unwrap_or(0))
    }

    /// A number that was not given before.
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// A UUID that was not given before.
    pub(crate) fn fresh_uuid(&self) -> String {
        self.ids.uuid(self.next_number())
    }

    /// How long a request takes besides the work.
    pub(crate) fn lag(&self, number: u64) -> Duration {
        let Settings {
            latency,
            latency_jitter,
            seed,
            ..
        } = self.settings;
        if latency_jitter.is_zero() {
            return latency;
        }
        latency + latency_jitter.mul_f64(Dice::new(seed).fraction(u64::MAX, number))
    }
}

/// Takes a lock. A panic elsewhere has not left anything half done that matters to a test.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
