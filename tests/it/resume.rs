//! `apply` without a file goes on with the interrupted run: the same plan, the same run, only what is left.

use std::time::Duration;

use crate::crash::{
    At, Journal, LONG, Trap, assert_each_created_once, assert_looked_up_first, committed_creates,
    seed_of,
};
use crate::support::{Ended, Grid, Place, Users, key};

const USERS: usize = 25;

/// A run that was killed when its `creates`-th create had taken effect and was not answered.
fn killed(users: &Users, creates: u64) -> (Grid, Place) {
    let grid = Grid::started();
    let place = Place::on(&grid).users(users);
    // The first request lists the customers.
    let trap = Trap::set(&grid, At::Done(creates + 1));
    trap.catch(place.sync().args("--concurrency 1").spawn());
    (grid, place)
}

#[test]
fn after_a_kill_the_same_run_goes_on_and_creates_only_what_is_left() {
    let users = Users::some(USERS);
    let (grid, place) = killed(&users, 10);
    let (before, open) = (grid.request_count(), Journal::of(&place).open_keys());
    assert_eq!((committed_creates(&grid).len(), open.len()), (10, 1));

    let ended = place.apply().end();
    ended
        .exits(0)
        .counts("source_rows 25, created 25, planned.create 25");
    assert_same_run(&place, &ended);
    assert_eq!(grid.writes_since(before).len(), USERS - 10);
    assert_looked_up_first(&grid, before, &open);
    assert_each_created_once(&grid, &users.keys());
}

#[test]
fn after_a_signal_the_same_run_goes_on() {
    let users = Users::some(USERS);
    let grid = Grid::new().latency(Duration::from_millis(50)).start();
    let place = Place::on(&grid).users(&users);
    let run = place.sync().args("--concurrency 2").spawn();
    assert!(grid.wait_for_requests(8, LONG));
    run.signal("TERM");
    let stopped = run.end();
    stopped.exits(143);

    let (before, created) = (grid.request_count(), stopped.count("created"));
    let ended = place.apply().end();
    ended
        .exits(0)
        .counts("source_rows 25, created 25, planned.create 25");
    assert_eq!(ended.summary()["run_id"], stopped.summary()["run_id"]);
    assert_same_run(&place, &ended);
    assert_eq!(
        grid.writes_since(before).len() as u64,
        USERS as u64 - created
    );
    assert_each_created_once(&grid, &users.keys());
}

#[track_caller]
fn assert_same_run(place: &Place, ended: &Ended) {
    let summary = ended.summary();
    let told = |name: &str| summary[name].as_str().expect("it is told").to_owned();
    let runs = Journal::of(place).runs();
    assert_eq!(runs, [(told("run_id"), told("plan_fingerprint"))]);
}

#[test]
fn killed_again_and_again_it_goes_on_again_and_again() {
    let users = Users::some(USERS);
    let (grid, place) = killed(&users, 4);
    for _ in 0..3 {
        // A look-up of what was open, then creates.
        let trap = Trap::set(&grid, At::Received(grid.request_count() + 5));
        trap.catch(place.apply().args("--concurrency 1").spawn());
    }
    let ended = place.apply().end();
    ended
        .exits(0)
        .counts("source_rows 25, created 25, planned.create 25");
    assert_same_run(&place, &ended);
    assert_each_created_once(&grid, &users.keys());
}

#[test]
fn a_row_that_changed_meanwhile_is_left_for_the_next_run_and_named() {
    let users = Users::some(USERS);
    let (grid, place) = killed(&users, 3);
    place.set_users(&users.clone().with(&key(20), "address.city", "Boston"));
    let counts = "source_rows 25, created 24, deferred 1, planned.create 25";
    place.apply().end().exits(3).counts(counts);
    assert!(!grid.active_by_key().contains_key(&key(20)));
    // Planned anew, it is created as it is now. What was sent for the one that was looked up is not known.
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 25, unchanged 23, adopted 1, created 1, planned.create 1");
    let body = grid.stored_body(&key(20)).expect("it was created");
    assert_eq!(body["address"]["city"], "Boston");
}

#[test]
fn a_row_that_is_gone_meanwhile_is_not_created() {
    let users = Users::some(USERS);
    let (grid, place) = killed(&users, 3);
    place.set_users(&users.without(&key(20)));
    let counts = "source_rows 25, created 24, deferred 1, planned.create 25";
    place.apply().end().exits(3).counts(counts);
    assert!(!grid.active_by_key().contains_key(&key(20)));
}

#[test]
fn a_sync_takes_the_place_of_the_interrupted_run() {
    let users = Users::some(USERS);
    let (grid, place) = killed(&users, 10);
    place.sync().end().exits(0);
    assert_each_created_once(&grid, &users.keys());
    let before = grid.request_count();
    place
        .apply()
        .end()
        .exits(0)
        .says("there is no interrupted run");
    assert_eq!(grid.request_count(), before);
}

#[test]
fn another_source_is_not_what_the_run_was_planned_from() {
    let users = Users::some(USERS);
    let (grid, place) = killed(&users, 3);
    let before = grid.request_count();
    place.write("others.csv", Users::some(40).csv());
    place
        .apply()
        .args("--csv others.csv")
        .end()
        .exits(5)
        .says("others.csv");
    assert_eq!(grid.request_count(), before);
}

#[test]
fn an_interrupted_plan_that_is_too_old_is_stale() {
    let users = Users::some(USERS);
    let (grid, place) = killed(&users, 3);
    let place = place.config("[limits]\nplan_max_age = \"1ms\"\n");
    let before = grid.writes().len();
    place.apply().end().exits(5).says("limits.plan_max_age");
    assert_eq!(grid.writes().len(), before);
}

/// A migration takes days: what counts is when it was last at work.
#[test]
fn a_run_that_was_planned_long_ago_and_worked_until_now_goes_on() {
    let users = Users::some(USERS);
    let (grid, place) = killed(&users, 3);
    let state = rusqlite::Connection::open(place.path("state.sqlite")).expect("the state file");
    let planned = "UPDATE run SET started_at = '2020-01-01T00:00:00Z'";
    assert_eq!(state.execute(planned, []).expect("set"), 1);
    drop(state);
    place
        .apply()
        .end()
        .exits(0)
        .counts("source_rows 25, created 25, planned.create 25");
    assert_each_created_once(&grid, &users.keys());
}

/// The plan of a run that trusted no scan does not become trustworthy by being interrupted.
#[test]
fn a_run_that_looked_at_every_user_first_still_does_when_it_is_resumed() {
    let users = Users::some(USERS);
    let seed = seed_of(users.keys());
    let grid = Grid::new().seed(seed.as_bytes()).start();
    let place = Place::on(&grid).users(&users);
    let trap = Trap::set(&grid, At::Done(5));
    trap.catch(place.sync().args("--no-scan --concurrency 1").spawn());
    let counts = "source_rows 25, adopted 25, planned.create 25";
    place.apply().end().exits(0).counts(counts);
    assert!(grid.writes().is_empty());
}
