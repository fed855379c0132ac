//! A plan that is saved, looked at, and applied later.

use crate::support::{Ended, Grid, Place, Users, key};

/// Users that are all new, and the plan that creates them.
fn planned(grid: &Grid, users: &Users) -> Place {
    let place = Place::on(grid).users(users);
    place.plan().args("-o the.plan").end().exits(0);
    assert_eq!(grid.writes().len(), 0, "planning cannot write");
    place
}

fn apply(place: &Place) -> Ended {
    place.apply().arg("the.plan").end()
}

#[test]
fn what_is_applied_is_what_was_planned_and_only_once() {
    let grid = Grid::started();
    let users = Users::some(10);
    let place = Place::on(&grid).users(&users);
    let plan = place.plan().args("-o the.plan").end();
    let fingerprint = plan.exits(0).summary()["plan_fingerprint"].clone();
    assert!(fingerprint.is_string());
    assert!(
        plan.next_command()
            .is_some_and(|next| next.contains("apply the.plan")),
        "{}",
        plan.told()
    );
    let applied = apply(&place);
    applied
        .exits(0)
        .counts("source_rows 10, created 10, planned.create 10");
    assert_eq!(applied.summary()["plan_fingerprint"], fingerprint);
    grid.assert_one_active_each(&users.keys());

    let before = grid.request_count();
    apply(&place).exits(5).says("applied before");
    assert_eq!(grid.request_count(), before);
}

#[test]
fn the_same_inputs_give_the_same_fingerprint() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(10));
    let fingerprint = || place.plan().end().exits(0).summary()["plan_fingerprint"].clone();
    let first = fingerprint();
    assert_eq!(first, fingerprint());
    place.set_users(&Users::some(11));
    assert_ne!(first, fingerprint());
}

#[test]
fn a_plan_that_was_edited_or_cut_is_refused() {
    let grid = Grid::started();
    let place = planned(&grid, &Users::some(10));
    let whole = place.read_text("the.plan");
    let lines: Vec<&str> = whole.lines().collect();
    let without = |gone: usize| {
        let kept = lines.iter().enumerate().filter(|(at, _)| *at != gone);
        kept.map(|(_, line)| format!("{line}\n"))
            .collect::<String>()
    };
    let last = lines.len() - 1;
    let damaged = [
        ("a change is gone", without(3)),
        ("the header is gone", without(0)),
        ("the end is gone", without(last)),
        ("cut in a line", whole[..whole.len() - 40].to_owned()),
        ("a key is another", whole.replace("usr_00004", "usr_00040")),
        (
            "the totals are others",
            whole.replacen("\"create\":10", "\"create\":11", 1),
        ),
        (
            "a verdict is another",
            whole.replacen("\"verdict\":\"passed\"", "\"verdict\":\"confirmed\"", 1),
        ),
        ("another plan follows", whole.repeat(2)),
        ("no plan at all", "hello\n".to_owned()),
        ("nothing", String::new()),
    ];
    for (what, text) in damaged {
        assert_ne!(text, whole, "{what}");
        place.write("the.plan", text);
        let refused = apply(&place);
        assert_eq!(refused.code(), Some(5), "{what}\n{}", refused.told());
    }
    assert_eq!(grid.writes().len(), 0);
    place.write("the.plan", &whole);
    apply(&place).exits(0);
}

#[test]
fn a_plan_belongs_to_its_state_its_target_and_its_source() {
    let grid = Grid::started();
    let place = planned(&grid, &Users::some(3));
    place.plan().args("--state other.sqlite").end().exits(0);
    let with = |flags: &str| place.apply().arg("the.plan").args(flags).end();
    with("--state other.sqlite").exits(5).says("state");
    with("--state none.sqlite").exits(10);
    place.write("others.csv", Users::some(3).csv());
    with("--csv others.csv").exits(5).says("users.csv");
    assert_eq!(grid.writes().len(), 0);
    with("").exits(0);
}

#[test]
fn a_plan_is_stale_once_another_run_was_applied() {
    let grid = Grid::started();
    let place = planned(&grid, &Users::some(3));
    place.sync().end().exits(0);
    apply(&place).exits(5).says("another run");
    assert_eq!(grid.active(), 3);
}

#[test]
fn an_old_plan_is_stale() {
    let grid = Grid::started();
    let place = planned(&grid, &Users::some(3));
    place.write("gridsync.toml", "[limits]\nplan_max_age = \"1ms\"\n");
    apply(&place).exits(5).says("plan_max_age");
    assert_eq!(grid.writes().len(), 0);
}

#[test]
fn a_row_that_changed_or_went_is_left_for_the_next_run_and_named() {
    let grid = Grid::started();
    let users = Users::some(10);
    let place = planned(&grid, &users);
    let moved = users
        .with(&key(2), "address.city", "Boston")
        .without(&key(5))
        .with(&key(8), "birthDate", "never")
        .and("usr_late");
    place.set_users(&moved);
    let applied = place
        .apply()
        .arg("the.plan")
        .in_words()
        .arg("--events")
        .end();
    applied.exits(3);
    let deferred: Vec<&str> = applied
        .stdout
        .lines()
        .filter(|line| line.contains("\"deferred\"") && line.contains("\"outcome\""))
        .collect();
    let named = |key: &str, code: &str| {
        deferred
            .iter()
            .any(|line| line.contains(key) && line.contains(code))
    };
    assert!(named("usr_00002", "ROW_CHANGED"), "{deferred:?}");
    assert!(named("usr_00008", "ROW_CHANGED"), "{deferred:?}");
    assert!(named("usr_00005", "USER_IS_GONE"), "{deferred:?}");
    let created = users_left(&Users::some(10));
    grid.assert_one_active_each(&created);

    place.set_users(&moved.with(&key(8), "birthDate", "1984-02-29"));
    place
        .sync()
        .end()
        .exits(0)
        .counts("source_rows 10, unchanged 7, created 3, planned.create 3");
}

/// The keys that were neither changed nor taken away.
fn users_left(users: &Users) -> Vec<String> {
    let moved = [key(2), key(5), key(8)];
    users
        .keys()
        .into_iter()
        .filter(|key| !moved.contains(key))
        .collect()
}

#[test]
fn deferred_rows_are_counted() {
    let grid = Grid::started();
    let users = Users::some(10);
    let place = planned(&grid, &users);
    place.set_users(&users.without(&key(5)));
    apply(&place)
        .exits(3)
        .counts("source_rows 10, created 9, deferred 1, planned.create 10");
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let grid = Grid::started();
    let place = planned(&grid, &Users::some(3));
    place.set_users(&Users::none().and(&key(3)).and(&key(1)).and(&key(2)));
    apply(&place).exits(0);
    assert_eq!(grid.active(), 3);
}

#[test]
fn a_column_of_another_name_makes_the_plan_stale() {
    let grid = Grid::started();
    let users = Users::some(3);
    let place = planned(&grid, &users);
    place.set_users(&users.rename_column("birthDate", "born"));
    apply(&place).exits(5);
    assert_eq!(grid.writes().len(), 0);
}

#[test]
fn deletes_over_the_limit_need_their_number_from_whoever_applies_them() {
    let grid = Grid::started();
    let users = Users::some(40);
    let place = Place::on(&grid).users(&users);
    place.sync().end().exits(0);
    let fewer = (1..=12).fold(users, |users, number| users.without(&key(number)));
    place.set_users(&fewer);
    let plan = |flags: &str| {
        place
            .plan()
            .args("-o the.plan --delete --confirm-source-rows 28")
            .args(flags)
            .end()
    };
    let before = grid.request_count();
    for (planned, code) in [("", 4), ("--confirm-deletes 12", 0)] {
        plan(planned).exits(code);
        let refused = apply(&place);
        refused.exits(4).says("too many deletes");
        assert!(
            refused
                .next_command()
                .is_some_and(|next| next.contains("--confirm-deletes 12"))
        );
        place
            .apply()
            .args("the.plan --confirm-deletes 11")
            .end()
            .exits(4);
    }
    assert_eq!(grid.writes_since(before).len(), 0);
    place
        .apply()
        .args("the.plan --confirm-deletes 12")
        .end()
        .exits(0)
        .counts("source_rows 28, unchanged 28, deleted 12, orphans 12, planned.delete 12");
    grid.assert_one_active_each(&fewer.keys());
}

#[test]
fn a_user_who_is_back_is_not_deleted() {
    let grid = Grid::started();
    let users = Users::some(10);
    let place = Place::on(&grid).users(&users);
    place.sync().end().exits(0);
    place.set_users(&users.clone().without(&key(4)));
    place.plan().args("--delete -o the.plan").end().exits(0);
    place.set_users(&users);
    apply(&place).exits(3);
    grid.assert_one_active_each(&users.keys());
}

#[test]
fn a_customer_that_came_in_between_is_adopted_not_doubled() {
    let grid = Grid::started();
    let users = Users::some(5);
    let place = planned(&grid, &users);
    let customer = serde_json::from_str(Users::none().and(&key(3)).ndjson().trim()).expect("JSON");
    grid.insert(customer).expect("a good customer");
    let applied = apply(&place);
    applied
        .exits(0)
        .counts("source_rows 5, created 4, adopted 1, planned.create 5");
    grid.assert_one_active_each(&users.keys());
}
