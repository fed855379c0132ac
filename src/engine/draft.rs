//! Draft: staged users and mirrored customers, both in key order, merged into a plan.

use std::iter::Peekable;
use std::sync::mpsc::{Receiver, sync_channel};

use jiff::Timestamp;

use self::scope::MirrorScope;
use super::duplicates::{duplicate_reject, duplicate_text};
use super::error::EngineError;
use super::spill::Groups;
use super::stage::Staging;
use crate::model::field::Slot;
use crate::model::{CustomerId, Key, Reject, Scope};
use crate::plan::{
    Absences, AccountNeed, Change, ChangeKind, Decision, DeleteRules, FieldHashes, Finding,
    Fingerprint, Orphan, OrphanFate, PlanFingerprint, SAMPLE_CAP, Samples, Staged, StagedFate,
    Target, Totals, account_need, decide,
};
use crate::state::{MirrorReader, MirrorRow, State, StateError};

/// Customers of the mirror that are handed over at a time.
const BATCH: usize = 1024;

/// What may be changed at all.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that goes with all others"
)]
pub struct Policy {
    /// `[changes] create`.
    pub create: bool,
    /// `[changes] adopt`.
    pub adopt: bool,
    /// By which rules customers without a user are deleted.
    pub deletes: DeleteRules,
    /// Whether drift is looked for: `[changes] update = "report"`.
    pub report_drift: bool,
    /// Whether the source holds some users only: then nobody is missing, and no customer an orphan.
    pub partial: bool,
    /// `[changes] accounts`.
    pub accounts: AccountPolicy,
    /// Whom it is about. Rows are staged under the same scope.
    pub scope: Scope,
}

/// What may be done about bank accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountPolicy {
    /// Nothing at all: users are taken to have none.
    Off,
    /// Those that are not in Grid are added, those that differ are reported.
    Report,
    /// Those that differ are deleted and added anew.
    Replace,
}

/// Where changes and findings go while they are drafted, in key order.
pub trait DraftOut {
    /// A change.
    fn change(&mut self, change: Change) -> Result<(), EngineError>;
    /// A finding. Rejected rows that staging found by themselves are not among them.
    fn finding(&mut self, finding: &Finding) -> Result<(), EngineError>;
    /// A user that this read misses, whose customer waits or is deleted.
    fn absent(&mut self, _key: &Key, _customer_id: &CustomerId) -> Result<(), EngineError> {
        Ok(())
    }
    /// A user that an earlier read missed, and that is there.
    fn returned(&mut self, _key: &Key, _customer_id: &CustomerId) -> Result<(), EngineError> {
        Ok(())
    }
}

/// What a draft came to.
pub struct Drafted {
    /// How many of everything.
    pub totals: Totals,
    /// The first few of each kind.
    pub samples: Samples,
    /// What the plan would do, in one hash.
    pub fingerprint: String,
    /// The rows of keys that occur more than once, ascending by record.
    pub duplicates: Vec<(u64, Reject)>,
    /// Users that were missed, and users that were seen again.
    pub absences: Absences,
}

/// Merges. Reads the mirror on a thread of its own.
pub fn draft(
    staging: &Staging,
    state: &State,
    target: &Target,
    mapped: &[Slot],
    policy: &Policy,
    out: &mut dyn DraftOut,
) -> Result<Drafted, EngineError> {
    let mirror = state.mirror_reader()?;
    let lookup = state.mirror_reader()?;
    let (sender, batches) = sync_channel(4);
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || read_mirror(&mirror, &sender));
        let mapped: Vec<Slot> = mapped
            .iter()
            .copied()
            .filter(|slot| policy.accounts != AccountPolicy::Off || !slot.field().is_account())
            .collect();
        let drafter = Drafter {
            mapped: &mapped,
            policy,
            lookup,
            scope: MirrorScope::new(&policy.scope, state.hash_key()),
            key_column: staging.key_column(),
            out,
            fingerprint: PlanFingerprint::new(target),
            totals: staging.totals(),
            samples: Samples {
                rejected: staging.samples().to_vec(),
                ..Samples::default()
            },
            duplicates: Vec::new(),
            absences: Absences::default(),
        };
        let groups = staging.groups().map_err(EngineError::Spill)?;
        let drafted = drafter.merge(groups, batches);
        reading
            .join()
            .map_err(|_| EngineError::Panicked("reading the mirror".into()))??;
        drafted
    })
}

fn read_mirror(
    mirror: &MirrorReader,
    batches: &std::sync::mpsc::SyncSender<Vec<MirrorRow>>,
) -> Result<(), StateError> {
    let mut batch = Vec::with_capacity(BATCH);
    mirror.each(|row| {
        batch.push(row);
        let full = batch.len() == BATCH;
        // A merge that failed hangs up: there is nobody left to read for.
        !full
            || batches
                .send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))
                .is_ok()
    })?;
    drop(batches.send(batch));
    Ok(())
}

struct Drafter<'a> {
    mapped: &'a [Slot],
    policy: &'a Policy,
    lookup: MirrorReader,
    scope: MirrorScope<'a>,
    key_column: Option<&'a (String, usize)>,
    out: &'a mut dyn DraftOut,
    fingerprint: PlanFingerprint,
    totals: Totals,
    samples: Samples,
    duplicates: Vec<(u64, Reject)>,
    absences: Absences,
}

/// All customers of one key.
type CustomerGroup = (Key, Vec<MirrorRow>);

impl Drafter<'_> {
    fn merge(
        mut self,
        mut users: Groups,
        batches: Receiver<Vec<MirrorRow>>,
    ) -> Result<Drafted, EngineError> {
        let mut rows = batches.into_iter().flatten().peekable();
        let mut user = next_users(&mut users)?;
        let mut customers = next_customers(&mut rows);
        loop {
            let order = match (&user, &customers) {
                (None, None) => break,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((user, _)), Some((customer, _))) => user.cmp(customer),
            };
            let users_here = if order.is_le() {
                std::mem::replace(&mut user, next_users(&mut users)?)
            } else {
                None
            };
            let customers_here = if order.is_ge() {
                std::mem::replace(&mut customers, next_customers(&mut rows))
            } else {
                None
            };
            self.key(users_here, customers_here)?;
        }
        self.duplicates.sort_unstable_by_key(|(record, _)| *record);
        Ok(Drafted {
            totals: self.totals,
            samples: self.samples,
            fingerprint: self.fingerprint.finish(),
            duplicates: self.duplicates,
            absences: self.absences,
        })
    }

    fn key(
        &mut self,
        users: Option<(Key, Vec<Staged>)>,
        customers: Option<CustomerGroup>,
    ) -> Result<(), EngineError> {
        let (key, users, customers) = match (users, customers) {
            (Some((key, users)), customers) => {
                (key, users, customers.map_or(Vec::new(), |(_, rows)| rows))
            }
            (None, Some((key, rows))) => (key, Vec::new(), rows),
            (None, None) => return Ok(()),
        };
        self.totals.active_customers += customers.len() as u64;
        if !users.is_empty() {
            self.returned(&key, &customers)?;
        }
        match decide(&users, &customers) {
            Decision::Create => self.create(key, &users[0]),
            Decision::Unchanged => {
                self.totals.unchanged += 1;
                Ok(())
            }
            Decision::Compare => self.compare(key, &users[0], &customers[0]),
            Decision::Ambiguous => self.ambiguous(key, &customers),
            Decision::Rejected => {
                self.totals.rejected += 1;
                Ok(())
            }
            Decision::Duplicate => self.duplicate(&key, &users),
            Decision::OutOfScope => {
                self.totals.out_of_scope += users.len() as u64;
                self.totals.customers_out_of_scope += customers.len() as u64;
                Ok(())
            }
            Decision::Orphans => self.orphans(&key, &customers),
        }
    }

    fn create(&mut self, key: Key, user: &Staged) -> Result<(), EngineError> {
        if !self.policy.create {
            self.totals.withheld_creates += 1;
            return Ok(());
        }
        self.totals.create += 1;
        let (source, _) = valid(user);
        let has_account = self.policy.accounts != AccountPolicy::Off
            && account_need(source, None) == AccountNeed::Add;
        self.totals.create_with_account += u64::from(has_account);
        let kind = if has_account {
            ChangeKind::CreateWithAccount
        } else {
            ChangeKind::Create
        };
        let change = user_change(key, kind, None, user);
        sample(&mut self.samples.creates, &change);
        self.change(change)
    }

    fn ambiguous(&mut self, key: Key, customers: &[MirrorRow]) -> Result<(), EngineError> {
        self.totals.ambiguous += 1;
        let customer_ids = customers
            .iter()
            .map(|row| row.customer.customer_id.clone())
            .collect();
        let finding = Finding::Ambiguous { key, customer_ids };
        sample(&mut self.samples.ambiguous, &finding);
        self.out.finding(&finding)
    }

    /// A row of the group that has faults of its own was told of when it was staged.
    fn duplicate(&mut self, key: &Key, users: &[Staged]) -> Result<(), EngineError> {
        self.totals.rejected += users.len() as u64;
        let expected = duplicate_text(users);
        for user in users
            .iter()
            .filter(|user| user.fate != StagedFate::Rejected)
        {
            let reject = duplicate_reject(key, user.position, expected.clone(), self.key_column);
            let finding = Finding::Rejected {
                position: reject.position,
                key: reject.key.clone(),
                faults: reject.faults.clone(),
            };
            sample(&mut self.samples.rejected, &finding);
            self.out.finding(&finding)?;
            self.duplicates.push((user.position.record, reject));
        }
        Ok(())
    }

    /// Customers without a user. Two or more of one key are nobody's to delete; and where one of them is out of
    /// scope, all are.
    fn orphans(&mut self, key: &Key, customers: &[MirrorRow]) -> Result<(), EngineError> {
        if self.policy.partial {
            return Ok(());
        }
        for row in customers {
            if !self.scope.takes(row, &self.lookup)? {
                self.totals.customers_out_of_scope += customers.len() as u64;
                return Ok(());
            }
        }
        self.totals.orphans += customers.len() as u64;
        for row in customers {
            let orphan = Orphan {
                key,
                owned: row.customer.owned.is_some(),
                alone: customers.len() == 1,
                tombstone: row.tombstone.as_ref(),
            };
            self.orphan(&orphan, &row.customer.customer_id)?;
        }
        Ok(())
    }

    fn orphan(&mut self, orphan: &Orphan<'_>, id: &CustomerId) -> Result<(), EngineError> {
        let (key, customer_id) = (orphan.key.clone(), id.clone());
        match self.policy.deletes.fate(orphan) {
            OrphanFate::Deleted => {
                self.absent(orphan, id)?;
                self.delete(key, customer_id)
            }
            OrphanFate::Waiting { until } => {
                self.absent(orphan, id)?;
                self.waiting(key, customer_id, until)
            }
            OrphanFate::Protected => {
                self.totals.protected += 1;
                let finding = Finding::Protected { key, customer_id };
                sample(&mut self.samples.protected, &finding);
                self.out.finding(&finding)
            }
            OrphanFate::LeftAlone => {
                let owned = orphan.owned;
                let finding = Finding::Orphan {
                    key,
                    customer_id,
                    owned,
                };
                sample(&mut self.samples.orphans, &finding);
                self.out.finding(&finding)
            }
        }
    }

    fn absent(&mut self, orphan: &Orphan<'_>, id: &CustomerId) -> Result<(), EngineError> {
        self.absences.absent += 1;
        self.absences.first_time += u64::from(orphan.tombstone.is_none());
        self.out.absent(orphan.key, id)
    }

    /// A user is there, if only as a bad row: whatever read missed it before, it is not absent.
    fn returned(&mut self, key: &Key, customers: &[MirrorRow]) -> Result<(), EngineError> {
        for row in customers.iter().filter(|row| row.tombstone.is_some()) {
            self.absences.returned += 1;
            self.out.returned(key, &row.customer.customer_id)?;
        }
        Ok(())
    }

    fn waiting(
        &mut self,
        key: Key,
        customer_id: CustomerId,
        until: Timestamp,
    ) -> Result<(), EngineError> {
        self.totals.waiting += 1;
        let first = self.totals.waiting_until.get_or_insert(until);
        *first = until.min(*first);
        let finding = Finding::Waiting {
            key,
            customer_id,
            until,
        };
        sample(&mut self.samples.waiting, &finding);
        self.out.finding(&finding)
    }

    fn delete(&mut self, key: Key, customer_id: CustomerId) -> Result<(), EngineError> {
        self.totals.delete += 1;
        let version = self.lookup.version(&key, &customer_id)?;
        let change = Change {
            key,
            kind: ChangeKind::Delete,
            customer_id: Some(customer_id),
            position: None,
            fingerprint: version,
        };
        sample(&mut self.samples.deletes, &change);
        self.change(change)
    }

    fn change(&mut self, change: Change) -> Result<(), EngineError> {
        self.fingerprint.add(&change);
        self.out.change(change)
    }
}

fn sample<T: Clone>(samples: &mut Vec<T>, one: &T) {
    if samples.len() < SAMPLE_CAP {
        samples.push(one.clone());
    }
}

fn valid(user: &Staged) -> (&FieldHashes, Fingerprint) {
    match &user.fate {
        StagedFate::Valid {
            hashes,
            fingerprint,
        } => (hashes, *fingerprint),
        StagedFate::Rejected | StagedFate::OutOfScope => {
            unreachable!("only a valid user is ever compared or created")
        }
    }
}

fn user_change(
    key: Key,
    kind: ChangeKind,
    customer_id: Option<CustomerId>,
    user: &Staged,
) -> Change {
    let (_, fingerprint) = valid(user);
    Change {
        key,
        kind,
        customer_id,
        position: Some(user.position),
        fingerprint: Some(fingerprint),
    }
}

fn next_users(users: &mut Groups) -> Result<Option<(Key, Vec<Staged>)>, EngineError> {
    users.next_group().map_err(EngineError::Spill)
}

fn next_customers(rows: &mut Peekable<impl Iterator<Item = MirrorRow>>) -> Option<CustomerGroup> {
    let first = rows.next()?;
    let key = first.key.clone();
    let mut group = vec![first];
    while let Some(row) = rows.next_if(|row| row.key == key) {
        group.push(row);
    }
    Some((key, group))
}

mod pair;
mod scope;
#[cfg(test)]
mod tests;
