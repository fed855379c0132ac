//! Runs that are killed at an exact point, and the state file as it is found afterwards.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::support::{Grid, Place, Running};

/// Nothing that a story waits for takes as long.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// A point in the life of a request, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    /// Received, and nothing done yet.
    Received(u64),
    /// In effect, and nothing answered yet.
    Done(u64),
}

/// Kills a run at an exact point. The emulator does nothing meanwhile.
pub(crate) struct Trap {
    run: Sender<Running>,
    sprung: Receiver<()>,
}

impl Trap {
    pub(crate) fn set(grid: &Grid, at: At) -> Self {
        let (run, caught) = mpsc::channel::<Running>();
        let (tell, sprung) = mpsc::channel();
        let hook = Box::new(move || {
            if let Ok(run) = caught.recv() {
                run.kill();
                // The story may have given up.
                let _ = tell.send(());
            }
        });
        match at {
            At::Received(number) => grid.on_request(number, hook),
            At::Done(number) => grid.after_request(number, hook),
        }
        Self { run, sprung }
    }

    /// Returns when the run is dead.
    #[track_caller]
    pub(crate) fn catch(self, run: Running) {
        self.run.send(run).expect("the hook waits for the run");
        let sprung = self.sprung.recv_timeout(LONG);
        sprung.expect("the run ended before the trap");
    }
}

/// A state file, read beside the run that owns it.
pub(crate) struct Journal {
    connection: Connection,
}

impl Journal {
    /// `None` as long as there is none.
    pub(crate) fn open(place: &Place) -> Option<Self> {
        let path = place.path("state.sqlite");
        let connection =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
        connection.busy_timeout(LONG).ok()?;
        let journal = Self { connection };
        journal.try_count("SELECT count(*) FROM change")?;
        Some(journal)
    }

    #[track_caller]
    pub(crate) fn of(place: &Place) -> Self {
        Self::open(place).expect("there is a state file")
    }

    /// How many changes are in which status.
    pub(crate) fn statuses(&self) -> BTreeMap<String, u64> {
        let rows = self.pairs("SELECT status, cast(count(*) AS TEXT) FROM change GROUP BY status");
        let count = |(status, count): (String, String)| (status, count.parse().expect("a number"));
        rows.into_iter().map(count).collect()
    }

    /// Keys of changes whose outcome is open.
    pub(crate) fn open_keys(&self) -> Vec<String> {
        let open =
            "SELECT key, '' FROM change WHERE status IN ('in_flight', 'unknown') ORDER BY key";
        self.pairs(open).into_iter().map(|(key, _)| key).collect()
    }

    /// Keys of bank accounts whose outcome is open.
    pub(crate) fn open_accounts(&self) -> Vec<String> {
        let open =
            "SELECT key, '' FROM account WHERE status IN ('in_flight', 'unknown') ORDER BY key";
        self.pairs(open).into_iter().map(|(key, _)| key).collect()
    }

    /// Keys and customer ids of the mirror.
    pub(crate) fn mirror(&self) -> Vec<(String, String)> {
        self.pairs("SELECT key, customer_id FROM mirror ORDER BY key, customer_id")
    }

    /// Run ids with the fingerprints of the plans that were applied.
    pub(crate) fn runs(&self) -> Vec<(String, String)> {
        self.pairs("SELECT run_id, coalesce(plan_fingerprint, '') FROM run ORDER BY number")
    }

    /// One number; `None` while it cannot be read.
    pub(crate) fn try_count(&self, sql: &str) -> Option<u64> {
        let count = self.connection.query_row(sql, [], |row| row.get(0));
        count.ok()
    }

    #[track_caller]
    fn pairs(&self, sql: &str) -> Vec<(String, String)> {
        let mut statement = self.connection.prepare(sql).expect("the schema is known");
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        let rows: Result<_, _> = rows.expect("a query without parameters").collect();
        rows.expect("two texts")
    }
}

/// Waits until the state file answers `enough`, and kills the run then. Polls: the file tells nobody when it changes.
#[track_caller]
pub(crate) fn kill_when(place: &Place, run: Running, sql: &str, enough: u64) {
    let begun = std::time::Instant::now();
    let mut journal = None;
    loop {
        assert!(
            begun.elapsed() < LONG,
            "`{sql}` never came to {enough}\n{}",
            run.end().told()
        );
        journal = journal.or_else(|| Journal::open(place));
        let count = journal.as_ref().and_then(|journal| journal.try_count(sql));
        if count.is_some_and(|count| count >= enough) {
            return run.kill();
        }
        std::thread::yield_now();
    }
}

/// How many creates of each key Grid has committed.
pub(crate) fn committed_creates(grid: &Grid) -> BTreeMap<String, usize> {
    let mut creates = BTreeMap::new();
    for record in grid
        .writes()
        .into_iter()
        .filter(|record| record.method == "POST" && record.path.ends_with("/customers"))
        .filter(|record| record.committed)
    {
        let key = record.platform_customer_id.expect("a create has a key");
        *creates.entry(key).or_default() += 1;
    }
    creates
}

/// Each of these users has one customer, made by one create, and there is no other customer.
#[track_caller]
pub(crate) fn assert_each_created_once(grid: &Grid, keys: &[String]) {
    grid.assert_one_active_each(keys);
    grid.assert_looked_before_every_second_create();
    let once: BTreeMap<String, usize> = keys.iter().map(|key| (key.clone(), 1)).collect();
    assert_eq!(committed_creates(grid), once);
}

/// After the `since`-th request, Grid was asked about each of these keys before anything else.
#[track_caller]
pub(crate) fn assert_looked_up_first(grid: &Grid, since: u64, keys: &[String]) {
    let mut left: Vec<&String> = keys.iter().collect();
    for record in grid
        .requests()
        .into_iter()
        .filter(|record| record.number > since)
    {
        if left.is_empty() {
            return;
        }
        let key = record.platform_customer_id.clone().unwrap_or_default();
        assert!(
            record.method == "GET" && keys.contains(&key),
            "{record:?} came before a look at {left:?}"
        );
        left.retain(|open| **open != key);
    }
    assert!(left.is_empty(), "nobody looked at {left:?}");
}

/// Waits until a run of this place has said so on stderr. Polls: a file tells nobody when it grows.
#[track_caller]
pub(crate) fn wait_until_said(place: &Place, text: &str) {
    let begun = std::time::Instant::now();
    while !anybody_said(place, text) {
        assert!(begun.elapsed() < LONG, "nobody said `{text}`");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn anybody_said(place: &Place, text: &str) -> bool {
    let files = std::fs::read_dir(place.path("tmp")).expect("the place has a folder for it");
    let mut said = files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok());
    said.any(|said| said.contains(text))
}

/// Runs a command that the program has named, as its reader would: in a shell.
#[track_caller]
pub(crate) fn follow(place: &Place, command: &str) -> std::process::Output {
    let rest = command
        .strip_prefix("gridsync ")
        .expect("a command of this program");
    let mut shell = std::process::Command::new("sh");
    shell
        .arg("-c")
        .arg(format!(
            "'{}' {rest} --json",
            env!("CARGO_BIN_EXE_gridsync")
        ))
        .current_dir(place.folder())
        .env_clear()
        .env("HOME", place.path("home"))
        .stdin(std::process::Stdio::null());
    shell.output().expect("there is a shell")
}

/// Customers that Grid has from the start, as lines of a seed.
pub(crate) fn seed_of(keys: impl IntoIterator<Item = String>) -> String {
    let line = |key| serde_json::json!({"platformCustomerId": key, "customerType": "INDIVIDUAL"});
    let lines = keys.into_iter().map(|key| line(key).to_string() + "\n");
    lines.collect()
}
