//! Stopping on purpose: what is under way is finished and recorded, and the rest goes on later.

use std::time::{Duration, Instant};

use crate::crash::{
    Journal, LONG, assert_each_created_once, assert_looked_up_first, follow, wait_until_said,
};
use crate::support::{Ended, Grid, Place, Users};

const USERS: usize = 30;

#[test]
fn an_interrupt_drains_and_names_the_command_that_goes_on() {
    drained("INT", 130);
}

#[test]
fn so_does_a_termination() {
    drained("TERM", 143);
}

fn drained(signal: &str, code: i32) {
    let grid = Grid::new().latency(Duration::from_millis(200)).start();
    let place = Place::on(&grid).users(&Users::some(USERS));
    let run = place.sync().args("--concurrency 4 --timeout 20s").spawn();
    assert!(grid.wait_for_requests(4, LONG));
    run.signal(signal);
    let ended = run.end();
    ended.exits(code).says("signal");
    paused(&grid, &place, &ended);
}

#[test]
fn a_run_that_lasts_too_long_pauses() {
    let grid = Grid::new().latency(Duration::from_millis(100)).start();
    let place = Place::on(&grid).users(&Users::some(USERS));
    let ended = place
        .sync()
        .args("--concurrency 1 --max-duration 800ms")
        .end();
    ended.exits(6).says("--max-duration");
    assert!(!ended.told().contains("signal"), "{}", ended.told());
    paused(&grid, &place, &ended);
}

/// Whatever it was that stopped the run: nothing is open, and the command that it names does the rest.
#[track_caller]
fn paused(grid: &Grid, place: &Place, ended: &Ended) {
    assert_eq!(ended.summary()["resumable"], true);
    let (created, left) = (ended.count("created"), ended.count("deferred"));
    assert_eq!(
        (created + left, ended.count("unresolved")),
        (USERS as u64, 0)
    );
    assert!(left > 0, "it was over before it was stopped");
    assert_eq!(created, grid.active() as u64);
    let statuses = Journal::of(place).statuses();
    let expected = [("applied", created), ("planned", left)];
    let expected = expected.into_iter().filter(|(_, count)| *count > 0);
    assert_eq!(
        statuses,
        expected
            .map(|(status, count)| (status.to_owned(), count))
            .collect()
    );

    let next = ended.next_command().expect("a command that goes on");
    let output = follow(place, next);
    assert!(
        output.status.success(),
        "{next}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_each_created_once(grid, &Users::some(USERS).keys());
}

#[test]
fn a_signal_while_the_plan_is_made_stops_before_anything_is_written() {
    let grid = Grid::new().latency(Duration::from_secs(2)).start();
    let place = Place::on(&grid).users(&Users::some(USERS));
    let run = place.sync().args("--timeout 20s").spawn();
    assert!(grid.wait_for_requests(1, LONG));
    run.signal("TERM");
    run.end().exits(143);
    assert!(grid.writes().is_empty());
}

#[test]
fn a_second_signal_quits_at_once_and_the_next_run_looks_first() {
    let grid = Grid::new().fault("stall-after-commit").start();
    let place = Place::on(&grid).users(&Users::some(USERS));
    let run = place.sync().args("--concurrency 2 --timeout 60s").spawn();
    assert!(grid.wait_for_requests(3, LONG));
    run.signal("INT");
    wait_until_said(&place, "a second signal quits at once");
    let begun = Instant::now();
    run.signal("INT");
    let ended = run.end();
    ended.exits(130).says("second signal");
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "it waited for {:?}",
        begun.elapsed()
    );

    let open = Journal::of(&place).open_keys();
    assert_eq!(open.len(), 2);
    grid.clear_faults();
    let before = grid.request_count();
    place.sync().end().exits(0);
    assert_looked_up_first(&grid, before, &open);
    assert_each_created_once(&grid, &Users::some(USERS).keys());
}
