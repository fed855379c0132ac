//! Passwords in the addresses of databases: whatever they are, and whatever becomes of the run.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;

use super::sources::{database, grid};
use super::{assert_no_word, assert_silent, canaries, every_output, loudly};
use crate::support::{Ended, Kind, Place, Run, User};

/// Passwords as they may stand in an address, and as they are meant.
fn good(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Sqlite => &[],
        // Its driver goes by the `@` alone.
        Kind::Postgres => &[
            ("12/xyzzy", "12/xyzzy"),
            ("5432?xyzzy=1#xyzzy", "5432?xyzzy=1#xyzzy"),
            ("12%40xyzzy%2Fxyzzy%25", "12@xyzzy/xyzzy%"),
        ],
        Kind::Mysql => &[
            ("12%2Fxyzzy", "12/xyzzy"),
            ("3306%3Fxyzzy=1%23xyzzy", "3306?xyzzy=1#xyzzy"),
            ("12@xyzzy%25", "12@xyzzy%"),
        ],
    }
}

/// Passwords that an address cannot hold as they are.
fn bad(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Sqlite => &[],
        Kind::Postgres => &[
            "12@xyzzy",
            "p@xyzzy:12/xyzzy",
            "a:b@xyzzy/xyzzy?sslmode=xyzzy",
        ],
        Kind::Mysql => &[
            "12/xyzzy",
            "p@xyzzy:12/xyzzy",
            "12?xyzzy",
            "12#xyzzy",
            "12%xyzzy",
        ],
    }
}

/// A run on the users, whose address stands in the variable.
fn on(run: Run, kind: Kind, url: &str) -> Run {
    run.without("--csv").env("DATABASE_URL", url).args(&format!(
        "--{} env:DATABASE_URL --table users",
        kind.setting()
    ))
}

fn init(place: &Place, url: &str, output: &str) -> Run {
    place
        .run("init")
        .env("DATABASE_URL", url)
        .args(&format!("env:DATABASE_URL --table users --output {output}"))
}

#[test]
fn no_part_of_a_password_is_in_the_name_of_a_database() {
    for kind in Kind::SERVERS {
        let database = database(kind, &canaries());
        for (written, meant) in good(kind) {
            let user = User::of(&database, meant, "SELECT");
            let url = user.url(written);
            let grid = grid();
            let place = Place::on(&grid);
            let silent = |run: Run| {
                let ended = loudly(run).end();
                assert_silent(&place, ended.exits(0));
            };
            silent(init(&place, &url, "draft.toml"));
            silent(on(place.check(), kind, &url));
            silent(on(place.plan(), kind, &url).args("-o the.plan"));
            let named = place.read_text("the.plan").contains(&database.name);
            assert!(named, "the plan says which database it was made from");
            silent(on(place.sync(), kind, &url));
            silent(on(place.sync(), kind, &url).in_words());
            silent(place.run("status"));
            assert_eq!(grid.active(), 2);
        }
    }
}

#[test]
fn an_address_that_its_password_breaks_is_refused_unseen() {
    for kind in Kind::SERVERS {
        let grid = grid();
        let place = Place::on(&grid).users(&canaries());
        for password in bad(kind) {
            let url = format!(
                "{}://postgres:{password}@{}/app",
                kind.setting(),
                kind.host()
            );
            every_output(|| on(place.check(), kind, &url), 78, &place);
            every_output(|| on(place.plan(), kind, &url), 78, &place);
            let silent = |ended: &Ended, code| {
                ended.exits(code).says("the URL of the database");
                assert_silent(&place, ended);
            };
            silent(&loudly(on(place.sync(), kind, &url)).end(), 78);
            silent(&loudly(init(&place, &url, "draft.toml")).end(), 78);
            let section = format!(
                "[writeback]\n{} = \"env:WRITER\"\ntable = \"u\"\nkey_column = \"k\"\nid_column = \"i\"\n",
                kind.setting()
            );
            place.write("gridsync.toml", section);
            // Known before a run that would take days.
            silent(&loudly(place.sync()).env("WRITER", &url).end(), 78);
            assert_eq!(grid.active(), 0);
            std::fs::remove_file(place.path("gridsync.toml")).expect("it was written");
        }
    }
}

#[test]
fn a_password_is_not_taken_where_it_would_be_kept() {
    let place = Place::at("http://127.0.0.1:1");
    for kind in Kind::SERVERS {
        for password in good(kind)
            .iter()
            .map(|(written, _)| written)
            .chain(bad(kind))
        {
            let url = format!("{}://postgres:{password}@127.0.0.1/app", kind.setting());
            for typed in [url.clone(), format!("env:{url}"), format!("file:{url}")] {
                let init = place.run("init").args(&typed).args("--table users");
                let ended = loudly(init).end();
                assert_silent(&place, ended.exits(64));
                let check = place.check().without("--csv");
                let check = check.arg(format!("--{}", kind.setting())).arg(&typed);
                let ended = loudly(check).args("--table users").end();
                assert_silent(&place, ended.exits(64));
            }
            let section = format!(
                "[source]\n{} = \"{url}\"\ntable = \"users\"\n",
                kind.setting()
            );
            place.write("gridsync.toml", section);
            let ended = loudly(place.check().without("--csv")).end();
            assert_no_word("a refusal", ended.exits(78).told().as_bytes());
            std::fs::remove_file(place.path("gridsync.toml")).expect("it was written");
        }
    }
}

#[test]
fn a_login_that_is_refused_tells_no_password() {
    let grid = grid();
    let place = Place::on(&grid);
    let unreachable = "127.0.0.1:1";
    let mysql = Kind::Mysql.host();
    let postgres = Kind::Postgres.host();
    for (flag, url) in [
        ("--mysql", format!("mysql://root:xyzzy@{mysql}/test")),
        ("--mysql", format!("mysql://root:xyzzy@{unreachable}/test")),
        (
            "--mysql",
            format!("mysql://ro:ot:xyz/zy:xyzzy@{mysql}/test"),
        ),
        (
            "--postgres",
            format!("postgres://postgres:xyzzy@{postgres}/no_such_database"),
        ),
        (
            "--postgres",
            format!("postgres://nobody:xyzzy@{unreachable}/app"),
        ),
        (
            "--postgres",
            format!("postgres://nobody@{unreachable}/app?password=xyzzy&xyzzy=1"),
        ),
        ("--postgres", "postgres://a:xyzzy/@db:p/app".to_owned()),
        (
            "--postgres",
            format!("postgres://a@{postgres}/app&password=xyzzy"),
        ),
        ("--mysql", format!("mysql://a@{mysql}/app&password=xyzzy")),
    ] {
        for named in ["env:DATABASE_URL", "file:database-url"] {
            place.write_private("database-url", &url);
            let run = loudly(place.check().without("--csv"))
                .env("DATABASE_URL", &url)
                .args(&format!("{flag} {named} --table users"));
            let ended = run.end();
            assert!(
                matches!(ended.code(), Some(64 | 65 | 78)),
                "{url} {}",
                ended.told()
            );
            assert_silent(&place, &ended);
        }
        place.write("database-url", &url);
        let open_to_others = Permissions::from_mode(0o644);
        set_permissions(place.path("database-url"), open_to_others).expect("a file of ours");
        let run = loudly(place.check().without("--csv"));
        let ended = run
            .args(&format!("{flag} file:database-url --table users"))
            .end();
        ended.exits(64).says("chmod 600");
        assert_silent(&place, &ended);
    }
}
