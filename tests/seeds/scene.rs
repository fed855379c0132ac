//! One story: a Grid, a place, its people, its trouble; and what was found wrong so far.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use fastrand::Rng;
use gridsync::emulator::{Edition, RequestRecord};
use rusqlite::Connection;

use crate::cast::{Cast, Others};
use crate::judge::{
    Finding, LASTING, Run, Sin, judge_accounts, judge_end, judge_ids, judge_journal, judge_mirror,
    judge_patience,
};
use crate::order::judge_requests;
use crate::support::{self, Ended, Grid, Place, Running};
use crate::trouble::{Lists, Trouble};

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
    deletes: Deletes,
    /// Whether the earlier night's source is still the one.
    night_before: bool,
    /// Whether a dead run's requests may be under way beside those of the next one.
    killed: bool,
}

/// What becomes of customers whose users are gone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deletes {
    Off,
    /// One read that misses the user is enough.
    AtOnce,
    /// It takes two, which lie far apart.
    Patient,
}

impl Deletes {
    const fn flags(self) -> &'static str {
        match self {
            Self::Off => "",
            Self::AtOnce => "--delete",
            Self::Patient => "--delete --min-absence 20h",
        }
    }
}

/// A story that is over.
pub(crate) struct Played {
    pub(crate) runs: u32,
    pub(crate) findings: Vec<Finding>,
}

impl Scene {
    pub(crate) fn new(mut dice: Rng, seed: u64, trouble: Trouble) -> Self {
        let cast = Cast::new(&mut dice, trouble.wishes);
        let latency = Duration::from_millis(dice.u64(..3));
        let grid = Grid::new()
            .edition(cast.edition)
            .latency(latency)
            .settings(|settings| settings.seed = seed)
            .seed(cast.seed.as_bytes())
            .start();
        let place = Place::on(&grid).users(cast.before.as_ref().unwrap_or(&cast.users));
        let concurrency = [1, 2, 4, 8][dice.usize(..4)];
        // With one attempt only, what is late is never sent a second time, whatever a look came to.
        let attempts = [1, 3][dice.usize(..2)].max(if trouble.late > 0 { 3 } else { 1 });
        let place = place.config(&config(&cast, &trouble, concurrency, attempts));
        Self {
            deletes: match dice.u8(..6) {
                _ if trouble.wishes.gone => Deletes::AtOnce,
                0..=2 => Deletes::Off,
                3 | 4 => Deletes::AtOnce,
                _ => Deletes::Patient,
            },
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
        if self.trouble.wishes.others == Others::Twins {
            for twin in self.cast.twins(&mut self.dice) {
                self.grid.insert(twin).expect("a good customer");
            }
        }
    }

    pub(crate) fn faults_on(&self) {
        let faults: Vec<&str> = self.trouble.faults.iter().map(String::as_str).collect();
        self.grid.faults(&faults);
    }

    /// What is no accident stays.
    fn lasting_faults(&self) {
        let name = |fault: &str| fault.split([':', '=', '@']).next().map(str::to_owned);
        let lasting =
            |fault: &&str| name(fault).is_some_and(|name| LASTING.contains(&name.as_str()));
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

    /// Somebody else is at it, too: customers are made behind a run that has listed Grid already.
    pub(crate) fn rivals(&mut self) {
        let customers = self.cast.rivals(&mut self.dice);
        let (came, arrived) = mpsc::channel();
        let (go, gone_on) = mpsc::channel::<()>();
        let hook = move || {
            // Whoever waits at the other end may have given up.
            let _ = came.send(());
            let _ = gone_on.recv();
        };
        let before = self.grid.request_count();
        self.grid.on_request(before + 2, Box::new(hook));
        let run = self.command("sync").spawn();
        if arrived.recv_timeout(Duration::from_secs(30)).is_ok() {
            for customer in customers {
                self.grid.insert(customer).expect("a good customer");
            }
        }
        drop(go);
        let ended = run.end();
        self.judge("sync", before, &ended);
    }

    /// A plan that is saved, and applied as it is.
    fn by_a_plan_file(&mut self) {
        let deletes = self.deletes.flags();
        let planned = self.end_with("plan", &format!("-o the.plan {deletes}"));
        if matches!(planned.code(), Some(0 | 3)) {
            self.end_with("apply", "the.plan");
        }
    }

    /// Mostly as the program likes.
    fn way_to_scan(&mut self) -> &'static str {
        match self.dice.u8(..10) {
            0..=6 if self.trouble.wishes.gone => "--full-scan",
            0 => "--full-scan",
            1 if self.deletes == Deletes::Off => "--no-scan",
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
        self.until_steady(first);
        if self.deletes == Deletes::Patient {
            self.findings.extend(judge_patience(&self.grid));
            a_day_passes(&self.place);
            self.until_steady("sync");
        }
        let deletes = self.deletes != Deletes::Off;
        self.findings
            .extend(judge_end(&self.grid, &self.cast, deletes));
        self.findings
            .extend(judge_journal(&self.grid, &self.place, &self.cast));
        self.findings.extend(judge_accounts(&self.grid, &self.cast));
        self.findings.extend(judge_mirror(&self.grid, &self.place));
        let at_once = (!self.trouble.stalls && !self.killed).then_some(self.concurrency);
        let order = judge_requests(&self.grid, &self.cast, deletes, at_once);
        self.findings.extend(order);
    }

    fn until_steady(&mut self, first: &str) {
        let mut command = first;
        for _ in 0..UNTROUBLED {
            let ended = self.end(command);
            self.expect_code(&ended, &[0, 3]);
            if command == "sync" && is_steady(&ended) {
                let code = if self.cast.unclean { 3 } else { 0 };
                self.expect_code(&ended, &[code]);
                return;
            }
            command = "sync";
        }
        let text = format!("{UNTROUBLED} runs without trouble did not come to an end");
        self.findings.push(Sin::Other.found(text));
    }

    /// Runs a command to its end, and judges that.
    pub(crate) fn end(&mut self, command: &str) -> Ended {
        self.end_with(command, "")
    }

    /// The same, with more words.
    pub(crate) fn end_with(&mut self, command: &str, words: &str) -> Ended {
        let before = self.grid.request_count();
        let ended = self.command(command).args(words).end();
        self.judge(command, before, &ended);
        ended
    }

    /// A run that lists nothing, and so deletes nobody.
    pub(crate) fn end_unscanned(&mut self) -> Ended {
        let before = self.grid.request_count();
        let deletes = std::mem::replace(&mut self.deletes, Deletes::Off);
        let ended = self.command("sync").arg("--no-scan").end();
        self.deletes = deletes;
        self.judge("sync", before, &ended);
        ended
    }

    /// Judges a run that made the requests since then.
    fn judge(&mut self, command: &str, before: u64, ended: &Ended) {
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
            ended,
            requests: &requests,
            trouble: &self.trouble,
            cast: &self.cast,
            grid: &self.grid,
            all_there: command != "plan" && !self.night_before,
        };
        self.findings.extend(run.judged());
        // What was listed to its end, and kept nothing back, is all that there is. A run may be told to list nothing.
        let lists = |record: &RequestRecord| {
            record.path.ends_with("/customers") && record.platform_customer_id.is_none()
        };
        let listed = command == "sync" && requests.iter().any(lists);
        let whole = listed && self.trouble.lists == Lists::Odd;
        if whole && matches!(ended.code(), Some(0 | 3)) {
            self.findings.extend(judge_mirror(&self.grid, &self.place));
        }
        self.findings.extend(judge_ids(&self.grid, &self.place));
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
            "sync" => run.arg("--yes").args(self.deletes.flags()),
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

/// All that the state remembers of absent users was a day earlier.
fn a_day_passes(place: &Place) {
    let state = Connection::open(place.path("state.sqlite")).expect("there is a state file");
    let earlier =
        |column: &str| format!("{column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, '-1 day')");
    let (first, last) = (earlier("first_absent_at"), earlier("last_absent_at"));
    let passed = state.execute(&format!("UPDATE tombstone SET {first}, {last}"), []);
    passed.expect("the schema is known");
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

fn config(cast: &Cast, trouble: &Trouble, concurrency: usize, attempts: u32) -> String {
    let edition = match cast.edition {
        Edition::Y2025M10 => "2025-10",
        Edition::Y2026M08 => "2026-08",
    };
    format!(
        "[grid]\nedition = \"{edition}\"\nconcurrency = {concurrency}\nrate = \"5000/s\"\nburst = 100\n\
         attempts = {attempts}\ntimeout = \"{}ms\"\nsettle = \"{}ms\"\n\
         [limits]\nrejects = \"100%\"\nsource_shrink = \"100%\"\n",
        trouble.timeout(),
        trouble.settle(),
    )
}
