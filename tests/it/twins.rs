//! Lists that leave somebody out: one of two customers with one key, or one that was made a moment ago.
//! Nobody is deleted, forgotten or created again for that.

use std::sync::mpsc;

use gridsync::emulator::RequestRecord;
use serde_json::json;

use crate::crash::LONG;
use crate::support::{Grid, Place, Users, key};

/// Twelve users and their customers.
fn twelve(grid: &Grid) -> (Place, Users) {
    let users = Users::some(12);
    let place = Place::on(grid).users(&users);
    place.sync().end().exits(0);
    (place, users)
}

/// Twelve customers, and the ninth user is gone.
fn without_the_ninth(grid: &Grid) -> Place {
    let (place, users) = twelve(grid);
    place.set_users(&users.without(&key(9)));
    place
}

const DELETED: &str = "source_rows 11, unchanged 11, deleted 1, orphans 1, planned.delete 1";
const LEFT: &str = "source_rows 11, unchanged 11, deferred 1, orphans 1, planned.delete 1";

/// Requests of one kind from the `since`-th on.
fn asked(grid: &Grid, since: u64, method: &str, what: &str) -> usize {
    let requests = grid.requests().into_iter();
    let asked = requests.filter(|record| {
        record.number > since && record.method == method && record.path.contains(what)
    });
    asked.count()
}

fn insert_twin(grid: &Grid) -> String {
    let twin = json!({ "platformCustomerId": key(9), "customerType": "INDIVIDUAL" });
    grid.insert(twin).expect("a good customer")
}

/// List and count agree, and both leave the twin out: what is deleted is looked up by its key.
#[test]
fn of_two_customers_with_one_key_none_is_deleted_though_lists_show_one() {
    let grid = Grid::started();
    let place = without_the_ninth(&grid);
    let twin = insert_twin(&grid);
    grid.faults(&["twin-unlisted"]);
    let before = grid.request_count();
    for _ in 0..2 {
        let left = place.sync().arg("--delete").end();
        left.exits(3).counts(LEFT);
    }
    let told = place.sync().args("--delete").in_words().end();
    told.exits(3).says("AMBIGUOUS");
    assert!(grid.writes_since(before).is_empty());
    assert_eq!(grid.active_by_key()[&key(9)], 2);

    assert!(grid.mark_deleted(&twin));
    let deleted = place.sync().arg("--delete").end();
    deleted.exits(0).counts(DELETED);
    assert_eq!(grid.active(), 11);
}

/// Each delete is a look-up, a look at the customer, and the request.
#[test]
fn a_delete_takes_three_requests() {
    let grid = Grid::started();
    let place = without_the_ninth(&grid);
    place.plan().args("--delete -o the.plan").end().exits(0);
    let before = grid.request_count();
    place.apply().arg("the.plan").end().exits(0).counts(DELETED);
    let of_the_delete: Vec<String> = grid
        .requests()
        .into_iter()
        .filter(|record| record.number > before)
        .map(|record| format!("{} {}", record.method, record.query.len()))
        .collect();
    let [.., look_up, look, delete] = of_the_delete.as_slice() else {
        panic!("{of_the_delete:?}");
    };
    assert_eq!([look_up, look, delete], ["GET 2", "GET 0", "DELETE 0"]);
}

#[test]
fn without_a_look_up_that_succeeds_nothing_is_deleted() {
    let grid = Grid::started();
    let place = without_the_ninth(&grid).config("[grid]\nattempts = 2\n");
    let broken = [
        "lookup-500",
        "lookup/cut-body",
        "lookup/html-200",
        "lookup/truncated-json",
        "get/error-503",
    ];
    for fault in broken {
        grid.faults(&[fault]);
        let before = grid.request_count();
        let left = place.sync().arg("--delete").end();
        left.exits(3).counts(LEFT);
        assert!(grid.writes_since(before).is_empty(), "{fault}");
    }
    grid.clear_faults();
    let deleted = place.sync().arg("--delete").end();
    deleted.exits(0).counts(DELETED);
}

/// A 404 that breaks off may be a gateway's: it is asked again, and does not count as gone.
#[test]
fn a_404_that_breaks_off_is_not_gone() {
    let grid = Grid::started();
    let place = without_the_ninth(&grid).config("[grid]\nattempts = 2\n");
    place.plan().args("--delete -o the.plan").end().exits(0);
    assert!(grid.mark_deleted(&grid.id_of(&key(9))));
    grid.faults(&["deleted-get-404", "get/cut-body"]);
    place.apply().arg("the.plan").end().exits(3).counts(LEFT);
    grid.faults(&["deleted-get-404", "get/cut-body=#1"]);
    let gone = "source_rows 11, unchanged 11";
    place.sync().arg("--delete").end().exits(0).counts(gone);
}

/// How a look-up matches is not promised: whoever has a key that begins like another's is nobody's twin, and nobody is
/// taken for him.
#[test]
fn a_look_up_that_finds_whoevers_key_begins_alike_is_read_exactly() {
    let alike = [key(9) + "_b", key(12).to_uppercase(), key(12) + "_b"];
    let seed = alike
        .iter()
        .fold(Users::none(), |users, key| users.and(key));
    let grid = Grid::new().seed(seed.ndjson().as_bytes()).start();
    grid.faults(&["lookup-fuzzy", "duplicates-allowed"]);
    let users = Users::some(12);
    let place = Place::on(&grid).users(&users);
    // Nothing is known of Grid, so every user is looked up before it is created.
    let created = "source_rows 12, created 12, planned.create 12";
    place.sync().arg("--no-scan").end().exits(0).counts(created);
    let users = users.without(&key(9));
    place.set_users(&users);
    let deleted = "source_rows 11, unchanged 11, deleted 1, orphans 4, planned.delete 1";
    place.sync().arg("--delete").end().exits(0).counts(deleted);
    let left = [users.keys(), alike.to_vec()].concat();
    grid.assert_one_active_each(&left);
}

/// A list is late with both: what no list shows is waited for, and whoever shows meanwhile has the same key.
#[test]
fn of_two_customers_that_no_list_shows_yet_none_is_deleted() {
    let grid = Grid::new().fault("late-index:1h").start();
    let place = without_the_ninth(&grid);
    place.plan().args("--delete -o the.plan").end().exits(0);
    // The look-up by its key, which shows nobody, and the one by its id.
    let looked = grid.request_count() + 2;
    let (tell, told) = mpsc::channel();
    let (go, gone_on) = mpsc::channel::<()>();
    let hook = move || {
        tell.send(()).expect("the story waits");
        let _ = gone_on.recv();
    };
    grid.after_request(looked, Box::new(hook));
    let run = place.apply().args("the.plan --settle 1s").spawn();
    told.recv_timeout(LONG).expect("it looks twice");
    grid.faults(&[]);
    insert_twin(&grid);
    drop(go);
    run.end().exits(3).counts(LEFT);
    assert_eq!(grid.active_by_key()[&key(9)], 2);
}

/// The proxy's page says 200, and nobody is deleted by it.
#[test]
fn a_delete_that_somebody_else_answers_is_looked_up() {
    for fault in ["delete/html-200=#1", "delete/cut-body=#1"] {
        let grid = Grid::started();
        let place = without_the_ninth(&grid);
        grid.faults(&[fault]);
        let deleted = place.sync().arg("--delete").end();
        deleted.exits(0).counts(DELETED);
        assert_eq!(grid.active(), 11, "{fault}");
    }
}

/// The plan is for the version that it saw, whatever a later scan has seen.
#[test]
fn a_customer_that_changed_since_the_plan_is_left_though_a_later_scan_saw_it() {
    let grid = Grid::started();
    let place = without_the_ninth(&grid);
    place.plan().args("--delete -o the.plan").end().exits(0);
    grid.patch(&grid.id_of(&key(9)), json!({ "fullName": "Bea Vey" }));
    place.plan().end().exits(0);
    let left = place.apply().arg("the.plan").end();
    left.exits(3).counts(LEFT);
    assert_eq!(grid.active(), 12);
    place.sync().arg("--delete").end().exits(0).counts(DELETED);
}

/// The source moved on since the plan: the row may be the user's who is taken for gone.
#[test]
fn while_a_row_has_no_key_that_can_be_read_nobody_is_deleted() {
    let grid = Grid::started();
    let (place, users) = twelve(&grid);
    let gone = users.without(&key(9));
    place.set_users(&gone);
    place.plan().args("--delete -o the.plan").end().exits(0);
    place.set_users(&gone.clone().raw(",INDIVIDUAL,Ada Vey,,,,,,,,,,"));
    let left = place.apply().arg("the.plan").in_words().end();
    left.exits(3).says("KEY_IS_UNREADABLE");
    assert_eq!(grid.active(), 12);
    place.set_users(&gone);
    place.sync().arg("--delete").end().exits(0).counts(DELETED);
}

/// The platform itself took the customer away and made another one: that one is nobody's to delete.
#[test]
fn a_customer_that_was_made_anew_since_the_plan_is_left() {
    let grid = Grid::started();
    let place = without_the_ninth(&grid);
    place.plan().args("--delete -o the.plan").end().exits(0);
    assert!(grid.mark_deleted(&grid.id_of(&key(9))));
    let anew = insert_twin(&grid);
    let before = grid.request_count();
    place.apply().arg("the.plan").end().exits(0).counts(DELETED);
    assert!(grid.writes_since(before).is_empty());
    assert_eq!(grid.id_of(&key(9)), anew);
}

/// A full scan that comes before Grid's index does not make us forget what we made, nor make it again.
#[test]
fn a_customer_that_no_list_shows_yet_is_not_forgotten() {
    let grid = Grid::new()
        .fault("late-index:1h")
        .fault("duplicates-allowed")
        .start();
    let (place, users) = twelve(&grid);
    let unchanged = "source_rows 12, unchanged 12";
    for flags in ["--full-scan", "", "--full-scan"] {
        place.sync().args(flags).end().exits(0).counts(unchanged);
    }
    assert_eq!(asked(&grid, 0, "POST", "/customers"), 12);
    grid.assert_one_active_each(&users.keys());

    // It is ours, and a look-up that shows nobody holds a delete up only for as long as a list may be late.
    place.set_users(&users.without(&key(9)));
    place.sync().arg("--delete").end().exits(0).counts(DELETED);
    assert_eq!(grid.active(), 11);
}

#[test]
fn a_customer_that_is_deleted_by_hand_before_a_list_shows_it_is_created_again() {
    for fault in [&[][..], &["deleted-get-404"], &["deleted-get-410"]] {
        let grid = Grid::new().fault("late-index:1h").start();
        let (place, users) = twelve(&grid);
        let by_hand = grid.id_of(&key(9));
        assert!(grid.mark_deleted(&by_hand));
        grid.faults(fault);
        let again = "source_rows 12, unchanged 11, created 1, planned.create 1";
        place.sync().arg("--full-scan").end().exits(0).counts(again);
        grid.assert_one_active_each(&users.keys());
        assert_ne!(grid.id_of(&key(9)), by_hand);
    }
}

/// Nobody is forgotten because Grid did not answer.
#[test]
fn a_customer_that_no_list_shows_yet_and_that_cannot_be_asked_for_is_kept() {
    let grid = Grid::new().fault("late-index:1h").start();
    let (place, _) = twelve(&grid);
    let place = place.config("[grid]\nattempts = 2\n");
    grid.faults(&["get/error-503"]);
    let before = grid.request_count();
    let kept = place.sync().arg("--full-scan").end();
    kept.exits(0)
        .counts("source_rows 12, unchanged 12")
        .says("in no list yet: 12");
    assert_eq!(
        asked(&grid, before, "GET", "Customer"),
        2,
        "one was asked for"
    );
}

/// What an old customer's absence from a list means does not take a request each.
#[test]
fn a_customer_of_yesterday_that_a_full_list_does_not_show_is_gone() {
    let grid = Grid::new().fault("late-index:1h").start();
    let (place, _) = twelve(&grid);
    let state = rusqlite::Connection::open(place.path("state.sqlite")).expect("a state file");
    let yesterday = "UPDATE mirror SET created_at = '2020-01-01T00:00:00Z' WHERE key = ?";
    state.execute(yesterday, [key(9)]).expect("changed");
    let before = grid.request_count();
    let planned = "source_rows 12, unchanged 11, planned.create 1";
    place
        .plan()
        .arg("--full-scan")
        .end()
        .exits(0)
        .counts(planned);
    assert_eq!(asked(&grid, before, "GET", "Customer"), 11);
}

/// A list that skips a customer, with a count that agrees, makes nobody create it again who has known it: it is looked up
/// first.
#[test]
fn a_customer_that_was_adopted_and_is_in_no_list_any_more_is_looked_up_before_it_is_created() {
    let seed = Users::some(150).ndjson();
    let grid = Grid::new().seed(seed.as_bytes()).start();
    let users = Users::some(150);
    let place = Place::on(&grid).users(&users);
    place.sync().end().exits(0);
    grid.faults(&["page-skipped", "total-count-low", "duplicates-allowed"]);
    let found = "source_rows 150, unchanged 149, adopted 1, planned.create 1";
    place.sync().arg("--full-scan").end().exits(0).counts(found);
    assert_eq!(grid.writes().len(), 0);
    grid.assert_one_active_each(&users.keys());
}

/// Where Grid does not count, nobody can say that a list left nobody out.
#[test]
fn without_a_count_every_user_is_looked_up_before_it_is_created() {
    let users = Users::some(150);
    let grid = Grid::new()
        .seed(users.ndjson().as_bytes())
        .fault("page-skipped")
        .fault("total-count-absent")
        .fault("duplicates-allowed")
        .start();
    let place = Place::on(&grid).users(&users);
    let found = "source_rows 150, adopted 150, planned.create 1";
    let ended = place.sync().end();
    ended.exits(0).counts(found).says("every user is looked up");
    assert_eq!(grid.writes().len(), 0);
}

/// Nobody knows what came of our create, and then there is a customer that is older than it: somebody else's.
#[test]
fn a_customer_that_is_older_than_the_request_is_not_its_work() {
    for kills in [false, true] {
        let grid = Grid::new().fault("create/timeout@1").start();
        let place = Place::on(&grid).users(&Users::some(1));
        let place = place.config("[changes]\nadopt = false\n");
        let run = place.sync().args("--timeout 2s --settle 1s").spawn();
        assert!(grid.wait_for_requests(2, LONG), "the list, and the create");
        let older = json!({
            "platformCustomerId": key(1), "customerType": "INDIVIDUAL", "createdAt": "2026-02-03T10:00:00Z",
        });
        grid.insert(older).expect("a good customer");
        if kills {
            run.kill();
            let next = place.sync().args("--settle 1s").end();
            next.exits(0).counts("source_rows 1, drifted 1");
        } else {
            run.end()
                .exits(3)
                .counts("source_rows 1, deferred 1, planned.create 1");
        }
        place.set_users(&Users::none().and("usr_new"));
        place.sync().arg("--delete").end().exits(0);
        assert_eq!(grid.active_by_key().get(&key(1)), Some(&1), "{kills}");
    }
}

/// However slow it is, and however soon it is killed: some users are done before all were looked up.
#[test]
fn whoever_was_looked_up_is_created_next() {
    let grid = Grid::new().fault("total-count-absent").start();
    let place = Place::on(&grid).users(&Users::some(100));
    place.sync().args("--concurrency 2").end().exits(0);
    let (mut looked_up, mut created) = (0, 0);
    let about_one = |record: &RequestRecord| record.platform_customer_id.is_some();
    for request in grid.requests().into_iter().filter(about_one) {
        match request.method.as_str() {
            "GET" => looked_up += 1,
            _ => created += 1,
        }
        assert!(looked_up <= created + 2, "{looked_up} of {created}");
    }
    assert_eq!((looked_up, created), (100, 100));
}

/// Grid keeps the customer under a key that is not quite ours, or does not list it: one is enough.
#[test]
fn a_create_that_is_answered_with_another_customer_is_never_sent_again_unless_it_is_found() {
    let grid = Grid::new()
        .fault("wrong-customer")
        .fault("late-index:1h")
        .fault("duplicates-allowed")
        .start();
    let place = Place::on(&grid).users(&Users::some(3));
    let ended = place.sync().in_words().end();
    ended.exits(3).says("OTHER_CUSTOMER");
    assert_eq!(grid.writes().len(), 3);
}

/// Somebody else is at it, too, and Grid would take the second one: what was made since the plan is listed.
#[test]
fn a_customer_that_somebody_made_since_the_plan_is_not_made_again() {
    let grid = Grid::new().fault("duplicates-allowed").start();
    let users = Users::some(12);
    let place = Place::on(&grid).users(&users);
    place.plan().args("-o the.plan").end().exits(0);
    insert_twin(&grid);
    let before = grid.request_count();
    let found = "source_rows 12, created 11, adopted 1, planned.create 12";
    place.apply().arg("the.plan").end().exits(0).counts(found);
    grid.assert_one_active_each(&users.keys());
    let requests = grid.requests().into_iter();
    let looked = requests.filter(|record| {
        record.number > before && record.method == "GET" && record.platform_customer_id.is_some()
    });
    assert_eq!(looked.count(), 1, "nobody else is looked up");
}

/// The state of last night is put back: what was done since is in Grid, and not in it.
#[test]
fn with_an_old_copy_of_the_state_nobody_is_created_again() {
    let grid = Grid::new().fault("duplicates-allowed").start();
    let users = Users::some(12);
    let place = Place::on(&grid).users(&users);
    place.plan().args("-o the.plan").end().exits(0);
    let copy = place.read("state.sqlite");
    place.apply().arg("the.plan").end().exits(0);
    place.write("state.sqlite", &copy);
    let found = "source_rows 12, adopted 12, planned.create 12";
    let again = place.apply().arg("the.plan").end();
    again.exits(0).counts(found).says("listing what changed");
    place.write("state.sqlite", &copy);
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 12, adopted 12");
    assert_eq!(grid.writes().len(), 12);
    grid.assert_one_active_each(&users.keys());
}

/// The same in the middle of a run that goes on.
#[test]
fn with_a_copy_of_the_state_from_the_middle_of_a_run_nobody_is_created_again() {
    let grid = Grid::new().fault("duplicates-allowed").start();
    let users = Users::some(12);
    let place = Place::on(&grid).users(&users);
    grid.faults(&["duplicates-allowed", "create/auth-revoked@5-"]);
    place.sync().args("--concurrency 1").end().exits(12);
    let copy = place.read("state.sqlite");
    grid.faults(&["duplicates-allowed"]);
    let before = grid.request_count();
    place.apply().end().exits(0);
    assert_eq!(asked(&grid, before, "GET", "/customers"), 2, "few look-ups");
    place.write("state.sqlite", &copy);
    place.apply().end().exits(0);
    assert_eq!(grid.active(), 12);
    grid.assert_one_active_each(&users.keys());
}
