//! Customer ids, written back into the platform's own database.

mod database;
mod rights;

use serde_json::Value;

use crate::support::{Database, Ended, Grid, Kind, Place, Users, key};

/// What a run says of it.
#[track_caller]
fn told(ended: &Ended) -> (u64, u64, u64) {
    let told = &ended.summary()["details"]["write_back"];
    let number = |name: &str| {
        let number = told[name].as_u64();
        number.unwrap_or_else(|| panic!("no {name}\n{}", ended.told()))
    };
    (number("written"), number("unchanged"), number("missing"))
}

/// A place whose users stand in a CSV file, and whose ids go into the database.
fn place(grid: &Grid, users: usize, database: &Database) -> Place {
    Place::on(grid)
        .users(&Users::some(users))
        .config(&database.section())
}

/// What must stand in the database: each user with the id of its customer.
fn expected(grid: &Grid, users: usize) -> Vec<(String, Option<String>)> {
    (1..=users)
        .map(|number| (key(number), Some(grid.id_of(&key(number)))))
        .collect()
}

#[test]
fn after_a_sync_the_ids_stand_beside_the_users_and_a_second_one_writes_none() {
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = Database::with_users(kind, 5);
        let place = place(&grid, 5, &database);
        let ended = place.sync().end();
        ended.exits(0);
        assert_eq!(told(&ended), (5, 0, 0), "{kind:?}");
        assert_eq!(database.ids(), expected(&grid, 5), "{kind:?}");
        let again = place.sync().end();
        assert_eq!(told(again.exits(0)), (0, 0, 0), "{kind:?}");
        let alone = place.run("export").arg("--write-back").end();
        assert_eq!(told(alone.exits(0)), (0, 0, 0), "{kind:?}");
    }
}

#[test]
fn a_key_whose_row_is_gone_is_named_and_asked_for_again() {
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = Database::with_users(kind, 3);
        let place = place(&grid, 5, &database);
        let ended = place.sync().end();
        ended.exits(3).says("2 keys have no row");
        assert_eq!(told(&ended), (3, 0, 2), "{kind:?}");
        let named = &ended.summary()["details"]["keys_without_row"];
        assert_eq!(*named, serde_json::json!([key(4), key(5)]));
        database.add(&[key(4)]);
        let later = place.run("export").arg("--write-back").end();
        assert_eq!(told(later.exits(3)), (1, 0, 1), "{kind:?}");
        let words = place.run("export").arg("--write-back").in_words().end();
        words.exits(3).says(&key(5));
    }
}

#[test]
fn an_id_that_somebody_lost_comes_back_when_it_is_asked_for() {
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = Database::with_users(kind, 4);
        let place = place(&grid, 4, &database);
        place.sync().end().exits(0);
        database.lose(&key(2));
        let ended = place.run("export").arg("--write-back").end();
        assert_eq!(
            told(ended.exits(0)),
            (0, 0, 0),
            "what is recorded is not asked for"
        );
        let ended = place.run("export").args("--write-back --rewrite").end();
        assert_eq!(told(ended.exits(0)), (1, 3, 0), "{kind:?}");
        assert_eq!(database.ids(), expected(&grid, 4), "{kind:?}");
    }
}

#[test]
fn a_customer_that_was_made_anew_brings_its_new_id() {
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = Database::with_users(kind, 2);
        let place = place(&grid, 2, &database);
        place.sync().end().exits(0);
        let before = database.ids();
        place.set_users(&Users::some(2).without(&key(2)));
        place.sync().args("--delete").end().exits(0);
        place.set_users(&Users::some(2));
        let ended = place.sync().end();
        assert_eq!(told(ended.exits(0)), (1, 0, 0), "{kind:?}");
        let after = database.ids();
        assert_eq!(after, expected(&grid, 2), "{kind:?}");
        assert_eq!(after[0], before[0]);
        assert_ne!(after[1], before[1]);
    }
}

#[test]
fn keys_are_met_in_columns_of_numbers_and_of_uuids() {
    const UUID: &str = "0197f0c4-2a51-7d9e-8c11-5b1f6ad3e001";
    for kind in Kind::ALL {
        for (column, user, others) in [
            (
                kind.integer(),
                "9007199254740993",
                ["9007199254740992", "12"],
            ),
            (
                kind.uuid(),
                UUID,
                [
                    "0197f0c4-2a51-7d9e-8c11-5b1f6ad3e002",
                    "0197f0c4-2a51-7d9e-8c11-5b1f6ad3e003",
                ],
            ),
        ] {
            let grid = Grid::started();
            let database = Database::with_keys(kind, column, &[user, others[0], others[1]]);
            let users = Users::some(2)
                .with(&key(1), "platformCustomerId", user)
                .with(&key(2), "platformCustomerId", "007 or so");
            let place = Place::on(&grid).users(&users).config(&database.section());
            let ended = place.sync().end();
            assert_eq!(told(ended.exits(3)), (1, 0, 1), "{kind:?} {column}");
            let with_id: Vec<_> = database
                .ids()
                .into_iter()
                .filter(|(_, id)| id.is_some())
                .collect();
            assert_eq!(
                with_id,
                [(user.to_owned(), Some(grid.id_of(user)))],
                "{kind:?} {column}"
            );
        }
    }
}

#[test]
fn a_statement_of_ones_own_puts_the_ids_where_it_likes() {
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = Database::with_users(kind, 3);
        let statement = "UPDATE users /* not :id */ SET grid_id = :customer_id WHERE id = :key AND id <> ':key'";
        let place = Place::on(&grid)
            .users(&Users::some(4))
            .config(&database.section_with_statement(statement));
        let ended = place.sync().end();
        assert_eq!(told(ended.exits(3)), (3, 0, 1), "{kind:?}");
        assert_eq!(database.ids(), expected(&grid, 3), "{kind:?}");
        let again = place.run("export").args("--write-back --rewrite").end();
        let why = "rows are counted that are met, not that are changed";
        assert_eq!(told(again.exits(3)), (3, 0, 1), "{kind:?}: {why}");
    }
}

#[test]
fn a_statement_that_meets_many_rows_is_stopped_and_leaves_none_of_its_batch() {
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = Database::with_users(kind, 3);
        let statement = "UPDATE users SET grid_id = :customer_id WHERE id >= :key";
        let place = Place::on(&grid)
            .users(&Users::some(3))
            .config(&database.section_with_statement(statement));
        let ended = place.sync().end();
        ended
            .exits(6)
            .says(&format!("`{}` belongs to 3 rows", key(1)));
        assert!(
            database.ids().iter().all(|(_, id)| id.is_none()),
            "{kind:?}"
        );
        assert_eq!(ended.count("created"), 3);
    }
}

#[test]
fn nothing_is_lost_when_the_database_says_no() {
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = Database::with_users(kind, 3);
        let broken = database
            .section()
            .replace("\"grid_id\"", "\"no_such_column\"");
        let place = place(&grid, 3, &database).config(&broken);
        let ended = place.sync().end();
        ended.exits(6).says("no column `no_such_column`");
        assert_eq!(ended.count("created"), 3);
        let next = ended.next_command().expect("a way to go on");
        assert!(next.starts_with("gridsync export --write-back"), "{next}");
        let place = place.config(&database.section());
        let words: Vec<&str> = next.split_whitespace().skip(2).collect();
        let ended = place
            .run("export")
            .without("--state")
            .args(&words.join(" "))
            .end();
        assert_eq!(told(ended.exits(0)), (3, 0, 0), "{kind:?}");
        assert_eq!(database.ids(), expected(&grid, 3), "{kind:?}");
    }
}

#[test]
fn killed_between_two_batches_it_goes_on_where_it_stopped() {
    const USERS: usize = 120;
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = Database::with_users(kind, USERS);
        let section = database.section() + "after_apply = false\nbatch = 1\n";
        let place = place(&grid, USERS, &database).config(&section);
        place.sync().end().exits(0);
        assert!(
            database.ids().iter().all(|(_, id)| id.is_none()),
            "not after the run"
        );
        let running = place.run("export").arg("--write-back").in_words().spawn();
        database.wait_for_an_id();
        running.kill();
        let there = database.ids().iter().filter(|(_, id)| id.is_some()).count();
        let ended = place.run("export").arg("--write-back").end();
        let (written, unchanged, missing) = told(ended.exits(0));
        assert!(there < USERS, "{kind:?}: it was killed in time");
        assert_eq!(
            written + there as u64,
            USERS as u64,
            "{kind:?}: no id is written twice"
        );
        assert!(
            unchanged <= 1,
            "{kind:?}: at most the batch that was not recorded"
        );
        assert_eq!(missing, 0);
        assert_eq!(database.ids(), expected(&grid, USERS), "{kind:?}");
    }
}

#[test]
fn a_signal_ends_it_after_the_batch_under_way() {
    const USERS: usize = 400;
    let grid = Grid::started();
    let database = Database::with_users(Kind::Sqlite, USERS);
    let section = database.section() + "after_apply = false\nbatch = 1\n";
    let place = place(&grid, USERS, &database).config(&section);
    place.sync().end().exits(0);
    let running = place.run("export").arg("--write-back").spawn();
    database.wait_for_an_id();
    running.signal("TERM");
    let ended = running.end();
    ended.exits(143);
    let there = database.ids().iter().filter(|(_, id)| id.is_some()).count() as u64;
    assert_eq!(told(&ended).0, there, "all that stands there is told");
    let ended = place.run("export").arg("--write-back").end();
    assert_eq!(told(ended.exits(0)), (USERS as u64 - there, 0, 0));
}

#[test]
fn a_rehearsal_writes_nothing_back() {
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = Database::with_users(kind, 3);
        let place = place(&grid, 3, &database);
        let ended = place.run("rehearse").end();
        ended
            .exits(0)
            .counts("source_rows 3, created 3, planned.create 3");
        assert_eq!(ended.summary()["details"]["write_back"], Value::Null);
        place.plan().end().exits(0);
        assert!(
            database.ids().iter().all(|(_, id)| id.is_none()),
            "{kind:?}"
        );
    }
}

#[test]
fn it_is_off_where_it_is_off_and_refused_where_there_is_nowhere() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&Users::some(1));
    place
        .run("export")
        .arg("--write-back")
        .end()
        .exits(64)
        .says("nowhere to write back to");
    let place = place.config("[writeback]\ntable = \"u\"\nkey_column = \"k\"\nid_column = \"i\"\n");
    place.sync().end().exits(78).says("needs a database");
    place.plan().end().exits(0);
    let url = "[writeback]\npostgres = \"env:NOT_SET\"\nstatement = \"UPDATE u SET i = :customer_id WHERE k = :key\"\n";
    let place = place.config(url);
    place
        .sync()
        .end()
        .exits(78)
        .says("the variable NOT_SET is not set");
    assert_eq!(grid.active(), 0, "found out before anything was written");
}
