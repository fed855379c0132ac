//! The journal: how far every change came, and what the mirror learns from it.

use super::world::{World, created, done, listed, time, wait};
use crate::model::{CustomerId, Key};
use crate::plan::testing::{HASH_KEY, adopt, create, delete, hashes};
use crate::plan::{ChangeKind, Mirrored, Owned, Totals};
use crate::state::{ChangeStatus, PlanUse, Record, StateError, Tally};

const ADA: &[(&str, &str)] = &[("fullName", "Ada")];

fn in_flight() -> Record {
    Record::InFlight {
        at: time("2026-03-01T00:00:00Z"),
    }
}

fn unknown() -> Record {
    Record::Unknown {
        code: "HTTP_504".into(),
    }
}

fn deferred() -> Record {
    Record::Deferred {
        code: "ROW_CHANGED".into(),
    }
}

fn failed() -> Record {
    Record::Failed {
        code: "INVALID".into(),
        fields: Vec::new(),
    }
}

fn gone(by_us: bool) -> Record {
    Record::Deleted {
        customer_id: CustomerId::new("Customer:a"),
        by_us,
    }
}

fn found() -> Record {
    Record::Created {
        customer: Box::new(listed("a", "Customer:a", ADA)),
        sent: None,
        owned: Owned::Adopted,
        account: None,
    }
}

#[test]
fn every_outcome_has_its_status_and_code() {
    let cases = [
        (in_flight(), "in_flight", None),
        (Record::NotApplied, "planned", None),
        (unknown(), "unknown", Some("HTTP_504")),
        (created("a", "Customer:a", ADA), "applied", None),
        (found(), "already_applied", None),
        (gone(true), "applied", None),
        (gone(false), "already_applied", None),
        (failed(), "failed", Some("INVALID")),
        (deferred(), "deferred", Some("ROW_CHANGED")),
    ];
    let world = World::new();
    for (at, (record, status, code)) in (0..).zip(cases) {
        let run = world.begin_run(&format!("run {at}"));
        let key = format!("key {at}");
        world
            .plan_changes_blocking(run, vec![create(&key, 1)])
            .expect("planned");
        world.record(run, &key, record);
        assert_eq!(
            world.change(&key),
            (status.into(), code.map(Into::into)),
            "{key}"
        );
    }
}

#[test]
fn a_change_comes_back_as_it_was_planned() {
    let world = World::new();
    let planned = [
        create("a", 1),
        adopt("b", "Customer:b", 2),
        delete("c", "Customer:c"),
    ];
    let run = world.run_with(&planned);
    let keys = ["c", "nobody", "b", "a"].map(Key::new).to_vec();
    let read = world.planned_blocking(run, keys).expect("read");
    let found: Vec<_> = read.into_iter().map(|planned| planned.change).collect();
    let [a, b, c] = planned;
    assert_eq!(
        found,
        [c, b, a],
        "in the order in which they were asked for"
    );
}

#[test]
fn a_change_is_not_planned_twice_in_one_run() {
    let world = World::new();
    let run = world.run_with(&[create("a", 1)]);
    let again = vec![create("b", 2), create("a", 3)];
    let error = world
        .plan_changes_blocking(run, again)
        .expect_err("the key is taken");
    assert!(matches!(error, StateError::Sqlite { .. }), "{error}");
    let tally = done(world.tally(run));
    assert_eq!(tally.len(), 1);
    assert_eq!(tally[0].changes, 1, "`b` went with it");
}

#[test]
fn a_request_under_way_is_known_to_the_next_process() {
    let world = World::new();
    let run = world.run_with(&[create("a", 1), create("b", 2), create("c", 3)]);
    world.record(run, "c", in_flight());
    world.record(run, "b", in_flight());
    world.record(run, "b", unknown());
    world.record(run, "a", in_flight());
    world.record(run, "a", Record::NotApplied);
    let world = world.reopened();
    let open = done(world.open_changes());
    let keys: Vec<_> = open.iter().map(|open| open.change.key.as_str()).collect();
    assert_eq!(keys, ["b", "c"]);
    assert!(open.iter().all(|change| change.run == run));
    assert_eq!(open[0].change, create("b", 2));
}

#[test]
fn attempts_are_counted_and_only_what_is_open_is_tried() {
    let world = World::new();
    let run = world.run_with(&[create("a", 1)]);
    world.record(run, "a", in_flight());
    world.record(run, "a", unknown());
    world.record(run, "a", in_flight());
    world.record(run, "a", Record::NotApplied);
    let planned = world
        .planned_blocking(run, vec![Key::new("a")])
        .expect("read");
    assert_eq!(planned[0].attempts, 2);
    for over in [created("a", "Customer:a", ADA), failed(), deferred()] {
        world.record(run, "a", over);
        let again = wait(world.state().record(run, Key::new("a"), in_flight()));
        assert!(matches!(again, Err(StateError::Damaged { .. })));
    }
}

#[test]
fn a_request_of_an_earlier_run_is_remembered_by_its_key() {
    let world = World::new();
    let changes = [create("a", 1), create("b", 2), create("c", 3)];
    let known = adopt("c", "Customer:c", 3);
    let first = world.run_with(&[create("a", 1), create("b", 2), known]);
    let plan = PlanUse {
        nonce: "nonce".into(),
        fingerprint: "fingerprint".into(),
        totals: Totals::default(),
        look_first: false,
        at: time("2026-03-01T00:00:00Z"),
    };
    assert!(done(world.use_plan(first, plan)));
    world.record(first, "a", in_flight());
    world.record(first, "a", created("a", "Customer:a", ADA));
    let adopted = Record::Adopted {
        customer_id: CustomerId::new("Customer:c"),
        sent: hashes(ADA),
    };
    world.record(first, "c", adopted);

    let second = world.begin_run("second");
    world
        .plan_changes_blocking(second, changes.to_vec())
        .expect("planned");
    let planned = world
        .planned_blocking(second, ["a", "b", "c"].map(Key::new).to_vec())
        .expect("read");
    let told: Vec<_> = planned
        .iter()
        .map(|planned| (planned.known_earlier, planned.sent_earlier_at))
        .collect();
    let sent = Some(time("2026-03-01T00:00:00Z"));
    assert_eq!(told, [(true, sent), (false, None), (true, None)]);
    assert!(planned.iter().all(|planned| planned.attempts == 0));
}

#[test]
fn no_outcome_gets_lost_for_want_of_a_change() {
    let world = World::new();
    let run = world.run_with(&[create("a", 1)]);
    let other = world.begin_run("other");
    for (run, key) in [(run, "b"), (other, "a")] {
        for record in [in_flight(), failed(), created(key, "Customer:b", ADA)] {
            let recorded = wait(world.state().record(run, Key::new(key), record));
            assert!(matches!(recorded, Err(StateError::Damaged { .. })));
        }
    }
    assert_eq!(world.customers(), [], "and the mirror learned nothing");
}

#[test]
fn a_created_customer_is_ours_and_as_we_left_it() {
    let world = World::new();
    let run = world.run_with(&[create("a", 1)]);
    world.record(run, "a", in_flight());
    world.record(run, "a", created("a", "Customer:a", ADA));
    let [row] = world.rows().try_into().expect("one customer");
    let expected = Mirrored {
        customer_id: CustomerId::new("Customer:a"),
        owned: Some(Owned::Created),
        sent: Some(hashes(ADA).fingerprint(&HASH_KEY)),
        settled: true,
    };
    assert_eq!(row.customer, expected);
    assert_eq!(row.hashes, None, "nothing is left to compare");
}

#[test]
fn a_customer_that_was_found_by_its_key_is_ours_and_still_to_be_compared() {
    let world = World::new();
    let run = world.run_with(&[create("a", 1)]);
    world.record(run, "a", found());
    let [row] = world.rows().try_into().expect("one customer");
    assert_eq!(
        (row.customer.owned, row.customer.sent),
        (Some(Owned::Adopted), None)
    );
    let known = row.hashes.expect("it was never compared");
    assert_eq!((known.sent, known.actual), (None, hashes(ADA)));
}

#[test]
fn adopting_records_what_agrees_and_takes_nothing_from_a_customer_that_we_made() {
    let world = World::new();
    world.full_scan(&[
        listed("a", "Customer:a", ADA),
        listed("b", "Customer:b", ADA),
    ]);
    let run = world.run_with(&[adopt("a", "Customer:a", 1), adopt("b", "Customer:b", 2)]);
    let settled = Record::Created {
        customer: Box::new(listed("b", "Customer:b", ADA)),
        sent: None,
        owned: Owned::Created,
        account: None,
    };
    world.record(run, "b", settled);
    let adopted = |key: &str| Record::Adopted {
        customer_id: CustomerId::new(format!("Customer:{key}")),
        sent: hashes(ADA),
    };
    let records = ["a", "b"].map(|key| (Key::new(key), adopted(key)));
    world
        .record_all_blocking(run, records.to_vec())
        .expect("recorded");
    let owned: Vec<_> = world.rows().iter().map(|row| row.customer.owned).collect();
    assert_eq!(owned, [Some(Owned::Adopted), Some(Owned::Created)]);
    assert!(world.rows().iter().all(|row| row.hashes.is_none()));
}

#[test]
fn a_deleted_customer_leaves_the_mirror_alone_of_its_key() {
    let world = World::new();
    world.full_scan(&[
        listed("a", "Customer:a", ADA),
        listed("a", "Customer:z", ADA),
    ]);
    let run = world.run_with(&[delete("a", "Customer:a")]);
    world.record(run, "a", gone(true));
    assert_eq!(world.customers(), [("a".into(), "Customer:z".into())]);
}

#[test]
fn the_tally_counts_by_kind_and_status() {
    let world = World::new();
    let run = world.run_with(&[
        create("a", 1),
        create("b", 2),
        create("c", 3),
        delete("d", "Customer:d"),
    ]);
    world.record(run, "b", failed());
    let other = world.begin_run("other");
    world
        .plan_changes_blocking(other, vec![create("a", 1)])
        .expect("planned");
    let tally = |kind, status, changes| Tally {
        kind,
        status,
        changes,
    };
    let mut found = done(world.tally(run));
    found.sort_by_key(|one| (one.kind, one.changes));
    assert_eq!(
        found,
        [
            tally(ChangeKind::Create, ChangeStatus::Failed, 1),
            tally(ChangeKind::Create, ChangeStatus::Planned, 2),
            tally(ChangeKind::Delete, ChangeStatus::Planned, 1),
        ]
    );
}

#[test]
fn what_is_left_is_handed_out_in_key_order_and_can_be_deferred() {
    let world = World::new();
    let deletes = ["a", "b", "c", "d"].map(|key| delete(key, "Customer:1"));
    let run = world.run_with(&deletes);
    world
        .plan_changes_blocking(run, vec![create("bb", 1)])
        .expect("planned");
    world.record(run, "b", failed());
    let next = |after: Option<&str>, limit| {
        let after = after.map(Key::new);
        let changes = done(world.next_planned(run, ChangeKind::Delete, after, limit));
        let keys = changes.into_iter().map(|change| change.key.to_string());
        keys.collect::<Vec<_>>()
    };
    assert_eq!(next(None, 2), ["a", "c"]);
    assert_eq!(next(Some("c"), 2), ["d"]);
    let left = done(world.defer_planned(run, ChangeKind::Delete, "STOPPED"));
    assert_eq!(left, ["a", "c", "d"].map(Key::new));
    assert_eq!(
        world.change("d"),
        ("deferred".into(), Some("STOPPED".into()))
    );
    assert_eq!(world.change("bb").0, "planned");
}

#[test]
fn a_plan_that_never_got_to_write_is_forgotten_and_what_was_tried_is_not() {
    let world = World::new();
    let run = world.run_with(&[create("a", 1), create("b", 2)]);
    world.record(run, "a", in_flight());
    done(world.discard_changes(run));
    let tally = done(world.tally(run));
    assert_eq!(
        tally,
        [Tally {
            kind: ChangeKind::Create,
            status: ChangeStatus::InFlight,
            changes: 1
        }]
    );
}
