//! Outcomes that are not known, and kills anywhere, by seed.
//!
//! Each seed makes a source, a Grid with customers in it, and trouble; has the real program go
//! through it against the emulator, and judges by the emulator's own record, not by what the program
//! says: nobody twice, nobody lost, nobody deleted who should not be, the exit code that stands for
//! what happened, numbers that add up, a look before every second create, and never more requests
//! under way than allowed. `tests/campaign --help` tells how to run more of it than `cargo test` does.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests look at files and processes from outside, and this one has no harness to print for it"
)]

mod args;
mod cast;
#[path = "../it/crash.rs"]
#[expect(dead_code, reason = "the stories of tests/it use the rest")]
mod crash;
mod judge;
mod kill;
mod old_state;
mod order;
mod scene;
#[path = "../it/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "the stories of tests/it use the rest"
)]
mod support;
mod table;
mod trouble;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use fastrand::Rng;

use args::{Args, USAGE};
use cast::Others;
use judge::Sin;
use kill::KILLS;
use scene::{Played, Scene};
use table::Table;
use trouble::{CLASSES, Trouble};

/// One story to be played.
#[derive(Clone, Copy)]
enum Story {
    Trouble(&'static trouble::Class, u64),
    Kill(&'static kill::Class, u64),
}

impl Story {
    const fn name(self) -> (&'static str, u64) {
        match self {
            Self::Trouble(class, seed) => (class.name, seed),
            Self::Kill(class, seed) => (class.name, seed),
        }
    }

    /// The command that plays it alone.
    fn command(self) -> String {
        let (class, seed) = self.name();
        let sort = match self {
            Self::Trouble(..) => "--seeds",
            Self::Kill(..) => "--kills",
        };
        format!("tests/campaign --only {class} {sort} 1 --first {seed}")
    }

    fn play(self) -> Played {
        let (class, seed) = self.name();
        let played = catch_unwind(AssertUnwindSafe(|| match self {
            Self::Trouble(class, seed) => play(class, seed),
            Self::Kill(class, seed) => kill::play(class, seed),
        }));
        played.unwrap_or_else(|panic| {
            let why = panic
                .downcast_ref::<String>()
                .map_or("it panicked", String::as_str);
            let text = format!("{class} {seed}: {why}");
            Played {
                runs: 0,
                findings: vec![Sin::Other.found(text)],
            }
        })
    }
}

/// Something goes wrong with Grid, and then nothing any more.
fn play(class: &trouble::Class, seed: u64) -> Played {
    let mut dice = Rng::with_seed(seed);
    let trouble = Trouble::of(class, &mut dice);
    let mut scene = Scene::new(dice, seed, trouble);
    scene.night_before();
    scene.faults_on();
    if scene.trouble.wishes.others == Others::Rivals {
        scene.rivals();
    }
    scene.through_trouble();
    scene.meanwhile();
    let command = if scene.dice.u8(..4) == 0 {
        "apply"
    } else {
        "sync"
    };
    scene.finish(command);
    scene.played(&format!("{}-{seed}", class.name))
}

/// The classes take turns; one that is asked for has every seed.
fn stories(args: &Args) -> Vec<Story> {
    let only = |name: &str| args.only.as_deref().is_none_or(|only| only == name);
    let classes: Vec<_> = CLASSES.iter().filter(|class| only(class.name)).collect();
    let kills: Vec<_> = KILLS.iter().filter(|class| only(class.name)).collect();
    let troubles = (args.first..args.first + args.seeds).zip(classes.iter().cycle());
    let killed = (args.first..args.first + args.kills).zip(kills.iter().cycle());
    let troubles = troubles.map(|(seed, class)| Story::Trouble(class, seed));
    troubles
        .chain(killed.map(|(seed, class)| Story::Kill(class, seed)))
        .collect()
}

/// Many at a time: each waits more than it works.
fn play_all(stories: Vec<Story>, jobs: usize) -> Table {
    let waiting = Mutex::new(VecDeque::from(stories));
    let table = Mutex::new(Table::default());
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(story) = { waiting.lock().expect("no panic").pop_front() } {
                    let played = story.play();
                    for finding in &played.findings {
                        let (class, seed) = story.name();
                        eprintln!("FAILED {class} {seed}: {:?}: {}", finding.sin, finding.text);
                    }
                    if !played.findings.is_empty() {
                        let (class, seed) = story.name();
                        let folder = scene::kept(&format!("{class}-{seed}"));
                        eprintln!(
                            "  alone: {}\n  kept:  {}",
                            story.command(),
                            folder.display()
                        );
                    }
                    table.lock().expect("no panic").add(story.name().0, &played);
                }
            });
        }
    });
    table.into_inner().expect("no panic")
}

fn main() -> ExitCode {
    let args = match Args::parse(std::env::args().skip(1)) {
        Ok(Some(args)) => args,
        Ok(None) => return ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}\n{USAGE}");
            return ExitCode::from(64);
        }
    };
    let stories = stories(&args);
    if stories.is_empty() {
        let names = CLASSES.iter().map(|class| class.name);
        let names: Vec<_> = names.chain(KILLS.iter().map(|class| class.name)).collect();
        eprintln!("no story: the classes are {}", names.join(", "));
        return ExitCode::from(64);
    }
    let begun = Instant::now();
    // What a story's check says when it panics is told with its seed.
    std::panic::set_hook(Box::new(|_| {}));
    let table = play_all(stories, args.jobs);
    println!("{table}");
    println!(
        "{}; finished in {:.2}s",
        table.result(),
        begun.elapsed().as_secs_f64()
    );
    if table.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
