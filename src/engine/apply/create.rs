//! One create: the customer, and then its bank account, if it has one.

use jiff::Timestamp;

use super::applier::Applier;
use super::attach::{Attach, Intended};
use super::look::{Looked, look};
use super::once::{Before, Note, Once};
use super::tracker::Ended;
use crate::engine::error::EngineError;
use crate::engine::scan::listed;
use crate::event::Outcome;
use crate::grid::{CreateBody, Error, Permit};
use crate::model::{Customer, Key};
use crate::plan::{ChangeKind, FieldHashes, Owned, existed_before};
use crate::state::Record;

/// A create that is ready to be sent.
pub(super) struct Create {
    pub(super) key: Key,
    pub(super) body: CreateBody,
    /// What is sent of the customer, its bank account left out.
    pub(super) hashes: FieldHashes,
    /// The bank account that follows.
    pub(super) account: Option<Intended>,
    /// What must happen before the first request.
    pub(super) before: Before,
    /// Before any request for it.
    pub(super) begun_at: Timestamp,
}

impl Applier {
    /// Creates the customer, or records why not; then adds the account, unless the run is to stop.
    pub(super) async fn create(&self, create: Create) -> Result<(), EngineError> {
        let Some((made, owned)) = self.once(&create, create.before).await? else {
            return Ok(());
        };
        if leaves_alone(self, owned) {
            return Ok(());
        }
        let Some(account) = create.account else {
            return Ok(());
        };
        let change = (ChangeKind::CreateWithAccount, Some(outcome_of(owned)));
        let attach = Attach::new(create.key, made.customer.customer_id, account, change);
        self.once(&attach, made.before).await.map(drop)
    }
}

/// Whether a customer that was found stays somebody else's: nothing is adopted.
fn leaves_alone(applier: &Applier, owned: Owned) -> bool {
    owned == Owned::Adopted && !applier.settings.adopt
}

/// What is told of something that was made, or found.
pub(super) const fn outcome_of(owned: Owned) -> Outcome {
    match owned {
        Owned::Created => Outcome::Applied,
        Owned::Adopted => Outcome::AlreadyApplied,
    }
}

/// A customer that was made or found, and what must happen before its bank account is sent: one that
/// our own `POST` made a moment ago has no account that could be found.
pub(super) struct Made {
    customer: Box<Customer>,
    before: Before,
}

impl Once for Create {
    type Made = Made;

    async fn look(&self, applier: &Applier) -> Looked<Made> {
        look(&applier.context, &self.key)
            .await
            .map(|customer| Made {
                customer,
                before: Before::Look,
            })
    }

    async fn post(&self, applier: &Applier, permit: Permit) -> Result<Made, Error> {
        let answer = applier.writer.create(permit, &self.key, &self.body).await;
        answer.map(|customer| Made {
            customer: Box::new(customer),
            before: Before::Nothing,
        })
    }

    async fn note(&self, applier: &Applier, note: Note) -> Result<(), EngineError> {
        let record = match note {
            Note::InFlight { at } => Record::InFlight { at },
            Note::NotApplied => Record::NotApplied,
            Note::Unknown { code } => Record::Unknown { code },
            Note::Failed { code, fields } => Record::Failed { code, fields },
            Note::Deferred { code } => Record::Deferred { code },
        };
        applier.record(&self.key, record).await
    }

    fn existed_before(&self, made: &Made) -> bool {
        existed_before(made.customer.created_at.as_deref(), self.begun_at)
    }

    /// What was sent is recorded only for a customer that we made: an adopted one is compared by the
    /// next plan. A bank account that follows is told of when it has its end.
    async fn made(&self, applier: &Applier, made: &Made, owned: Owned) -> Result<(), EngineError> {
        if leaves_alone(applier, owned) {
            // The next scan finds it, as it is.
            let code = "CUSTOMER_EXISTS";
            self.note(applier, Note::Deferred { code: code.into() })
                .await?;
            self.tell(applier, Outcome::Deferred, code, Vec::new());
            return Ok(());
        }
        let customer_id = made.customer.customer_id.clone();
        let mut seen = listed(&made.customer, applier.context.state.hash_key());
        seen.key = self.key.clone();
        let sent = (owned == Owned::Created).then(|| self.hashes.clone());
        let record = Record::Created {
            customer: Box::new(seen),
            sent,
            owned,
            account: self.account.as_ref().map(|account| account.hashes.clone()),
        };
        applier.record(&self.key, record).await?;
        if self.account.is_none() {
            let ended = Ended::new(self.key.clone(), ChangeKind::Create, outcome_of(owned));
            applier.tracker.ended(ended.with_customer(customer_id));
        }
        Ok(())
    }

    fn path_of(&self, named: &str) -> String {
        named.to_owned()
    }

    fn tell(&self, applier: &Applier, outcome: Outcome, code: &str, fields: Vec<String>) {
        let ended = Ended::new(self.key.clone(), ChangeKind::Create, outcome).with_code(code);
        applier.tracker.ended(Ended { fields, ..ended });
    }
}
