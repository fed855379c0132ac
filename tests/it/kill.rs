//! Killed with SIGKILL, at every request of a run and in every phase, and run again: the end is the
//! same, nobody was created twice, nobody is missing, and the numbers add up.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::crash::{
    At, Journal, Trap, assert_each_created_once, assert_looked_up_first, kill_when, seed_of,
};
use crate::support::{Ended, Grid, Place, Users, key};

const USERS: usize = 25;

#[test]
fn killed_when_a_request_arrives() {
    at_every_request("--concurrency 1", At::Received, true);
}

#[test]
fn killed_when_a_request_took_effect() {
    at_every_request("--concurrency 1", At::Done, true);
}

/// With several requests under way, some of the dead run's may still arrive after it.
#[test]
fn killed_when_a_request_arrives_among_eight() {
    at_every_request("--concurrency 8", At::Received, false);
}

#[test]
fn killed_when_a_request_took_effect_among_eight() {
    at_every_request("--concurrency 8", At::Done, false);
}

fn at_every_request(flags: &str, at: fn(u64) -> At, alone: bool) {
    let users = Users::some(USERS);
    for number in 1..=requests_of_a_whole_run(&users, flags) {
        let grid = Grid::started();
        let place = Place::on(&grid).users(&users);
        Trap::set(&grid, at(number)).catch(place.sync().args(flags).spawn());
        let (open, before) = (Journal::of(&place).open_keys(), grid.request_count());
        everybody_is_there(&place.sync().args(flags).end());
        assert_each_created_once(&grid, &users.keys());
        if alone {
            assert_looked_up_first(&grid, before, &open);
        }
        assert!(Journal::of(&place).open_keys().is_empty());
    }
}

fn requests_of_a_whole_run(users: &Users, flags: &str) -> u64 {
    let grid = Grid::started();
    let place = Place::on(&grid).users(users);
    place.sync().args(flags).end().exits(0);
    grid.request_count()
}

/// The second run's own creates, and those of the first that it found.
#[track_caller]
fn everybody_is_there(ended: &Ended) {
    ended.exits(0);
    let there = ["created", "adopted", "unchanged"].map(|name| ended.count(name));
    assert_eq!(there.iter().sum::<u64>(), USERS as u64, "{}", ended.told());
}

/// The order that everything else rests on.
#[test]
fn the_intent_is_on_disk_before_the_request_leaves() {
    let grid = Grid::started();
    let users = Users::some(USERS);
    let place = Arc::new(Place::on(&grid).users(&users));
    let seen = Arc::new(Mutex::new(Vec::new()));
    for number in 2..=(USERS as u64 + 1) {
        let (place, seen) = (Arc::clone(&place), Arc::clone(&seen));
        let look = move || {
            let open = Journal::of(&place).open_keys();
            seen.lock().expect("no look panics").push((number, open));
        };
        grid.on_request(number, Box::new(look));
    }
    place.sync().args("--concurrency 4").end().exits(0);

    let requests = grid.requests();
    let seen = seen.lock().expect("no look panicked");
    assert_eq!(seen.len(), USERS);
    for (number, open) in seen.iter() {
        let record = requests.iter().find(|record| record.number == *number);
        let record = record.expect("every request is recorded");
        let key = record.platform_customer_id.as_ref();
        assert!(
            key.is_some_and(|key| open.contains(key)),
            "{record:?}: {open:?} are on disk"
        );
    }
}

#[test]
fn a_killed_scan_goes_on_from_its_last_page() {
    const PAGES: u64 = 11;
    let seed = seed_of((1..=1_050).map(key));
    let users = Users::some(3);
    let whole = {
        let grid = Grid::new().seed(seed.as_bytes()).start();
        let place = Place::on(&grid).users(&users);
        place.plan().end().exits(0);
        assert_eq!(grid.request_count(), PAGES);
        Journal::of(&place).mirror()
    };
    for at in (1..=PAGES).flat_map(|number| [At::Received(number), At::Done(number)]) {
        let grid = Grid::new().seed(seed.as_bytes()).start();
        let place = Place::on(&grid).users(&users);
        Trap::set(&grid, at).catch(place.plan().spawn());
        let before = grid.request_count();
        place.plan().end().exits(0);
        // The page that was under way is asked for again, and no other.
        assert_eq!(
            grid.request_count() - before,
            PAGES - (before - 1),
            "{at:?}"
        );
        let mirror = Journal::of(&place).mirror();
        assert_eq!(keys(&mirror), keys(&whole), "{at:?}");
    }
}

fn keys(mirror: &[(String, String)]) -> Vec<&str> {
    mirror.iter().map(|(key, _)| key.as_str()).collect()
}

#[test]
fn killed_while_it_reads_the_source_or_drafts_the_plan() {
    const MANY: usize = 20_000;
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(MANY));
    for millis in [0, 5, 20, 60, 150, 300] {
        let run = place.run("sync").args("--yes --max-duration 1ms").spawn();
        // Reading tells nobody how far it is: any moment will do.
        std::thread::sleep(Duration::from_millis(millis));
        run.kill();
    }
    for drafted in [1, 3_000, 12_000] {
        let sql = "SELECT count(*) FROM change WHERE run = (SELECT max(number) FROM run)";
        let run = place.run("sync").args("--yes --max-duration 1ms").spawn();
        kill_when(&place, run, sql, drafted);
    }
    let created = grid.active();
    let plan = place.plan().end();
    plan.exits(0);
    assert_eq!(plan.count("planned.create") + created as u64, MANY as u64);
    assert!(Journal::of(&place).open_keys().is_empty());
}

#[test]
fn killed_after_the_outcome_of_any_change_is_written() {
    let users = Users::some(USERS);
    for written in (1..USERS as u64).step_by(4) {
        let grid = Grid::started();
        let place = Place::on(&grid).users(&users);
        let run = place.sync().args("--concurrency 1").spawn();
        let applied = "SELECT count(*) FROM change WHERE status = 'applied'";
        kill_when(&place, run, applied, written);
        everybody_is_there(&place.sync().end());
        assert_each_created_once(&grid, &users.keys());
    }
}

#[test]
fn killed_three_times_at_full_speed() {
    let users = Users::some(5_000);
    let grid = Grid::started();
    let place = Place::on(&grid).users(&users);
    for number in [900, 2_300, 3_700] {
        Trap::set(&grid, At::Done(number)).catch(place.sync().spawn());
        assert!(grid.active() < 5_000);
    }
    let last = place.sync().end();
    last.exits(0);
    assert_each_created_once(&grid, &users.keys());
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 5000, unchanged 5000");
}

/// Grid's list may lag behind its writes, and its own guard against a second customer with the same
/// key is younger than its API: neither may be what the promise rests on.
#[test]
fn killed_where_lists_lag_and_nothing_but_us_prevents_duplicates() {
    let users = Users::some(USERS);
    for number in [2, 13, 26] {
        let grid = Grid::new()
            .fault("late-index:400ms")
            .fault("duplicates-allowed")
            .start();
        let place = Place::on(&grid).users(&users);
        let patient = || place.sync().args("--concurrency 1 --settle 1s");
        Trap::set(&grid, At::Done(number)).catch(patient().spawn());
        everybody_is_there(&patient().end());
        everybody_is_there(&patient().end());
        everybody_is_there(&patient().arg("--full-scan").end());
        assert_each_created_once(&grid, &users.keys());
    }
}

#[test]
fn killed_at_every_request_of_a_run_that_deletes() {
    let (all, stay) = (Users::some(12), Users::some(5));
    let place_with_orphans = || {
        let grid = Grid::started();
        let place = Place::on(&grid).users(&all);
        place.sync().end().exits(0);
        place.set_users(&stay);
        (grid, place)
    };
    let deleting = |place: &Place| place.sync().args("--delete --concurrency 1");
    let (requests, before) = {
        let (grid, place) = place_with_orphans();
        let before = grid.request_count();
        deleting(&place)
            .end()
            .exits(0)
            .counts("source_rows 5, unchanged 5, orphans 7, deleted 7, planned.delete 7");
        (grid.request_count() - before, before)
    };
    for at in
        (1..=requests).flat_map(|number| [At::Received(before + number), At::Done(before + number)])
    {
        let (grid, place) = place_with_orphans();
        Trap::set(&grid, at).catch(deleting(&place).spawn());
        deleting(&place).end().exits(0);
        grid.assert_one_active_each(&stay.keys());
        let mut deletes: Vec<String> = deletes(&grid);
        assert_eq!(deletes.len(), 7, "{at:?}");
        deletes.dedup();
        assert_eq!(deletes.len(), 7, "{at:?}");
    }
}

/// Nobody has heard of the deletes, and none took effect: the next run asks for the customers, and deletes them.
#[test]
fn killed_while_deletes_hang_that_never_take_effect() {
    let (all, stay) = (Users::some(12), Users::some(5));
    let grid = Grid::started();
    let place = Place::on(&grid).users(&all);
    place.sync().end().exits(0);
    place.set_users(&stay);
    grid.faults(&["delete/timeout"]);
    let sql = "SELECT count(*) FROM change WHERE kind = 'delete' AND status = 'in_flight'";
    kill_when(&place, place.sync().arg("--delete").spawn(), sql, 1);
    grid.clear_faults();
    let deleted = "source_rows 5, unchanged 5, orphans 7, deleted 7, planned.delete 7";
    place.sync().arg("--delete").end().exits(0).counts(deleted);
    grid.assert_one_active_each(&stay.keys());
}

/// The paths of deletes that took effect, in order.
fn deletes(grid: &Grid) -> Vec<String> {
    let took_effect = grid
        .writes()
        .into_iter()
        .filter(|record| record.method == "DELETE" && record.committed);
    let mut paths: Vec<String> = took_effect.map(|record| record.path).collect();
    paths.sort();
    paths
}
