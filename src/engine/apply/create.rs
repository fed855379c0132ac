//! One create, from its intent to its outcome.
//!
//! One rule without an exception: no second `POST` for a key leaves before a look-up has answered
//! that the customer does not exist.

use std::time::Instant;

use jiff::Timestamp;

use super::applier::Applier;
use super::backoff::backoff;
use super::look::Looked;
use super::tracker::Ended;
use crate::engine::error::EngineError;
use crate::engine::scan::listed;
use crate::engine::stop::StopReason;
use crate::event::Outcome;
use crate::grid::{Class, CreateBody, Error};
use crate::model::{Customer, Key};
use crate::plan::{ChangeKind, FieldHashes, Owned};
use crate::state::Record;

/// So often in a row one create is asked for patience, and the run goes on without it.
const PATIENCE: u32 = 100;

/// A create that is ready to be sent.
pub(super) struct Create {
    pub(super) key: Key,
    pub(super) body: CreateBody,
    pub(super) hashes: FieldHashes,
    /// What must happen before the first request.
    pub(super) before: Before,
}

/// What must happen before the next request.
#[derive(Clone, Copy)]
pub(super) enum Before {
    /// Nothing: it is the first, and the mirror vouches for it.
    Nothing,
    /// A look.
    Look,
    /// Looks, until a late commit can be ruled out of a request that was given up on then.
    Settle { since: Instant },
    /// The same for the request of an earlier run, whose customer Grid does not list, or not yet.
    SettleEarlier { since: Instant },
}

/// What a request came to.
enum Sent {
    /// An outcome, recorded.
    Over,
    /// None, and Grid only asked for patience.
    Limited(String),
    /// None yet: try again after this.
    Again(Before, String),
    /// Grid says that the customer exists.
    Conflict { code: String, sent: Instant },
    /// The run stops, and the change is as it was before.
    Stopped,
}

/// How far a create came so far.
struct Course {
    before: Before,
    /// Whether a request of ours may have had an effect: what is found then is our own.
    ours: bool,
    /// Why the last request came to nothing.
    code: String,
}

/// What looking came to.
enum Ready {
    /// The customer does not exist: send.
    Send,
    /// An outcome, recorded; or the run stops.
    Over,
}

impl Course {
    /// Whose a customer is that is found now.
    const fn owned(&self) -> Owned {
        if self.ours {
            Owned::Created
        } else {
            Owned::Adopted
        }
    }
}

impl Applier {
    /// Creates the customer, or records why not. Being asked for patience uses up no attempt: the
    /// throttle waits for as long as Grid said.
    pub(super) async fn create(&self, create: Create) -> Result<(), EngineError> {
        let mut course = Course {
            before: create.before,
            ours: false,
            code: String::new(),
        };
        let (mut attempts, mut limited) = (0, 0);
        while attempts < self.settings.attempts && limited < PATIENCE {
            if let Ready::Over = self.make_ready(&create, &course).await? {
                return Ok(());
            }
            match self.send(&create).await? {
                Sent::Over | Sent::Stopped => return Ok(()),
                Sent::Conflict { code, sent } => {
                    return self.conflict(&create, &course, &code, sent).await;
                }
                Sent::Limited(code) => {
                    limited += 1;
                    (course.before, course.code) = (Before::Look, code);
                }
                Sent::Again(next, code) => {
                    attempts += 1;
                    course.ours |= matches!(next, Before::Settle { .. });
                    (course.before, course.code) = (next, code);
                    if let (Before::Look, None) = (next, self.pause(backoff(attempts)).await) {
                        return Ok(());
                    }
                }
            }
        }
        self.exhausted(&create, &course).await
    }

    async fn make_ready(&self, create: &Create, course: &Course) -> Result<Ready, EngineError> {
        let looked = match course.before {
            Before::Nothing => return Ok(Ready::Send),
            Before::Look => self.look(&create.key).await,
            Before::Settle { since } | Before::SettleEarlier { since } => {
                self.settle_one(create, since).await
            }
        };
        match looked {
            Looked::Absent => return Ok(Ready::Send),
            Looked::Found(customer) => self.found(create, &customer, course.owned()).await?,
            Looked::Ambiguous => self.fail(create, "AMBIGUOUS", Vec::new()).await?,
            Looked::Stopped => {}
            Looked::Unanswered(error) => self.unanswered(create, course.before, &error).await?,
        }
        Ok(Ready::Over)
    }

    async fn settle_one(&self, create: &Create, since: Instant) -> Looked {
        self.tracker.looking(true);
        let looked = self.settle(&create.key, since).await;
        self.tracker.looking(false);
        looked
    }

    /// One request, with the journal around it.
    async fn send(&self, create: &Create) -> Result<Sent, EngineError> {
        let Some(turn) = self.turn().await else {
            return Ok(Sent::Stopped);
        };
        self.record(
            &create.key,
            Record::InFlight {
                at: Timestamp::now(),
            },
        )
        .await?;
        let Some(permit) = self.context.stop.unless(self.writer.permit()).await else {
            self.record(&create.key, Record::NotApplied).await?;
            return Ok(Sent::Stopped);
        };
        let sent = Instant::now();
        let answer = self.writer.create(permit, &create.key, &create.body).await;
        // Nothing more may leave after a 401 or 403, so the run stops before the next one's turn.
        if let Err(error) = &answer
            && error.class() == Class::Auth
        {
            self.stop_for_auth(error);
        }
        // The request is over: another may begin while the journal learns of this one.
        drop(turn);
        match answer {
            Ok(customer) => self
                .found(create, &customer, Owned::Created)
                .await
                .map(|()| Sent::Over),
            Err(error) => self.refused(create, &error, sent).await,
        }
    }

    /// The outcomes table of design §3.
    async fn refused(
        &self,
        create: &Create,
        error: &Error,
        sent: Instant,
    ) -> Result<Sent, EngineError> {
        let code = code_of(error);
        match error.class() {
            Class::NotSent => {
                self.record(&create.key, Record::NotApplied).await?;
                Ok(Sent::Again(Before::Look, code))
            }
            Class::RateLimited { .. } => {
                self.record(&create.key, Record::NotApplied).await?;
                self.tell_pause();
                Ok(Sent::Limited(code))
            }
            Class::Auth => {
                self.record(&create.key, Record::NotApplied).await?;
                Ok(Sent::Stopped)
            }
            Class::Unknown => {
                self.record(&create.key, Record::Unknown { code: code.clone() })
                    .await?;
                // Not since it was sent: after a timeout, Grid may be at work on it to this moment.
                let since = Instant::now();
                Ok(Sent::Again(Before::Settle { since }, code))
            }
            Class::Conflict => {
                self.record(&create.key, Record::NotApplied).await?;
                Ok(Sent::Conflict { code, sent })
            }
            Class::UmaExists | Class::Refused | Class::Gone => {
                let fields = error.fields().iter().map(ToString::to_string).collect();
                self.fail(create, &code, fields).await.map(|()| Sent::Over)
            }
        }
    }

    /// Grid says that the customer exists: adopt it. A list may lag behind, so one that is not
    /// found at once is looked for as long as an unknown one.
    async fn conflict(
        &self,
        create: &Create,
        course: &Course,
        code: &str,
        sent: Instant,
    ) -> Result<(), EngineError> {
        let looked = match self.look(&create.key).await {
            Looked::Absent => self.settle_one(create, sent).await,
            looked => looked,
        };
        match looked {
            Looked::Found(customer) => self.found(create, &customer, course.owned()).await,
            Looked::Ambiguous => self.fail(create, "AMBIGUOUS", Vec::new()).await,
            Looked::Absent => self.fail(create, code, Vec::new()).await,
            Looked::Stopped => Ok(()),
            Looked::Unanswered(error) => self.unanswered(create, Before::Look, &error).await,
        }
    }

    /// The customer exists. What was sent is recorded only for one that we made: an adopted one is
    /// compared by the next plan.
    async fn found(
        &self,
        create: &Create,
        customer: &Customer,
        owned: Owned,
    ) -> Result<(), EngineError> {
        let customer_id = customer.customer_id.clone();
        let mut seen = listed(customer, self.context.state.hash_key());
        seen.key = create.key.clone();
        let sent = (owned == Owned::Created).then(|| create.hashes.clone());
        self.record(
            &create.key,
            Record::Created {
                customer: Box::new(seen),
                sent,
                owned,
            },
        )
        .await?;
        let outcome = match owned {
            Owned::Created => Outcome::Applied,
            Owned::Adopted => Outcome::AlreadyApplied,
        };
        self.ended(create, outcome, |ended| ended.with_customer(customer_id));
        Ok(())
    }

    async fn fail(
        &self,
        create: &Create,
        code: &str,
        fields: Vec<String>,
    ) -> Result<(), EngineError> {
        self.record(
            &create.key,
            Record::Failed {
                code: code.to_owned(),
                fields: fields.clone(),
            },
        )
        .await?;
        self.ended(create, Outcome::Failed, |ended| Ended {
            fields,
            ..ended.with_code(code)
        });
        Ok(())
    }

    /// A look-up had no answer. A request that may have had an effect stays unknown; one that
    /// certainly had none is left for the next run.
    async fn unanswered(
        &self,
        create: &Create,
        before: Before,
        error: &Error,
    ) -> Result<(), EngineError> {
        if error.class() == Class::Auth {
            self.stop_for_auth(error);
            return Ok(());
        }
        let code = code_of(error);
        let outcome = match before {
            Before::Settle { .. } => Outcome::Unknown,
            Before::Nothing | Before::Look | Before::SettleEarlier { .. } => {
                self.record(&create.key, Record::Deferred { code: code.clone() })
                    .await?;
                Outcome::Deferred
            }
        };
        self.ended(create, outcome, |ended| ended.with_code(code));
        self.tracker.unanswered();
        Ok(())
    }

    /// Every attempt is used up. What the last one came to is still found out.
    async fn exhausted(&self, create: &Create, course: &Course) -> Result<(), EngineError> {
        if let Ready::Over = self.make_ready(create, course).await? {
            return Ok(());
        }
        let code = course.code.clone();
        self.record(&create.key, Record::Deferred { code: code.clone() })
            .await?;
        self.ended(create, Outcome::Deferred, |ended| ended.with_code(code));
        self.tracker.unanswered();
        Ok(())
    }

    fn ended(&self, create: &Create, outcome: Outcome, with: impl FnOnce(Ended) -> Ended) {
        self.tracker.ended(with(Ended::new(
            create.key.clone(),
            ChangeKind::Create,
            outcome,
        )));
    }

    pub(super) fn stop_for_auth(&self, error: &Error) {
        tracing::error!(%error, "Grid refuses the credentials");
        self.context.stop.stop(StopReason::Auth);
    }
}

/// Grid's code, or the status, or the kind of failure: a word for reports and the journal.
pub(super) fn code_of(error: &Error) -> String {
    match (error.code(), error.status()) {
        (Some(code), _) => code.to_owned(),
        (None, Some(status)) if !(200..300).contains(&status) => format!("HTTP_{status}"),
        (None, Some(_)) => "UNREADABLE_ANSWER".to_owned(),
        (None, None) => "NO_ANSWER".to_owned(),
    }
}
