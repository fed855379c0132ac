//! One `POST` that must not happen twice, from its intent to its outcome.
//!
//! One rule without an exception: no second `POST` leaves before a look-up has answered that what it
//! makes does not exist. Grid has no idempotency key, neither for customers nor for bank accounts.

use std::time::Instant;

use jiff::Timestamp;
use tokio::sync::OwnedSemaphorePermit;

use super::applier::Applier;
use super::backoff::backoff;
use super::look::Looked;
use crate::engine::error::EngineError;
use crate::engine::stop::StopReason;
use crate::event::Outcome;
use crate::grid::{Class, Error, Kind, Permit};
use crate::plan::Owned;

/// So often one change is asked for patience, and the run goes on without it.
pub(super) const PATIENCE: u32 = 100;

/// Something that is made by one `POST`: how to look for it, how to send it, and where its journal is.
pub(super) trait Once: Sync {
    /// What Grid shows of it.
    type Made: Send;

    /// Looks whether it exists.
    fn look(&self, applier: &Applier) -> impl Future<Output = Looked<Self::Made>> + Send;

    /// Sends the one request.
    fn post(
        &self,
        applier: &Applier,
        permit: Permit,
    ) -> impl Future<Output = Result<Self::Made, Error>> + Send;

    /// Writes into its journal.
    fn note(
        &self,
        applier: &Applier,
        note: Note,
    ) -> impl Future<Output = Result<(), EngineError>> + Send;

    /// Whether what was found existed before anything was sent for it, so that somebody else made it. Where Grid
    /// tells no time, it counts as ours.
    fn existed_before(&self, _found: &Self::Made) -> bool {
        false
    }

    /// It exists: records that, and tells of it.
    fn made(
        &self,
        applier: &Applier,
        made: &Self::Made,
        owned: Owned,
    ) -> impl Future<Output = Result<(), EngineError>> + Send;

    /// The path of a field that Grid named, as the table of fields has it.
    fn path_of(&self, named: &str) -> String;

    /// Tells how else it ended.
    fn tell(&self, applier: &Applier, outcome: Outcome, code: &str, fields: Vec<String>);
}

/// What is written into the journal on the way, but for success.
pub(super) enum Note {
    InFlight { at: Timestamp },
    NotApplied,
    Unknown { code: String },
    Failed { code: String, fields: Vec<String> },
    Deferred { code: String },
}

/// What must happen before the next request.
#[derive(Clone, Copy)]
pub(super) enum Before {
    /// Nothing: it is the first, and it is known that there is nothing to find.
    Nothing,
    /// A look.
    Look,
    /// Looks, until a late commit can be ruled out of a request that was given up on then.
    Settle { since: Instant },
    /// The same for the request of an earlier run, of which Grid does not show anything, or not yet.
    SettleEarlier { since: Instant },
    /// The same, and nothing is sent again: Grid made something and showed another. If it is not found by what
    /// was sent, Grid keeps it under other words, and would make one more each time.
    Find { since: Instant },
}

/// What a request came to.
enum Sent<T> {
    /// It is made.
    Made(T),
    /// Another outcome, recorded.
    Over,
    /// None, and Grid only asked for patience.
    Limited(String),
    /// None yet: try again after this.
    Again(Before, String),
    /// Grid says that it exists.
    Conflict { code: String, sent: Instant },
    /// The run stops, and the journal is as it was before.
    Stopped,
}

/// How far it came so far.
struct Course {
    before: Before,
    /// Whether a request of ours may have had an effect: what is found then is our own.
    ours: bool,
    /// Why the last request came to nothing.
    code: String,
}

/// What looking came to.
enum Ready<T> {
    /// It does not exist: send.
    Send,
    /// It exists, and whose it is.
    Found((T, Owned)),
    /// Another outcome, recorded; or the run stops.
    Over,
}

impl Course {
    /// Whose it is that is found now.
    fn owned<O: Once>(&self, once: &O, found: &O::Made) -> Owned {
        if self.ours && !once.existed_before(found) {
            Owned::Created
        } else {
            Owned::Adopted
        }
    }
}

impl Applier {
    /// Makes it, or records why not; gives what was made or found, and which of the two. Being asked for patience uses up
    /// no attempt: the throttle waits for as long as Grid said.
    pub(super) async fn once<O: Once>(
        &self,
        once: &O,
        before: Before,
    ) -> Result<Option<(O::Made, Owned)>, EngineError> {
        let mut course = Course {
            before,
            ours: false,
            code: String::new(),
        };
        let (mut attempts, mut limited) = (0, 0);
        while attempts < self.settings.attempts && limited < PATIENCE {
            // One turn for a look and what follows it: the looks of others do not come in between, or
            // hundreds would be looked up before the first is created.
            let early = match course.before {
                Before::Look => self.turn().await,
                _ => None,
            };
            match self.make_ready(once, &course).await? {
                Ready::Send => {}
                Ready::Found(found) => return Ok(Some(found)),
                Ready::Over => return Ok(None),
            }
            let turn = match early {
                None => self.turn().await,
                early => early,
            };
            let Some(turn) = turn else {
                return Ok(None);
            };
            match self.send(once, turn).await? {
                Sent::Made(made) => {
                    once.made(self, &made, Owned::Created).await?;
                    return Ok(Some((made, Owned::Created)));
                }
                Sent::Over | Sent::Stopped => return Ok(None),
                Sent::Conflict { code, sent } => {
                    return self.conflict(once, &course, &code, sent).await;
                }
                Sent::Limited(code) => {
                    limited += 1;
                    (course.before, course.code) = (Before::Look, code);
                }
                Sent::Again(next, code) => {
                    attempts += 1;
                    course.ours |= matches!(next, Before::Settle { .. } | Before::Find { .. });
                    (course.before, course.code) = (next, code);
                    if let (Before::Look, None) = (next, self.pause(backoff(attempts)).await) {
                        return Ok(None);
                    }
                }
            }
        }
        self.exhausted(once, &course).await
    }

    async fn make_ready<O: Once>(
        &self,
        once: &O,
        course: &Course,
    ) -> Result<Ready<O::Made>, EngineError> {
        let looked = match course.before {
            Before::Nothing => return Ok(Ready::Send),
            Before::Look => once.look(self).await,
            Before::Settle { since } | Before::SettleEarlier { since } | Before::Find { since } => {
                self.settle_one(once, since).await
            }
        };
        match looked {
            Looked::Absent if matches!(course.before, Before::Find { .. }) => {
                self.fail(once, &course.code, Vec::new()).await?;
            }
            Looked::Absent => return Ok(Ready::Send),
            Looked::Found(made) => {
                let owned = course.owned(once, &made);
                once.made(self, &made, owned).await?;
                return Ok(Ready::Found((made, owned)));
            }
            Looked::Ambiguous => self.fail(once, "AMBIGUOUS", Vec::new()).await?,
            Looked::Stopped => {}
            Looked::Unanswered(error) => self.unanswered(once, course.before, &error).await?,
        }
        Ok(Ready::Over)
    }

    async fn settle_one<O: Once>(&self, once: &O, since: Instant) -> Looked<O::Made> {
        self.tracker.looking(true);
        let looked = self.settle(once, since).await;
        self.tracker.looking(false);
        looked
    }

    /// One request, with the journal around it.
    async fn send<O: Once>(
        &self,
        once: &O,
        turn: OwnedSemaphorePermit,
    ) -> Result<Sent<O::Made>, EngineError> {
        let at = Timestamp::now();
        once.note(self, Note::InFlight { at }).await?;
        let Some(permit) = self.context.stop.unless(self.writer.permit()).await else {
            once.note(self, Note::NotApplied).await?;
            return Ok(Sent::Stopped);
        };
        let sent = Instant::now();
        let answer = once.post(self, permit).await;
        // Nothing more may leave after such an answer, so the run stops before the next one's turn.
        if let Err(error) = &answer {
            self.stop_for(error);
        }
        // The request is over: another may begin while the journal learns of this one.
        drop(turn);
        match answer {
            Ok(made) => Ok(Sent::Made(made)),
            Err(error) => self.refused(once, &error, sent).await,
        }
    }

    /// What each class of failure comes to.
    async fn refused<O: Once>(
        &self,
        once: &O,
        error: &Error,
        sent: Instant,
    ) -> Result<Sent<O::Made>, EngineError> {
        let code = code_of(error);
        match error.class() {
            Class::NotSent => {
                once.note(self, Note::NotApplied).await?;
                Ok(Sent::Again(Before::Look, code))
            }
            Class::RateLimited { .. } => {
                once.note(self, Note::NotApplied).await?;
                Ok(Sent::Limited(code))
            }
            Class::Auth | Class::UsedUp => {
                once.note(self, Note::NotApplied).await?;
                Ok(Sent::Stopped)
            }
            Class::Unknown => {
                let note = Note::Unknown { code: code.clone() };
                once.note(self, note).await?;
                // Not since it was sent: after a timeout, Grid may be at work on it to this moment.
                let since = Instant::now();
                let before = match error.kind() {
                    Kind::OtherCustomer => Before::Find { since },
                    _ => Before::Settle { since },
                };
                Ok(Sent::Again(before, code))
            }
            Class::Conflict => {
                once.note(self, Note::NotApplied).await?;
                Ok(Sent::Conflict { code, sent })
            }
            Class::UmaExists | Class::Refused | Class::Gone => {
                let fields = error.fields().iter();
                let fields = fields.map(|field| once.path_of(field)).collect();
                self.fail(once, &code, fields).await?;
                Ok(Sent::Over)
            }
        }
    }

    /// Grid says that it exists: adopt it. A list may lag behind, so what is not found at once is
    /// looked for as long as if its request had no answer.
    async fn conflict<O: Once>(
        &self,
        once: &O,
        course: &Course,
        code: &str,
        sent: Instant,
    ) -> Result<Option<(O::Made, Owned)>, EngineError> {
        let looked = match once.look(self).await {
            Looked::Absent => self.settle_one(once, sent).await,
            looked => looked,
        };
        match looked {
            Looked::Found(made) => {
                let owned = course.owned(once, &made);
                once.made(self, &made, owned).await?;
                return Ok(Some((made, owned)));
            }
            Looked::Ambiguous => self.fail(once, "AMBIGUOUS", Vec::new()).await?,
            Looked::Absent => self.fail(once, code, Vec::new()).await?,
            Looked::Stopped => {}
            Looked::Unanswered(error) => self.unanswered(once, Before::Look, &error).await?,
        }
        Ok(None)
    }

    async fn fail<O: Once>(
        &self,
        once: &O,
        code: &str,
        fields: Vec<String>,
    ) -> Result<(), EngineError> {
        let failed = Note::Failed {
            code: code.to_owned(),
            fields: fields.clone(),
        };
        once.note(self, failed).await?;
        once.tell(self, Outcome::Failed, code, fields);
        Ok(())
    }

    async fn defer<O: Once>(&self, once: &O, code: &str) -> Result<(), EngineError> {
        let deferred = Note::Deferred {
            code: code.to_owned(),
        };
        once.note(self, deferred).await?;
        once.tell(self, Outcome::Deferred, code, Vec::new());
        Ok(())
    }

    /// A look-up had no answer. A request that may have had an effect stays unknown; one that
    /// certainly had none is left for the next run.
    async fn unanswered<O: Once>(
        &self,
        once: &O,
        before: Before,
        error: &Error,
    ) -> Result<(), EngineError> {
        if self.stop_for(error) {
            return Ok(());
        }
        let code = code_of(error);
        match before {
            Before::Settle { .. } | Before::Find { .. } => {
                once.tell(self, Outcome::Unknown, &code, Vec::new());
            }
            Before::Nothing | Before::Look | Before::SettleEarlier { .. } => {
                self.defer(once, &code).await?;
            }
        }
        // A refusal is an answer: Grid is there.
        if error.is_transient() {
            self.tracker.unanswered();
        }
        Ok(())
    }

    /// Every attempt is used up. What the last one came to is still found out.
    async fn exhausted<O: Once>(
        &self,
        once: &O,
        course: &Course,
    ) -> Result<Option<(O::Made, Owned)>, EngineError> {
        match self.make_ready(once, course).await? {
            Ready::Send => {}
            Ready::Found(found) => return Ok(Some(found)),
            Ready::Over => return Ok(None),
        }
        self.defer(once, &course.code).await?;
        self.tracker.unanswered();
        Ok(None)
    }

    /// Stops the run if every other request would fare the same; says whether that is so.
    pub(super) fn stop_for(&self, error: &Error) -> bool {
        let reason = match error.class() {
            Class::Auth => StopReason::Auth,
            Class::UsedUp => StopReason::UsedUp,
            _ => return false,
        };
        tracing::error!(%error, "Grid refuses every request");
        self.context.stop.stop(reason);
        true
    }
}

/// Grid's code, or the status, or the kind of failure: a word for reports and the journal.
pub(super) fn code_of(error: &Error) -> String {
    match (error.code(), error.status()) {
        (Some(code), _) => code.to_owned(),
        (None, Some(_)) if error.kind() == Kind::OtherCustomer => "OTHER_CUSTOMER".to_owned(),
        (None, Some(status)) if !(200..300).contains(&status) => format!("HTTP_{status}"),
        (None, Some(_)) => "UNREADABLE_ANSWER".to_owned(),
        (None, None) => "NO_ANSWER".to_owned(),
    }
}
