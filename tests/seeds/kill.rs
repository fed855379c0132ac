//! Stories in which the program is killed, at a point that the dice choose, and run again.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use gridsync::emulator::Hook;

use crate::crash::Journal;
use crate::judge::{Finding, Sin};
use crate::old_state;
use crate::scene::{Played, Scene};
use crate::support::Running;
use crate::trouble::{CLASSES, KILLED, Trouble};

/// A class of kills: its name, and how a run is begun and killed.
pub(crate) struct Class {
    pub(crate) name: &'static str,
    kill: fn(&mut Scene),
    /// Customers in Grid that are nobody's.
    strangers: usize,
    /// What else goes wrong, if not the dice say.
    around: Option<&'static str>,
}

#[rustfmt::skip]
pub(crate) const KILLS: &[Class] = &[
    Class { name: "kill-request-received", kill: |scene| at_request(scene, false), strangers: 0, around: None },
    Class { name: "kill-request-done", kill: |scene| at_request(scene, true), strangers: 0, around: None },
    Class { name: "kill-late-commit", kill: while_a_create_is_late, strangers: 0, around: Some("all-late") },
    Class { name: "kill-delete", kill: while_a_delete_hangs, strangers: 0, around: Some("deletes-hang") },
    Class { name: "kill-page", kill: while_a_page_is_stored, strangers: 250, around: None },
    Class { name: "kill-at-a-moment", kill: at_a_moment, strangers: 0, around: None },
    Class { name: "kill-commit", kill: at_a_commit, strangers: 0, around: None },
    Class { name: "kill-plan-file", kill: while_the_plan_is_written, strangers: 0, around: None },
    Class { name: "kill-migration", kill: while_the_state_is_migrated, strangers: 0, around: None },
];

/// Kills one to three runs and has the next ones end it.
pub(crate) fn play(class: &Class, seed: u64) -> Played {
    let mut dice = Rng::with_seed(seed);
    let mut trouble = around(class, &mut dice);
    trouble.wishes.strangers = class.strangers;
    let mut scene = Scene::new(dice, seed, trouble);
    scene.night_before();
    scene.faults_on();
    let mut begun = "sync";
    for _ in 0..scene.dice.u8(1..=3) {
        (class.kill)(&mut scene);
    }
    scene.meanwhile();
    if scene.dice.bool() && knows_a_run(&scene) {
        begun = "apply";
    }
    scene.finish(begun);
    scene.played(&format!("{}-{seed}", class.name))
}

/// What else goes wrong: mostly something that makes a second create easy.
fn around(class: &Class, dice: &mut Rng) -> Trouble {
    let names = ["calm", "reply-lost-after", "late-index", "late-commit"];
    let name = class.around.unwrap_or(names[dice.usize(..names.len())]);
    let class = CLASSES
        .iter()
        .chain(&KILLED)
        .find(|class| class.name == name);
    Trouble::of(class.expect("the tables have it"), dice)
}

/// `apply` has something to go on with: there is a state file, and it has a run.
fn knows_a_run(scene: &Scene) -> bool {
    let journal = Journal::open(&scene.place);
    let runs = journal.and_then(|journal| journal.try_count("SELECT count(*) FROM run"));
    runs.is_some_and(|runs| runs > 0)
}

/// The next command: either will do once there is a run.
fn any_command(scene: &mut Scene) -> &'static str {
    if scene.dice.u8(..3) == 0 && knows_a_run(scene) {
        "apply"
    } else {
        "sync"
    }
}

fn at_request(scene: &mut Scene, done: bool) {
    let number = scene.grid.request_count() + scene.dice.u64(1..=40);
    let command = any_command(scene);
    if hook_a_kill(scene, command, number, done, Duration::ZERO) {
        scene.findings.extend(intent_is_on_disk(scene, number));
    }
}

/// The run was killed while this request was under way: if it creates somebody, the journal knows.
fn intent_is_on_disk(scene: &Scene, number: u64) -> Option<Finding> {
    let requests = scene.grid.requests();
    let record = requests.iter().find(|record| record.number == number)?;
    let key = record.platform_customer_id.as_ref()?;
    let is_known = record.method != "POST" || Journal::of(&scene.place).open_keys().contains(key);
    let text = format!("request {number} creates {key}, and the journal does not know");
    (!is_known).then(|| Sin::Other.found(text))
}

/// Whatever it created takes effect when it is dead; and the same run goes on at once, or another one begins, which may
/// be told to list nothing.
fn while_a_create_is_late(scene: &mut Scene) {
    let number = scene.grid.request_count() + scene.dice.u64(5..=20);
    hook_a_kill(scene, "sync", number, true, Duration::ZERO);
    if !knows_a_run(scene) {
        return;
    }
    match scene.dice.u8(..4) {
        0 | 1 => drop(scene.end_unscanned()),
        2 => drop(scene.end("sync")),
        _ => drop(scene.end("apply")),
    }
}

/// Nobody has heard whether it took effect; what is asked for next is the customer's id.
fn while_a_delete_hangs(scene: &mut Scene) {
    let command = any_command(scene);
    let run = scene.begin(command);
    let place = &scene.place;
    let journal = RefCell::new(None);
    let deleting = || {
        let mut journal = journal.borrow_mut();
        if journal.is_none() {
            *journal = Journal::open(place);
        }
        let journal = journal.as_ref()?;
        journal
            .try_count("SELECT count(*) FROM change WHERE kind = 'delete' AND status = 'in_flight'")
    };
    kill_once(&run, || deleting().is_some_and(|deletes| deletes > 0));
    run.kill();
}

/// The page is on its way when the hook has run, and is stored some moments later; or the checkpoint has moved.
fn while_a_page_is_stored(scene: &mut Scene) {
    let command = any_command(scene);
    if scene.dice.u8(..3) == 0 {
        let number = scene.grid.request_count() + scene.dice.u64(1..=4);
        let delay = Duration::from_micros(scene.dice.u64(..20_000));
        hook_a_kill(scene, command, number, true, delay);
    } else {
        let run = scene.begin(command);
        let journal = RefCell::new(None);
        let pages = || {
            let mut journal = journal.borrow_mut();
            if journal.is_none() {
                *journal = Journal::open(&scene.place);
            }
            let journal = journal.as_ref()?;
            journal.try_count("SELECT pages FROM checkpoint WHERE cursor IS NOT NULL")
        };
        kill_once(&run, || pages().is_some());
        run.kill();
    }
    scene.findings.extend(pages_are_on_disk(scene));
}

/// Pages that more come after are full, and the checkpoint moves with them.
fn pages_are_on_disk(scene: &Scene) -> Option<Finding> {
    let journal = Journal::open(&scene.place)?;
    let of_checkpoint = |column: &str| {
        journal.try_count(&format!(
            "SELECT {column} FROM checkpoint WHERE cursor IS NOT NULL"
        ))
    };
    let (pages, customers) = (of_checkpoint("pages")?, of_checkpoint("customers")?);
    let text = format!("the checkpoint is {pages} pages on, with {customers} customers");
    (customers < 100 * pages).then(|| Sin::Loss.found(text))
}

/// Whether the run was there to be killed.
fn hook_a_kill(scene: &mut Scene, command: &str, number: u64, done: bool, delay: Duration) -> bool {
    let armed = Arc::new(AtomicBool::new(true));
    let (tell, told) = mpsc::channel::<u32>();
    let hook_armed = Arc::clone(&armed);
    let strike = move || {
        thread::sleep(delay);
        if let Ok(id) = told.recv()
            && hook_armed.load(Ordering::SeqCst)
        {
            kill(id);
        }
    };
    let hook: Hook = if delay.is_zero() {
        Box::new(strike)
    } else {
        Box::new(move || drop(thread::spawn(strike)))
    };
    if done {
        scene.grid.after_request(number, hook);
    } else {
        scene.grid.on_request(number, hook);
    }
    let run = scene.begin(command);
    // The hook may be gone by now.
    let _ = tell.send(run.id());
    // It is over by itself where there were fewer requests.
    let ended = run.end();
    armed.store(false, Ordering::SeqCst);
    ended.code().is_none()
}

fn at_a_moment(scene: &mut Scene) {
    let command = any_command(scene);
    let moment = Duration::from_micros(scene.dice.u64(..400_000));
    let run = scene.begin(command);
    thread::sleep(moment);
    run.kill();
}

/// Killed as the journal's log grows past some size: in, before or after a commit.
fn at_a_commit(scene: &mut Scene) {
    let log = scene.place.path("state.sqlite-wal");
    let enough = size(&log) + scene.dice.u64(..700_000);
    let command = any_command(scene);
    let run = scene.begin(command);
    kill_once(&run, || size(&log) > enough);
    run.kill();
}

fn while_the_plan_is_written(scene: &mut Scene) {
    let plan = scene.place.path("the.plan");
    let _ = fs::remove_file(&plan);
    let late = Duration::from_micros(scene.dice.u64(..8_000));
    let before = files(scene.place.folder());
    let run = scene.begin_with("plan", "-o the.plan");
    let folder = scene.place.folder().to_owned();
    // A file of the state comes first, three in all.
    kill_once(&run, || files(&folder) > before.max(1) + 3);
    thread::sleep(late);
    run.kill();
    if plan.exists() {
        // It is whole, or it would not be there.
        let ended = scene.end_with("apply", "the.plan");
        scene.expect_code(&ended, &[0, 3, 6]);
    }
}

fn while_the_state_is_migrated(scene: &mut Scene) {
    // There was no night before, or it was killed before there was a state.
    if !knows_a_run(scene) {
        let ended = scene.end("plan");
        scene.expect_code(&ended, &[0, 3]);
    }
    if let Err(error) = old_state::make(&scene.place) {
        let text = format!("no old state: {error}");
        scene.findings.push(Sin::Other.found(text));
    }
    let moment = Duration::from_micros(scene.dice.u64(..80_000));
    let run = scene.begin("sync");
    thread::sleep(moment);
    run.kill();
}

/// Returns when it is time, or when the run is over. Polls: files tell nobody when they change.
fn kill_once(run: &Running, is_time: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_time() && is_alive(run.id()) && begun.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_micros(200));
    }
}

/// Of our own child that nobody has waited for yet: a zombie is none.
fn is_alive(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    !matches!(stat.rsplit(')').next().map(str::trim_start), Some(rest) if rest.starts_with(['Z', 'X']))
        && !stat.is_empty()
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |metadata| metadata.len())
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

fn kill(id: u32) {
    let mut command = Command::new("kill");
    command.args(["-s", "KILL", &id.to_string()]);
    let killed = command.status().expect("`kill` can be run");
    assert!(killed.success(), "{id} was not there to be killed");
}
