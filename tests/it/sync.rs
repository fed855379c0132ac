//! What a sync does, run after run.

use crate::support::{Grid, Place, Users, key};

#[test]
fn the_first_sync_creates_everybody_and_the_second_writes_nothing() {
    let grid = Grid::started();
    let users = Users::some(30).and_business("biz_1");
    let place = Place::on(&grid).users(&users);
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 31, created 31, planned.create 31");
    grid.assert_one_active_each(&users.keys());

    let before = grid.request_count();
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 31, unchanged 31");
    assert_eq!(grid.writes_since(before).len(), 0);
}

#[test]
fn an_edited_row_is_drift_a_new_one_a_create_and_a_missing_one_an_orphan() {
    let grid = Grid::started();
    let users = Users::some(30);
    let place = Place::on(&grid).users(&users);
    place.sync().end().exits(0);

    let changed = users
        .with(&key(7), "address.city", "Boston")
        .without(&key(9))
        .and("usr_new");
    place.set_users(&changed);
    let counts = "source_rows 30, unchanged 28, drifted 1, orphans 1, planned.create 1";
    let plan = place.plan().in_words().end();
    plan.exits(0)
        .says("usr_00007")
        .says("address.city")
        .says("usr_00009");
    assert!(!plan.stdout.contains("Boston"), "{}", plan.stdout);
    place.plan().end().exits(0).counts(counts);
}
