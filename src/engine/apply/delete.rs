//! One delete. It names a customer by its id and a version, so sending it twice does no harm.

use jiff::Timestamp;

use super::applier::Applier;
use super::backoff::backoff;
use super::once::{PATIENCE, code_of};
use super::tracker::Ended;
use crate::engine::error::EngineError;
use crate::event::Outcome;
use crate::grid::{Class, Error, Found};
use crate::model::{Customer, CustomerId, Key};
use crate::plan::ChangeKind;
use crate::state::Record;

/// What one attempt came to.
enum Tried {
    Over,
    /// Nothing, and Grid only asked for patience.
    Limited(String),
    Again(String),
}

impl Applier {
    /// Deletes the customer if it is still the one that was planned, or records why not. Being asked
    /// for patience uses up no attempt: the throttle waits for as long as Grid said.
    pub(super) async fn delete(
        &self,
        key: Key,
        customer_id: CustomerId,
    ) -> Result<(), EngineError> {
        let mut code = String::new();
        let (mut attempts, mut limited) = (0, 0);
        while attempts < self.settings.attempts && limited < PATIENCE {
            let tried = self.try_delete(&key, &customer_id, attempts > 0).await?;
            match tried {
                Tried::Over => return Ok(()),
                Tried::Limited(why) => (limited, code) = (limited + 1, why),
                Tried::Again(why) => {
                    (attempts, code) = (attempts + 1, why);
                    if self.pause(backoff(attempts)).await.is_none() {
                        return Ok(());
                    }
                }
            }
        }
        let outcome = self.after_exhaustion(&key, &customer_id, &code).await?;
        self.tracker
            .ended(Ended::new(key, ChangeKind::Delete, outcome).with_code(code));
        self.tracker.unanswered();
        Ok(())
    }

    async fn try_delete(
        &self,
        key: &Key,
        customer_id: &CustomerId,
        again: bool,
    ) -> Result<Tried, EngineError> {
        let Some(_turn) = self.turn().await else {
            return Ok(Tried::Over);
        };
        let Some(found) = self
            .context
            .stop
            .unless(self.context.reader.customer(customer_id))
            .await
        else {
            return Ok(Tried::Over);
        };
        match found {
            Ok(Found::Deleted | Found::Absent) => self
                .deleted(key, customer_id, again)
                .await
                .map(|()| Tried::Over),
            Ok(Found::Active(customer)) if self.moved(key, &customer).await? => self
                .defer_delete(key, "CUSTOMER_CHANGED")
                .await
                .map(|()| Tried::Over),
            Ok(Found::Active(_)) => self.send_delete(key, customer_id).await,
            Err(error) => self.refused_delete(key, &error, false).await,
        }
    }

    /// Whether the customer is another than the one that was planned to be deleted.
    async fn moved(&self, key: &Key, customer: &Customer) -> Result<bool, EngineError> {
        let seen = self
            .context
            .state
            .seen_version(key.clone(), customer.customer_id.clone())
            .await?;
        let other_version =
            matches!((&seen, &customer.updated_at), (Some(seen), Some(now)) if seen != now);
        let other_key = customer.key.as_ref().is_some_and(|now| now != key);
        Ok(other_version || other_key)
    }

    async fn send_delete(&self, key: &Key, customer_id: &CustomerId) -> Result<Tried, EngineError> {
        self.record(
            key,
            Record::InFlight {
                at: Timestamp::now(),
            },
        )
        .await?;
        let Some(permit) = self.context.stop.unless(self.writer.permit()).await else {
            self.record(key, Record::NotApplied).await?;
            return Ok(Tried::Over);
        };
        match self.writer.delete(permit, customer_id).await {
            Ok(()) => self
                .deleted(key, customer_id, true)
                .await
                .map(|()| Tried::Over),
            Err(error) if error.class() == Class::Gone => self
                .deleted(key, customer_id, false)
                .await
                .map(|()| Tried::Over),
            Err(error) => self.refused_delete(key, &error, true).await,
        }
    }

    async fn refused_delete(
        &self,
        key: &Key,
        error: &Error,
        sent: bool,
    ) -> Result<Tried, EngineError> {
        let code = code_of(error);
        match error.class() {
            Class::Auth | Class::UsedUp => {
                self.not_applied(key, sent).await?;
                self.stop_for(error);
                Ok(Tried::Over)
            }
            Class::RateLimited { .. } => {
                self.not_applied(key, sent).await?;
                Ok(Tried::Limited(code))
            }
            Class::NotSent => {
                self.not_applied(key, sent).await?;
                Ok(Tried::Again(code))
            }
            Class::Unknown => {
                if sent {
                    self.record(key, Record::Unknown { code: code.clone() })
                        .await?;
                }
                Ok(Tried::Again(code))
            }
            Class::Conflict | Class::UmaExists | Class::Gone | Class::Refused => {
                self.record(
                    key,
                    Record::Failed {
                        code: code.clone(),
                        fields: Vec::new(),
                    },
                )
                .await?;
                self.tracker.ended(
                    Ended::new(key.clone(), ChangeKind::Delete, Outcome::Failed).with_code(code),
                );
                Ok(Tried::Over)
            }
        }
    }

    async fn not_applied(&self, key: &Key, sent: bool) -> Result<(), EngineError> {
        if sent {
            self.record(key, Record::NotApplied).await
        } else {
            Ok(())
        }
    }

    async fn deleted(
        &self,
        key: &Key,
        customer_id: &CustomerId,
        by_us: bool,
    ) -> Result<(), EngineError> {
        self.record(
            key,
            Record::Deleted {
                customer_id: customer_id.clone(),
                by_us,
            },
        )
        .await?;
        let outcome = if by_us {
            Outcome::Applied
        } else {
            Outcome::AlreadyApplied
        };
        self.tracker.ended(
            Ended::new(key.clone(), ChangeKind::Delete, outcome).with_customer(customer_id.clone()),
        );
        Ok(())
    }

    pub(super) async fn defer_delete(
        &self,
        key: &Key,
        code: &'static str,
    ) -> Result<(), EngineError> {
        self.record(
            key,
            Record::Deferred {
                code: code.to_owned(),
            },
        )
        .await?;
        self.tracker
            .ended(Ended::new(key.clone(), ChangeKind::Delete, Outcome::Deferred).with_code(code));
        Ok(())
    }

    /// Looks a last time. What Grid does not tell stays unknown, for the next run to settle.
    async fn after_exhaustion(
        &self,
        key: &Key,
        customer_id: &CustomerId,
        code: &str,
    ) -> Result<Outcome, EngineError> {
        match self.context.reader.customer(customer_id).await {
            Ok(Found::Deleted | Found::Absent) => {
                self.record(
                    key,
                    Record::Deleted {
                        customer_id: customer_id.clone(),
                        by_us: true,
                    },
                )
                .await?;
                Ok(Outcome::Applied)
            }
            Ok(Found::Active(_)) => {
                self.record(
                    key,
                    Record::Deferred {
                        code: code.to_owned(),
                    },
                )
                .await?;
                Ok(Outcome::Deferred)
            }
            Err(_) => {
                self.record(
                    key,
                    Record::Unknown {
                        code: code.to_owned(),
                    },
                )
                .await?;
                Ok(Outcome::Unknown)
            }
        }
    }
}
