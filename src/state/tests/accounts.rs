//! The journal of bank accounts, and how a row is counted that has one.

use super::world::{World, created, done, listed, time, wait};
use crate::model::{AccountId, CustomerId, Key};
use crate::plan::testing::{HASH_KEY, attach, create, hashes};
use crate::plan::{Change, ChangeKind, FieldHashes, MirrorHashes, PlannedCounts, Totals};
use crate::state::{
    AccountRecord, ChangeStatus, KnownAccount, PlanUse, Record, RunNumber, StateError,
};

const ADA: &[(&str, &str)] = &[("fullName", "Ada")];
const IBAN: &str = "externalAccount.accountInfo.iban";

fn account(iban: &str) -> FieldHashes {
    hashes(&[(IBAN, iban)])
}

fn with_account(key: &str) -> Change {
    Change {
        kind: ChangeKind::CreateWithAccount,
        ..create(key, 1)
    }
}

fn replace(key: &str) -> Change {
    Change {
        kind: ChangeKind::Replace,
        ..attach(key, "Customer:a", 1)
    }
}

fn customer() -> CustomerId {
    CustomerId::new("Customer:a")
}

fn in_flight() -> AccountRecord {
    AccountRecord::InFlight {
        at: time("2026-03-01T00:00:00Z"),
    }
}

fn unknown() -> AccountRecord {
    AccountRecord::Unknown {
        code: "HTTP_504".into(),
    }
}

fn attached(account_id: &str, iban: &str, by_us: bool) -> AccountRecord {
    AccountRecord::Attached {
        account_id: AccountId::new(account_id),
        agreed: account(iban),
        by_us,
    }
}

fn step(iban: &str) -> Record {
    Record::Step {
        customer_id: customer(),
        adopted: None,
        account: account(iban),
    }
}

impl World {
    fn account(&self, record: AccountRecord) {
        done(
            self.state()
                .record_account(Key::new("a"), customer(), record),
        );
    }

    /// The customer `a` was created in a run, and its account is next.
    fn created_with_account(&self) -> RunNumber {
        let run = self.run_with(&[with_account("a")]);
        self.record(run, "a", created_with(Some(account("DE1"))));
        run
    }

    /// What is counted for the one change of a run.
    fn counted(&self, run: RunNumber) -> ChangeStatus {
        let tally = done(self.tally(run));
        assert_eq!(tally.len(), 1, "{tally:?}");
        tally[0].status
    }

    fn sent(&self) -> Option<FieldHashes> {
        let reader = self.mirror_reader().expect("a reader");
        let found = reader.find(&Key::new("a"), &customer()).expect("read");
        found.and_then(|MirrorHashes { sent, .. }| sent)
    }

    fn known(&self, run: RunNumber) -> Option<KnownAccount> {
        let planned = self.planned_blocking(run, vec![Key::new("a")]);
        planned.expect("read").pop()?.account
    }
}

fn created_with(account: Option<FieldHashes>) -> Record {
    match created("a", "Customer:a", ADA) {
        Record::Created {
            customer,
            sent,
            owned,
            account: _,
        } => Record::Created {
            customer,
            sent,
            owned,
            account,
        },
        other => other,
    }
}

#[test]
fn a_customer_whose_account_is_not_there_yet_is_not_done() {
    let world = World::new();
    let run = world.created_with_account();
    assert_eq!(world.counted(run), ChangeStatus::Planned);
    assert_eq!(world.sent(), Some(hashes(ADA)), "nothing of the account");
    let refused = AccountRecord::Failed {
        code: "INVALID_BANK_ACCOUNT".into(),
        fields: vec!["externalAccount.accountInfo.iban".into()],
    };
    let deferred = AccountRecord::Deferred {
        code: "HTTP_503".into(),
    };
    for (record, status) in [
        (in_flight(), ChangeStatus::InFlight),
        (unknown(), ChangeStatus::Unknown),
        (refused, ChangeStatus::Failed),
        (deferred, ChangeStatus::Deferred),
        (AccountRecord::NotApplied, ChangeStatus::Planned),
        (attached("A:1", "DE1", false), ChangeStatus::Applied),
        (attached("A:1", "DE1", true), ChangeStatus::Applied),
    ] {
        world.account(record);
        assert_eq!(world.counted(run), status);
    }
    assert_eq!(world.sent(), Some(hashes(&[ADA[0], (IBAN, "DE1")])));
}

#[test]
fn the_end_of_a_row_tells_of_its_account() {
    let world = World::new();
    let run = world.created_with_account();
    world.account(AccountRecord::Failed {
        code: "INVALID_BANK_ACCOUNT".into(),
        fields: vec![IBAN.into()],
    });
    let end = || {
        let ends = world.ends_blocking(run, vec![Key::new("a")]).expect("read");
        ends[0].change.clone().expect("a change")
    };
    assert_eq!(
        (end().status, end().at_account),
        (ChangeStatus::Failed, true)
    );
    assert_eq!(end().code.as_deref(), Some("INVALID_BANK_ACCOUNT"));
    assert_eq!(end().fields, [IBAN]);
    world.account(attached("A:1", "DE1", true));
    assert_eq!(end().status, ChangeStatus::Applied);
    assert!(end().code.is_none() && end().fields.is_empty());
}

#[test]
fn a_step_that_is_left_is_found_by_its_key_in_the_same_run_only() {
    let world = World::new();
    let run = world.created_with_account();
    let to_do = |run| {
        let planned = world.planned_blocking(run, vec![Key::new("a")]);
        planned.expect("read").pop().map(|planned| planned.begun)
    };
    assert_eq!(to_do(run), Some(true));
    world.account(in_flight());
    assert_eq!(to_do(run), None, "it is under way");
    world.account(AccountRecord::NotApplied);
    assert_eq!(to_do(run), Some(true));
    let later = world.begin_run("later");
    world
        .plan_changes_blocking(later, vec![attach("a", "Customer:a", 1)])
        .expect("planned");
    assert_eq!(to_do(later), Some(false));
    done(world.supersede_runs(later));
    assert_eq!(to_do(run), None);
    assert_eq!(world.counted(run), ChangeStatus::Deferred);
}

#[test]
fn an_account_under_way_is_known_to_the_next_process() {
    let world = World::new();
    let run = world.created_with_account();
    world.account(in_flight());
    let world = world.reopened();
    let open = done(world.open_accounts());
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].key.as_str(), &open[0].customer_id),
        ("a", &customer())
    );
    assert_eq!(open[0].sent, account("DE1"));
    assert_eq!(open[0].account_id, None, "one is being added");
    assert_eq!(
        done(world.last_attempt(run)),
        Some(time("2026-03-01T00:00:00Z"))
    );
}

#[test]
fn only_what_is_open_is_tried() {
    let world = World::new();
    world.created_with_account();
    let again = || {
        let record = world
            .state()
            .record_account(Key::new("a"), customer(), in_flight());
        wait(record)
    };
    world.account(in_flight());
    assert!(matches!(again(), Err(StateError::Damaged { .. })));
    world.account(unknown());
    again().expect("it may be sent again");
    world.account(attached("A:1", "DE1", true));
    assert!(matches!(again(), Err(StateError::Damaged { .. })));
}

#[test]
fn a_replacement_knows_the_old_account_until_it_is_gone() {
    let world = World::new();
    world.created_with_account();
    world.account(in_flight());
    world.account(attached("A:1", "DE1", true));
    let run = world.begin_run("replacing");
    world
        .plan_changes_blocking(run, vec![replace("a")])
        .expect("planned");
    let known = |world: &World| world.known(run).expect("an account");
    assert_eq!(known(&world).account_id, Some(AccountId::new("A:1")));
    assert_eq!(known(&world).attempted_at, None, "what came of it is known");

    world.record(run, "a", step("DE2"));
    world.account(in_flight());
    let open = done(world.open_accounts());
    assert_eq!(open[0].account_id, Some(AccountId::new("A:1")));
    world.account(AccountRecord::NotApplied);
    assert_eq!(known(&world).account_id, Some(AccountId::new("A:1")));
    assert!(known(&world).attempted_at.is_some());

    world.account(in_flight());
    world.account(AccountRecord::Detached);
    assert_eq!(world.sent(), Some(hashes(ADA)), "the next plan adds it");
    assert_eq!(known(&world).account_id, None);
    assert_eq!(world.counted(run), ChangeStatus::Planned);
    world.record(run, "a", step("DE2"));
    assert_eq!(
        known(&world).account_id,
        None,
        "going on brings nothing back"
    );
    world.account(in_flight());
    world.account(attached("A:2", "DE2", true));
    assert_eq!(world.counted(run), ChangeStatus::Applied);
    assert_eq!(world.sent(), Some(hashes(&[ADA[0], (IBAN, "DE2")])));
}

#[test]
fn first_contact_and_account_are_one_step() {
    let world = World::new();
    world.full_scan(&[listed("a", "Customer:a", ADA)]);
    let run = world.run_with(&[attach("a", "Customer:a", 1)]);
    let adopting = Record::Step {
        customer_id: customer(),
        adopted: Some(hashes(ADA)),
        account: account("DE1"),
    };
    world.record(run, "a", adopting);
    assert_eq!(world.sent(), Some(hashes(ADA)));
    world.account(attached("A:1", "DE1", false));
    assert_eq!(world.counted(run), ChangeStatus::AlreadyApplied);
    let all = hashes(&[ADA[0], (IBAN, "DE1")]);
    assert_eq!(
        world.rows()[0].customer.sent,
        Some(all.fingerprint(&HASH_KEY)),
        "the next plan finds it unchanged at a glance"
    );
}

#[test]
fn what_is_left_of_users_that_are_gone_is_deferred() {
    let world = World::new();
    let run = world.created_with_account();
    let keys = done(world.defer_accounts(run, "USER_IS_GONE"));
    assert_eq!(keys, [Key::new("a")]);
    assert_eq!(world.counted(run), ChangeStatus::Deferred);
    assert_eq!(done(world.defer_accounts(run, "USER_IS_GONE")), []);
}

#[test]
fn a_deleted_customer_takes_its_account_along() {
    let world = World::new();
    world.created_with_account();
    world.account(in_flight());
    let run = world.begin_run("deleting");
    let delete = crate::plan::testing::delete("a", "Customer:a");
    world
        .plan_changes_blocking(run, vec![delete])
        .expect("planned");
    let gone = Record::Deleted {
        customer_id: customer(),
        by_us: true,
    };
    world.record(run, "a", gone);
    assert!(done(world.open_accounts()).is_empty());
}

#[test]
fn totals_of_an_older_plan_know_of_no_accounts() {
    let world = World::new();
    let run = world.run_with(&[create("a", 1)]);
    let plan = PlanUse {
        nonce: "nonce".into(),
        fingerprint: "fingerprint".into(),
        totals: Totals::default(),
        look_first: false,
        at: time("2026-03-01T00:00:00Z"),
    };
    assert!(done(world.use_plan(run, plan)));
    world
        .beside()
        .execute(
            "UPDATE run SET totals = json_remove(totals, '$.create_with_account', '$.attach', '$.replace', '$.attach_drifted')",
            [],
        )
        .expect("written");
    let run = done(world.interrupted_run()).expect("a run");
    let totals = run.totals.expect("its totals");
    assert_eq!(totals.counts().planned, PlannedCounts::default());
}
