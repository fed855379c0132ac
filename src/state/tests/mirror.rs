//! The mirror and the scans that fill it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::world::{World, created, deleted, done, listed, since, time, wait};
use crate::model::{CustomerId, Key};
use crate::plan::testing::{create, hashes};
use crate::plan::{Fingerprint, MirrorHashes, Owned};
use crate::state::{Listed, PageFacts, Record, ScanMode, StateError};

const ADA: &[(&str, &str)] = &[("fullName", "Ada")];
const BEA: &[(&str, &str)] = &[("fullName", "Bea")];

fn customer(key: &str) -> Listed {
    listed(key, &format!("Customer:{key}"), ADA)
}

fn customers(keys: &[&str]) -> Vec<Listed> {
    keys.iter().map(|key| customer(key)).collect()
}

fn keys(world: &World) -> Vec<String> {
    world.customers().into_iter().map(|(key, _)| key).collect()
}

#[test]
fn a_page_that_comes_again_changes_nothing_and_its_customers_count_once() {
    let world = World::new();
    done(world.begin_scan(ScanMode::Full, time("2026-03-01T00:00:00Z")));
    let facts = |customers, pages| PageFacts { customers, pages };
    let page = customers(&["a", "b"]);
    assert_eq!(
        done(world.store_page(page.clone(), Some("1".into()))),
        facts(2, 1)
    );
    let once = format!("{:?}", world.rows());
    assert_eq!(done(world.store_page(page, Some("1".into()))), facts(2, 2));
    assert_eq!(format!("{:?}", world.rows()), once);
    assert_eq!(
        done(world.store_page(customers(&["b", "c"]), None)),
        facts(3, 3),
        "pages shift"
    );
}

#[test]
fn each_scan_counts_its_own_customers() {
    let world = World::new();
    world.full_scan(&customers(&["a", "b"]));
    done(world.begin_scan(since(), time("2026-03-02T00:00:00Z")));
    let facts = done(world.store_page(customers(&["b", "c", "b"]), None));
    assert_eq!((facts.customers, facts.pages), (2, 1));
}

#[test]
fn customers_of_one_key_stand_side_by_side_in_key_order() {
    let world = World::new();
    world.full_scan(&[
        listed("b", "Customer:2", ADA),
        listed("B", "Customer:3", ADA),
        listed("", "Customer:4", ADA),
        listed("b", "Customer:1", ADA),
        listed("\u{e9}", "Customer:5", ADA),
    ]);
    let ids: Vec<_> = world.customers().into_iter().map(|(_, id)| id).collect();
    assert_eq!(
        ids,
        [
            "Customer:4",
            "Customer:3",
            "Customer:1",
            "Customer:2",
            "Customer:5"
        ]
    );
}

#[test]
fn a_list_has_what_grid_said_last_of_each_customer_and_whose_it_is() {
    let world = World::new();
    let run = world.run_with(&[create("ours", 1)]);
    world.record(run, "ours", created("ours", "Customer:1", ADA));
    let bare = Listed {
        customer_type: None,
        status: Some("REJECTED".into()),
        created_at: None,
        ..listed("ours", "Customer:1", ADA)
    };
    world.scan(since(), &[vec![bare, listed("theirs", "Customer:2", ADA)]]);
    let mut list = Vec::new();
    let reader = world.mirror_reader().expect("a reader");
    reader
        .each_known(|customer| {
            list.push(customer.cells().join(" "));
            true
        })
        .expect("the mirror can be read");
    assert_eq!(
        list,
        [
            "ours Customer:1 INDIVIDUAL REJECTED 2026-02-01T00:00:00Z 2026-03-01T00:00:00Z created",
            "theirs Customer:2 INDIVIDUAL APPROVED 2026-02-01T00:00:00Z 2026-03-01T00:00:00Z ",
        ]
    );
}

#[test]
fn a_full_scan_drops_what_it_did_not_see_and_only_when_it_is_complete() {
    let world = World::new();
    world.full_scan(&customers(&["a", "b", "c"]));
    done(world.begin_scan(ScanMode::Full, time("2026-03-02T00:00:00Z")));
    done(world.store_page(customers(&["b", "d"]), None));
    assert_eq!(keys(&world), ["a", "b", "c", "d"]);
    let active = done(world.finish_scan(time("2026-03-02T00:00:00Z"), "mapping".into()));
    assert_eq!(active, 2);
    assert_eq!(keys(&world), ["b", "d"]);
}

#[test]
fn an_incremental_scan_adds_moves_and_removes_what_it_was_told_of() {
    let world = World::new();
    world.full_scan(&customers(&["a", "b", "c"]));
    let page = vec![
        deleted("a", "Customer:a"),
        customer("d"),
        deleted("never seen", "Customer:x"),
    ];
    assert_eq!(world.scan(since(), &[page]), 3);
    assert_eq!(keys(&world), ["b", "c", "d"]);
    assert_eq!(done(world.active_customers()), 3);
}

#[test]
fn nobody_comes_back_from_a_delete_whatever_another_page_shows() {
    let mut world = World::new();
    world.full_scan(&customers(&["a", "b"]));
    done(world.begin_scan(since(), time("2026-03-02T00:00:00Z")));
    let page = vec![deleted("a", "Customer:a"), deleted("new", "Customer:new")];
    done(world.store_page(page, Some("1".into())));
    world = world.reopened();
    let later = vec![customer("a"), customer("new"), customer("b")];
    done(world.store_page(later, None));
    done(world.finish_scan(time("2026-03-02T00:00:00Z"), "mapping".into()));
    assert_eq!(keys(&world), ["b"]);
    world.full_scan(&customers(&["a", "b"]));
    assert_eq!(keys(&world), ["a", "b"], "that was another scan");
}

#[test]
fn a_customer_with_another_key_has_left_the_old_one() {
    let world = World::new();
    let run = world.run_with(&[create("a", 1)]);
    world.record(run, "a", created("a", "Customer:1", ADA));
    world.scan(since(), &[vec![listed("b", "Customer:1", ADA)]]);
    let [row] = world.rows().try_into().expect("one customer");
    assert_eq!((row.key.as_str(), row.customer.owned), ("b", None));
}

/// Made at `minutes` past midnight.
fn made(key: &str, minutes: u32) -> Listed {
    Listed {
        created_at: Some(format!("2026-03-01T00:{minutes:02}:00Z")),
        ..customer(key)
    }
}

#[test]
fn whom_a_full_scan_did_not_see_it_may_have_been_too_early_for() {
    let world = World::new();
    let timeless = Listed {
        created_at: None,
        ..customer("timeless")
    };
    let known = [made("old", 29), made("new", 31), made("seen", 31), timeless];
    world.full_scan(&known);
    let (began, lag) = (time("2026-03-01T00:45:00Z"), SignedDuration::from_mins(15));
    done(world.begin_scan(ScanMode::Full, began));
    done(world.store_page(vec![made("seen", 31)], None));
    let first = done(world.unlisted(began, lag, None, 1));
    let second = done(world.unlisted(began, lag, first.first().cloned(), 9));
    let asked = |unlisted: &[(Key, CustomerId)]| match unlisted {
        [(key, _)] => key.to_string(),
        others => panic!("{others:?}"),
    };
    assert_eq!(
        (asked(&first).as_str(), asked(&second).as_str()),
        ("new", "timeless")
    );
    done(world.keep_unlisted(first));
    assert_eq!(done(world.finish_scan(began, "mapping".into())), 2);
    assert_eq!(keys(&world), ["new", "seen"]);
}

#[test]
fn a_customer_created_while_a_scan_is_interrupted_outlives_it() {
    let world = World::new();
    done(world.begin_scan(ScanMode::Full, time("2026-03-01T00:00:00Z")));
    done(world.store_page(customers(&["a"]), Some("1".into())));
    let run = world.run_with(&[create("n", 1)]);
    world.record(run, "n", created("n", "Customer:n", ADA));
    done(world.store_page(customers(&["b"]), None));
    done(world.finish_scan(time("2026-03-01T00:00:00Z"), "mapping".into()));
    assert_eq!(keys(&world), ["a", "b", "n"]);
}

#[test]
fn a_scan_goes_on_in_another_process_after_any_page() {
    let pages = [
        customers(&["a", "b"]),
        customers(&["b", "c"]),
        customers(&["d"]),
        vec![],
    ];
    let straight = World::new();
    straight.full_scan(&customers(&["gone"]));
    straight.scan(ScanMode::Full, &pages);
    let whole = format!("{:?}", straight.rows());
    for stored in 1..pages.len() {
        let mut world = World::new();
        world.full_scan(&customers(&["gone"]));
        let began = time("2026-03-01T00:00:00Z");
        done(world.begin_scan(ScanMode::Full, began));
        for (number, page) in (1..=pages.len()).zip(&pages) {
            let cursor = (number < pages.len()).then(|| format!("after {number}"));
            done(world.store_page(page.clone(), cursor.clone()));
            if number == stored {
                world = world.reopened();
                let scan = done(world.checkpoint()).scan.expect("a scan under way");
                assert_eq!(scan.mode, ScanMode::Full);
                assert_eq!((scan.began_at, scan.cursor), (began, cursor));
                assert_eq!(scan.pages, stored as u64);
                assert_eq!(scan.customers, [2, 3, 4][stored - 1]);
            }
        }
        done(world.finish_scan(began, "mapping".into()));
        assert_eq!(format!("{:?}", world.rows()), whole, "after page {stored}");
    }
}

#[test]
fn the_checkpoint_moves_only_with_a_scan_that_is_complete() {
    let world = World::new();
    let (first, second) = (time("2026-03-01T00:00:00Z"), time("2026-03-02T00:00:00Z"));
    done(world.begin_scan(ScanMode::Full, first));
    done(world.store_page(customers(&["a"]), Some("1".into())));
    let during = done(world.checkpoint());
    assert_eq!((during.watermark, during.last_full_at), (None, None));

    done(world.finish_scan(time("2026-02-28T23:45:00Z"), "mapping".into()));
    done(world.record_count(Some(true)));
    let after = done(world.checkpoint());
    assert!(after.scan.is_none());
    assert_eq!(after.watermark, Some(time("2026-02-28T23:45:00Z")));
    assert_eq!(
        (after.last_full_at, after.last_scan_at),
        (Some(first), Some(first))
    );
    assert_eq!(
        (after.count_agreed, after.mapping.as_deref()),
        (Some(true), Some("mapping"))
    );

    done(world.begin_scan(since(), second));
    done(world.store_page(vec![], None));
    assert_eq!(
        done(world.checkpoint()).scan.map(|scan| scan.mode),
        Some(since())
    );
    done(world.finish_scan(second, "other".into()));
    let last = done(world.checkpoint());
    assert_eq!(
        (last.last_full_at, last.last_scan_at),
        (Some(first), Some(second)),
        "only a full scan is a full scan"
    );
    assert_eq!(last.count_agreed, None, "not counted yet");
}

#[test]
fn an_abandoned_scan_keeps_what_the_last_complete_one_vouched_for() {
    let world = World::new();
    world.full_scan(&customers(&["a"]));
    done(world.begin_scan(ScanMode::Full, time("2026-03-02T00:00:00Z")));
    done(world.store_page(customers(&["b"]), Some("1".into())));
    done(world.abandon_scan());
    let checkpoint = done(world.checkpoint());
    assert!(checkpoint.scan.is_none());
    assert_eq!(checkpoint.watermark, Some(time("2026-02-28T23:45:00Z")));
    assert_eq!(keys(&world), ["a", "b"]);
}

/// Customer `a`, made by us as Ada, and listed since.
fn made_then_listed(shown: &[&[(&str, &str)]]) -> World {
    let world = World::new();
    let run = world.run_with(&[create("a", 1)]);
    world.record(run, "a", created("a", "Customer:a", ADA));
    for one in shown {
        world.full_scan(&[listed("a", "Customer:a", one)]);
    }
    world
}

fn hashes_of_a(world: &World) -> MirrorHashes {
    let reader = world.mirror_reader().expect("a reader");
    reader
        .find(&Key::new("a"), &CustomerId::new("Customer:a"))
        .expect("read")
        .expect("known")
}

#[test]
fn a_customer_stays_ours_and_settled_while_grid_shows_the_same_or_less() {
    for shown in [&[ADA][..], &[ADA, ADA], &[&[]]] {
        let world = made_then_listed(shown);
        let [row] = world.rows().try_into().expect("one customer");
        assert_eq!(row.customer.owned, Some(Owned::Created));
        assert!(row.customer.settled && row.customer.sent.is_some() && row.hashes.is_none());
    }
}

#[test]
fn a_customer_that_was_changed_in_grid_is_unsettled_until_it_is_changed_back() {
    let world = made_then_listed(&[BEA]);
    let [row] = world.rows().try_into().expect("one customer");
    assert!(!row.customer.settled);
    let known = MirrorHashes {
        sent: Some(hashes(ADA)),
        answered: hashes(ADA),
        actual: hashes(BEA),
    };
    assert_eq!(row.hashes, Some(known.clone()));
    assert_eq!(hashes_of_a(&world), known);
    world.full_scan(&[listed("a", "Customer:a", ADA)]);
    assert!(world.rows()[0].customer.settled);
}

#[test]
fn what_grid_shows_when_a_customer_becomes_ours_anew_is_its_answer() {
    for record in [
        created("a", "Customer:a", BEA),
        Record::Adopted {
            customer_id: CustomerId::new("Customer:a"),
            sent: hashes(BEA),
        },
    ] {
        let world = made_then_listed(&[BEA]);
        let run = world.begin_run("later");
        world
            .plan_changes_blocking(run, vec![create("a", 1)])
            .expect("planned");
        world.record(run, "a", record);
        assert!(world.rows()[0].customer.settled);
    }
}

#[test]
fn a_customer_of_nobody_has_no_answer_to_be_held_against() {
    let world = World::new();
    world.full_scan(&[listed("a", "Customer:a", ADA)]);
    world.full_scan(&[listed("a", "Customer:a", BEA)]);
    let [row] = world.rows().try_into().expect("one customer");
    assert!(row.customer.settled && row.customer.owned.is_none());
    assert_eq!(hashes_of_a(&world).answered, hashes(BEA));
}

#[test]
fn the_version_that_was_seen_is_the_last_one_listed() {
    let world = World::new();
    let seen = |key: &str| {
        let reader = world.mirror_reader().expect("a reader");
        let version = reader.version(&Key::new(key), &CustomerId::new("Customer:a"));
        version.expect("the mirror can be read")
    };
    assert_eq!(seen("a"), None);
    world.full_scan(&[customer("a")]);
    let newer = Listed {
        updated_at: Some("2026-03-09T00:00:00Z".into()),
        ..customer("a")
    };
    world.scan(since(), &[vec![newer]]);
    let last = Fingerprint::of_version("2026-03-09T00:00:00Z");
    assert_eq!(seen("a"), Some(last));
    assert_eq!(seen("b"), None);
}

#[test]
fn damage_is_named_and_never_read_as_a_value() {
    let world = World::new();
    world.full_scan(&customers(&["a"]));
    world
        .beside()
        .execute("UPDATE mirror SET actual = x'0102'", [])
        .expect("damaged");
    let reader = world.mirror_reader().expect("a reader");
    let each = reader.each(|_| true).expect_err("damaged");
    assert!(matches!(each, StateError::Damaged { .. }), "{each}");
    let relisted = wait(world.store_page(customers(&["a"]), None)).expect_err("damaged");
    assert!(matches!(relisted, StateError::Damaged { .. }), "{relisted}");
}

#[test]
fn a_reader_stops_when_it_is_told_to() {
    let world = World::new();
    world.full_scan(&customers(&["a", "b", "c"]));
    let mut seen = 0;
    let reader = world.mirror_reader().expect("a reader");
    reader
        .each(|_| {
            seen += 1;
            seen < 2
        })
        .expect("read");
    assert_eq!(seen, 2);
}

#[test]
fn a_record_of_a_customer_in_the_mirror_keeps_what_the_answer_leaves_out() {
    let world = World::new();
    world.full_scan(&[listed(
        "a",
        "Customer:a",
        &[("fullName", "Ada"), ("address.city", "Rome")],
    )]);
    let run = world.run_with(&[create("a", 1)]);
    let answer = Record::Created {
        customer: Box::new(listed("a", "Customer:a", BEA)),
        sent: Some(hashes(BEA)),
        owned: Owned::Adopted,
        account: None,
    };
    world.record(run, "a", answer);
    let known = hashes_of_a(&world);
    assert_eq!(
        known.actual,
        hashes(&[("fullName", "Bea"), ("address.city", "Rome")])
    );
    assert_eq!(known.answered, known.actual);
}

type Page = Vec<(u8, u8, bool)>;

/// Scans of random pages: key, customer, whether it is deleted.
fn any_scans() -> impl Strategy<Value = Vec<(bool, Vec<Page>)>> {
    let entry = (0..4_u8, 0..2_u8, prop::bool::weighted(0.3));
    let page = prop::collection::vec(entry, 0..5);
    prop::collection::vec((any::<bool>(), prop::collection::vec(page, 1..3)), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn whatever_is_scanned_the_mirror_holds_who_was_listed_and_not_deleted(scans in any_scans()) {
        let world = World::new();
        let mut model = BTreeMap::new();
        for (full, pages) in scans {
            let mut seen: BTreeMap<(String, String), bool> = BTreeMap::new();
            let pages: Vec<Vec<Listed>> = pages
                .iter()
                .map(|page| {
                    page.iter()
                        .map(|&(key, id, is_deleted)| {
                            let (key, id) = (format!("k{key}"), format!("Customer:{key}-{id}"));
                            *seen.entry((key.clone(), id.clone())).or_default() |= is_deleted;
                            Listed { is_deleted, ..listed(&key, &id, ADA) }
                        })
                        .collect()
                })
                .collect();
            if full {
                model.clear();
            }
            model.extend(seen);
            model.retain(|_, is_deleted| !*is_deleted);
            let mode = if full { ScanMode::Full } else { since() };
            let active = world.scan(mode, &pages);
            prop_assert_eq!(world.customers(), model.keys().cloned().collect::<Vec<_>>());
            prop_assert_eq!(active, model.len() as u64);
        }
    }
}
