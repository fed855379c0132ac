//! A CSV, a state file, and what both hold.
#![expect(clippy::disallowed_methods, reason = "the world has a source file")]

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::engine::draft::{AccountPolicy, DraftOut, Drafted, Policy, draft};
use crate::engine::duplicates::grouped;
use crate::engine::{EngineError, Feed, IntoTombstones, Staging, Stop, Unwatched, stage};
use crate::event::Sink;
use crate::model::field::Slot;
use crate::model::{CustomerId, Edition, Key, MappingSpec, Reject, Scope};
use crate::plan::testing::{HASH_KEY, create, hashes, target};
use crate::plan::{Absences, Change, ChangeKind, DeleteRules, FieldHashes, Finding, Owned};
use crate::source::{CsvSettings, CsvSource, Input};
use crate::state::{Listed, Opening, Record, RunFacts, RunNumber, ScanMode, State};

/// The row of a user, as the file has it.
pub(super) fn user(key: &str, name: &str) -> String {
    format!("{key},INDIVIDUAL,{name} Lovelace,,")
}

/// The same with a bank account: the first, the second or the third.
pub(super) fn user_with_account(key: &str, name: &str, account: u8) -> String {
    format!(
        "{key},INDIVIDUAL,{name} Lovelace,MXN_ACCOUNT,{}",
        clabe(account)
    )
}

fn clabe(account: u8) -> &'static str {
    let clabes = [
        "032180000118359719",
        "032180000118359722",
        "032180000118359735",
    ];
    clabes[usize::from(account)]
}

/// A row with a key and a value that Grid would refuse.
pub(super) fn bad(key: &str) -> String {
    format!("{key},ROBOT,Ada Lovelace,,")
}

/// A row that does not say whose it is.
pub(super) fn nobody() -> String {
    ",INDIVIDUAL,Ada Lovelace,,".to_owned()
}

/// A customer, and how it came into the mirror.
#[derive(Clone, Debug)]
pub(super) struct Mirrored {
    pub(super) key: String,
    pub(super) customer_id: String,
    /// The name that Grid shows.
    pub(super) name: String,
    /// The name that we sent, if it is ours.
    pub(super) sent: Option<String>,
    /// The bank account that we sent after that.
    pub(super) account: Option<u8>,
}

/// One that was there before us.
pub(super) fn customer(key: &str, customer_id: &str, name: &str) -> Mirrored {
    Mirrored {
        key: key.into(),
        customer_id: customer_id.into(),
        name: name.into(),
        sent: None,
        account: None,
    }
}

impl Mirrored {
    /// Created by us, of a user with that name.
    pub(super) fn made_of(self, name: &str) -> Self {
        Self {
            sent: Some(name.into()),
            ..self
        }
    }

    /// With this bank account, which we added.
    pub(super) fn with_account(self, account: u8) -> Self {
        Self {
            account: Some(account),
            ..self
        }
    }

    fn listed(&self, name: &str) -> Listed {
        let name = format!("{name} Lovelace");
        Listed {
            key: Key::new(&*self.key),
            customer_id: CustomerId::new(&*self.customer_id),
            customer_type: None,
            status: None,
            created_at: None,
            updated_at: None,
            is_deleted: false,
            shown: hashes(&[
                ("platformCustomerId", &self.key),
                ("customerType", "INDIVIDUAL"),
                ("fullName", &name),
            ]),
        }
    }

    /// What the journal recorded when we made it.
    fn record(&self) -> Option<Record> {
        let answered = self.listed(self.sent.as_deref()?);
        let account = self.account.map_or_else(FieldHashes::default, |account| {
            hashes(&[
                ("externalAccount.accountInfo.accountType", "MXN_ACCOUNT"),
                ("externalAccount.accountInfo.clabeNumber", clabe(account)),
            ])
        });
        Some(Record::Created {
            sent: Some(answered.shown.clone().merged(&account)),
            customer: Box::new(answered),
            owned: Owned::Created,
            account: None,
        })
    }
}

/// All that a draft gave.
pub(super) struct Draft {
    pub(super) drafted: Drafted,
    pub(super) changes: Vec<Change>,
    pub(super) findings: Vec<Finding>,
}

impl Draft {
    /// Kind and key of every change, as they came.
    pub(super) fn changes(&self) -> Vec<(ChangeKind, &str)> {
        let changes = self.changes.iter();
        changes
            .map(|change| (change.kind, change.key.as_str()))
            .collect()
    }
}

/// Keeps what it is told, in order.
#[derive(Default)]
struct Out {
    changes: Vec<Change>,
    findings: Vec<Finding>,
}

impl DraftOut for Out {
    fn change(&mut self, change: Change) -> Result<(), EngineError> {
        self.changes.push(change);
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> Result<(), EngineError> {
        self.findings.push(finding.clone());
        Ok(())
    }
}

/// Everything is done, and at once.
pub(super) const ALL_ON: Policy = Policy {
    create: true,
    adopt: true,
    deletes: AT_ONCE,
    report_drift: true,
    accounts: AccountPolicy::Report,
    partial: false,
    scope: Scope::EVERYBODY,
};

/// Whoever is absent once is deleted.
pub(super) const AT_ONCE: DeleteRules = DeleteRules {
    on: true,
    min_absence: SignedDuration::ZERO,
    never_delete: Vec::new(),
    now: Timestamp::UNIX_EPOCH,
};

pub(super) struct World {
    folder: TempDir,
    state: State,
    feed: Feed,
    policy: Policy,
    runs: u32,
}

impl World {
    /// Nobody anywhere; creates and deletes are on.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("state.sqlite");
        let fresh = ("state-1".into(), HASH_KEY);
        let csv = Input::Path(folder.path().join("users.csv"));
        let world = Self {
            state: State::open(&path, Opening::Create, &target(), fresh).expect("a state file"),
            feed: Feed {
                source: Arc::new(CsvSource::new(CsvSettings::new(csv))),
                spec: MappingSpec::default(),
                edition: Edition::E2026_08,
                scope: Scope::EVERYBODY,
                today: "2026-03-01".parse().expect("a date"),
            },
            policy: ALL_ON,
            runs: 0,
            folder,
        };
        world.users(&[])
    }

    pub(super) fn policy(self, policy: Policy) -> Self {
        let scope = policy.scope.clone();
        let feed = Feed { scope, ..self.feed };
        Self {
            feed,
            policy,
            ..self
        }
    }

    /// The rows of the source, in place of those before.
    pub(super) fn users(self, rows: &[String]) -> Self {
        let mut text = String::from(
            "platformCustomerId,customerType,fullName,externalAccount.accountInfo.accountType,\
             externalAccount.accountInfo.clabeNumber\n",
        );
        for row in rows {
            writeln!(text, "{row}").expect("a string takes every write");
        }
        std::fs::write(self.folder.path().join("users.csv"), text).expect("written");
        self
    }

    /// The customers of the mirror, in place of those before: what we made as Grid answered it,
    /// then everything as Grid shows it now.
    pub(super) fn customers(mut self, customers: &[Mirrored]) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        // Journalled under the customer's id: two of one key could not be in one run.
        let ours: Vec<_> = customers
            .iter()
            .filter_map(|one| Some((Key::new(&*one.customer_id), one.record()?)))
            .collect();
        if !ours.is_empty() {
            self.runs += 1;
            let run = runtime.block_on(self.begin_run());
            let planned = ours.iter().map(|(key, _)| create(key.as_str(), 1));
            self.state
                .plan_changes_blocking(run, planned.collect())
                .and_then(|()| self.state.record_all_blocking(run, ours))
                .expect("recorded");
        }
        let page = customers.iter().map(|one| one.listed(&one.name)).collect();
        runtime.block_on(self.scan(page));
        self
    }

    async fn begin_run(&self) -> RunNumber {
        let facts = RunFacts {
            run_id: format!("run {}", self.runs),
            command: "sync".into(),
            started_at: Timestamp::UNIX_EPOCH,
            source: "csv users.csv".into(),
            mapping: "mapping".into(),
            scope: Scope::EVERYBODY,
            rejects_of: None,
        };
        self.state.begin_run(facts).await.expect("recorded")
    }

    async fn scan(&self, page: Vec<Listed>) {
        let now = Timestamp::UNIX_EPOCH;
        let state = &self.state;
        state.begin_scan(ScanMode::Full, now).await.expect("begun");
        state.store_page(page, None).await.expect("stored");
        state
            .finish_scan(now, "mapping".into())
            .await
            .expect("finished");
    }

    fn staged(&self) -> (Staging, Vec<Slot>) {
        let pass = self.feed.open().expect("the header fits");
        let mapped = pass.reading.slots().to_vec();
        let (sender, _events) = sync_channel(1_024);
        let (sink, stop) = (Sink::new(sender), Stop::default());
        let staging = stage(pass, self.state.hash_key(), &sink, &stop, &mut Unwatched);
        (staging.expect("staged"), mapped)
    }

    pub(super) fn draft_into(&self, out: &mut dyn DraftOut) -> Result<Drafted, EngineError> {
        let (staging, mapped) = self.staged();
        draft(&staging, &self.state, &target(), &mapped, &self.policy, out)
    }

    /// Takes down whom the read misses, as one that counts, at that time; and whom it sees again.
    pub(super) fn record_absent(&self, counts: Option<Timestamp>) -> Absences {
        let mut tombstones = IntoTombstones::new(self.state.clone(), counts);
        let drafted = self.draft_into(&mut tombstones).expect("drafted");
        tombstones.finish().expect("recorded");
        drafted.absences
    }

    pub(super) fn draft(&self) -> Draft {
        let mut out = Out::default();
        let drafted = self.draft_into(&mut out).expect("drafted");
        let Out { changes, findings } = out;
        Draft {
            drafted,
            changes,
            findings,
        }
    }

    /// What `check` finds of duplicates, with no mirror to compare with.
    pub(super) fn duplicates(&self) -> Vec<(u64, Reject)> {
        grouped(&self.staged().0).expect("read").duplicates
    }
}
