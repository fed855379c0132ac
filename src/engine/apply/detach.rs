//! The delete of a bank account that another one replaces: Grid has no way to change one. It names the
//! account by its id, so sending it twice does no harm.

use jiff::Timestamp;

use super::applier::Applier;
use super::attach::Attach;
use super::backoff::backoff;
use super::once::{PATIENCE, code_of};
use crate::engine::error::EngineError;
use crate::event::Outcome;
use crate::grid::{Class, Error};
use crate::model::AccountId;
use crate::state::AccountRecord;

/// What one attempt came to.
enum Tried {
    /// The account is gone.
    Gone,
    /// It is not, and that is recorded; or the run stops.
    Over,
    /// Nothing, and Grid only asked for patience.
    Limited { code: String },
    /// Nothing yet: try again. `open` is whether nobody knows what became of the request.
    Again { code: String, open: bool },
}

impl Applier {
    /// Deletes the account. Whether it is gone: then the other one is to be added. Being asked for
    /// patience uses up no attempt.
    pub(super) async fn detach(
        &self,
        attach: &Attach,
        old: &AccountId,
    ) -> Result<bool, EngineError> {
        let (mut why, mut is_open) = (String::new(), false);
        let (mut attempts, mut limited) = (0, 0);
        while attempts < self.settings.attempts && limited < PATIENCE {
            match self.try_detach(attach, old).await? {
                Tried::Gone => return Ok(true),
                Tried::Over => return Ok(false),
                Tried::Limited { code } => (limited, why) = (limited + 1, code),
                Tried::Again { code, open } => {
                    (attempts, why) = (attempts + 1, code);
                    is_open |= open;
                    if self.pause(backoff(attempts)).await.is_none() {
                        return Ok(false);
                    }
                }
            }
        }
        self.left(attach, why, is_open).await?;
        Ok(false)
    }

    async fn try_detach(&self, attach: &Attach, old: &AccountId) -> Result<Tried, EngineError> {
        let Some(_turn) = self.turn().await else {
            return Ok(Tried::Over);
        };
        let at = Timestamp::now();
        self.record_account(attach, AccountRecord::InFlight { at })
            .await?;
        let Some(permit) = self.context.stop.unless(self.writer.permit()).await else {
            self.record_account(attach, AccountRecord::NotApplied)
                .await?;
            return Ok(Tried::Over);
        };
        match self.writer.delete_account(permit, old).await {
            Ok(()) => self.gone(attach).await,
            Err(error) if error.class() == Class::Gone => self.gone(attach).await,
            Err(error) => self.not_detached(attach, &error).await,
        }
    }

    async fn gone(&self, attach: &Attach) -> Result<Tried, EngineError> {
        self.record_account(attach, AccountRecord::Detached).await?;
        Ok(Tried::Gone)
    }

    /// What each class of failure comes to. Grid keeps an account whose beneficiary is trusted: it says
    /// no with a conflict.
    async fn not_detached(&self, attach: &Attach, error: &Error) -> Result<Tried, EngineError> {
        let code = code_of(error);
        match error.class() {
            Class::Auth | Class::UsedUp => {
                self.record_account(attach, AccountRecord::NotApplied)
                    .await?;
                self.stop_for(error);
                Ok(Tried::Over)
            }
            Class::RateLimited { .. } => {
                self.record_account(attach, AccountRecord::NotApplied)
                    .await?;
                Ok(Tried::Limited { code })
            }
            Class::NotSent => {
                self.record_account(attach, AccountRecord::NotApplied)
                    .await?;
                Ok(Tried::Again { code, open: false })
            }
            Class::Unknown => {
                let unknown = AccountRecord::Unknown { code: code.clone() };
                self.record_account(attach, unknown).await?;
                Ok(Tried::Again { code, open: true })
            }
            Class::Conflict | Class::UmaExists | Class::Gone | Class::Refused => {
                let failed = AccountRecord::Failed {
                    code: code.clone(),
                    fields: Vec::new(),
                };
                self.record_account(attach, failed).await?;
                let ended = attach.ended(Outcome::Failed).with_code(code);
                self.tracker.ended(ended);
                Ok(Tried::Over)
            }
        }
    }

    /// Every attempt is used up. If the account may be gone, the next run finds out.
    async fn left(&self, attach: &Attach, code: String, open: bool) -> Result<(), EngineError> {
        let (record, outcome) = if open {
            let unknown = AccountRecord::Unknown { code: code.clone() };
            (unknown, Outcome::Unknown)
        } else {
            let deferred = AccountRecord::Deferred { code: code.clone() };
            (deferred, Outcome::Deferred)
        };
        self.record_account(attach, record).await?;
        self.tracker.ended(attach.ended(outcome).with_code(code));
        self.tracker.unanswered();
        Ok(())
    }
}
