//! One story for each exit code. That `--json` is one object, which tells the same code, is checked
//! in every one of them: `Run` does.

use std::fs;
use std::time::Duration;

use crate::support::{Grid, Place, Users, key};

fn story(users: usize) -> (Grid, Place) {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(users));
    (grid, place)
}

#[test]
fn code_0_done_or_nothing_to_do() {
    let (_grid, place) = story(3);
    place.plan().end().exits(0);
    place.sync().end().exits(0);
    place.plan().arg("--detailed-exitcode").end().exits(0);
    place.run("status").end().exits(0);
    place.run("fields").without("--state").end().exits(0);
    place.apply().end().exits(0).says("no interrupted run");
}

#[test]
fn code_1_what_no_other_code_stands_for() {
    let (_grid, place) = story(3);
    place.sync().end().exits(0);
    place.run("status").args("--max-age 1h").end().exits(0);
    place
        .run("status")
        .args("--max-age 1ms")
        .end()
        .exits(1)
        .says("--max-age");
    place.apply().arg("no.plan").end().exits(1).says("no.plan");
}

#[test]
fn code_2_differences_where_they_are_asked_for() {
    let (_grid, place) = story(3);
    place.plan().arg("--detailed-exitcode").end().exits(2);
    place
        .sync()
        .args("--dry-run --detailed-exitcode")
        .end()
        .exits(2);
}

#[test]
fn code_3_some_rows() {
    let (_grid, place) = story(3);
    place.set_users(&Users::some(3).with(&key(2), "email", "none"));
    place.check().end().exits(3);
    place.plan().args("--max-rejects 1").end().exits(3);
    place.sync().args("--max-rejects 1").end().exits(3);
}

#[test]
fn code_4_a_guard_said_no() {
    let (_grid, place) = story(3);
    place.set_users(&Users::some(3).with(&key(2), "email", "none"));
    place.plan().end().exits(4);
    place.sync().end().exits(4);
}

#[test]
fn code_5_a_stale_plan() {
    let (_grid, place) = story(3);
    place.plan().args("-o the.plan").end().exits(0);
    place.apply().arg("the.plan").end().exits(0);
    place.apply().arg("the.plan").end().exits(5);
}

#[test]
fn code_6_paused_and_resumed_without_creating_anybody_twice() {
    let grid = Grid::new().latency(Duration::from_millis(40)).start();
    let users = Users::some(60);
    let place = Place::on(&grid).users(&users);
    let paused = place
        .sync()
        .args("--concurrency 1 --max-duration 500ms")
        .end();
    paused.exits(6).says("--max-duration");
    assert_eq!(paused.summary()["resumable"], true);
    let (created, left) = (paused.count("created"), paused.count("deferred"));
    assert!(
        created < 60,
        "{created} created, {left} deferred: it was not paused"
    );
    let next = paused.next_command().expect("there is a way on");
    assert!(next.starts_with("gridsync apply "), "{next}");
    place.apply().end().exits(0);
    grid.assert_one_active_each(&users.keys());
    assert_eq!(grid.writes().len(), 60);
}

#[test]
fn code_10_a_state_file_that_cannot_be_used() {
    let (grid, place) = story(3);
    place.run("status").end().exits(10);
    place.apply().end().exits(10);
    place.sync().end().exits(0);

    let other = Grid::started();
    let before = other.request_count();
    place
        .sync()
        .args("--base-url")
        .arg(other.base_url())
        .end()
        .exits(10)
        .says("state");
    place.sync().args("--edition 2025-10").end().exits(10);
    place
        .sync()
        .env("GRID_CLIENT_ID", "another")
        .env("GRID_CLIENT_SECRET", "secret")
        .end()
        .exits(10);
    assert_eq!(other.request_count(), before);

    let whole = place.read("state.sqlite");
    place.write("cut.sqlite", &whole[..whole.len() / 2]);
    place.write(
        "text.sqlite",
        "this was never a database, whatever its name says\n".repeat(200),
    );
    for damaged in ["cut.sqlite", "text.sqlite"] {
        place.sync().arg("--state").arg(damaged).end().exits(10);
        place
            .run("status")
            .arg("--state")
            .arg(damaged)
            .end()
            .exits(10);
    }
    assert_eq!(grid.writes().len(), 3);
}

#[test]
fn code_11_another_run_holds_the_lock() {
    let grid = Grid::new().latency(Duration::from_millis(100)).start();
    let place = Place::on(&grid).users(&Users::some(20));
    let first = place.sync().args("--concurrency 1").spawn();
    assert!(grid.wait_for_requests(2, Duration::from_secs(20)));
    place.sync().end().exits(11).says("process");
    place.plan().end().exits(11);
    place.run("status").end().exits(0);
    first.end().exits(0);
    assert_eq!(grid.active(), 20);
}

#[test]
fn code_12_credentials_that_are_refused() {
    let grid = Grid::new().credential("right", "secret").start();
    let place = Place::on(&grid).users(&Users::some(3));
    let with = |secret: &str| {
        let run = place.sync().env("GRID_CLIENT_ID", "right");
        run.env("GRID_CLIENT_SECRET", secret).end()
    };
    with("wrong").exits(12);
    assert_eq!(grid.active(), 0);
    with("secret").exits(0);
    assert_eq!(grid.active(), 3);
}

#[test]
fn code_12_a_token_that_may_only_read() {
    let grid = Grid::new()
        .settings(|settings| {
            settings.credentials = Some(vec![gridsync::emulator::Credential {
                id: "viewer".into(),
                secret: "secret".into(),
                read_only: true,
            }]);
        })
        .start();
    let place = Place::on(&grid).users(&Users::some(30));
    let run = |command: &str| {
        let run = place.run(command).env("GRID_CLIENT_ID", "viewer");
        run.env("GRID_CLIENT_SECRET", "secret")
    };
    run("plan").end().exits(0);
    run("sync").args("--yes --concurrency 1").end().exits(12);
    assert_eq!(
        grid.writes().len(),
        1,
        "it went on after a 403: {:#?}",
        grid.writes()
    );
}

#[test]
fn code_64_a_command_line_that_makes_no_sense() {
    let (grid, place) = story(1);
    place.sync().arg("--rat").end().exits(64);
    place.run("snyc").without("--state").end().exits(64);
    place.sync().args("--rate fast").end().exits(64);
    place.sync().args("--no-scan --full-scan").end().exits(64);
    assert_eq!(grid.request_count(), 0);
}

#[test]
fn code_65_a_source_that_cannot_be_read_as_a_whole() {
    let (grid, place) = story(1);
    place
        .sync()
        .args("--csv nowhere.csv")
        .end()
        .exits(65)
        .says("nowhere.csv");
    place.check().args("--csv nowhere.csv").end().exits(65);
    place.write("void.csv", "");
    place.check().args("--csv void.csv").end().exits(65);
    place.write("cut.csv.gz", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]);
    place.check().args("--csv cut.csv.gz").end().exits(65);
    place.write("twice.csv", "platformCustomerId,platformCustomerId\na,b\n");
    let twice = place.check().args("--csv twice.csv").end();
    assert!(matches!(twice.code(), Some(65 | 78)), "{}", twice.told());
    assert_eq!(grid.writes().len(), 0);
}

#[test]
fn code_78_a_configuration_that_is_invalid() {
    let (grid, place) = story(1);
    place.write("gridsync.toml", "[limits]\ndeltes = 3\n");
    place.sync().end().exits(78).says("deltes").says("deletes");
    place.write("gridsync.toml", "[limits\n");
    place.sync().end().exits(78);
    fs::remove_file(place.path("gridsync.toml")).expect("just written");
    place.sync().args("--config nowhere.toml").end().exits(78);
    place.sync().env("GRIDSYNC_RATE", "fast").end().exits(78);
    place.sync().without("--csv").end().exits(78).says("csv");
    place
        .sync()
        .env("GRID_CLIENT_ID", "half")
        .end()
        .exits(78)
        .says("GRID_CLIENT_SECRET");
    place
        .sync()
        .args("--base-url https://api.lightspark.com/grid/2025-10-13")
        .end()
        .exits(78)
        .says("no credentials");
    place
        .sync()
        .args("--base-url http://api.lightspark.com/grid")
        .end();
    place.write("users.csv", "name\nAda\n");
    place.check().end().exits(78).says("platformCustomerId");
    assert_eq!(grid.request_count(), 0);
}
