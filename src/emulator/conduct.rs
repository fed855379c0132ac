//! The way of a request through the emulator: record, faults, who may come in, the endpoint, faults again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::api;
use super::auth;
use super::clock::http_date;
use super::error::Refusal;
use super::fault::{Kind, Mischief};
use super::hooks::Moment;
use super::reply::{Ending, Reply};
use super::request::Request;
use super::settings::RetryAfter;
use super::trouble;
use super::world::{World, locked};

impl World {
    /// Answers one request, faults and latency included. The second value is how far the clock is off for it, in milliseconds.
    pub(crate) async fn answer(self: &Arc<Self>, request: Request) -> (Ending, i64) {
        let class = request.class();
        let number = self.log.received(&request, class);
        self.hooks.run(number, Moment::Received);
        let mischief = locked(&self.plot).decide(class, Instant::now());
        let half = self.lag(number) / 2;
        pause(half).await;
        let (ending, committed) = self.conduct(request, &mischief, number);
        let status = match &ending {
            Ending::Answer(reply, _) => Some(reply.status),
            Ending::Drop | Ending::Stall => None,
        };
        self.log.ended(number, status, committed, mischief.name());
        self.hooks.run(number, Moment::Done);
        pause(half).await;
        self.log.answered(number);
        (ending, mischief.millis(Kind::ClockOffset).unwrap_or(0))
    }

    /// What comes of a request, and whether it changed the world.
    fn conduct(
        self: &Arc<Self>,
        request: Request,
        mischief: &Mischief,
        number: u64,
    ) -> (Ending, bool) {
        if let Some(ending) = trouble::before(mischief, &self.clock) {
            return (ending, false);
        }
        if let Err(reply) = self.admit(&request) {
            return (trouble::after(mischief, reply), false);
        }
        if let Some(wait) = mischief.duration(Kind::LateCommit) {
            self.commit_later(request, mischief.clone(), number, wait);
            return (Ending::Drop, false);
        }
        if let Some(wait) = mischief.duration(Kind::StallLateCommit) {
            self.commit_later(request, mischief.clone(), number, wait);
            return (Ending::Stall, false);
        }
        let reply = api::handle(self, &request, mischief);
        let committed = reply.committed;
        (trouble::after(mischief, reply), committed)
    }

    fn admit(&self, request: &Request) -> Result<(), Reply> {
        let allowed = self.settings.credentials.as_deref();
        auth::admit(
            allowed,
            request.authorization.as_deref(),
            request.class().writes(),
        )?;
        let mut limiter = locked(&self.limiter);
        let Some(limiter) = limiter.as_mut() else {
            return Ok(());
        };
        limiter
            .take(Instant::now())
            .map_err(|wait| self.too_fast(limiter.limit().retry_after, wait))
    }

    fn too_fast(&self, retry_after: RetryAfter, wait: Duration) -> Reply {
        let reply = Reply::from(Refusal::rate_limited());
        let seconds = i64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(i64::MAX);
        match retry_after {
            RetryAfter::Absent => reply,
            RetryAfter::Seconds => reply.with_header("retry-after", seconds.to_string()),
            RetryAfter::Date => {
                // A date has whole seconds only: one more, so that it is never too early.
                let at = self
                    .clock
                    .now(seconds.saturating_add(1).saturating_mul(1_000));
                reply.with_header("retry-after", http_date(at))
            }
        }
    }

    /// Lets a request take effect when nobody listens any more.
    fn commit_later(
        self: &Arc<Self>,
        request: Request,
        mischief: Mischief,
        number: u64,
        wait: Duration,
    ) {
        let world = Arc::clone(self);
        tokio::spawn(async move {
            pause(wait).await;
            if api::handle(&world, &request, &mischief).committed {
                world.log.committed(number);
            }
        });
    }
}

async fn pause(length: Duration) {
    if !length.is_zero() {
        tokio::time::sleep(length).await;
    }
}
