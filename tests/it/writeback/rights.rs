//! Who may write, and what is told when somebody may not.

use serde_json::Value;

use super::{expected, told};
use crate::support::{Database, Ended, Grid, Kind, Place, User, Users, key};

/// A word that must be seen nowhere.
const PASSWORD: &str = "xyzzy-password";

/// Users who stand in the database itself, with what Grid needs of them.
fn with_source(kind: Kind, users: usize) -> Database {
    let database = Database::with_users(kind, users);
    let columns = [
        ("customer_type", "'INDIVIDUAL'"),
        ("full_name", "'Xyzzy Vey'"),
        ("birth_date", "'1990-04-12'"),
        ("email", "'xyzzy@mail.fairwind-post.net'"),
        ("line1", "'1 Alder Street'"),
        ("city", "'Leeds'"),
        ("postal_code", "'LS1 4AP'"),
        ("country", "'GB'"),
    ];
    for (name, value) in columns {
        database.run(&format!(
            "ALTER TABLE users ADD COLUMN {name} varchar(64) DEFAULT {value}"
        ));
    }
    database
}

const FIELDS: &str = "[fields]\nplatformCustomerId = \"id\"\ncustomerType = \"customer_type\"\n\
    fullName = \"full_name\"\nbirthDate = \"birth_date\"\nemail = \"email\"\n\"address.line1\" = \"line1\"\n\
    \"address.city\" = \"city\"\n\"address.postalCode\" = \"postal_code\"\n\"address.country\" = \"country\"\n";

fn assert_silent(ended: &Ended) {
    let told = ended.told().to_lowercase();
    assert!(!told.contains("xyzzy"), "{told}");
}

#[test]
fn users_of_a_database_get_their_ids_where_they_stand() {
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = with_source(kind, 3);
        let place = Place::on(&grid).config(&format!(
            "[source]\n{}table = \"users\"\n{FIELDS}[writeback]\ntable = \"users\"\nkey_column = \"id\"\nid_column = \"grid_id\"\n",
            database.setting()
        ));
        let ended = place.sync().without("--csv").end();
        assert_eq!(told(ended.exits(0)), (3, 0, 0), "{kind:?}");
        assert_eq!(database.ids(), expected(&grid, 3), "{kind:?}");
        let again = place.sync().without("--csv").end();
        again.exits(0).counts("source_rows 3, unchanged 3");
        assert_eq!(told(&again), (0, 0, 0), "{kind:?}");
    }
}

#[test]
fn whoever_reads_the_users_need_not_be_who_writes_the_ids() {
    for kind in Kind::SERVERS {
        let grid = Grid::started();
        let database = with_source(kind, 3);
        let reader = User::of(&database, PASSWORD, "SELECT");
        let source = format!(
            "[source]\n{} = \"env:READER\"\ntable = \"users\"\n{FIELDS}",
            kind.setting()
        );
        let same = "[writeback]\ntable = \"users\"\nkey_column = \"id\"\nid_column = \"grid_id\"\n";
        let place = Place::on(&grid).config(&format!("{source}{same}"));
        let run = |place: &Place| {
            place
                .sync()
                .without("--csv")
                .env("READER", reader.url(PASSWORD))
                .end()
        };
        let ended = run(&place);
        ended
            .exits(6)
            .says("grant it SELECT and UPDATE on the table");
        assert_silent(&ended);
        assert_eq!(ended.count("created"), 3);
        assert_eq!(told(&ended), (0, 0, 0));
        assert!(
            database.ids().iter().all(|(_, id)| id.is_none()),
            "{kind:?}"
        );

        let writer = User::of(&database, PASSWORD, "SELECT, UPDATE");
        place.write_private("writer-url", writer.url(PASSWORD));
        let other = format!("{source}{same}{} = \"file:writer-url\"\n", kind.setting());
        let place = place.config(&other);
        let ended = run(&place);
        assert_silent(&ended);
        ended.exits(0).counts("source_rows 3, unchanged 3");
        assert_eq!(told(&ended), (3, 0, 0), "{kind:?}");
        assert_eq!(database.ids(), expected(&grid, 3), "{kind:?}");
    }
}

#[test]
fn what_the_database_says_of_a_row_is_not_repeated() {
    let trigger = |kind| match kind {
        Kind::Sqlite => {
            "CREATE TRIGGER no BEFORE UPDATE ON users WHEN NEW.id = 'usr_00002' BEGIN SELECT RAISE(ABORT, 'xyzzy'); END"
        }
        Kind::Postgres => {
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE WARNING 'xyzzy %', NEW; IF NEW.id = 'usr_00002' THEN RAISE EXCEPTION 'xyzzy %', NEW; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER no BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION no()"
        }
        Kind::Mysql => {
            "CREATE TRIGGER no BEFORE UPDATE ON users FOR EACH ROW IF NEW.id = 'usr_00002' THEN \
             SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'xyzzy'; END IF"
        }
    };
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = Database::with_users(kind, 3);
        database.run(trigger(kind));
        let place = Place::on(&grid)
            .users(&Users::some(3))
            .config(&database.section());
        let ended = place.sync().arg("-vvv").env("RUST_LOG", "trace").end();
        ended.exits(6).says("refuses an id, that of ");
        assert_silent(&ended);
        assert!(
            database.ids().iter().all(|(_, id)| id.is_none()),
            "{kind:?}: its batch is whole"
        );
        let one_by_one = database.section() + "batch = 1\n";
        let ended = place
            .config(&one_by_one)
            .run("export")
            .arg("--write-back")
            .end();
        ended
            .exits(6)
            .says(&format!("that of the key `{}`", key(2)));
        assert_eq!(told(&ended), (1, 0, 0), "{kind:?}: what came before stays");
    }
}

#[test]
fn a_table_that_cannot_take_the_ids_is_named_with_what_it_needs() {
    let cases = |kind| match kind {
        Kind::Sqlite => vec![
            ("users", "id", "no_id", "no column `no_id`"),
            ("nobody", "id", "grid_id", "no table `nobody`"),
        ],
        Kind::Postgres | Kind::Mysql => vec![
            ("users", "no_key", "grid_id", "no column `no_key`"),
            ("nobody", "id", "grid_id", "no table `nobody`"),
            (
                "users",
                "id",
                "short",
                "takes 20 characters, and Grid's ids have 45",
            ),
            ("users", "id", "number", "column `number` of `users` is "),
        ],
    };
    for kind in Kind::ALL {
        let grid = Grid::started();
        let database = Database::with_users(kind, 1);
        database.run("ALTER TABLE users ADD COLUMN short varchar(20)");
        database.run("ALTER TABLE users ADD COLUMN number integer");
        let place = Place::on(&grid).users(&Users::some(1));
        place.sync().end().exits(0);
        for (table, key_column, id_column, expected) in cases(kind) {
            let section = format!(
                "[writeback]\n{}table = \"{table}\"\nkey_column = \"{key_column}\"\nid_column = \"{id_column}\"\n",
                database.setting()
            );
            place.write("gridsync.toml", section);
            let ended = place.run("export").arg("--write-back").end();
            ended.exits(6).says(expected);
        }
        place.write(
            "gridsync.toml",
            database.section_with_statement("UPDATE nobody SET a = :customer_id WHERE b = :key"),
        );
        place
            .run("export")
            .arg("--write-back")
            .end()
            .exits(6)
            .says("the statement is refused");
    }
}

#[test]
fn the_bytes_of_a_key_decide_whatever_the_collation() {
    let grid = Grid::started();
    let database = Database::with_keys(
        Kind::Mysql,
        "varchar(64) COLLATE utf8mb4_general_ci",
        &["Ada", "zoë"],
    );
    let users = Users::some(3)
        .with(&key(1), "platformCustomerId", "ada")
        .with(&key(2), "platformCustomerId", "Ada")
        .with(&key(3), "platformCustomerId", "zoë");
    let place = Place::on(&grid).users(&users).config(&database.section());
    let ended = place.sync().end();
    assert_eq!(told(ended.exits(3)), (2, 0, 1));
    let named = &ended.summary()["details"]["keys_without_row"];
    assert_eq!(*named, Value::from(vec!["ada"]));
    let id = |key: &str| (key.to_owned(), Some(grid.id_of(key)));
    assert_eq!(database.ids(), [id("Ada"), id("zoë")]);
}

#[test]
fn columns_of_many_a_type_take_their_keys() {
    let long = "9223372036854775808123";
    for (kind, column, there, missing) in [
        (Kind::Postgres, "numeric", long, "1.0"),
        (Kind::Postgres, "smallint", "7", "70000"),
        (Kind::Postgres, "char(12)", "abc", "abd"),
        (Kind::Postgres, "name", "abc", "Abc"),
        (Kind::Postgres, "inet", "10.0.0.1", "no address"),
        (
            Kind::Mysql,
            "bigint unsigned",
            "18446744073709551615",
            "18446744073709551614",
        ),
        (Kind::Mysql, "decimal(30,0)", long, "9223372036854775808124"),
        (Kind::Mysql, "char(12) CHARACTER SET latin1", "abc", "鍵"),
    ] {
        let grid = Grid::started();
        let database = Database::with_keys(kind, column, &[there]);
        let users = Users::some(2)
            .with(&key(1), "platformCustomerId", there)
            .with(&key(2), "platformCustomerId", missing);
        let place = Place::on(&grid).users(&users).config(&database.section());
        let ended = place.sync().end();
        assert_eq!(
            told(ended.exits(3)),
            (1, 0, 1),
            "{kind:?} {column}\n{}",
            ended.told()
        );
        assert_eq!(
            database.ids()[0].1,
            Some(grid.id_of(there)),
            "{kind:?} {column}"
        );
    }
}

#[test]
fn a_statement_may_convert_the_key_and_insert() {
    let grid = Grid::started();
    let cases = [
        (
            Kind::Mysql,
            "CREATE TABLE ids (k binary(16) PRIMARY KEY, g varchar(64))",
            "INSERT INTO ids VALUES (UNHEX(REPLACE(:key, '-', '')), :customer_id) ON DUPLICATE KEY UPDATE g = :customer_id",
        ),
        (
            Kind::Postgres,
            "CREATE TABLE ids (k uuid PRIMARY KEY, g text)",
            "INSERT INTO ids VALUES (:key, :customer_id) ON CONFLICT (k) DO UPDATE SET g = :customer_id",
        ),
        (
            Kind::Sqlite,
            "CREATE TABLE ids (k TEXT PRIMARY KEY, g TEXT)",
            "INSERT INTO ids VALUES (:key, :customer_id) ON CONFLICT (k) DO UPDATE SET g = :customer_id",
        ),
    ];
    let uuid = "0197f0c4-2a51-7d9e-8c11-5b1f6ad3e001";
    let users = Users::some(1).with(&key(1), "platformCustomerId", uuid);
    let place = Place::on(&grid).users(&users);
    place.sync().end().exits(0);
    for (kind, table, statement) in cases {
        let database = Database::with_users(kind, 1);
        database.run(table);
        place.write("gridsync.toml", database.section_with_statement(statement));
        let ended = place.run("export").arg("--write-back").end();
        assert_eq!(told(ended.exits(0)), (1, 0, 0), "{kind:?}");
        database.run("UPDATE ids SET g = 'Customer:of old'");
        let ended = place.run("export").args("--write-back --rewrite").end();
        assert_eq!(told(ended.exits(0)), (1, 0, 0), "{kind:?}");
        database.run("UPDATE users SET grid_id = (SELECT g FROM ids)");
        assert_eq!(database.ids()[0].1, Some(grid.id_of(uuid)), "{kind:?}");
    }
}
