//! Deletes over several runs: who waits, who is back, who is protected, and how many are too many.

use rusqlite::Connection;

use crate::support::{Grid, Place, Users, key};

/// So many users and their customers.
fn users_of(grid: &Grid, count: usize) -> (Place, Users) {
    let users = Users::some(count);
    let place = Place::on(grid).users(&users);
    place.sync().end().exits(0);
    (place, users)
}

fn in_the_state(place: &Place, change: &str) -> usize {
    let state = Connection::open(place.path("state.sqlite")).expect("the state file");
    state.execute(change, []).expect("changed")
}

/// All that the state remembers of absent users was so many hours earlier.
fn hours_pass(place: &Place, hours: u32) {
    let earlier =
        |column: &str| format!("strftime('%Y-%m-%dT%H:%M:%SZ', {column}, '-{hours} hours')");
    let (first, last) = (earlier("first_absent_at"), earlier("last_absent_at"));
    in_the_state(
        place,
        &format!("UPDATE tombstone SET first_absent_at = {first}, last_absent_at = {last}"),
    );
    let attempted = earlier("attempted_at");
    in_the_state(
        place,
        &format!("UPDATE change SET attempted_at = {attempted}"),
    );
}

fn tombstones(place: &Place) -> Vec<(String, u64)> {
    let state = Connection::open(place.path("state.sqlite")).expect("the state file");
    let mut statement = state
        .prepare("SELECT key, reads FROM tombstone ORDER BY key")
        .expect("a table");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.expect("rows").map(|row| row.expect("a row")).collect()
}

const WAIT: &str = "--delete --min-absence 20h";
const WAITING: &str = "source_rows 11, unchanged 11, orphans 1, waiting 1";
const DELETED: &str = "source_rows 11, unchanged 11, deleted 1, orphans 1, planned.delete 1";

#[test]
fn a_user_that_is_gone_two_nights_in_a_row_is_deleted_and_not_before() {
    let grid = Grid::started();
    let (place, users) = users_of(&grid, 12);
    place.set_users(&users.without(&key(9)));
    let before = grid.request_count();
    for _ in 0..3 {
        place.sync().args(WAIT).end().exits(0).counts(WAITING);
    }
    hours_pass(&place, 19);
    place.sync().args(WAIT).end().exits(0).counts(WAITING);
    assert_eq!(grid.writes_since(before).len(), 0);
    // Nights in between list what changed, which proves nobody absent: that there was a first is enough.
    assert_eq!(tombstones(&place), [(key(9), 1)]);
    place.sync().args(WAIT).arg("--full-scan").end().exits(0);
    assert_eq!(tombstones(&place), [(key(9), 2)]);

    hours_pass(&place, 1);
    place.sync().args(WAIT).end().exits(0).counts(DELETED);
    assert_eq!(grid.active(), 11);
    assert_eq!(tombstones(&place), []);
}

/// Of two clocks that differ, the one counts by which the wait is longer.
#[test]
fn a_clock_that_is_wrong_makes_nobody_wait_less() {
    let grid = Grid::started();
    let (place, users) = users_of(&grid, 12);
    place.set_users(&users.without(&key(9)));
    let waits = || {
        let ended = place.sync().args(WAIT).end();
        ended.exits(0).counts(WAITING);
    };
    // Ours was behind when the user was missed first, or Grid's ahead.
    grid.faults(&["clock-offset:2h"]);
    waits();
    grid.faults(&[]);
    hours_pass(&place, 21);
    waits();
    // Ours is ahead now, or Grid's behind.
    hours_pass(&place, 2);
    grid.faults(&["clock-offset:-4h"]);
    waits();
    grid.faults(&[]);
    place.sync().args(WAIT).end().exits(0).counts(DELETED);
}

#[test]
fn a_plan_is_a_read_too_and_says_who_waits_until_when() {
    let grid = Grid::started();
    let (place, users) = users_of(&grid, 12);
    place.set_users(&users.without(&key(9)).and("usr_new"));
    let before = grid.request_count();
    let shown = place.plan().args(WAIT).in_words().end();
    shown
        .exits(0)
        .says("1 user is absent for the first time: scanning Grid in full before that is recorded")
        .says("  waiting  1  absent, but not for long enough: deleted from 2")
        .says("  delete   0\n")
        .says("  orphans  0\n")
        .says(" until 2");
    assert_eq!(grid.writes_since(before).len(), 0);
    hours_pass(&place, 20);
    place.plan().args(WAIT).args("-o the.plan").end().exits(0);
    place
        .apply()
        .arg("the.plan")
        .end()
        .exits(0)
        .counts("source_rows 12, unchanged 11, created 1, deleted 1, orphans 1, planned.create 1, planned.delete 1");
}

#[test]
fn a_user_that_is_back_for_one_night_waits_anew_even_where_nothing_is_deleted() {
    let grid = Grid::started();
    let (place, users) = users_of(&grid, 12);
    let gone = users.clone().without(&key(9));
    place.set_users(&gone);
    place.sync().args(WAIT).end().exits(0);
    hours_pass(&place, 24);
    // Back, if only as a bad row, in a run that deletes nobody.
    place.set_users(&users.with(&key(9), "birthDate", "never"));
    place.sync().args("--max-rejects 1").end().exits(3);
    assert_eq!(tombstones(&place), []);
    place.set_users(&gone);
    place.sync().args(WAIT).end().exits(0);
    assert_eq!(grid.active(), 12);
    assert_eq!(tombstones(&place), [(key(9), 1)]);
}

#[test]
fn a_read_that_proves_nothing_is_not_taken_down() {
    let grid = Grid::started();
    let (place, users) = users_of(&grid, 40);
    let gone = users.clone().without(&key(9));
    let untold = |flags: &str, code: u8, reason: &str| {
        let ended = place.sync().args(WAIT).args(flags).end();
        ended
            .exits(code.into())
            .says("absent, and that is not recorded: ")
            .says(reason);
        assert_eq!(tombstones(&place), []);
    };
    place.set_users(&gone);
    untold("--no-scan", 0, "Grid was not listed in full");
    grid.faults(&["total-count-off"]);
    untold("", 0, "or counts otherwise");
    grid.faults(&[]);
    place.set_users(&gone.clone().raw(",INDIVIDUAL,Ada Vey,,,,,,,,,,"));
    untold(
        "--max-rejects 1",
        3,
        "the key of a rejected row cannot be read",
    );
    let few = (1..=12).fold(users, |users, number| users.without(&key(number)));
    place.set_users(&few);
    untold("", 4, "a guard does not trust the plan (shrunken source)");
    place.set_users(&Users::none());
    untold("", 4, "a guard does not trust the plan (empty source)");

    place.set_users(&gone);
    place.sync().args(WAIT).end().exits(0);
    assert_eq!(tombstones(&place), [(key(9), 1)]);
}

#[test]
fn runs_share_a_budget_for_a_day_and_one_for_a_week() {
    let grid = Grid::started();
    let (place, users) = users_of(&grid, 60);
    let without =
        |gone: usize| (0..gone).fold(users.clone(), |users, at| users.without(&key(60 - at)));
    let sync = |gone: usize| {
        place.set_users(&without(gone));
        place.sync().arg("--delete")
    };
    sync(10).end().exits(0);
    sync(20).end().exits(0);
    let before = grid.request_count();
    let refused = sync(21).end();
    refused
        .exits(4)
        .says("the plan is refused (too many deletes in a day); nothing was written to Grid");
    let guard = refused.guard("deletes_per_day");
    assert_eq!(guard["verdict"], "refused");
    assert_eq!(
        (&guard["measured"], &guard["of"], &guard["allowed"]),
        (&21.into(), &60.into(), &20.into())
    );
    sync(21)
        .in_words()
        .end()
        .exits(4)
        .says("21 of 60 customers would be deleted within 24 hours, earlier runs included; at most 20 (limits.deletes_per_day = 2%, the default)");
    assert_eq!(grid.writes_since(before).len(), 0);

    hours_pass(&place, 25);
    sync(30).end().exits(0);
    hours_pass(&place, 25);
    sync(31).end().exits(4).says("too many deletes in a week");
    let refused = sync(42).args("--confirm-source-rows 18").end();
    refused
        .exits(4)
        .says("(too many deletes, too many deletes in a week)");
    let next = refused.next_command().expect("there is a way on");
    assert_eq!(next.matches("--confirm-deletes 12").count(), 1, "{next}");
    sync(42)
        .args("--confirm-source-rows 18 --confirm-deletes 12")
        .end()
        .exits(0);
    assert_eq!(grid.active(), 18);
    sync(43).end().exits(4);
    hours_pass(&place, 7 * 24 + 1);
    sync(43).end().exits(0);
}

#[test]
fn a_saved_plan_over_a_budget_needs_its_own_number_from_whoever_applies_it() {
    let grid = Grid::started();
    let (place, users) = users_of(&grid, 40);
    place.set_users(&(0..10).fold(users.clone(), |users, at| users.without(&key(40 - at))));
    place.sync().arg("--delete").end().exits(0);
    let config = "limits.deletes_per_day = 0\n[source]\ncsv = \"users.csv\"\n";
    place.write("gridsync.toml", config);
    place.set_users(&(0..20).fold(users, |users, at| users.without(&key(40 - at))));
    place.sync().args("--delete").end().exits(0);
    place.set_users(&(0..21).fold(Users::some(40), |users, at| users.without(&key(40 - at))));
    place.plan().args("--delete -o the.plan").end().exits(4);
    let refused = place.apply().arg("the.plan").end();
    refused.exits(4).says("too many deletes in a day");
    place
        .apply()
        .args("the.plan --confirm-deletes 21")
        .end()
        .exits(4);
    place
        .apply()
        .args("the.plan --confirm-deletes 1")
        .end()
        .exits(0);
    assert_eq!(grid.active(), 19);
}

/// Somebody else deleted it since the plan was made, and Grid says so in one of its ways.
#[test]
fn a_customer_that_is_gone_already_is_deleted_as_planned_and_costs_no_write() {
    for fault in [&[][..], &["deleted-get-404"], &["deleted-get-410"]] {
        let grid = Grid::started();
        let (place, users) = users_of(&grid, 12);
        place.set_users(&users.without(&key(9)));
        place.plan().args("--delete -o the.plan").end().exits(0);
        assert!(grid.mark_deleted(&grid.id_of(&key(9))));
        grid.faults(fault);
        let before = grid.request_count();
        place.apply().arg("the.plan").end().exits(0).counts(DELETED);
        assert!(grid.writes_since(before).is_empty());
        assert_eq!(grid.active(), 11);
    }
}

#[test]
fn protected_keys_are_never_deleted_and_a_bad_pattern_is_an_error_of_the_configuration() {
    let grid = Grid::started();
    let users = Users::some(12).and("vip-1").and("vip-2");
    let place = Place::on(&grid).users(&users);
    place.write("gridsync.toml", "[changes]\nnever_delete = [\"vip-*\"]\n");
    place.sync().end().exits(0);
    place.set_users(&users.without("vip-1").without(&key(9)));
    place.sync().arg("--delete").end().exits(0).counts(
        "source_rows 12, unchanged 12, deleted 1, orphans 2, protected 1, planned.delete 1",
    );
    assert_eq!(grid.active_by_key().get("vip-1"), Some(&1));
    for (patterns, reason) in [
        ("[\"vip-[12]\"]", "brackets, braces"),
        ("[\"\"]", "it is empty"),
        ("\"vip-*\"", "expected a list of patterns over keys"),
        ("[1]", "expected a list of patterns over keys"),
    ] {
        let config = format!("[changes]\nnever_delete = {patterns}\n");
        place.write("gridsync.toml", config);
        let refused = place.sync().arg("--delete").end();
        refused
            .exits(78)
            .says("changes.never_delete")
            .says("gridsync.toml:2:16")
            .says(reason);
    }
}

#[test]
fn without_adopting_what_exists_stays_somebody_elses() {
    let seed = Users::none().and("seeded-1").and("seeded-2").ndjson();
    let grid = Grid::new().seed(seed.as_bytes()).start();
    let users = Users::some(3)
        .and("seeded-1")
        .with("seeded-1", "email", "ada@other.org");
    let users = users.and("seeded-2");
    let place = Place::on(&grid).users(&users);
    place.write("gridsync.toml", "[changes]\nadopt = false\n");
    let counts = "source_rows 5, unchanged 1, drifted 1, created 3, planned.create 3";
    place.sync().end().exits(0).counts(counts);
    place
        .plan()
        .in_words()
        .end()
        .exits(0)
        .says("Nothing to do: 5 rows = 4 unchanged + 1 drifted");
    place.set_users(&users.without("seeded-2").without(&key(2)).and("new"));
    place.plan().in_words().end().says(
        "1 row has a customer that is not from here and is not adopted: changes.adopt = false",
    );
    let counts = "source_rows 4, unchanged 2, drifted 1, created 1, deleted 1, orphans 2, planned.create 1, planned.delete 1";
    place.sync().arg("--delete").end().exits(0).counts(counts);
    let seeded = |number: u8| {
        grid.active_by_key()
            .get(&format!("seeded-{number}"))
            .copied()
    };
    assert_eq!((seeded(1), seeded(2)), (Some(1), Some(1)));
}

#[test]
fn without_adopting_a_create_that_finds_a_customer_leaves_it_to_its_owner() {
    let seed = Users::none().and("seeded").ndjson();
    let grid = Grid::new().seed(seed.as_bytes()).start();
    let place = Place::on(&grid).users(&Users::some(2).and("seeded"));
    place.write("gridsync.toml", "[changes]\nadopt = false\n");
    // Nothing is known of Grid, so every user is looked up before it is created.
    let found = place.sync().arg("--no-scan").end();
    found
        .exits(3)
        .counts("source_rows 3, created 2, deferred 1, planned.create 3");
    assert_eq!(grid.active(), 3);
    let counts = "source_rows 3, unchanged 3";
    place.sync().end().exits(0).counts(counts);
    place.set_users(&Users::some(2));
    place.sync().arg("--delete").end().exits(0);
    assert_eq!(grid.active_by_key().get("seeded"), Some(&1));
}
