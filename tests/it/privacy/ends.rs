//! A run that ends badly, and what it leaves behind: killed, panicked, dumped; and who may read it.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::Mutex;
use std::sync::mpsc;

use super::{assert_no_word, assert_silent, canaries, files, loudly};
use crate::support::{Grid, Place, Server};

/// A server that lists nobody, and says that it was asked to create somebody.
fn a_server_that_keeps_us_waiting() -> (Server, mpsc::Receiver<()>) {
    let (asked, was_asked) = mpsc::channel();
    let asked = Mutex::new(asked);
    let server = Server::json(move |request| {
        if request.method() == "POST" {
            let _ = asked.lock().expect("nobody panics with it").send(());
            thread_waits_for_ever();
        }
        let body = serde_json::json!({ "data": [], "hasMore": false, "totalCount": 0 });
        (200, String::new(), body.to_string())
    });
    (server, was_asked)
}

fn thread_waits_for_ever() {
    loop {
        std::thread::park();
    }
}

#[test]
fn a_run_that_is_killed_leaves_no_value() {
    let (server, was_asked) = a_server_that_keeps_us_waiting();
    let place = Place::at(&server.base_url()).users(&canaries());
    let run = loudly(place.sync())
        .args("--timeout 60s --rejects rejects.csv")
        .spawn();
    was_asked.recv().expect("a create is sent");
    let limits = fs::read_to_string(format!("/proc/{}/limits", run.id())).expect("it runs");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .expect("there is such a limit");
    let numbers: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(numbers, ["0", "0"], "a core file would hold the rows");
    run.kill();
    let left = files(place.folder());
    for name in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
        assert!(left.contains(&place.path(name)), "no {name}: {left:?}");
    }
    for path in left {
        let name = path.display().to_string();
        if !name.ends_with("users.csv") && !name.ends_with("rejects.csv") {
            assert_no_word(&name, &fs::read(&path).expect("a file of ours"));
        }
        let mode = fs::metadata(&path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777;
        if name.contains("state.sqlite") || name.contains("rejects") {
            assert_eq!(mode, 0o600, "{name}");
        }
    }
}

#[test]
fn what_a_run_keeps_is_for_its_owner_alone() {
    let grid = Grid::started();
    let place = Place::on(&grid).users(&canaries().raw("xyzzy,too,few"));
    place
        .plan()
        .args("-o the.plan --rejects rejects.csv --max-rejects 9")
        .end();
    loudly(place.sync().args("--max-rejects 9")).end();
    place
        .run("export")
        .in_words()
        .args("--output list.csv")
        .end()
        .exits(0);
    for name in ["state.sqlite", "the.plan", "rejects.csv", "list.csv"] {
        assert_eq!(place.mode(name), 0o600, "{name}");
    }
    assert_no_word("the list", &place.read("list.csv"));
    let left = fs::read_dir(place.path("tmp")).expect("ours");
    let strange = left
        .flatten()
        .find(|entry| !entry.file_name().to_string_lossy().starts_with("run-"));
    assert!(strange.is_none(), "{strange:?} is left");
}

#[test]
fn a_secret_that_others_can_read_is_refused_and_not_told() {
    let grid = Grid::new().credential("the-token", "xyzzy-secret").start();
    let place = Place::on(&grid).users(&canaries());
    let run = || {
        let run = place.plan().env("GRID_CLIENT_ID", "the-token");
        run.env("GRID_CLIENT_SECRET_FILE", place.path("database-url"))
    };
    place.write_private("database-url", "xyzzy-secret\n");
    let ended = run().end();
    ended.exits(0);
    assert_silent(&place, &ended);
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(place.path("database-url"), open).expect("ours");
    let ended = run().end();
    ended.exits(78).says("chmod 600");
    assert_silent(&place, &ended);
    // As systemd gives it: its own folder, its own modes.
    let systemd = run().env("CREDENTIALS_DIRECTORY", place.folder());
    systemd.end().exits(0);
}

/// In a process of its own: a hook is everybody's.
#[test]
fn a_panic_tells_its_place_and_nothing_that_it_was_about() {
    const CHILD: &str = "GRIDSYNC_TEST_PANICS";
    if env::var_os(CHILD).is_some() {
        gridsync::report::tell_panics_without_values();
        let row = canaries().csv();
        assert!(row.is_empty(), "not empty: {row}");
    }
    let name = "privacy::ends::a_panic_tells_its_place_and_nothing_that_it_was_about";
    let child = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        .env("RUST_BACKTRACE", "1")
        .output()
        .expect("this program runs");
    assert!(!child.status.success());
    let told = String::from_utf8_lossy(&child.stderr).into_owned();
    assert!(told.contains("tests/it/privacy/ends.rs:"), "{told}");
    assert_no_word("stderr", &child.stderr);
    assert_no_word("stdout", &child.stdout);
}
