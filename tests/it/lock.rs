//! One run at a time for one state file, whatever way the last one ended.

use std::sync::mpsc;

use crate::crash::{At, LONG, Trap};
use crate::support::{Grid, Place, Users};

#[test]
fn a_second_run_is_refused_and_told_who_holds_the_lock() {
    let grid = Grid::started();
    let users = Users::some(5);
    let place = Place::on(&grid).users(&users);
    let (go_on, held) = mpsc::channel::<()>();
    grid.on_request(2, Box::new(move || assert!(held.recv().is_err())));
    let first = place.sync().args("--timeout 60s").spawn();
    assert!(grid.wait_for_requests(2, LONG));

    let holder = place.read_text("state.sqlite.lock");
    assert!(holder.contains("process "), "{holder}");
    place.sync().end().exits(11).says(holder.trim());
    place.plan().end().exits(11).says(holder.trim());
    // Another state file is no way round: it is the same customers.
    let other = place.sync().args("--state other.sqlite");
    other.end().exits(11).says(holder.trim());
    // Looking is allowed.
    place.run("status").end().exits(0);

    drop(go_on);
    first.end().exits(0);
    grid.assert_one_active_each(&users.keys());
}

#[test]
fn the_lock_dies_with_its_holder() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(5));
    Trap::set(&grid, At::Received(2)).catch(place.sync().spawn());
    assert!(place.has("state.sqlite.lock"));
    place.sync().end().exits(0);
}
