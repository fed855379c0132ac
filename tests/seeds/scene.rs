//! One story: a Grid, a place, its people, its trouble; and what was found wrong so far.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fastrand::Rng;
use gridsync::emulator::Edition;

use crate::cast::Cast;
use crate::judge::{Finding, LASTING, Run, Sin, judge_accounts, judge_end, judge_requests};
use crate::support::{self, Ended, Grid, Place, Running};
use crate::trouble::Trouble;

/// Runs in a row that Grid's troubles may take; afterwards they are over.
const TROUBLED: usize = 4;

/// Runs that it may take to make everything right once nothing goes wrong any more.
const UNTROUBLED: usize = 5;

pub(crate) struct Scene {
    pub(crate) grid: Grid,
    pub(crate) place: Place,
    pub(crate) cast: Cast,
    pub(crate) trouble: Trouble,
    pub(crate) dice: Rng,
    pub(crate) findings: Vec<Finding>,
    pub(crate) runs: u32,
    /// All that the runs printed, for a story that fails.
    told: String,
    concurrency: usize,
    deletes: bool,
    /// Whether the earlier night's source is still the one.
    night_before: bool,
    /// Whether a dead run's requests may be under way beside those of the next one.
    killed: bool,
}

/// A story that is over.
pub(crate) struct Played {
    pub(crate) runs: u32,
    pub(crate) findings: Vec<Finding>,
}

impl Scene {
    pub(crate) fn new(mut dice: Rng, seed: u64, trouble: Trouble) -> Self {
        let mut cast = Cast::new(&mut dice, trouble.wishes);
        let lags = |fault: &String| fault.starts_with("late-index");
        cast.lists_lag = trouble.faults.iter().any(lags);
        let latency = Duration::from_millis(dice.u64(..3));
        let grid = Grid::new()
            .edition(cast.edition)
            .latency(latency)
            .settings(|settings| settings.seed = seed)
            .seed(cast.seed.as_bytes())
            .start();
        let place = Place::on(&grid).users(cast.before.as_ref().unwrap_or(&cast.users));
        let concurrency = [1, 2, 4, 8][dice.usize(..4)];
        let place = place.config(&config(&cast, &trouble, concurrency));
        Self {
            deletes: dice.bool(),
            killed: false,
            night_before: false,
            told: String::new(),
            runs: 0,
            findings: Vec::new(),
            grid,
            place,
            cast,
            trouble,
            dice,
            concurrency,
        }
    }

    /// The night before, if there was one; everything goes well in it.
    pub(crate) fn night_before(&mut self) {
        if self.cast.before.is_some() {
            self.lasting_faults();
            self.night_before = true;
            let ended = self.end("sync");
            self.night_before = false;
            self.expect_code(&ended, &[0, 3]);
            self.place.set_users(&self.cast.users);
        }
    }

    pub(crate) fn faults_on(&self) {
        let faults: Vec<&str> = self.trouble.faults.iter().map(String::as_str).collect();
        self.grid.faults(&faults);
    }

    /// What is no accident stays.
    fn lasting_faults(&self) {
        let lasting = |fault: &&str| LASTING.contains(fault);
        let faults = self.trouble.faults.iter().map(String::as_str);
        self.grid
            .faults(&faults.filter(lasting).collect::<Vec<_>>());
    }

    /// Runs until one finishes, or so often that nobody would try on.
    pub(crate) fn through_trouble(&mut self) {
        if self.dice.u8(..6) == 0 {
            self.by_a_plan_file();
        }
        let mut command = "sync";
        for _ in 0..TROUBLED {
            let how = if command == "sync" {
                self.way_to_scan()
            } else {
                ""
            };
            let ended = self.end_with(command, how);
            if is_final(&ended) {
                return;
            }
            let resumable = ended.summary()["resumable"] == true;
            command = if resumable && self.dice.bool() {
                "apply"
            } else {
                "sync"
            };
        }
    }

    /// A plan that is saved, and applied as it is.
    fn by_a_plan_file(&mut self) {
        let deletes = if self.deletes { " --delete" } else { "" };
        let planned = self.end_with("plan", &format!("-o the.plan{deletes}"));
        if matches!(planned.code(), Some(0 | 3)) {
            self.end_with("apply", "the.plan");
        }
    }

    /// Mostly as the program likes.
    fn way_to_scan(&mut self) -> &'static str {
        match self.dice.u8(..10) {
            0 => "--full-scan",
            1 if !self.deletes => "--no-scan",
            _ => "",
        }
    }

    /// Sometimes the source moves on before the next run.
    pub(crate) fn meanwhile(&mut self) {
        if self.dice.u8(..3) == 0 {
            self.cast.move_on(&mut self.dice);
            self.place.set_users(&self.cast.users);
        }
    }

    /// Runs without trouble until nothing is left to do, and judges the end.
    pub(crate) fn finish(&mut self, first: &str) {
        self.lasting_faults();
        let mut command = first;
        let mut steady = false;
        for _ in 0..UNTROUBLED {
            let ended = self.end(command);
            self.expect_code(&ended, &[0, 3]);
            steady = command == "sync" && is_steady(&ended);
            if steady {
                let code = if self.cast.unclean { 3 } else { 0 };
                self.expect_code(&ended, &[code]);
                break;
            }
            command = "sync";
        }
        if !steady {
            let text = format!("{UNTROUBLED} runs without trouble did not come to an end");
            self.findings.push(Sin::Other.found(text));
        }
        self.findings
            .extend(judge_end(&self.grid, &self.cast, self.deletes));
        self.findings.extend(judge_accounts(&self.grid, &self.cast));
        let at_once = (!self.trouble.stalls && !self.killed).then_some(self.concurrency);
        let order = judge_requests(&self.grid, &self.cast, self.deletes, at_once);
        self.findings.extend(order);
    }

    /// Runs a command to its end, and judges that.
    pub(crate) fn end(&mut self, command: &str) -> Ended {
        self.end_with(command, "")
    }

    /// The same, with more words.
    pub(crate) fn end_with(&mut self, command: &str, words: &str) -> Ended {
        let before = self.grid.request_count();
        let ended = self.command(command).args(words).end();
        self.runs += 1;
        let _ = writeln!(
            self.told,
            "== {command}: {:?}\n{}",
            ended.code(),
            ended.told()
        );
        let mut requests = self.grid.requests();
        requests.retain(|record| record.number > before);
        let run = Run {
            command,
            ended: &ended,
            requests: &requests,
            trouble: &self.trouble,
            cast: &self.cast,
            grid: &self.grid,
            all_there: command != "plan" && !self.night_before,
        };
        self.findings.extend(run.judged());
        ended
    }

    /// Begins a command that is not going to end well.
    pub(crate) fn begin(&mut self, command: &str) -> Running {
        self.begin_with(command, "")
    }

    /// The same, with more words.
    pub(crate) fn begin_with(&mut self, command: &str, words: &str) -> Running {
        self.killed = true;
        self.runs += 1;
        self.command(command).args(words).spawn()
    }

    fn command(&self, command: &str) -> support::Run {
        let run = self.place.run(command);
        let run = ["--settle", "--timeout", "--rate"]
            .into_iter()
            .fold(run, support::Run::without);
        match command {
            "plan" => run,
            "sync" if self.deletes => run.args("--yes --delete"),
            _ => run.arg("--yes"),
        }
    }

    pub(crate) fn expect_code(&mut self, ended: &Ended, codes: &[i32]) {
        if !ended.code().is_some_and(|code| codes.contains(&code)) {
            let text = format!(
                "code {:?}, not one of {codes:?}\n{}",
                ended.code(),
                ended.told()
            );
            self.findings.push(Sin::WrongExit.found(text));
        }
    }

    pub(crate) fn played(self, keep_as: &str) -> Played {
        if !self.findings.is_empty() {
            self.keep(keep_as);
        }
        Played {
            runs: self.runs,
            findings: self.findings,
        }
    }

    /// Leaves the story's folder, with what the runs printed and what the emulator saw.
    fn keep(&self, name: &str) {
        let folder = kept(name);
        let mut seen = format!("faults: {:?}\n", self.trouble.faults);
        for record in self.grid.requests() {
            let _ = writeln!(seen, "{record:?}");
        }
        let written = fs::remove_dir_all(&folder)
            .or_else(|error| if folder.exists() { Err(error) } else { Ok(()) })
            .and_then(|()| copy(self.place.folder(), &folder))
            .and_then(|()| fs::write(folder.join("requests.log"), seen))
            .and_then(|()| fs::write(folder.join("runs.log"), &self.told));
        if let Err(error) = written {
            eprintln!("{} cannot be kept: {error}", folder.display());
        }
    }
}

/// Finished, and nothing is left for another run.
fn is_final(ended: &Ended) -> bool {
    matches!(ended.code(), Some(0 | 3)) && ended.count("deferred") + ended.count("unresolved") == 0
}

/// Nothing was done, and nothing is left.
fn is_steady(ended: &Ended) -> bool {
    let idle = ["created", "adopted", "deleted", "updated"];
    is_final(ended) && idle.iter().all(|name| ended.count(name) == 0)
}

/// Where the folder of a story that failed is kept.
pub(crate) fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("campaign")
        .join(name)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn config(cast: &Cast, trouble: &Trouble, concurrency: usize) -> String {
    let edition = match cast.edition {
        Edition::Y2025M10 => "2025-10",
        Edition::Y2026M08 => "2026-08",
    };
    format!(
        "[grid]\nedition = \"{edition}\"\nconcurrency = {concurrency}\nrate = \"5000/s\"\nburst = 100\n\
         attempts = 3\ntimeout = \"{}ms\"\nsettle = \"{}ms\"\n\
         [limits]\nrejects = \"100%\"\nsource_shrink = \"100%\"\n",
        trouble.timeout(),
        trouble.settle(),
    )
}
