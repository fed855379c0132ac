//! The second pass over the source: which rows have a change, and are they as they were planned?

use std::collections::HashSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use tokio::sync::mpsc::Sender;

use super::applier::Applier;
use super::attach::{Intended, Step};
use super::create::Create;
use super::once::Before;
use super::tracker::Ended;
use crate::engine::error::EngineError;
use crate::engine::feed::{Pass, Reading};
use crate::event::Outcome;
use crate::grid::AccountDraft;
use crate::model::{Key, Row, User};
use crate::plan::{Change, ChangeKind, FieldHashes, adoptable, compare};
use crate::source::Rows;
use crate::state::{MirrorReader, PlannedChange, Record};

/// Rows whose keys are looked up in the journal at a time.
const BATCH: usize = 256;

/// How far the pass came.
pub(super) enum Picked {
    /// To the end of the source.
    All {
        /// Whether the key of a row could not be read: it may be anybody's.
        nameless: bool,
    },
    /// The run was asked to stop.
    Stopped,
}

/// Reads the source on a thread of its own.
pub(super) struct Picker {
    applier: Applier,
    rows: Box<dyn Rows>,
    reading: Reading,
    mirror: MirrorReader,
    out: Sender<Task>,
}

/// A change that takes requests.
pub(super) enum Task {
    /// A customer, and its bank account if it has one.
    Create(Box<Create>),
    /// A bank account of a customer that exists.
    Step(Box<Step>),
}

impl Task {
    pub(super) fn key(&self) -> &Key {
        match self {
            Self::Create(create) => &create.key,
            Self::Step(step) => &step.key,
        }
    }
}

/// What becomes of a row that has a change.
enum Choice {
    Send(Task),
    Record(Key, Record),
    Nothing,
}

impl Picker {
    pub(super) fn new(
        applier: Applier,
        pass: Pass,
        out: Sender<Task>,
    ) -> Result<Self, EngineError> {
        let mirror = applier.context.state.mirror_reader()?;
        Ok(Self {
            applier,
            rows: pass.rows,
            reading: pass.reading,
            mirror,
            out,
        })
    }

    pub(super) fn run(mut self) -> Result<Picked, EngineError> {
        let mut batch = vec![Row::default(); BATCH];
        let mut nameless = false;
        loop {
            let mut used = 0;
            while used < BATCH && self.next(&mut batch[used])? {
                used += 1;
            }
            if self.applier.context.stop.reason().is_some() {
                return Ok(Picked::Stopped);
            }
            if used == 0 {
                return Ok(Picked::All { nameless });
            }
            let rows = &batch[..used];
            nameless |= rows.iter().any(|row| self.reading.key(row).is_none());
            if !self.batch(rows)? {
                return Ok(Picked::Stopped);
            }
        }
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, EngineError> {
        self.rows.next(row).map_err(EngineError::while_applying)
    }

    /// Whether the pass goes on.
    fn batch(&self, rows: &[Row]) -> Result<bool, EngineError> {
        let keyed: Vec<(Key, &Row)> = rows
            .iter()
            .filter_map(|row| Some((self.reading.key(row)?, row)))
            .collect();
        let keys = keyed.iter().map(|(key, _)| key.clone()).collect();
        let planned = self
            .applier
            .context
            .state
            .planned_blocking(self.applier.run, keys)?;
        let mut records = Vec::new();
        let mut planned = planned.into_iter().peekable();
        // What was planned when this batch was looked up may be done by now.
        let mut taken = HashSet::new();
        for (key, row) in keyed {
            let Some(change) = planned.next_if(|planned| planned.change.key == key) else {
                continue;
            };
            if !taken.insert(key) {
                continue;
            }
            match self.choose(change, row)? {
                Choice::Nothing => {}
                Choice::Record(key, record) => records.push((key, record)),
                Choice::Send(task) => {
                    if self.out.blocking_send(task).is_err() {
                        return Ok(false);
                    }
                }
            }
        }
        if !records.is_empty() {
            self.applier
                .context
                .state
                .record_all_blocking(self.applier.run, records)?;
        }
        Ok(true)
    }

    fn choose(&self, planned: PlannedChange, row: &Row) -> Result<Choice, EngineError> {
        let change = &planned.change;
        if change.kind == ChangeKind::Delete {
            return Ok(self.defer(planned, "USER_IS_BACK"));
        }
        let Ok(user) = self.reading.user(row, &mut Vec::new()) else {
            return Ok(self.defer(planned, "ROW_CHANGED"));
        };
        let hash_key = self.applier.context.state.hash_key();
        let hashes = FieldHashes::of(hash_key, &user.values);
        if change.fingerprint != Some(hashes.fingerprint(hash_key)) {
            return Ok(self.defer(planned, "ROW_CHANGED"));
        }
        match change.kind {
            ChangeKind::Create => self.create(&planned, &user, &hashes, false),
            ChangeKind::CreateWithAccount if !planned.begun => {
                self.create(&planned, &user, &hashes, true)
            }
            ChangeKind::CreateWithAccount | ChangeKind::Attach | ChangeKind::Replace => {
                self.step(planned, &user, &hashes)
            }
            ChangeKind::Adopt | ChangeKind::AdoptDrifted | ChangeKind::Delete => {
                self.adopt(planned, &hashes)
            }
        }
    }

    fn create(
        &self,
        planned: &PlannedChange,
        user: &User<'_>,
        hashes: &FieldHashes,
        with_account: bool,
    ) -> Result<Choice, EngineError> {
        let key = &planned.change.key;
        if !self.take(key) {
            return Ok(Choice::Nothing);
        }
        let account = with_account.then(|| intended(user, hashes)).flatten();
        // Somebody else may have made it since the plan was, and a later scan have seen it.
        let looks = self.applier.settings.look_first
            || planned.attempts > 0
            || planned.known_earlier
            || self.mirror.knows(key)?;
        let before = match self.before(planned.sent_earlier_at) {
            None if !looks => Before::Nothing,
            before => before.unwrap_or(Before::Look),
        };
        Ok(Choice::Send(Task::Create(Box::new(Create {
            key: key.clone(),
            body: self.applier.writer.body(user),
            hashes: hashes.without_account(),
            account,
            before,
            begun_at: Timestamp::now(),
        }))))
    }

    /// The bank account of a customer that exists: what Grid has of it is always looked at first.
    fn step(
        &self,
        planned: PlannedChange,
        user: &User<'_>,
        hashes: &FieldHashes,
    ) -> Result<Choice, EngineError> {
        let Change {
            key,
            kind,
            customer_id: Some(customer_id),
            ..
        } = &planned.change
        else {
            return Ok(Choice::Nothing);
        };
        let Some(mirror) = self.mirror.find(key, customer_id)? else {
            return Ok(self.defer(planned, "CUSTOMER_IS_GONE"));
        };
        let known = planned.account.as_ref();
        let replaces = match kind {
            ChangeKind::Replace => known.and_then(|known| known.account_id.clone()),
            _ => None,
        };
        if *kind == ChangeKind::Replace && replaces.is_none() && !planned.begun {
            return Ok(self.defer(planned, "ACCOUNT_IS_UNKNOWN"));
        }
        let Some(account) = intended(user, hashes) else {
            return Ok(Choice::Nothing);
        };
        if !self.take(key) {
            return Ok(Choice::Nothing);
        }
        let first_contact = mirror.sent.is_none();
        let adopted = first_contact
            .then(|| adoptable(hashes, &compare(hashes, self.reading.slots(), &mirror)));
        let earlier = known.and_then(|known| known.attempted_at);
        Ok(Choice::Send(Task::Step(Box::new(Step {
            kind: *kind,
            key: key.clone(),
            customer_id: customer_id.clone(),
            account,
            adopted,
            replaces,
            before: self.before(earlier).unwrap_or(Before::Look),
        }))))
    }

    /// Whether nothing is under way for the key, so that something may be.
    fn take(&self, key: &Key) -> bool {
        self.applier
            .live
            .lock()
            .expect("nothing panics while it holds the lock")
            .insert(key.clone())
    }

    /// What must come before a request whose like may have left at that time: nothing is sent unseen
    /// that may have been sent before. `None` if none did.
    fn before(&self, sent_earlier_at: Option<Timestamp>) -> Option<Before> {
        let ago = Timestamp::now().duration_since(sent_earlier_at?);
        // A clock that was set back makes it a request of this very moment.
        let ago = Duration::try_from(ago).unwrap_or_default();
        let late = self.applier.settings.lateness;
        let left = late.left(ago);
        if left.is_zero() {
            return Some(Before::Look);
        }
        let (now, spent) = (Instant::now(), late.settle.saturating_sub(left));
        let since = now.checked_sub(spent).unwrap_or(now);
        Some(Before::SettleEarlier { since })
    }

    fn adopt(&self, planned: PlannedChange, source: &FieldHashes) -> Result<Choice, EngineError> {
        let Some(customer_id) = planned.change.customer_id.clone() else {
            return Ok(Choice::Nothing);
        };
        let Some(mirror) = self.mirror.find(&planned.change.key, &customer_id)? else {
            return Ok(self.defer(planned, "CUSTOMER_IS_GONE"));
        };
        let sent = adoptable(source, &compare(source, self.reading.slots(), &mirror));
        Ok(Choice::Record(
            planned.change.key,
            Record::Adopted { customer_id, sent },
        ))
    }

    fn defer(&self, planned: PlannedChange, code: &'static str) -> Choice {
        let PlannedChange { change, begun, .. } = planned;
        let kind = if begun {
            ChangeKind::Attach
        } else {
            change.kind
        };
        self.applier
            .tracker
            .ended(Ended::new(change.key.clone(), kind, Outcome::Deferred).with_code(code));
        let code = code.to_owned();
        let record = match change.customer_id {
            Some(customer_id) if begun => Record::StepDeferred { customer_id, code },
            _ => Record::Deferred { code },
        };
        Choice::Record(change.key, record)
    }
}

/// The bank account of a user, if there is one.
fn intended(user: &User<'_>, hashes: &FieldHashes) -> Option<Intended> {
    Some(Intended {
        draft: AccountDraft::new(user)?,
        hashes: hashes.of_account(),
    })
}
