//! One delete. It names a customer by its id and a version, so sending it twice does no harm; and it
//! leaves only when Grid has shown, a moment before, that it takes away what was planned and nobody's twin.

use std::time::Instant;

use jiff::Timestamp;

use super::applier::Applier;
use super::backoff::backoff;
use super::doomed::{Doomed, Sight};
use super::look::until_next_look;
use super::once::{PATIENCE, code_of};
use super::tracker::Ended;
use crate::engine::error::EngineError;
use crate::event::Outcome;
use crate::grid::{Class, Error};
use crate::plan::ChangeKind;
use crate::state::Record;

/// What one attempt came to.
enum Tried {
    Over,
    /// Nothing: no list shows the customer, or not yet.
    Unlisted,
    /// Nothing, and Grid only asked for patience.
    Limited(String),
    /// Nothing that is known; `open` is whether the request may have had an effect.
    Again {
        code: String,
        open: bool,
    },
}

/// How far it came so far.
#[derive(Default)]
struct Course {
    attempts: u32,
    limited: u32,
    /// Whether a request of ours may have had an effect: if the customer is gone, it was us.
    ours: bool,
    /// Since when no list shows the customer.
    unlisted: Option<Instant>,
    /// Why the last attempt came to nothing.
    code: String,
}

impl Applier {
    /// Deletes the customer if it is still the one that was planned, or records why not. Being asked
    /// for patience uses up no attempt: the throttle waits for as long as Grid said.
    pub(super) async fn delete(&self, doomed: &Doomed) -> Result<(), EngineError> {
        let mut course = Course::default();
        while course.attempts < self.settings.attempts && course.limited < PATIENCE {
            let wait = match self.try_delete(doomed, &course).await? {
                Tried::Over => return Ok(()),
                Tried::Unlisted => {
                    let since = *course.unlisted.get_or_insert_with(Instant::now);
                    until_next_look(since, self.settings.lateness.settle)
                }
                Tried::Limited(why) => {
                    (course.limited, course.code) = (course.limited + 1, why);
                    continue;
                }
                Tried::Again { code, open } => {
                    (course.attempts, course.code) = (course.attempts + 1, code);
                    course.ours |= open;
                    backoff(course.attempts)
                }
            };
            if self.pause(wait).await.is_none() {
                return Ok(());
            }
        }
        self.exhausted_delete(doomed, &course).await
    }

    async fn try_delete(&self, doomed: &Doomed, course: &Course) -> Result<Tried, EngineError> {
        let Some(_turn) = self.turn().await else {
            return Ok(Tried::Over);
        };
        // From now on it is too late for a list to show it. Its id did, and nobody else has its key.
        let settle = self.settings.lateness.settle;
        let was_awaited = course
            .unlisted
            .is_some_and(|since| since.elapsed() >= settle);
        match self.see(doomed).await {
            None => Ok(Tried::Over),
            Some(Ok(Sight::Gone)) => self.deleted(doomed, course.ours).await,
            Some(Ok(Sight::Left(code))) => self.leave(doomed, code).await,
            Some(Ok(Sight::Unlisted)) if !was_awaited => Ok(Tried::Unlisted),
            Some(Ok(Sight::Unlisted | Sight::AsPlanned)) => self.send_delete(doomed, course).await,
            Some(Err(error)) => self.unseen(doomed, course, &error).await,
        }
    }

    async fn send_delete(&self, doomed: &Doomed, course: &Course) -> Result<Tried, EngineError> {
        let at = Timestamp::now();
        self.record(&doomed.key, Record::InFlight { at }).await?;
        let Some(permit) = self.context.stop.unless(self.writer.permit()).await else {
            self.record(&doomed.key, Record::NotApplied).await?;
            return Ok(Tried::Over);
        };
        match self.writer.delete(permit, &doomed.customer_id).await {
            Ok(()) => self.deleted(doomed, true).await,
            Err(error) if error.class() == Class::Gone => self.deleted(doomed, course.ours).await,
            Err(error) => self.refused_delete(doomed, &error).await,
        }
    }

    /// What each class of failure comes to.
    async fn refused_delete(&self, doomed: &Doomed, error: &Error) -> Result<Tried, EngineError> {
        let code = code_of(error);
        let (record, tried) = match error.class() {
            Class::Auth | Class::UsedUp => (Record::NotApplied, Tried::Over),
            Class::RateLimited { .. } => (Record::NotApplied, Tried::Limited(code)),
            Class::NotSent => (Record::NotApplied, Tried::Again { code, open: false }),
            Class::Unknown => {
                let unknown = Record::Unknown { code: code.clone() };
                (unknown, Tried::Again { code, open: true })
            }
            Class::Conflict | Class::UmaExists | Class::Gone | Class::Refused => {
                self.tell_deleted(doomed, Outcome::Failed, &code);
                let fields = Vec::new();
                (Record::Failed { code, fields }, Tried::Over)
            }
        };
        self.record(&doomed.key, record).await?;
        self.stop_for(error);
        Ok(tried)
    }

    /// Grid did not show the customer, however often it was asked: nothing leaves without that.
    async fn unseen(
        &self,
        doomed: &Doomed,
        course: &Course,
        error: &Error,
    ) -> Result<Tried, EngineError> {
        if self.stop_for(error) {
            return Ok(Tried::Over);
        }
        let code = code_of(error);
        if course.ours {
            // The next run settles it.
            let unknown = Record::Unknown { code: code.clone() };
            self.record(&doomed.key, unknown).await?;
            self.tell_deleted(doomed, Outcome::Unknown, &code);
        } else {
            self.leave(doomed, &code).await?;
        }
        if error.is_transient() {
            self.tracker.unanswered();
        }
        Ok(Tried::Over)
    }

    async fn deleted(&self, doomed: &Doomed, by_us: bool) -> Result<Tried, EngineError> {
        let customer_id = doomed.customer_id.clone();
        self.record(&doomed.key, Record::Deleted { customer_id, by_us })
            .await?;
        let outcome = if by_us {
            Outcome::Applied
        } else {
            Outcome::AlreadyApplied
        };
        let ended = Ended::new(doomed.key.clone(), ChangeKind::Delete, outcome);
        self.tracker
            .ended(ended.with_customer(doomed.customer_id.clone()));
        Ok(Tried::Over)
    }

    /// Leaves it for the next run.
    async fn leave(&self, doomed: &Doomed, code: &str) -> Result<Tried, EngineError> {
        let deferred = Record::Deferred { code: code.into() };
        self.record(&doomed.key, deferred).await?;
        self.tell_deleted(doomed, Outcome::Deferred, code);
        Ok(Tried::Over)
    }

    fn tell_deleted(&self, doomed: &Doomed, outcome: Outcome, code: &str) {
        let ended = Ended::new(doomed.key.clone(), ChangeKind::Delete, outcome);
        self.tracker.ended(ended.with_code(code));
    }

    /// Every attempt is used up. What the last one came to is still found out.
    async fn exhausted_delete(&self, doomed: &Doomed, course: &Course) -> Result<(), EngineError> {
        match self.see(doomed).await {
            None => return Ok(()),
            Some(Ok(Sight::Gone)) => self.deleted(doomed, course.ours).await?,
            Some(Err(error)) => return self.unseen(doomed, course, &error).await.map(drop),
            Some(Ok(_)) => self.leave(doomed, &course.code).await?,
        };
        self.tracker.unanswered();
        Ok(())
    }
}
