//! What a run refuses to do, and what it says then.

use crate::support::{Grid, Place, Users, key};

/// Forty users and their customers.
fn forty(grid: &Grid) -> (Place, Users) {
    let users = Users::some(40);
    let place = Place::on(grid).users(&users);
    place.sync().end().exits(0);
    (place, users)
}

/// Without the last so many.
fn without_last(users: Users, count: usize) -> Users {
    (0..count).fold(users, |users, gone| users.without(&key(40 - gone)))
}

#[test]
fn deletes_over_the_limit_are_refused_before_the_first_write() {
    let grid = Grid::started();
    let (place, users) = forty(&grid);
    place.set_users(&without_last(users, 12).and("usr_new"));
    let before = grid.request_count();
    let sync = || place.sync().args("--delete --confirm-source-rows 29");
    let refused = sync().end();
    refused
        .exits(4)
        .says("the plan is refused (too many deletes); nothing was written to Grid");
    assert_eq!(refused.guard("deletes")["verdict"], "refused");
    assert_eq!(refused.guard("deletes")["measured"], 12);
    assert_eq!(refused.guard("deletes")["of"], 40);
    assert_eq!(refused.guard("deletes")["allowed"], 10);
    let next = refused.next_command().expect("there is a way on");
    assert!(next.contains("--confirm-deletes 12"), "{next}");
    sync().args("--confirm-deletes 11").end().exits(4);
    sync().args("--confirm-deletes 13").end().exits(4);
    assert_eq!(grid.writes_since(before).len(), 0);

    sync().args("--confirm-deletes 12").end().exits(0).counts(
        "source_rows 29, unchanged 28, created 1, deleted 12, orphans 12, planned.create 1, planned.delete 12",
    );
}

#[test]
fn a_refusal_in_words_says_what_was_measured_the_limit_and_how_to_go_on() {
    let grid = Grid::started();
    let (place, users) = forty(&grid);
    place.set_users(&without_last(users, 12));
    let refused = place
        .sync()
        .args("--delete --confirm-source-rows 28")
        .in_words()
        .end();
    refused
        .exits(4)
        .says("12")
        .says("limits.deletes = 1%")
        .says("nothing was written")
        .says("--confirm-deletes 12");
}

#[test]
fn a_few_deletes_are_allowed_as_they_are() {
    let grid = Grid::started();
    let (place, users) = forty(&grid);
    place.set_users(&without_last(users, 10));
    place
        .sync()
        .arg("--delete")
        .end()
        .exits(0)
        .counts("source_rows 30, unchanged 30, deleted 10, orphans 10, planned.delete 10");
}

#[test]
fn an_empty_source_is_no_answer() {
    let grid = Grid::started();
    let (place, _) = forty(&grid);
    place.set_users(&Users::none());
    let before = grid.request_count();
    place.sync().end().exits(4).says("empty source");
    place.sync().arg("--delete").end().exits(4);
    assert_eq!(grid.writes_since(before).len(), 0);
}

#[test]
fn a_shrunken_source_is_refused_when_deletes_are_on_and_told_of_otherwise() {
    let grid = Grid::started();
    let (place, users) = forty(&grid);
    place.set_users(&without_last(users, 11));
    let refused = place.sync().args("--delete --confirm-deletes 11").end();
    refused.exits(4).says("shrunken source");
    let next = refused.next_command().expect("there is a way on");
    assert!(next.contains("--confirm-source-rows 29"), "{next}");
    let told = place.sync().end();
    told.exits(0);
    assert_eq!(told.guard("shrunken_source")["verdict"], "warned");
}

#[test]
fn too_many_bad_rows_stop_everything() {
    let grid = Grid::started();
    let users = Users::some(10).with(&key(3), "birthDate", "never");
    let place = Place::on(&grid).users(&users);
    let refused = place.sync().end();
    refused.exits(4).says("too many rejects");
    let next = refused.next_command().expect("there is a way on");
    assert!(
        next.ends_with("--max-rejects 1") || next.contains("--max-rejects 1 "),
        "{next}"
    );
    assert_eq!(grid.writes().len(), 0);
    place
        .sync()
        .args("--max-rejects 1")
        .end()
        .exits(3)
        .counts("source_rows 10, created 9, rejected 1, planned.create 9");
}

#[test]
fn a_rejected_user_is_not_absent() {
    let grid = Grid::started();
    let (place, users) = forty(&grid);
    place.set_users(&users.with(&key(3), "birthDate", "never"));
    place
        .sync()
        .args("--delete --max-rejects 1")
        .end()
        .exits(3)
        .counts("source_rows 40, unchanged 39, rejected 1");
    assert_eq!(grid.active(), 40);
}

#[test]
fn a_bad_row_without_a_key_forbids_every_delete() {
    let grid = Grid::started();
    let (place, users) = forty(&grid);
    place.set_users(&users.without(&key(9)).raw(",INDIVIDUAL,Ada Vey,,,,,,,,,,"));
    let before = grid.request_count();
    let refused = place.sync().args("--delete --max-rejects 5").end();
    refused.exits(4).says("unreadable keys");
    assert_eq!(grid.writes_since(before).len(), 0);
    place
        .sync()
        .args("--no-delete --max-rejects 5")
        .end()
        .exits(3);
    assert_eq!(grid.active(), 40);
}

#[test]
fn deletes_rest_on_a_scan_of_everything() {
    let grid = Grid::started();
    let (place, users) = forty(&grid);
    place.set_users(&users.without(&key(9)));
    let before = grid.request_count();
    let refused = place.sync().args("--delete --no-scan").end();
    refused.exits(4).says("incomplete scan");
    assert_eq!(grid.writes_since(before).len(), 0);

    // An incremental scan calls for the delete, a full one confirms it.
    place
        .sync()
        .arg("--delete")
        .end()
        .exits(0)
        .says("scanning Grid in full before they are planned");
    let list = |record: &gridsync::emulator::RequestRecord| {
        record.number > before
            && record.method == "GET"
            && record.query.iter().all(|(name, _)| name == "limit")
    };
    assert!(grid.requests().iter().any(list), "no full scan was made");
    assert_eq!(grid.active(), 39);
}

#[test]
fn a_count_that_differs_forbids_every_delete() {
    let grid = Grid::started();
    let (place, users) = forty(&grid);
    place.set_users(&users.without(&key(9)));
    grid.faults(&["total-count-off"]);
    let before = grid.request_count();
    place
        .sync()
        .arg("--delete")
        .end()
        .exits(4)
        .says("incomplete scan");
    assert_eq!(grid.writes_since(before).len(), 0);
}

#[test]
fn customers_that_are_not_ours_are_never_deleted() {
    let grid = Grid::new()
        .seed(Users::none().and("stranger").ndjson().as_bytes())
        .start();
    let (place, users) = forty(&grid);
    place.set_users(&users.without(&key(9)));
    place
        .sync()
        .arg("--delete")
        .end()
        .exits(0)
        .counts("source_rows 39, unchanged 39, deleted 1, orphans 2, planned.delete 1");
    assert_eq!(grid.active_by_key().get("stranger"), Some(&1));
}

#[test]
fn two_customers_of_one_key_are_touched_by_nobody() {
    let twins = Users::none().and("twin").ndjson().repeat(2);
    let grid = Grid::new().seed(twins.as_bytes()).start();
    let users = Users::some(2).and("twin");
    let place = Place::on(&grid).users(&users);
    place
        .sync()
        .arg("--delete")
        .end()
        .exits(3)
        .counts("source_rows 3, created 2, ambiguous 1, planned.create 2");
    place.set_users(&users.without("twin"));
    place.sync().arg("--delete").end().exits(0);
    assert_eq!(grid.active_by_key().get("twin"), Some(&2));
}

#[test]
fn a_customer_that_moved_since_the_plan_is_not_deleted() {
    let grid = Grid::started();
    let (place, users) = forty(&grid);
    place.set_users(&users.without(&key(9)));
    place.plan().args("--delete -o the.plan").end().exits(0);
    grid.patch(
        &grid.id_of(&key(9)),
        serde_json::json!({ "fullName": "Grace Vey" }),
    );
    place
        .apply()
        .arg("the.plan")
        .end()
        .exits(3)
        .counts("source_rows 39, unchanged 39, deferred 1, orphans 1, planned.delete 1");
    assert_eq!(grid.active(), 40);
}

#[test]
fn writes_need_a_yes_where_nobody_can_be_asked() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(3));
    let refused = place.run("sync").end();
    refused.exits(4).says("--yes");
    assert_eq!(grid.writes().len(), 0);
    place.sync().end().exits(0);
}

#[test]
fn too_many_refusals_pause_the_run() {
    let grid = Grid::new().fault("email-mx").start();
    let users = (1..=60).fold(Users::some(60), |users, number| {
        users.with(&key(number), "email", "ada@lovelace.example")
    });
    let place = Place::on(&grid).users(&users);
    let paused = place.sync().args("--concurrency 1").end();
    paused.exits(6).says("limits.failures");
    assert!(
        (21..30).contains(&paused.count("failed")),
        "{}",
        paused.told()
    );
}
