//! The state file cannot be kept, or is not what it was: the run ends with the code for it, writes
//! nothing that it could not remember, and the next run goes on.

use rusqlite::Connection;

use crate::crash::{At, Journal, Trap, assert_each_created_once};
use crate::support::{Grid, Place, Users};

const USERS: usize = 25;

fn story() -> (Grid, Place, Users) {
    let grid = Grid::new().fault("duplicates-allowed").start();
    let users = Users::some(USERS);
    let place = Place::on(&grid).users(&users);
    (grid, place, users)
}

/// The disk is full from some point on, which is another one each time: as the file is made, as the
/// list is stored, as intents and outcomes are written.
#[test]
fn a_disk_that_is_full_loses_nobody_and_makes_nobody_twice() {
    let mut stopped_while_it_wrote = 0;
    for blocks in (8..=1_200).step_by(80) {
        let (grid, place, users) = story();
        // Else most of what is written is the file itself, and not the run.
        if blocks > 100 {
            place.plan().end().exits(0);
        }
        let one_by_one = place.sync().args("--concurrency 1");
        let full = one_by_one.largest_file(blocks).end();
        match full.code() {
            Some(0) => {}
            Some(10) => drop(full.says("the state file")),
            code => panic!("{code:?} with {blocks} blocks\n{}", full.told()),
        }
        let open = if place.has("state.sqlite") {
            Journal::open(&place).map_or(0, |journal| journal.open_keys().len())
        } else {
            0
        };
        assert!(
            grid.writes().len() <= grid.active() + open,
            "something was sent that is not in the journal"
        );
        let created = grid.active();
        stopped_while_it_wrote += usize::from(created > 0 && created < USERS);
        place.sync().end().exits(0);
        assert_each_created_once(&grid, &users.keys());
    }
    assert!(
        stopped_while_it_wrote > 0,
        "the disk was never full in the middle of a run"
    );
}

#[test]
fn a_folder_that_cannot_be_written_to_ends_a_run_before_its_first_request() {
    let (grid, place, _) = story();
    let folder = place.path("kept");
    std::fs::create_dir(&folder).expect("a folder of our own");
    let sync = || place.sync().arg("--state").arg(folder.join("state.sqlite"));
    place.set_mode("kept", 0o500);
    let none_yet = sync().obeying_modes().end();
    none_yet.exits(10).says("kept/state.sqlite");
    assert_eq!(grid.request_count(), 0);

    place.set_mode("kept", 0o700);
    sync().end().exits(0);
    let before = grid.request_count();
    place.set_mode("kept", 0o500);
    sync().obeying_modes().end().exits(10);
    assert_eq!(grid.request_count(), before);
    place.set_mode("kept", 0o700);
}

#[test]
fn a_state_file_of_a_newer_program_is_left_as_it_is() {
    let (grid, place, _) = story();
    place.sync().end().exits(0);
    let state = Connection::open(place.path("state.sqlite")).expect("the state file");
    let newer = "PRAGMA user_version = 9999; PRAGMA wal_checkpoint(TRUNCATE)";
    state.execute_batch(newer).expect("set");
    drop(state);
    let (file, before) = (place.read("state.sqlite"), grid.request_count());
    for run in [
        place.sync(),
        place.apply(),
        place.plan(),
        place.run("status"),
    ] {
        run.end().exits(10).says("newer gridsync").says("9999");
    }
    assert_eq!(place.read("state.sqlite"), file);
    assert_eq!(grid.request_count(), before);
}

/// Pages in the middle, which opening the file does not read.
#[test]
fn a_state_file_that_rots_stops_the_run_and_makes_nobody_twice() {
    let (grid, place, users) = story();
    place.sync().end().exits(0);
    let whole = place.read("state.sqlite");
    let page = 4096;
    let mut stopped = 0;
    for rotten in 1..whole.len() / page {
        let mut file = whole.clone();
        file[rotten * page..][..page].fill(0xa5);
        place.write("state.sqlite", &file);
        let ended = place.sync().end();
        assert!(
            matches!(ended.code(), Some(0 | 10)),
            "page {rotten}: {:?}\n{}",
            ended.code(),
            ended.told()
        );
        stopped += u32::from(ended.code() == Some(10));
        assert_eq!(grid.writes().len(), USERS, "page {rotten}");
    }
    assert!(stopped > 0, "no page of {} mattered", whole.len() / page);
    grid.assert_one_active_each(&users.keys());
}

/// As the state file sees it: a request was sent in what is the future by now.
#[test]
fn a_clock_that_was_set_back_makes_no_look_too_short_and_none_endless() {
    let grid = Grid::new()
        .fault("late-commit:500ms")
        .fault("duplicates-allowed")
        .start();
    let users = Users::some(3);
    let place = Place::on(&grid).users(&users);
    let patient = || place.sync().args("--concurrency 1 --settle 1s");
    Trap::set(&grid, At::Done(2)).catch(patient().spawn());
    let state = Connection::open(place.path("state.sqlite")).expect("the state file");
    let ahead =
        "UPDATE change SET attempted_at = '2199-01-01T00:00:00Z' WHERE attempted_at IS NOT NULL";
    assert_eq!(state.execute(ahead, []).expect("set"), 1);
    drop(state);
    grid.faults(&["duplicates-allowed"]);
    patient().end().exits(0);
    assert_each_created_once(&grid, &users.keys());
}
