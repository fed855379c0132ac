//! One thing at a time.

use jiff::{SignedDuration, Timestamp};

use super::world::{ALL_ON, AT_ONCE, World, bad, customer, nobody, user, user_with_account};
use crate::engine::EngineError;
use crate::engine::draft::{AccountPolicy, DraftOut, Policy};
use crate::model::{CustomerId, FaultCode, Key};
use crate::plan::ChangeKind::{
    Adopt, AdoptDrifted, Attach, Create, CreateWithAccount, Delete, Replace,
};
use crate::plan::{Absences, Change, DeleteRules, Drift, DriftCause, Finding, SAMPLE_CAP, Totals};

fn drifted(key: &str, customer_id: &str, cause: DriftCause) -> Finding {
    Finding::Drifted {
        key: Key::new(key),
        customer_id: CustomerId::new(customer_id),
        fields: vec![Drift {
            field: "fullName".into(),
            cause,
        }],
    }
}

fn orphan(key: &str, customer_id: &str, owned: bool) -> Finding {
    Finding::Orphan {
        key: Key::new(key),
        customer_id: CustomerId::new(customer_id),
        owned,
    }
}

#[test]
fn nobody_anywhere_is_nothing_to_do() {
    let draft = World::new().draft();
    assert_eq!(draft.drafted.totals, Totals::default());
    assert_eq!((draft.changes, draft.findings), (vec![], vec![]));
}

#[test]
fn users_without_a_customer_are_created_in_key_order_with_place_and_print() {
    let draft = World::new()
        .users(&[user("b", "Bea"), user("a", "Ada")])
        .draft();
    assert_eq!(draft.changes(), [(Create, "a"), (Create, "b")]);
    let [a, b] = [&draft.changes[0], &draft.changes[1]];
    let records = [a, b].map(|change| change.position.map(|position| position.record));
    assert_eq!(records, [Some(2), Some(1)]);
    assert!(a.fingerprint.is_some() && a.fingerprint != b.fingerprint);
    assert!(a.customer_id.is_none());
    assert_eq!(draft.drafted.samples.creates, draft.changes);
}

#[test]
fn creates_that_are_off_are_withheld_and_still_add_up() {
    let off = Policy {
        create: false,
        ..ALL_ON
    };
    let draft = World::new().policy(off).users(&[user("a", "Ada")]).draft();
    assert_eq!(draft.changes(), []);
    assert_eq!(draft.drafted.totals.withheld_creates, 1);
    assert!(draft.drafted.totals.counts().planned_balance());
}

#[test]
fn what_we_made_and_nobody_touched_is_unchanged() {
    let draft = World::new()
        .users(&[user("a", "Ada")])
        .customers(&[customer("a", "Customer:1", "Ada").made_of("Ada")])
        .draft();
    assert_eq!((draft.changes, draft.findings), (vec![], vec![]));
    let expected = Totals {
        source_rows: 1,
        unchanged: 1,
        active_customers: 1,
        ..Totals::default()
    };
    assert_eq!(draft.drafted.totals, expected);
}

#[test]
fn a_difference_is_told_with_its_field_and_who_moved() {
    let draft = World::new()
        .users(&[user("a", "Bea"), user("b", "Ada"), user("c", "Bea")])
        .customers(&[
            customer("a", "Customer:1", "Ada").made_of("Ada"),
            customer("b", "Customer:2", "Bea").made_of("Ada"),
            customer("c", "Customer:3", "Cleo").made_of("Ada"),
        ])
        .draft();
    assert_eq!(draft.changes(), [], "updates are not made");
    let expected = [
        drifted("a", "Customer:1", DriftCause::UserChanged),
        drifted("b", "Customer:2", DriftCause::GridChanged),
        drifted("c", "Customer:3", DriftCause::BothChanged),
    ];
    assert_eq!(draft.findings, expected);
    assert_eq!(draft.drafted.samples.drifted, expected);
    assert_eq!(draft.drafted.totals.drifted, 3);
}

#[test]
fn drift_that_is_not_reported_is_no_difference() {
    let off = Policy {
        report_drift: false,
        ..ALL_ON
    };
    let draft = World::new()
        .policy(off)
        .users(&[user("a", "Bea"), user("b", "Bea")])
        .customers(&[
            customer("a", "Customer:1", "Ada").made_of("Ada"),
            customer("b", "Customer:2", "Ada"),
        ])
        .draft();
    assert_eq!(draft.changes(), [(Adopt, "b")]);
    assert_eq!(draft.findings, []);
    assert!(draft.drafted.totals.counts().planned_balance());
}

#[test]
fn a_customer_that_was_there_before_us_is_adopted_whether_it_agrees_or_not() {
    let draft = World::new()
        .users(&[user("a", "Ada"), user("b", "Bea")])
        .customers(&[
            customer("a", "Customer:1", "Ada"),
            customer("b", "Customer:2", "Ada"),
        ])
        .draft();
    assert_eq!(draft.changes(), [(Adopt, "a"), (AdoptDrifted, "b")]);
    let adopted = draft.changes[0].customer_id.as_ref();
    assert_eq!(adopted.map(CustomerId::as_str), Some("Customer:1"));
    let difference = drifted("b", "Customer:2", DriftCause::NeverSent);
    assert_eq!(draft.findings, [difference]);
    let totals = draft.drafted.totals;
    assert_eq!(
        (totals.adopt, totals.adopt_drifted, totals.drifted),
        (1, 1, 1)
    );
}

#[test]
fn an_orphan_is_deleted_only_if_it_is_ours_and_alone_of_its_key() {
    let world = World::new().customers(&[
        customer("a", "Customer:1", "Ada").made_of("Ada"),
        customer("b", "Customer:2", "Ada"),
        customer("c", "Customer:3", "Ada").made_of("Ada"),
        customer("c", "Customer:4", "Ada").made_of("Ada"),
    ]);
    let left = [
        orphan("b", "Customer:2", false),
        orphan("c", "Customer:3", true),
        orphan("c", "Customer:4", true),
    ];
    let draft = world.draft();
    assert_eq!(draft.changes(), [(Delete, "a")]);
    let deleted = draft.changes[0].customer_id.as_ref();
    assert_eq!(deleted.map(CustomerId::as_str), Some("Customer:1"));
    assert_eq!(draft.findings, left);
    let totals = draft.drafted.totals;
    assert_eq!((totals.orphans, totals.delete), (4, 1));

    let off = Policy {
        deletes: DeleteRules {
            on: false,
            ..AT_ONCE
        },
        ..ALL_ON
    };
    let draft = world.policy(off).draft();
    assert_eq!(draft.changes(), []);
    assert_eq!(draft.findings[0], orphan("a", "Customer:1", true));
    assert_eq!(draft.findings[1..], left);
    assert_eq!(draft.drafted.samples.orphans, draft.findings);
}

fn hours(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

/// A day has to lie between two reads, and this one is made so many hours after the beginning.
fn a_day(now: i64) -> Policy {
    Policy {
        deletes: DeleteRules {
            min_absence: SignedDuration::from_hours(24),
            now: hours(now),
            ..AT_ONCE
        },
        ..ALL_ON
    }
}

fn ours_alone() -> World {
    World::new().customers(&[customer("a", "Customer:1", "Ada").made_of("Ada")])
}

#[test]
fn whoever_is_absent_once_waits_and_is_an_orphan_until_it_is_deleted() {
    let world = ours_alone().policy(a_day(0));
    let first = world.draft();
    let waiting = Finding::Waiting {
        key: Key::new("a"),
        customer_id: CustomerId::new("Customer:1"),
        until: hours(24),
    };
    assert_eq!(first.changes(), []);
    assert_eq!(first.findings, [waiting]);
    assert_eq!(first.drafted.samples.waiting, first.findings);
    let totals = first.drafted.totals;
    assert_eq!((totals.orphans, totals.waiting, totals.delete), (1, 1, 0));
    assert_eq!(totals.waiting_until, Some(hours(24)));
    assert_eq!((totals.left_alone(), totals.counts().waiting), (0, 1));

    // Nobody took that read down.
    let later = world.policy(a_day(100)).draft();
    assert_eq!(
        (later.changes().len(), later.drafted.totals.waiting),
        (0, 1)
    );
}

#[test]
fn a_second_read_a_day_after_the_first_that_counts_deletes() {
    let world = ours_alone().policy(a_day(0));
    let first = Absences {
        absent: 1,
        first_time: 1,
        returned: 0,
    };
    assert_eq!(world.record_absent(Some(hours(0))), first);
    let world = world.policy(a_day(23));
    let again = Absences {
        first_time: 0,
        ..first
    };
    assert_eq!(world.record_absent(Some(hours(23))), again);
    assert_eq!(world.draft().changes(), []);
    let world = world.policy(a_day(24));
    assert_eq!(world.draft().changes(), [(Delete, "a")]);
}

#[test]
fn a_read_that_does_not_count_is_not_the_first() {
    let world = ours_alone().policy(a_day(0));
    world.record_absent(None);
    let world = world.policy(a_day(48));
    assert_eq!(world.draft().changes(), []);
    assert_eq!(world.draft().drafted.absences.first_time, 1);
}

#[test]
fn a_user_that_is_seen_again_waits_anew_whatever_row_it_came_back_as() {
    for row in [
        vec![user("a", "Ada")],
        vec![bad("a")],
        vec![user("a", "Ada"); 2],
    ] {
        for partial in [false, true] {
            let world = ours_alone().policy(a_day(0));
            world.record_absent(Some(hours(0)));
            let seen = Policy {
                partial,
                ..a_day(12)
            };
            let world = world.users(&row).policy(seen);
            // A read that does not count sees as well as any other.
            assert_eq!(world.record_absent(None).returned, 1);
            let world = world.users(&[]).policy(a_day(48));
            assert_eq!(world.draft().changes(), [], "{row:?}");
            world.record_absent(Some(hours(48)));
            let world = world.policy(a_day(72));
            assert_eq!(world.draft().changes(), [(Delete, "a")]);
        }
    }
}

#[test]
fn another_customer_of_the_same_key_waits_for_itself() {
    let world = ours_alone().policy(a_day(0));
    world.record_absent(Some(hours(0)));
    let another = customer("a", "Customer:2", "Ada").made_of("Ada");
    let world = world.customers(&[another]).policy(a_day(48));
    assert_eq!(world.draft().changes(), []);
    let back = customer("a", "Customer:1", "Ada").made_of("Ada");
    let world = world.customers(&[back]).policy(a_day(48));
    assert_eq!(
        world.draft().changes(),
        [],
        "what left Grid left no tombstone"
    );
}

#[test]
fn a_protected_customer_and_one_without_a_key_stay() {
    let policy = Policy {
        deletes: DeleteRules {
            never_delete: vec!["vip-*".parse().expect("a pattern")],
            ..AT_ONCE
        },
        ..ALL_ON
    };
    let draft = World::new()
        .policy(policy)
        .customers(&[
            customer("", "Customer:0", "Ada").made_of("Ada"),
            customer("user-1", "Customer:1", "Ada").made_of("Ada"),
            customer("vip-1", "Customer:2", "Ada").made_of("Ada"),
        ])
        .draft();
    assert_eq!(draft.changes(), [(Delete, "user-1")]);
    let protected = Finding::Protected {
        key: Key::new("vip-1"),
        customer_id: CustomerId::new("Customer:2"),
    };
    assert_eq!(draft.findings, [orphan("", "Customer:0", true), protected]);
    let totals = draft.drafted.totals;
    assert_eq!((totals.orphans, totals.protected), (3, 1));
    assert_eq!(totals.left_alone(), 1);
    assert_eq!(draft.drafted.absences.absent, 1, "only who may be deleted");
}

#[test]
fn what_is_not_adopted_is_counted_as_what_it_is_and_never_made_again() {
    let policy = Policy {
        adopt: false,
        ..ALL_ON
    };
    let world = World::new()
        .policy(policy)
        .users(&[user("a", "Ada"), user("b", "Bea"), user("c", "Ada")])
        .customers(&[
            customer("a", "Customer:1", "Ada"),
            customer("b", "Customer:2", "Ada"),
            customer("c", "Customer:3", "Ada").made_of("Ada"),
        ]);
    let draft = world.draft();
    assert_eq!(draft.changes(), []);
    let totals = draft.drafted.totals;
    assert_eq!((totals.unchanged, totals.drifted), (2, 1));
    assert_eq!(
        (totals.adopt, totals.adopt_drifted, totals.not_adopted),
        (0, 0, 2)
    );
    assert!(totals.counts().planned_balance());
    // And nobody's when their users are gone.
    assert_eq!(world.users(&[]).draft().changes(), [(Delete, "c")]);
}

#[test]
fn a_user_with_two_customers_is_ambiguous_and_both_are_left_alone() {
    let draft = World::new()
        .users(&[user("a", "Ada")])
        .customers(&[
            customer("a", "Customer:1", "Ada").made_of("Ada"),
            customer("a", "Customer:2", "Ada"),
        ])
        .draft();
    assert_eq!(draft.changes(), []);
    let finding = Finding::Ambiguous {
        key: Key::new("a"),
        customer_ids: ["Customer:1", "Customer:2"].map(CustomerId::new).to_vec(),
    };
    assert_eq!(draft.findings, [finding]);
    let totals = draft.drafted.totals;
    assert_eq!((totals.ambiguous, totals.active_customers), (1, 2));
}

#[test]
fn the_customer_of_a_rejected_user_is_no_orphan() {
    let draft = World::new()
        .users(&[bad("a"), bad("b"), nobody()])
        .customers(&[customer("a", "Customer:1", "Ada").made_of("Ada")])
        .draft();
    assert_eq!(draft.changes(), []);
    let expected = Totals {
        source_rows: 3,
        rejected: 3,
        rejected_without_key: 1,
        active_customers: 1,
        ..Totals::default()
    };
    assert_eq!(draft.drafted.totals, expected);
    assert_eq!(draft.drafted.samples.rejected.len(), 3);
    assert_eq!(draft.findings, [], "staging told of them");
}

#[test]
fn a_key_that_occurs_twice_rejects_all_its_rows_and_names_every_place() {
    let world = World::new()
        .users(&[
            user("z", "Ada"),
            user("b", "Ada"),
            user("z", "Bea"),
            bad("z"),
        ])
        .customers(&[customer("z", "Customer:1", "Ada").made_of("Ada")]);
    let draft = world.draft();
    assert_eq!(draft.changes(), [(Create, "b")]);
    let totals = draft.drafted.totals;
    assert_eq!((totals.rejected, totals.orphans), (3, 0));
    let duplicates = draft.drafted.duplicates;
    let records: Vec<_> = duplicates.iter().map(|(record, _)| *record).collect();
    assert_eq!(records, [1, 3], "the bad row has faults of its own");
    for (_, reject) in &duplicates {
        let [fault] = reject.faults.as_slice() else {
            panic!("expected one fault");
        };
        assert_eq!(fault.code, FaultCode::DuplicateKey);
        for place in ["line 2 ", "line 4 ", "line 5 "] {
            assert!(fault.expected.contains(place), "{}", fault.expected);
        }
    }
    assert_eq!(world.duplicates(), duplicates, "`check` finds the same");
}

#[test]
fn duplicates_come_in_the_order_of_the_source() {
    let world = World::new().users(&["z", "a", "z", "a"].map(|key| user(key, "Ada")));
    let drafted = world.draft().drafted.duplicates;
    for duplicates in [drafted, world.duplicates()] {
        let records: Vec<_> = duplicates.iter().map(|(record, _)| *record).collect();
        assert_eq!(records, [1, 2, 3, 4]);
    }
}

#[test]
fn a_key_in_every_row_does_not_name_every_row_in_every_row() {
    let draft = World::new().users(&vec![user("a", "Ada"); 40]).draft();
    assert_eq!(draft.drafted.totals.rejected, 40);
    assert_eq!(draft.drafted.samples.rejected.len(), SAMPLE_CAP);
    let (_, reject) = &draft.drafted.duplicates[39];
    let expected = &reject.faults[0].expected;
    assert!(expected.ends_with(", 30 more"), "{expected}");
}

#[test]
fn the_order_of_rows_is_not_what_a_plan_does() {
    let world = World::new().customers(&[
        customer("b", "Customer:2", "Ada"),
        customer("d", "Customer:4", "Ada").made_of("Ada"),
    ]);
    let rows = ["a", "b", "c"].map(|key| user(key, "Ada"));
    let mut turned = rows.clone();
    turned.reverse();
    let world = world.users(&rows);
    let one = world.draft();
    let world = world.users(&turned);
    let other = world.draft();
    assert_eq!(one.changes(), other.changes());
    assert_ne!(one.changes, other.changes, "their places differ");
    assert_eq!(one.drafted.fingerprint, other.drafted.fingerprint);
    let fewer = world.users(&rows[..2]).draft();
    assert_ne!(one.drafted.fingerprint, fewer.drafted.fingerprint);
}

/// Hangs up at the first thing that it is told.
struct Broken;

impl DraftOut for Broken {
    fn change(&mut self, _: Change) -> Result<(), EngineError> {
        Err(EngineError::Stopped)
    }

    fn finding(&mut self, _: &Finding) -> Result<(), EngineError> {
        Err(EngineError::Stopped)
    }
}

#[test]
fn a_mirror_of_many_batches_is_merged_to_its_end_and_nobody_waits_for_one_that_broke() {
    let keys: Vec<String> = (0..6_500).map(|number| format!("{number:05}")).collect();
    let customers: Vec<_> = keys
        .iter()
        .map(|key| customer(key, &format!("Customer:{key}"), "Ada"))
        .collect();
    let users = keys.iter().filter(|key| *key != "01024");
    let rows: Vec<_> = users.map(|key| user(key, "Ada")).collect();
    let world = World::new().users(&rows).customers(&customers);
    let totals = world.draft().drafted.totals;
    let found = (totals.adopt, totals.orphans, totals.active_customers);
    assert_eq!(found, (6_499, 1, 6_500));
    let broken = world.draft_into(&mut Broken).err();
    assert!(matches!(broken, Some(EngineError::Stopped)));
}

const CLABE: &str = "externalAccount.accountInfo.clabeNumber";

fn differing(draft: &super::world::Draft) -> Vec<(&str, DriftCause)> {
    let fields = draft.findings.iter().flat_map(|finding| match finding {
        Finding::Drifted { fields, .. } => fields.as_slice(),
        _ => &[],
    });
    fields
        .map(|drift| (drift.field.as_str(), drift.cause))
        .collect()
}

#[test]
fn a_user_with_a_bank_account_is_created_with_it() {
    let world = World::new().users(&[user_with_account("a", "Ada", 1), user("b", "Bea")]);
    let draft = world.draft();
    assert_eq!(draft.changes(), [(CreateWithAccount, "a"), (Create, "b")]);
    let totals = draft.drafted.totals;
    assert_eq!((totals.create, totals.create_with_account), (2, 1));
    let off = Policy {
        accounts: AccountPolicy::Off,
        ..ALL_ON
    };
    let without = world.policy(off).draft();
    assert_eq!(without.changes(), [(Create, "a"), (Create, "b")]);
    assert_ne!(without.drafted.fingerprint, draft.drafted.fingerprint);
}

#[test]
fn a_customer_whose_account_never_came_gets_it_and_nothing_else() {
    let draft = World::new()
        .users(&[user_with_account("a", "Ada", 1)])
        .customers(&[customer("a", "Customer:1", "Ada").made_of("Ada")])
        .draft();
    assert_eq!(draft.changes(), [(Attach, "a")]);
    assert_eq!(draft.findings, []);
    let counts = draft.drafted.totals.counts();
    assert_eq!((counts.planned.update, counts.drifted), (1, 0));
    assert!(counts.planned_balance());
    assert_eq!(draft.drafted.samples.attaches, draft.changes);
}

#[test]
fn at_first_contact_account_and_adoption_are_one_change() {
    let world = World::new()
        .users(&[
            user_with_account("a", "Ada", 1),
            user_with_account("b", "Bea", 2),
        ])
        .customers(&[
            customer("a", "Customer:1", "Ada"),
            customer("b", "Customer:2", "Eve"),
        ]);
    let draft = world.draft();
    assert_eq!(draft.changes(), [(Attach, "a"), (Attach, "b")]);
    assert_eq!(differing(&draft), [("fullName", DriftCause::NeverSent)]);
    let totals = draft.drafted.totals;
    assert_eq!(
        (totals.attach, totals.drifted, totals.attach_drifted),
        (2, 1, 1)
    );
    assert_eq!(totals.adopt_drifted, 0);
    assert!(totals.counts().planned_balance());
    let off = Policy {
        accounts: AccountPolicy::Off,
        ..ALL_ON
    };
    let draft = world.policy(off).draft();
    assert_eq!(draft.changes(), [(Adopt, "a"), (AdoptDrifted, "b")]);
}

#[test]
fn an_account_as_it_was_sent_is_unchanged() {
    let draft = World::new()
        .users(&[user_with_account("a", "Ada", 1)])
        .customers(&[customer("a", "Customer:1", "Ada")
            .made_of("Ada")
            .with_account(1)])
        .draft();
    assert_eq!((draft.changes, draft.findings), (vec![], vec![]));
    assert_eq!(draft.drafted.totals.unchanged, 1);
}

#[test]
fn another_account_is_reported_and_replaced_only_when_that_is_asked_for() {
    let world = World::new()
        .users(&[user_with_account("a", "Ada", 2)])
        .customers(&[customer("a", "Customer:1", "Ada")
            .made_of("Ada")
            .with_account(1)]);
    let reported = world.draft();
    assert_eq!(reported.changes(), []);
    assert_eq!(differing(&reported), [(CLABE, DriftCause::UserChanged)]);
    assert_eq!(reported.drafted.totals.drifted, 1);

    let with = |accounts| Policy { accounts, ..ALL_ON };
    let world = world.policy(with(AccountPolicy::Replace));
    let replaced = world.draft();
    assert_eq!(replaced.changes(), [(Replace, "a")]);
    assert_eq!(differing(&replaced), [(CLABE, DriftCause::UserChanged)]);
    let totals = replaced.drafted.totals;
    assert_eq!((totals.replace, totals.drifted), (1, 0));
    assert_eq!(totals.counts().planned.update, 1);
    assert_eq!(replaced.drafted.samples.replaces, replaced.findings);

    let off = world.policy(with(AccountPolicy::Off)).draft();
    assert_eq!((off.changes, off.findings), (vec![], vec![]));
    assert_eq!(off.drafted.totals.unchanged, 1);
}

#[test]
fn what_differs_beside_a_replaced_account_is_still_reported() {
    let replace = Policy {
        accounts: AccountPolicy::Replace,
        ..ALL_ON
    };
    let draft = World::new()
        .policy(replace)
        .users(&[user_with_account("a", "Eve", 2)])
        .customers(&[customer("a", "Customer:1", "Ada")
            .made_of("Ada")
            .with_account(1)])
        .draft();
    assert_eq!(draft.changes(), [(Replace, "a")]);
    let expected = [
        (CLABE, DriftCause::UserChanged),
        ("fullName", DriftCause::UserChanged),
    ];
    assert_eq!(differing(&draft), expected);
    let totals = draft.drafted.totals;
    assert_eq!((totals.drifted, totals.attach_drifted), (1, 1));
    assert!(totals.counts().planned_balance());
}

/// Blank cells are no order to take an account away.
#[test]
fn an_account_that_the_user_has_no_more_is_reported_and_never_deleted() {
    let replace = Policy {
        accounts: AccountPolicy::Replace,
        ..ALL_ON
    };
    let draft = World::new()
        .policy(replace)
        .users(&[user("a", "Ada")])
        .customers(&[customer("a", "Customer:1", "Ada")
            .made_of("Ada")
            .with_account(1)])
        .draft();
    assert_eq!(draft.changes(), []);
    let gone = [
        (
            "externalAccount.accountInfo.accountType",
            DriftCause::UserChanged,
        ),
        (CLABE, DriftCause::UserChanged),
    ];
    assert_eq!(differing(&draft), gone);
}
