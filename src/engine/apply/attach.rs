//! One bank account: added to a customer that exists, once. Before it, the one that it replaces is
//! deleted.

use super::applier::Applier;
use super::create::outcome_of;
use super::look::Looked;
use super::once::{Before, Note, Once};
use super::tracker::Ended;
use crate::engine::error::EngineError;
use crate::event::Outcome;
use crate::grid::{Account, AccountBody, AccountDraft, Error, Permit};
use crate::model::account::Likeness;
use crate::model::{AccountId, CustomerId, Key};
use crate::plan::{ChangeKind, FieldHashes, HashKey, Owned, agreeing};
use crate::state::{AccountRecord, Record};

/// A user's bank account that is to be added to a customer.
pub(super) struct Intended {
    pub(super) draft: AccountDraft,
    pub(super) hashes: FieldHashes,
}

/// A bank account that is ready to be added.
pub(super) struct Attach {
    pub(super) key: Key,
    pub(super) customer_id: CustomerId,
    body: AccountBody,
    hashes: FieldHashes,
    /// What the change is told of as, once the account is there.
    change: (ChangeKind, Option<Outcome>),
    /// The account that was deleted for it: a list may go on showing it for a while.
    gone: Option<AccountId>,
}

/// A change that is nothing but its bank account.
pub(super) struct Step {
    pub(super) kind: ChangeKind,
    pub(super) key: Key,
    pub(super) customer_id: CustomerId,
    pub(super) account: Intended,
    /// At first contact, what of the user agrees with the customer.
    pub(super) adopted: Option<FieldHashes>,
    /// The account that is deleted first.
    pub(super) replaces: Option<AccountId>,
    /// What must happen before the first request.
    pub(super) before: Before,
}

/// An account that Grid has.
pub(super) struct Attached {
    account_id: AccountId,
    /// What of the intended account it agrees with.
    agreed: FieldHashes,
}

impl Applier {
    /// Begins the journal of the account, deletes the one that is in its place, adds it.
    pub(super) async fn step(&self, step: Step) -> Result<(), EngineError> {
        let Step {
            kind,
            key,
            customer_id,
            account,
            adopted,
            replaces,
            before,
        } = step;
        let record = Record::Step {
            customer_id: customer_id.clone(),
            adopted,
            account: account.hashes.clone(),
        };
        self.record(&key, record).await?;
        let mut attach = Attach::new(key, customer_id, account, (kind, None));
        if let Some(old) = replaces {
            if !self.detach(&attach, &old).await? {
                return Ok(());
            }
            attach.gone = Some(old);
        }
        self.once(&attach, before).await.map(drop)
    }

    pub(super) async fn record_account(
        &self,
        attach: &Attach,
        record: AccountRecord,
    ) -> Result<(), EngineError> {
        let Attach {
            key, customer_id, ..
        } = attach;
        let state = &self.context.state;
        Ok(state
            .record_account(key.clone(), customer_id.clone(), record)
            .await?)
    }
}

impl Attach {
    /// An account that is next. `change` is what it ends, and what came of that change's customer.
    pub(super) fn new(
        key: Key,
        customer_id: CustomerId,
        account: Intended,
        change: (ChangeKind, Option<Outcome>),
    ) -> Self {
        let Intended { draft, hashes } = account;
        Self {
            body: draft.of(&customer_id),
            key,
            customer_id,
            hashes,
            change,
            gone: None,
        }
    }

    /// How the change ended: the account that was not added is what is told of, not its customer.
    pub(super) fn ended(&self, outcome: Outcome) -> Ended {
        let kind = match self.change.0 {
            ChangeKind::CreateWithAccount => ChangeKind::Attach,
            kind => kind,
        };
        Ended::new(self.key.clone(), kind, outcome).with_customer(self.customer_id.clone())
    }

    /// The account among the customer's that is meant; before all others, one that agrees in full.
    fn find(&self, accounts: &[Account], hash_key: &HashKey) -> Option<Attached> {
        let like = |wanted: Likeness| {
            accounts.iter().find(|account| {
                Some(&account.account_id) != self.gone.as_ref()
                    && self.body.likeness(account) == wanted
            })
        };
        let attached = |account: &Account, agreed| Attached {
            account_id: account.account_id.clone(),
            agreed,
        };
        if let Some(same) = like(Likeness::Same) {
            return Some(attached(same, self.hashes.clone()));
        }
        let other_details = like(Likeness::OtherDetails)?;
        let shown = FieldHashes::of(hash_key, &other_details.values());
        Some(attached(other_details, agreeing(&self.hashes, &shown)))
    }
}

impl Once for Attach {
    type Made = Attached;

    async fn look(&self, applier: &Applier) -> Looked<Attached> {
        let context = &applier.context;
        let listing = context.reader.accounts(&self.customer_id);
        match context.stop.unless(listing).await {
            None => Looked::Stopped,
            Some(Err(error)) => Looked::Unanswered(error),
            Some(Ok(accounts)) => self
                .find(&accounts, context.state.hash_key())
                .map_or(Looked::Absent, Looked::Found),
        }
    }

    async fn post(&self, applier: &Applier, permit: Permit) -> Result<Attached, Error> {
        let account = applier.writer.create_account(permit, &self.body).await?;
        Ok(Attached {
            account_id: account.account_id,
            agreed: self.hashes.clone(),
        })
    }

    async fn note(&self, applier: &Applier, note: Note) -> Result<(), EngineError> {
        let record = match note {
            Note::InFlight { at } => AccountRecord::InFlight { at },
            Note::NotApplied => AccountRecord::NotApplied,
            Note::Unknown { code } => AccountRecord::Unknown { code },
            Note::Failed { code, fields } => AccountRecord::Failed { code, fields },
            Note::Deferred { code } => AccountRecord::Deferred { code },
        };
        applier.record_account(self, record).await
    }

    async fn made(
        &self,
        applier: &Applier,
        made: &Attached,
        owned: Owned,
    ) -> Result<(), EngineError> {
        let by_us = owned == Owned::Created;
        let record = AccountRecord::Attached {
            account_id: made.account_id.clone(),
            agreed: made.agreed.clone(),
            by_us,
        };
        applier.record_account(self, record).await?;
        let (kind, of_customer) = self.change;
        let outcome = of_customer.unwrap_or(outcome_of(owned));
        let ended = Ended::new(self.key.clone(), kind, outcome);
        applier
            .tracker
            .ended(ended.with_customer(self.customer_id.clone()));
        Ok(())
    }

    fn path_of(&self, named: &str) -> String {
        format!("externalAccount.{named}")
    }

    fn tell(&self, applier: &Applier, outcome: Outcome, code: &str, fields: Vec<String>) {
        let ended = self.ended(outcome).with_code(code);
        applier.tracker.ended(Ended { fields, ..ended });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{CustomerType, Position, User};
    use crate::plan::testing::{HASH_KEY, values};

    const BANK: &str = "021000021";

    fn user(account_number: &'static str) -> User<'static> {
        User {
            key: Key::new("a"),
            customer_type: CustomerType::Individual,
            position: Position::default(),
            values: values(&[
                ("platformCustomerId", "a"),
                ("customerType", "INDIVIDUAL"),
                ("fullName", "Ada Lovelace"),
                ("externalAccount.platformAccountId", "acc-1"),
                ("externalAccount.accountInfo.accountType", "USD_ACCOUNT"),
                ("externalAccount.accountInfo.accountNumber", account_number),
                ("externalAccount.accountInfo.routingNumber", BANK),
            ]),
        }
    }

    fn attach(account_number: &'static str) -> Attach {
        let user = user(account_number);
        let account = Intended {
            draft: AccountDraft::new(&user).expect("an account"),
            hashes: FieldHashes::of(&HASH_KEY, &user.values).of_account(),
        };
        let customer_id = CustomerId::new("Customer:1");
        Attach::new(user.key, customer_id, account, (ChangeKind::Attach, None))
    }

    fn listed(id: &str, platform_id: Option<&str>, account_number: &str) -> Account {
        let shown = json!({
            "id": id,
            "customerId": "Customer:1",
            "platformAccountId": platform_id,
            "accountInfo": {
                "accountType": "USD_ACCOUNT", "accountNumber": account_number, "routingNumber": BANK,
            },
        });
        let customer_id = CustomerId::new("Customer:1");
        Account::new(AccountId::new(id), Some(customer_id), &shown)
    }

    fn found(attach: &Attach, accounts: &[Account]) -> Option<(String, bool)> {
        let found = attach.find(accounts, &HASH_KEY)?;
        let in_full = found.agreed == attach.hashes;
        Some((found.account_id.to_string(), in_full))
    }

    #[test]
    fn of_all_accounts_the_one_that_agrees_in_full_comes_first() {
        let attach = attach("77");
        let accounts = [
            listed("other", None, "1"),
            listed("moved", Some("acc-1"), "1"),
            listed("same", None, "77"),
        ];
        assert_eq!(found(&attach, &accounts), Some(("same".into(), true)));
        assert_eq!(
            found(&attach, &accounts[..2]),
            Some(("moved".into(), false))
        );
        assert_eq!(found(&attach, &accounts[..1]), None);
    }

    #[test]
    fn an_account_that_was_deleted_and_is_still_listed_is_not_found() {
        let mut attach = attach("77");
        attach.gone = Some(AccountId::new("old"));
        let old = listed("old", Some("acc-1"), "1");
        assert_eq!(found(&attach, &[old]), None);
    }

    #[test]
    fn fields_that_grid_names_have_the_tables_names() {
        let path = attach("77").path_of("accountInfo.routingNumber");
        assert_eq!(path, "externalAccount.accountInfo.routingNumber");
        assert!(crate::model::field::Slot::parse(&path).is_ok());
    }
}
