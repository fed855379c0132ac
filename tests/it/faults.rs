//! Every fault that the emulator knows: what a run comes to while it lasts, and that afterwards
//! every user has exactly one customer.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use gridsync::emulator::Fault;

use crate::support::{Ended, Grid, Place, Users, key};

/// What the run is about.
#[derive(Clone, Copy)]
enum Scene {
    /// Thirty users, and nobody in Grid.
    Create,
    /// Thirty users, and four pages of customers in Grid, none of them ours.
    Pages,
    /// Thirty users and their customers; then three users are gone.
    Delete,
}
use Scene::{Create, Delete, Pages};

/// Stories of one scene that are played at the same time.
const AT_ONCE: usize = 8;

/// Customers that stand in Grid before the story, in the scene with pages.
const STRANGERS: usize = 350;

/// All of them new.
const CREATED: &str = "source_rows 30, created 30, planned.create 30";
const CREATED_BESIDE_STRANGERS: &str = "source_rows 30, created 30, orphans 350, planned.create 30";
const DELETED: &str = "source_rows 27, unchanged 27, deleted 3, orphans 3, planned.delete 3";

/// Faults, the scene, and how the run ends that they strike: the code and, where they do not depend
/// on chance, the numbers.
type Story = (&'static [&'static str], Scene, i32, Option<&'static str>);

#[rustfmt::skip]
const STORIES: &[Story] = &[
    (&["drop-before-commit=#5"], Create, 0, Some(CREATED)),
    (&["drop-before-commit=#12"], Create, 0, Some(CREATED)),
    (&["drop-before-commit=#2"], Delete, 0, Some(DELETED)),
    (&["drop-after-commit=#5"], Create, 0, Some(CREATED)),
    (&["drop-after-commit=#2"], Delete, 0, Some(DELETED)),
    (&["write/timeout=#2"], Create, 0, Some(CREATED)),
    (&["stall-after-commit=#2"], Create, 0, Some(CREATED)),
    (&["late-commit=#3:100ms"], Create, 0, Some(CREATED)),
    (&["stall-late-commit=#2:100ms"], Create, 0, Some(CREATED)),
    (&["outage@8-12"], Create, 0, Some(CREATED)),
    (&["outage@8-"], Create, 6, None),
    (&["write/error-500-before=#5"], Create, 0, Some(CREATED)),
    (&["error-500-before"], Create, 6, None),
    (&["error-500-after-commit=#5"], Create, 0, Some(CREATED)),
    (&["error-500-after-commit=#2"], Delete, 0, Some(DELETED)),
    (&["error-502-after-commit=#5"], Create, 0, Some(CREATED)),
    (&["error-503-after-commit=#5"], Create, 0, Some(CREATED)),
    (&["error-502-html=#4"], Create, 0, Some(CREATED)),
    (&["error-503=#4"], Create, 0, Some(CREATED)),
    (&["write/error-503"], Create, 6, None),
    (&["create/error-503-retry-after=#2"], Create, 0, Some(CREATED)),
    (&["error-429=#7"], Create, 0, Some(CREATED)),
    (&["create/error-429-seconds=#3"], Create, 0, Some(CREATED)),
    (&["create/error-429-date=#3"], Create, 0, Some(CREATED)),
    (&["daily-volume"], Create, 6, None),
    (&["create/daily-volume=#7"], Create, 6, None),
    (&["delete/daily-volume=#2"], Delete, 6, None),
    (&["auth-revoked"], Create, 12, None),
    (&["auth-revoked@6-"], Create, 12, None),
    (&["write/forbidden"], Create, 12, None),
    (&["unauthorized-html", "auth-revoked@6-"], Create, 12, None),
    (&["method-html"], Create, 0, Some(CREATED)),
    (&["error-reason", "create/error-500-before=#3"], Create, 0, Some(CREATED)),
    (&["create/html-200=#3"], Create, 0, Some(CREATED)),
    (&["dribble=#3"], Create, 0, Some(CREATED)),
    (&["create/cut-body=#3"], Create, 0, Some(CREATED)),
    (&["list/cut-body=#1"], Pages, 0, Some(CREATED_BESIDE_STRANGERS)),
    (&["create/truncated-json=#3"], Create, 0, Some(CREATED)),
    (&["list/truncated-json=#1"], Pages, 0, Some(CREATED_BESIDE_STRANGERS)),
    (&["create/malformed-json=#3"], Create, 0, Some(CREATED)),
    (&["wrong-content-type"], Create, 0, Some(CREATED)),
    (&["wrong-customer=#3"], Create, 0, Some(CREATED)),
    (&["duplicates-allowed", "drop-after-commit=#5"], Create, 0, Some(CREATED)),
    (&["email-mx"], Create, 3, Some("source_rows 30, created 29, failed 1, planned.create 30")),
    (&["patch-202"], Create, 0, Some(CREATED)),
    (&["delete-unstamped"], Delete, 0, Some(DELETED)),
    (&["deleted-get-404", "drop-after-commit=#2"], Delete, 0, Some(DELETED)),
    (&["deleted-get-410", "drop-after-commit=#2"], Delete, 0, Some(DELETED)),
    (&["late-index:100ms", "drop-after-commit=#3"], Create, 0, Some(CREATED)),
    (&["late-index:100ms", "drop-after-commit=#3", "duplicates-allowed"], Create, 0, Some(CREATED)),
    (&["twin-unlisted"], Pages, 0, Some(CREATED_BESIDE_STRANGERS)),
    (&["page-repeated=#1"], Pages, 0, Some(CREATED_BESIDE_STRANGERS)),
    (&["page-shifted=#1"], Pages, 0, Some(CREATED_BESIDE_STRANGERS)),
    (&["page-skipped=#1"], Pages, 0, Some(CREATED_BESIDE_STRANGERS)),
    (&["cursor-stuck"], Pages, 4, None),
    (&["cursor-missing"], Pages, 4, None),
    (&["cursor-expired=#1"], Pages, 0, Some(CREATED_BESIDE_STRANGERS)),
    (&["cursor-expired"], Pages, 4, None),
    (&["total-count-off"], Pages, 0, Some(CREATED_BESIDE_STRANGERS)),
    (&["total-count-low"], Pages, 0, Some(CREATED_BESIDE_STRANGERS)),
    (&["total-count-absent"], Pages, 0, Some(CREATED_BESIDE_STRANGERS)),
    (&["missing-fields"], Pages, 0, Some(CREATED_BESIDE_STRANGERS)),
    (&["lookup-fuzzy", "drop-after-commit=#5", "drop-before-commit@10-14"], Create, 0, Some(CREATED)),
    (&["lookup-429=#3", "drop-after-commit=#3"], Create, 0, Some(CREATED)),
    (&["lookup-500=#3", "drop-after-commit=#3"], Create, 0, Some(CREATED)),
    (&["lookup-500", "drop-after-commit=#2"], Create, 3, Some("source_rows 30, created 28, unresolved 2, planned.create 30")),
    (&["clock-offset"], Create, 0, Some(CREATED)),
    (&["clock-offset:-2h"], Create, 0, Some(CREATED)),
];

/// Thirty users: some with keys that are the beginning of others', one with an e-mail whose domain
/// cannot receive mail.
fn thirty() -> Users {
    Users::some(28)
        .and("usr_0000")
        .and("USR_00001")
        .with(&key(28), "email", "ada@lovelace.example")
}

/// Plays one story and tells what was wrong, if anything was.
fn play(&(faults, scene, code, counts): &Story) {
    let strangers = match scene {
        Pages => (1..=STRANGERS).fold(Users::none(), |users, number| {
            users.and(&format!("other_{number:05}"))
        }),
        Create | Delete => Users::none(),
    };
    let grid = Grid::new().seed(strangers.ndjson().as_bytes()).start();
    let place = Place::on(&grid).users(&thirty()).config(if code == 0 {
        ""
    } else {
        "[grid]\nattempts = 2\n"
    });
    let mut keys = thirty().keys();
    if let Delete = scene {
        place.sync().end().exits(0);
        let fewer = thirty().without(&key(3)).without(&key(5)).without(&key(7));
        place.set_users(&fewer);
        keys = fewer.keys();
    }

    grid.faults(faults);
    let struck = place.sync().arg("--delete").end();
    struck.exits(code);
    if let Some(counts) = counts {
        struck.counts(counts);
    }
    if code == 4 {
        assert_eq!(grid.writes().len(), 0, "refused, and yet it wrote");
    }

    grid.clear_faults();
    until_done(&place);
    grid.assert_looked_before_every_second_create();
    keys.extend(strangers.keys());
    grid.assert_one_active_each(&keys);
    if !matches!(scene, Delete) {
        assert_eq!(
            grid.customers().len(),
            keys.len(),
            "a key had two customers for a while"
        );
    }
}

/// Once nothing goes wrong any more, a run or two make everything right.
#[track_caller]
fn until_done(place: &Place) -> Ended {
    for _ in 0..3 {
        let ended = place.sync().arg("--delete").end();
        if ended.code() == Some(0) {
            ended.exits(0);
            return place.sync().end();
        }
    }
    panic!("three runs without a fault did not make it right");
}

#[test]
fn every_fault_has_a_story() {
    let told: BTreeSet<&str> = STORIES
        .iter()
        .flat_map(|(faults, ..)| faults.iter())
        .map(|fault| fault.parse::<Fault>().expect("a fault").name())
        .collect();
    let known: BTreeSet<&str> = Fault::all().iter().map(|info| info.name).collect();
    assert_eq!(told, known);
}

/// The stories of one scene, many at a time: each waits more than it works.
fn play_all(scene: impl Fn(Scene) -> bool) {
    let stories = STORIES.iter().filter(|story| scene(story.1));
    let waiting: Mutex<Vec<&Story>> = Mutex::new(stories.collect());
    let failed: Mutex<Vec<String>> = Mutex::default();
    let play_on = || {
        while let Some(story) = { waiting.lock().expect("no panic").pop() } {
            if let Err(panic) = std::panic::catch_unwind(|| play(story)) {
                let why = panic.downcast_ref::<String>().map_or("", String::as_str);
                let told = format!("{:?}: {why}", story.0);
                failed.lock().expect("no panic").push(told);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(play_on);
        }
    });
    let failed = failed.into_inner().expect("no panic");
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn whatever_goes_wrong_with_creates_every_user_gets_one_customer() {
    play_all(|scene| matches!(scene, Create));
}

#[test]
fn whatever_goes_wrong_with_lists_nobody_is_created_twice() {
    play_all(|scene| matches!(scene, Pages));
}

#[test]
fn whatever_goes_wrong_with_deletes_only_the_gone_are_deleted() {
    play_all(|scene| matches!(scene, Delete));
}

#[test]
fn a_grid_that_asks_for_patience_is_told_of_and_costs_no_row() {
    let grid = Grid::new().fault("create/error-429-seconds=#2").start();
    let place = Place::on(&grid).users(&thirty());
    let ended = place.sync().in_words().arg("--events").end();
    ended.exits(0);
    assert!(
        ended.stdout.contains("\"event\":\"paused\""),
        "{}",
        ended.told()
    );
    grid.assert_one_active_each(&thirty().keys());
}

/// An early look finds nothing; only one at the end of the settling time counts. This Grid would take
/// the second create, too.
#[test]
fn a_create_that_lands_late_is_waited_for() {
    let grid = Grid::new()
        .fault("late-commit=#8:400ms")
        .fault("duplicates-allowed")
        .start();
    let place = Place::on(&grid).users(&thirty());
    place
        .sync()
        .args("--settle 1s")
        .end()
        .exits(0)
        .counts(CREATED);
    assert_eq!(grid.writes().len(), 30, "a create was sent again");
    grid.assert_one_active_each(&thirty().keys());
}

/// Giving up on a request does not end it: the time to settle begins then, and not when it was sent.
#[test]
fn a_create_that_lands_after_its_timeout_is_waited_for() {
    let grid = Grid::new()
        .fault("stall-late-commit=#8:700ms")
        .fault("duplicates-allowed")
        .start();
    let place = Place::on(&grid).users(&thirty());
    let ended = place.sync().args("--timeout 400ms --settle 700ms").end();
    ended.exits(0).counts(CREATED);
    assert_eq!(grid.writes().len(), 30, "a create was sent again");
    grid.assert_one_active_each(&thirty().keys());
}

/// The same for a run that is killed while it looks, long after the request was sent.
#[test]
fn a_create_that_lands_after_its_timeout_and_a_kill_is_waited_for() {
    let grid = Grid::new()
        .fault("stall-late-commit:1s")
        .fault("duplicates-allowed")
        .start();
    let place = Place::on(&grid).users(&Users::some(1));
    let patience = "--timeout 500ms --settle 900ms";
    let run = place.sync().args(patience).spawn();
    // The list, the create, and the first look.
    assert!(grid.wait_for_requests(3, Duration::from_secs(20)));
    run.kill();
    grid.faults(&["duplicates-allowed"]);
    place.sync().args(patience).end().exits(0);
    assert_eq!(grid.writes().len(), 1, "the create was sent again");
    grid.assert_one_active_each(&Users::some(1).keys());
}

/// `grid.concurrency` holds for every request, look-ups of unknown creates included.
#[test]
fn looking_up_keeps_to_the_concurrency() {
    let grid = Grid::new()
        .fault("drop-before-commit=#30")
        .latency(Duration::from_millis(5))
        .start();
    let place = Place::on(&grid).users(&thirty());
    place
        .sync()
        .args("--concurrency 2")
        .end()
        .exits(0)
        .counts(CREATED);
    let requests = grid.requests();
    let most = requests.iter().map(|record| record.under_way).max();
    assert_eq!(most, Some(2));
}

/// The same across a crash: the next run knows which creates were under way, and waits for them, also where it is told to
/// ask Grid for nothing else.
#[test]
fn a_create_that_lands_after_its_run_was_killed_is_waited_for() {
    for next in ["", "--no-scan"] {
        let grid = Grid::new()
            .fault("late-commit:700ms")
            .fault("duplicates-allowed")
            .start();
        let place = Place::on(&grid).users(&thirty());
        let run = place.sync().args("--concurrency 4 --settle 2s").spawn();
        assert!(grid.wait_for_requests(5, Duration::from_secs(20)));
        run.kill();
        assert_eq!(grid.active(), 0, "nothing has landed yet");
        grid.faults(&["duplicates-allowed"]);
        place.sync().args("--settle 2s").args(next).end().exits(0);
        assert_eq!(grid.writes().len(), 30, "a create was sent again");
        grid.assert_one_active_each(&thirty().keys());
    }
}

/// The one attempt that there is took effect, and its answer was lost: the same run finds that out.
#[test]
fn what_came_of_the_last_attempt_is_found_out() {
    let grid = Grid::new().fault("drop-after-commit=#2").start();
    let place = Place::on(&grid).users(&thirty());
    let place = place.config("[grid]\nattempts = 1\n");
    place.sync().end().exits(0).counts(CREATED);
    let fewer = thirty().without(&key(3)).without(&key(5)).without(&key(7));
    place.set_users(&fewer);
    grid.faults(&[
        "delete/drop-after-commit=#1",
        "delete/error-502-after-commit@2",
    ]);
    let deleted = place.sync().arg("--delete").end();
    deleted.exits(0).counts(DELETED);
}
