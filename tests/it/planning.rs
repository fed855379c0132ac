//! Everything up to the approval of a plan reads, and does nothing else.

use crate::support::{Grid, Place, Users, key};

#[test]
fn planning_only_reads_whatever_there_is_to_do() {
    let grid = Grid::started();
    let users = Users::some(20);
    let place = Place::on(&grid).users(&users);
    place.sync().end().exits(0);
    let moved = users
        .without(&key(3))
        .with(&key(4), "fullName", "Ada Lovelace")
        .and("usr_new");
    place.set_users(&moved);
    let before = grid.request_count();

    let counts =
        "source_rows 20, unchanged 18, drifted 1, orphans 1, planned.create 1, planned.delete 1";
    for words in [
        "--delete",
        "--delete -o saved.plan",
        "--delete --full-scan",
        "--delete --detailed-exitcode",
    ] {
        let code = if words.contains("exitcode") { 2 } else { 0 };
        place.plan().args(words).end().exits(code).counts(counts);
    }
    place
        .run("sync")
        .args("--dry-run --delete")
        .end()
        .exits(0)
        .counts(counts);
    // Nobody agreed.
    place.run("sync").arg("--delete").end().exits(4);
    assert!(grid.request_count() > before);
    assert!(grid.writes_since(before).is_empty());
}

#[test]
fn checking_asks_grid_nothing_and_needs_no_credentials() {
    let place = Place::at("https://grid.invalid").users(&Users::some(3));
    place.check().end().exits(0).counts("source_rows 3");
    assert!(!place.has("state.sqlite"));
}
