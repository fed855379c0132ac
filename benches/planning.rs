//! What reading, validating and comparing cost, against reading alone.
//!
//! ```console
//! $ cargo bench --bench planning -- --users 1000000
//! ```
//!
//! The night after a first migration, made by rule: N users, each with a customer in the mirror and a change in the
//! journal; since then one in a hundred has moved house. The file stands in the order in which users signed up, the
//! mirror in that of their keys, so planning has to sort.
//!
//! The measure is one bare pass of the `csv` crate over the same file, in this process: nothing that reads CSV is
//! faster than that. `check` maps, normalises and validates each row as well; `plan --no-scan` also hashes it,
//! sorts, merges with the mirror and names what differs. Both run as the real program, timed from outside, so
//! its start is in the figure. A ratio of 4 says: four times as long as reading the file alone. The program works on
//! every processor, the bare pass on one.
//!
//! Peak memory is the program's resident set, sampled every 5 ms from the mark that Linux keeps. It
//! should hardly grow with N. The files are in the system's cache for all three.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "edge: the bare pass is the csv crate itself, and a benchmark has a clock"
)]

mod support;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gridsync::engine::Feed;
use gridsync::model::{
    CustomerId, CustomerType, Edition, Key, MappingSpec, Row, Scope, User as Desired,
};
use gridsync::plan::{Change, ChangeKind, FieldHashes, HashKey, Owned, Target};
use gridsync::report::{Table, print_text, thousands};
use gridsync::source::{CsvSettings, CsvSource, Input};
use gridsync::state::{Listed, Opening, Record, RunFacts, RunNumber, ScanMode, State};
use jiff::Timestamp;
use jiff::civil::date;
use tokio::runtime::Runtime;

use support::{
    COLUMNS, Finished, Outcome, ROUNDS, User, conditions, folder, median, megabytes, per_second,
    ratio, run, users_or, write_users,
};

const USERS: u32 = 1_000_000;
/// One user in so many differs.
const MOVED: u32 = 100;
/// Customers recorded at once.
const BATCH: usize = 10_000;

/// Nothing listens there, and nothing is asked: planning without a scan needs no Grid.
const NOWHERE: &str = "http://127.0.0.1:9/grid/2025-10-13";
const CHECK: &str = "check --no-rejects --csv users.csv";
const PLAN: &str = "plan --no-scan --csv users.csv --state state.sqlite";

/// The three ways to read the file, once.
struct Round {
    bare: Duration,
    check: Finished,
    plan: Finished,
}

fn main() -> Outcome<()> {
    let users = users_or(USERS)?;
    let folder = folder()?;
    prepare(folder.path(), users)?;
    let begun = conditions();
    let rounds = (0..ROUNDS)
        .map(|_| round(folder.path(), users))
        .collect::<Outcome<Vec<_>>>()?;
    let bytes = folder.path().join("users.csv").metadata()?.len();
    print_text(&format!(
        "\nplanning: {} users, 1 in {MOVED} moved, {begun}\n  {CHECK}\n  {PLAN}\n  \
         median of {ROUNDS}, {} columns, {} MB\n{}",
        thousands(users.into()),
        COLUMNS.len(),
        thousands(bytes / 1_000_000),
        table(users, &rounds)
    ))?;
    Ok(())
}

fn round(folder: &Path, users: u32) -> Outcome<Round> {
    let bare = bare_pass(&folder.join("users.csv"), users)?;
    let check = program(folder, CHECK, users)?;
    let plan = program(folder, PLAN, users)?;
    assert_eq!(plan.count("drifted"), Some(users.div_ceil(MOVED).into()));
    Ok(Round { bare, check, plan })
}

/// Runs the program, and makes sure that it read everybody.
fn program(folder: &Path, command: &str, users: u32) -> Outcome<Finished> {
    let words = command.split(' ').chain(["--base-url", NOWHERE]);
    let finished = run(folder, &words.collect::<Vec<_>>())?;
    assert_eq!(finished.count("source_rows"), Some(users.into()));
    assert_eq!(finished.count("rejected"), Some(0));
    Ok(finished)
}

/// Every record, and nothing made of it.
fn bare_pass(path: &Path, users: u32) -> Outcome<Duration> {
    let begun = Instant::now();
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let mut records = 0;
    while reader.read_byte_record(black_box(&mut record))? {
        records += 1;
    }
    let took = begun.elapsed();
    assert_eq!(records, users);
    Ok(took)
}

fn table(users: u32, rounds: &[Round]) -> String {
    let bare = median(rounds.iter().map(|round| round.bare));
    let mut table = Table::with_header(["", "seconds", "of bare", "rows/s", "peak memory"])
        .right(1)
        .right(2)
        .right(3)
        .right(4)
        .indented(2);
    let mut row = |name: &str, took: Duration, memory: String| {
        table.row([
            name,
            &format!("{:.2}", took.as_secs_f64()),
            &ratio(took, bare),
            &per_second(users, took),
            &memory,
        ]);
    };
    row("bare csv pass", bare, "-".to_owned());
    for (name, of) in [("check", check as fn(&Round) -> &Finished), ("plan", plan)] {
        let took = median(rounds.iter().map(|round| of(round).took));
        let peak = rounds.iter().filter_map(|round| of(round).peak).max();
        row(name, took, megabytes(peak));
    }
    table.to_string()
}

fn check(round: &Round) -> &Finished {
    &round.check
}

fn plan(round: &Round) -> &Finished {
    &round.plan
}

/// Today's file, and the state that the first migration of an earlier one left.
fn prepare(folder: &Path, users: u32) -> Outcome<()> {
    let user = |number: u32, moved| User { number, moved };
    let today = (0..users).map(|number| user(number, number % MOVED == 0));
    write_users(&folder.join("users.csv"), today)?;
    let mut first: Vec<_> = (0..users).map(|number| user(number, false)).collect();
    first.sort_unstable_by_key(|user| user.key());
    let migrated = folder.join("migrated.csv");
    write_users(&migrated, first)?;
    migrate(&migrated, &folder.join("state.sqlite"))
}

/// What a first sync of these users would have recorded, without Grid and without waiting for it.
fn migrate(csv: &Path, state: &Path) -> Outcome<()> {
    let feed = Feed {
        source: Arc::new(CsvSource::new(CsvSettings::new(Input::new(csv)))),
        spec: MappingSpec::default(),
        edition: Edition::E2026_08,
        scope: Scope::EVERYBODY,
        today: date(2026, 1, 1),
    };
    let mut pass = feed.open()?;
    let runtime = Runtime::new()?;
    let mapping = pass.reading.mapping_hash();
    let mut migration = runtime.block_on(Migration::begin(state, mapping))?;
    let mut row = Row::default();
    while pass.rows.next(&mut row)? {
        let user = pass.reading.user(&row, &mut Vec::new());
        let user = user.map_err(|reject| format!("a user is rejected: {:?}", reject.faults))?;
        migration.create(&user)?;
    }
    runtime.block_on(migration.end())
}

/// A first sync, as the state file sees it.
struct Migration {
    state: State,
    run: RunNumber,
    at: Timestamp,
    changes: Vec<Change>,
    outcomes: Vec<(Key, Record)>,
}

impl Migration {
    /// A new state, and a scan that found nobody.
    async fn begin(path: &Path, mapping: String) -> Outcome<Self> {
        let target = Target {
            base_url: NOWHERE.to_owned(),
            client_id: "emulator".to_owned(),
            edition: Edition::E2026_08.to_string(),
        };
        let fresh = ("benchmark".to_owned(), HashKey::new(*b"not secret here."));
        let state = State::open(path, Opening::Create, &target, fresh)?;
        let at = Timestamp::now();
        let facts = RunFacts {
            run_id: "first".to_owned(),
            command: "sync".to_owned(),
            started_at: at,
            source: "csv migrated.csv".to_owned(),
            mapping: mapping.clone(),
            scope: Scope::EVERYBODY,
            rejects_of: None,
        };
        let run = state.begin_run(facts).await?;
        state.begin_scan(ScanMode::Full, at).await?;
        state.finish_scan(at, mapping).await?;
        Ok(Self {
            state,
            run,
            at,
            changes: Vec::with_capacity(BATCH),
            outcomes: Vec::with_capacity(BATCH),
        })
    }

    fn create(&mut self, user: &Desired<'_>) -> Outcome<()> {
        let hash_key = self.state.hash_key();
        let hashes = FieldHashes::of(hash_key, &user.values);
        self.changes.push(Change {
            key: user.key.clone(),
            kind: ChangeKind::Create,
            customer_id: None,
            position: Some(user.position),
            fingerprint: Some(hashes.fingerprint(hash_key)),
        });
        let created = created(user, hashes, self.at);
        self.outcomes.push((user.key.clone(), created));
        if self.changes.len() < BATCH {
            return Ok(());
        }
        self.flush()
    }

    fn flush(&mut self) -> Outcome<()> {
        let changes = std::mem::take(&mut self.changes);
        self.state.plan_changes_blocking(self.run, changes)?;
        let outcomes = std::mem::take(&mut self.outcomes);
        self.state.record_all_blocking(self.run, outcomes)?;
        Ok(())
    }

    async fn end(mut self) -> Outcome<()> {
        tokio::task::block_in_place(|| self.flush())?;
        self.state.end_run(self.run, self.at, 0, None).await?;
        Ok(())
    }
}

/// Grid has created the user, and shows all that was sent.
fn created(user: &Desired<'_>, hashes: FieldHashes, at: Timestamp) -> Record {
    let record = user.position.record;
    let id = format!("Customer:00000000-0000-7000-8000-{record:012x}");
    let customer = Listed {
        key: user.key.clone(),
        customer_id: CustomerId::new(id),
        customer_type: Some(CustomerType::Individual),
        status: Some("APPROVED".to_owned()),
        created_at: Some(at.to_string()),
        updated_at: Some(at.to_string()),
        is_deleted: false,
        shown: hashes.clone(),
    };
    Record::Created {
        customer: Box::new(customer),
        sent: Some(hashes),
        owned: Owned::Created,
        account: None,
    }
}
