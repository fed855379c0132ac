//! Runs that are about some users: everybody else is left alone, on both sides.

use crate::crash::{At, Trap};
use crate::support::{Grid, Place, Sheet, Users, key};

/// Ten persons in the United States, two of them important, and five companies in Germany.
fn mixed() -> Users {
    let persons = (1..=8).fold(Users::none(), |users, number| users.and(&key(number)));
    let important = ["vip_1", "vip_2"];
    let persons = important.iter().fold(persons, |users, key| users.and(key));
    (1..=5).fold(persons, |users, number| {
        users.and_business(&format!("org_{number}"))
    })
}

/// All of them are customers of ours.
fn synced(users: &Users) -> (Grid, Place) {
    let grid = Grid::started();
    let place = Place::on(&grid).users(users);
    place.sync().end().exits(0);
    (grid, place)
}

const AT_ONCE: &str = "--delete --min-absence 0s";

#[test]
fn a_pilot_creates_a_few_users_and_the_night_after_it_all_others() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&mixed());
    place
        .sync()
        .args("--only vip_* --only usr_00001")
        .end()
        .exits(0)
        .counts("source_rows 15, created 3, out_of_scope 12, planned.create 3");
    grid.assert_one_active_each(&["vip_1", "vip_2", "usr_00001"]);
    assert_eq!(grid.active(), 3);
    place
        .sync()
        .args("--where customerType=BUSINESS --where address.country=DE --where address.country=AT")
        .end()
        .exits(0)
        .counts("source_rows 15, created 5, out_of_scope 10, planned.create 5");
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 15, unchanged 8, created 7, planned.create 7");
    grid.assert_one_active_each(&mixed().keys());
}

#[test]
fn whoever_is_out_of_scope_is_not_absent_and_no_orphan() {
    let users = mixed();
    let (grid, place) = synced(&users);
    // Of those in scope one is gone, of the others two, and one is another country's now.
    let left = ["vip_1", "usr_00001", "org_1"];
    let left = left.iter().fold(users, |users, key| users.without(key));
    place.set_users(&left.with("usr_00002", "address.country", "CA"));
    for (scope, gone, counts) in [
        (
            "--only vip_*",
            "vip_1",
            "source_rows 12, unchanged 1, out_of_scope 11, deleted 1, orphans 1, planned.delete 1",
        ),
        (
            "--where customerType=BUSINESS",
            "org_1",
            "source_rows 12, unchanged 4, out_of_scope 8, deleted 1, orphans 1, planned.delete 1",
        ),
        (
            "--where address.country=US",
            "usr_00001",
            "source_rows 12, unchanged 7, out_of_scope 5, deleted 1, orphans 1, planned.delete 1",
        ),
    ] {
        let before = grid.active();
        let ended = place.sync().args(AT_ONCE).args(scope).end();
        ended.exits(0).counts(counts);
        assert_eq!(grid.active(), before - 1, "{scope}");
        let still = grid
            .customers()
            .iter()
            .any(|one| one["platformCustomerId"] == gone && one["isDeleted"] != true);
        assert!(!still, "{gone}");
    }
}

#[test]
fn a_customer_of_whom_grid_does_not_show_the_field_is_left_alone() {
    let seed =
        br#"{"platformCustomerId":"theirs","customerType":"INDIVIDUAL","fullName":"Ada theirs"}
"#;
    let grid = Grid::new().seed(seed).start();
    let place = Place::on(&grid).users(&mixed().and("theirs"));
    // Adopted: from now on it could be deleted.
    place.sync().end().exits(0);
    place.set_users(&mixed());
    let delete = |scope: &str| place.plan().args(AT_ONCE).args(scope).end();
    delete("--where address.country=US")
        .exits(0)
        .counts("source_rows 15, unchanged 10, out_of_scope 5");
    delete("--where customerType=INDIVIDUAL")
        .exits(0)
        .counts("source_rows 15, unchanged 10, out_of_scope 5, orphans 1, planned.delete 1");
}

#[test]
fn a_user_without_a_value_has_none_of_those_that_are_wanted() {
    let grid = Grid::started();
    let users = Users::some(3).with("usr_00002", "nationality", "US");
    let place = Place::on(&grid).users(&users);
    place
        .sync()
        .args("--where nationality=US")
        .end()
        .exits(0)
        .counts("source_rows 3, created 1, out_of_scope 2, planned.create 1");
    grid.assert_one_active_each(&["usr_00002"]);
}

#[test]
fn the_limits_are_of_those_in_scope() {
    let users = Users::some(300);
    let users = (1..=20).fold(users, |users, number| {
        users.and(&format!("vip_{number:02}"))
    });
    let (_grid, place) = synced(&users);
    let none = (1..=20).fold(users, |users, number| {
        users.without(&format!("vip_{number:02}"))
    });
    place.set_users(&none);
    // 20 are not a fifteenth of all, and all of those that it is about.
    let refused = place.sync().args(AT_ONCE).args("--only vip_*").end();
    refused.exits(4);
    let guard = refused.guard("deletes");
    assert_eq!((&guard["measured"], &guard["of"]), (&20.into(), &20.into()));
    let bad = (1..=9).fold(Users::some(300), |users, number| {
        users.with(&key(number), "birthDate", "never")
    });
    place.set_users(&bad);
    let refused = place.plan().args("--only usr_0000?").end();
    let guard = refused.exits(4).guard("rejects");
    assert_eq!((&guard["measured"], &guard["of"]), (&9.into(), &9.into()));
    place
        .plan()
        .args("--only usr_0002?")
        .end()
        .exits(0)
        .counts("source_rows 300, unchanged 10, out_of_scope 290");
}

#[test]
fn a_saved_plan_says_whom_it_is_about_and_is_applied_to_them() {
    let grid = Grid::started();
    // Somebody else's row is bad, and stays somebody else's.
    let place = Place::on(&grid).users(&mixed().with("usr_00008", "birthDate", "never"));
    let planned = place
        .plan()
        .args("--only vip_* --where address.country=US -o the.plan")
        .in_words()
        .end();
    planned
        .exits(0)
        .says("  scope   only vip_*; address.country US\n")
        .says("  out of scope  13  left alone\n");
    let header = place.read_text("the.plan");
    let header = header.lines().next().expect("a header");
    assert!(
        header.contains(r#""scope":{"only":["vip_*"],"where":{"address.country":["US"]}}"#),
        "{header}"
    );
    place
        .apply()
        .args("the.plan --rejects left.csv")
        .end()
        .exits(0)
        .counts("source_rows 15, created 2, out_of_scope 13, planned.create 2");
    assert!(!place.has("left.csv"), "nobody is left undone");
    assert_eq!(grid.active(), 2);
}

#[test]
fn an_interrupted_run_goes_on_about_the_same_users() {
    let grid = Grid::started();
    let bad = mixed().with("usr_00008", "birthDate", "never");
    let place = Place::on(&grid).users(&bad.with("vip_2", "birthDate", "never"));
    let trap = Trap::set(&grid, At::Done(2));
    trap.catch(
        place
            .sync()
            .args("--only vip_* --only org_? --max-rejects 1 --concurrency 1")
            .spawn(),
    );
    place
        .apply()
        .args("--rejects left.csv")
        .end()
        .exits(3)
        .counts("source_rows 15, created 6, rejected 1, out_of_scope 8, planned.create 6");
    let left = Sheet::open(&place, "left.csv");
    let at = left.column("platformCustomerId");
    let keys: Vec<_> = left.rows.iter().map(|row| row[at].clone()).collect();
    assert_eq!(keys, [b"vip_2"], "the other bad row is not its concern");
}

#[test]
fn a_bad_row_is_out_of_scope_only_where_that_is_certain() {
    let grid = Grid::started();
    let users = mixed().with("usr_00001", "birthDate", "never").with(
        "org_1",
        "address.country",
        "Germania",
    );
    let place = Place::on(&grid).users(&users);
    let checked = place.check().args("--where address.country=DE").end();
    // The person is in the United States whatever its birthday; where the company is, nobody can say.
    checked
        .exits(3)
        .counts("source_rows 15, rejected 1, out_of_scope 10");
    place
        .check()
        .args("--only usr_* --where customerType=BUSINESS")
        .in_words()
        .end()
        .exits(0)
        .says("15 rows: 0 good, 0 rejected, 15 out of scope, 0 warnings");
}

#[test]
fn two_rows_of_one_key_are_two_also_where_one_is_out_of_scope() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&mixed().and("org_1").and("usr_00001"));
    place
        .plan()
        .args("--where customerType=BUSINESS --max-rejects 2")
        .end()
        .exits(3)
        .counts("source_rows 17, rejected 2, out_of_scope 11, planned.create 4");
}

#[test]
fn a_success_about_some_is_none_of_all() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&mixed());
    place.sync().args("--only vip_*").end().exits(0);
    let status = |args: &str| place.run("status").args("--max-age 1h").args(args).end();
    status("").exits(1).says("there was no success yet");
    place
        .run("status")
        .in_words()
        .end()
        .exits(0)
        .says("  sync, some users  ");
    place.sync().end().exits(0);
    status("").exits(0);
}

#[test]
fn a_scope_in_the_configuration_is_that_of_every_run() {
    let grid = Grid::started();
    let place = Place::on(&grid)
        .users(&mixed())
        .config("[scope]\nonly = [\"org_*\", \"vip_*\"]\nwhere = [\"customerType=BUSINESS\"]\n");
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 15, created 5, out_of_scope 10, planned.create 5");
    place.run("status").args("--max-age 1h").end().exits(0);
    // A flag takes the place of its own key alone.
    place
        .plan()
        .args("--only vip_*")
        .end()
        .exits(0)
        .counts("source_rows 15, out_of_scope 15");
    place
        .plan()
        .args("--where customerType=INDIVIDUAL")
        .env("GRIDSYNC_ONLY", "vip_1,vip_2")
        .end()
        .exits(0)
        .counts("source_rows 15, out_of_scope 13, planned.create 2");
}

#[test]
fn a_scope_that_cannot_be_is_refused_with_what_could() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(3));
    for (args, code, said) in [
        ("--only vip-[12]", 64, "--only"),
        ("--where fullName=Ada", 64, "closed list of values"),
        ("--where address.country=USA", 64, "like US"),
        (
            "--where adress.country=US",
            64,
            "did you mean `address.country`?",
        ),
        ("--where nationality=US", 78, "`nationality` is not mapped"),
    ] {
        place.plan().args(args).end().exits(code).says(said);
    }
    place
        .plan()
        .args("--only nobody")
        .in_words()
        .end()
        .exits(0)
        .says("Nothing to do: 3 rows = 3 out of scope.\nscope: only nobody (no row is)\n");
    assert_eq!(grid.writes().len(), 0);
}
