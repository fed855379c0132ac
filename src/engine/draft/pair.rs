//! A user and its one customer: what differs, and what is to be done about the bank account.

use super::{AccountPolicy, Drafter, sample, user_change, valid};
use crate::engine::error::EngineError;
use crate::model::{CustomerId, Key};
use crate::plan::{AccountNeed, ChangeKind, Compared, Finding, Staged, account_need, compare};
use crate::state::MirrorRow;

/// A user and its customer.
struct Pair {
    key: Key,
    customer_id: CustomerId,
    first_contact: bool,
    /// Whether it is, or becomes, this state's own. One that we made is ours, also where what was sent is
    /// not known.
    ours: bool,
    need: AccountNeed,
    compared: Compared,
}

impl Pair {
    fn account_differs(&self) -> bool {
        let mut drift = self.compared.drift.iter();
        drift.any(|(slot, _)| slot.field().is_account())
    }
}

fn drifted(key: &Key, customer_id: &CustomerId, compared: &Compared) -> Finding {
    Finding::Drifted {
        key: key.clone(),
        customer_id: customer_id.clone(),
        fields: compared.named(),
    }
}

impl Drafter<'_> {
    pub(super) fn compare(
        &mut self,
        key: Key,
        user: &Staged,
        row: &MirrorRow,
    ) -> Result<(), EngineError> {
        let customer_id = row.customer.customer_id.clone();
        let hashes = self.lookup.hashes(row)?;
        let (source, _) = valid(user);
        let first_contact = hashes.sent.is_none();
        let pair = Pair {
            first_contact,
            ours: !first_contact || self.policy.adopt || row.customer.owned.is_some(),
            need: account_need(source, hashes.sent.as_ref()),
            compared: compare(source, self.mapped, &hashes),
            key,
            customer_id,
        };
        match (self.policy.accounts, pair.need) {
            _ if !pair.ours => self.leave(pair, user),
            (AccountPolicy::Report | AccountPolicy::Replace, AccountNeed::Add) => {
                self.attach(pair, user)
            }
            (AccountPolicy::Replace, AccountNeed::Changed) if pair.account_differs() => {
                self.replace(pair, user)
            }
            _ => self.leave(pair, user),
        }
    }

    /// The customer gets a bank account, unless Grid has it; what else differs is only reported.
    fn attach(&mut self, pair: Pair, user: &Staged) -> Result<(), EngineError> {
        self.totals.attach += 1;
        let Pair {
            key,
            customer_id,
            compared,
            ..
        } = pair;
        let (_, rest) = compared.split_account();
        self.drifted_besides(&key, &customer_id, &rest)?;
        let change = user_change(key, ChangeKind::Attach, Some(customer_id), user);
        sample(&mut self.samples.attaches, &change);
        self.change(change)
    }

    /// The customer's bank account gives way to the user's.
    fn replace(&mut self, pair: Pair, user: &Staged) -> Result<(), EngineError> {
        self.totals.replace += 1;
        let Pair {
            key,
            customer_id,
            compared,
            ..
        } = pair;
        let (account, rest) = compared.split_account();
        let finding = drifted(&key, &customer_id, &account);
        sample(&mut self.samples.replaces, &finding);
        self.out.finding(&finding)?;
        self.drifted_besides(&key, &customer_id, &rest)?;
        self.change(user_change(
            key,
            ChangeKind::Replace,
            Some(customer_id),
            user,
        ))
    }

    fn drifted_besides(
        &mut self,
        key: &Key,
        customer_id: &CustomerId,
        rest: &Compared,
    ) -> Result<(), EngineError> {
        let differs = self.report(key, customer_id, rest)?;
        self.totals.attach_drifted += u64::from(differs);
        Ok(())
    }

    /// Nothing is sent: what differs is reported, and at first contact the customer is recorded.
    fn leave(&mut self, pair: Pair, user: &Staged) -> Result<(), EngineError> {
        let Pair {
            key,
            customer_id,
            compared,
            first_contact,
            ours,
            need: _,
        } = pair;
        let adopts = first_contact && ours;
        let differs = self.report(&key, &customer_id, &compared)?;
        self.totals.not_adopted += u64::from(!ours);
        match (differs, adopts) {
            (true, _) => {}
            (false, true) => self.totals.adopt += 1,
            (false, false) => self.totals.unchanged += 1,
        }
        if adopts {
            self.totals.adopt_drifted += u64::from(differs);
            let kind = if differs {
                ChangeKind::AdoptDrifted
            } else {
                ChangeKind::Adopt
            };
            self.change(user_change(key, kind, Some(customer_id), user))?;
        }
        Ok(())
    }

    /// Reports what differs, if anything does and that is wanted.
    fn report(
        &mut self,
        key: &Key,
        customer_id: &CustomerId,
        compared: &Compared,
    ) -> Result<bool, EngineError> {
        let differs = !compared.drift.is_empty() && self.policy.report_drift;
        if differs {
            self.totals.drifted += 1;
            let finding = drifted(key, customer_id, compared);
            sample(&mut self.samples.drifted, &finding);
            self.out.finding(&finding)?;
        }
        Ok(differs)
    }
}
