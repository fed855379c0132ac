//! State files: any bytes, a good file with bits turned, a good file with wrong values.

use std::cell::OnceCell;
use std::fs;
use std::path::PathBuf;

use crate::model::{CustomerId, Key, Scope};
use crate::plan::{ChangeKind, HashKey, Target};
use crate::state::{Opening, State, StateError};
use rusqlite::Connection;
use rusqlite::types::Value;
use tokio::runtime::{Builder, Runtime};

use super::input::{choice, file, place};

/// What a file is that somebody used.
struct Good {
    bytes: Vec<u8>,
    /// Without the types of its columns, which SQLite would hold.
    loose: Vec<u8>,
    columns: Vec<(String, String)>,
}

pub(super) fn run(mut bytes: &[u8]) {
    thread_local! {
        static GOOD: OnceCell<Good> = const { OnceCell::new() };
        static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
    }
    let Some(choice) = choice(&mut bytes) else {
        return;
    };
    let content = GOOD.with(|good| {
        let good = good.get_or_init(good_file);
        match choice % 3 {
            0 => bytes.to_vec(),
            1 => turned(&good.bytes, bytes),
            _ => filled(good, bytes),
        }
    });
    let path = fresh("state.sqlite", &content);
    RUNTIME.with(|runtime| {
        let make = || Builder::new_current_thread().build().expect("a runtime");
        let runtime = runtime.get_or_init(make);
        match State::open_any(&path) {
            Err(error) => assert!(error.to_string().len() < 2000, "{error}"),
            Ok(state) => {
                drop(looked(runtime, &state));
                drop(used(runtime, &state));
            }
        }
    });
}

/// A file without what an earlier one left beside it.
fn fresh(name: &str, content: &[u8]) -> PathBuf {
    for beside in ["-wal", "-shm", "-journal"] {
        drop(fs::remove_file(place(&format!("{name}{beside}"))));
    }
    file(name, content)
}

fn target() -> Target {
    Target {
        base_url: "http://127.0.0.1:1/grid".into(),
        client_id: "client".into(),
        edition: "2026-08".into(),
    }
}

fn good_file() -> Good {
    let path = fresh("good.sqlite", b"");
    fs::remove_file(&path).expect("it is there");
    let fresh = ("state-1".to_owned(), HashKey::new([7; 16]));
    drop(State::open(&path, Opening::Create, &target(), fresh).expect("a new file"));
    let connection = Connection::open(&path).expect("a database");
    connection.execute_batch(ROWS).expect("rows of every table");
    let columns = columns(&connection);
    close(connection);
    let bytes = fs::read(&path).expect("it is there");
    let connection = Connection::open(&path).expect("a database");
    connection
        .execute_batch(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT, ', ''), 'STRICT', '');",
        )
        .expect("a schema without types");
    close(connection);
    let loose = fs::read(&path).expect("it is there");
    Good {
        bytes,
        loose,
        columns,
    }
}

fn close(connection: Connection) {
    drop(connection.pragma_update(None, "journal_mode", "DELETE"));
    connection.close().expect("it can be closed");
}

const ROWS: &str = "
    INSERT INTO run (number, run_id, command, phase, started_at, source, mapping, totals, counts)
        VALUES (1, 'run-1', 'sync', 'applying', '2026-01-01T00:00:00Z', 'csv users.csv', '00', '{}', '{}'),
               (2, 'run-2', 'sync', 'ended', '2026-01-02T00:00:00Z', 'csv users.csv', '00', NULL, NULL);
    UPDATE run SET rejects_of = 1, ended_at = '2026-01-02T00:00:01Z', exit_code = 0 WHERE number = 2;
    INSERT INTO mirror (key, customer_id, scan, owned, sent_print, status, updated_at, actual, sent, answered)
        VALUES ('a', 'Customer:1', 1, 'created', 7, 'APPROVED', '2026-01-01T00:00:00Z', x'', x'', NULL),
               ('b', 'Customer:2', 1, NULL, NULL, NULL, NULL, zeroblob(36), NULL, zeroblob(12));
    UPDATE checkpoint SET mode = 'incremental', bound = '2026-01-01T00:00:00Z',
        began_at = '2026-01-01T00:00:00Z', cursor = 'c', watermark = '2026-01-01T00:00:00Z';
    INSERT INTO change (run, key, kind, status, customer_id, record, line, byte, print, attempts, attempted_at)
        VALUES (1, 'a', 'create', 'in_flight', NULL, 1, 2, 3, 4, 1, '2026-01-01T00:00:00Z'),
               (1, 'b', 'delete', 'applied', 'Customer:2', NULL, NULL, NULL, NULL, 1, '2026-01-01T00:00:00Z'),
               (1, 'c', 'create_with_account', 'planned', 'Customer:3', 3, 4, 5, 6, 0, NULL),
               (1, 'd', 'attach', 'applied', 'Customer:4', 4, 5, 6, 7, 1, '2026-01-01T00:00:00Z');
    INSERT INTO plan_used VALUES ('nonce', 1, '2026-01-01T00:00:00Z');
    INSERT INTO write_back VALUES (1, 'place');
    INSERT INTO written_back VALUES (1, 'a', 'Customer:1', '2026-01-01T00:00:00Z');
    INSERT INTO settled_reject VALUES (1, 7);
    INSERT INTO account (customer_id, key, run, status, account_id, sent, attempts)
        VALUES ('Customer:4', 'd', 1, 'unknown', 'ExternalAccount:1', zeroblob(12), 1);
    INSERT INTO learned_rate VALUES (1, 2.5, '2026-01-01T00:00:00Z');
    INSERT INTO tombstone VALUES ('b', 'Customer:2', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', 2);
";

fn columns(connection: &Connection) -> Vec<(String, String)> {
    let sql = "SELECT one.name, info.name FROM sqlite_schema AS one, pragma_table_info(one.name) AS info \
               WHERE one.type = 'table' ORDER BY one.name, info.cid";
    let mut statement = connection.prepare(sql).expect("a query");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.and_then(Iterator::collect).expect("names")
}

/// Three bytes of place, one of bits, again and again.
fn turned(good: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut content = good.to_vec();
    for change in changes.chunks_exact(4) {
        let at =
            usize::from(change[0]) | usize::from(change[1]) << 8 | usize::from(change[2]) << 16;
        let at = at % content.len();
        content[at] ^= change[3];
    }
    content
}

/// Each is a statement, and so takes a while.
const MOST_VALUES: usize = 40;

/// A column, a kind of value, its length and the value, again and again.
fn filled(good: &Good, mut changes: &[u8]) -> Vec<u8> {
    let path = fresh("filled.sqlite", &good.loose);
    let connection = Connection::open(&path).expect("a database");
    connection
        .execute_batch(
            "PRAGMA journal_mode = MEMORY; PRAGMA foreign_keys = OFF;
             PRAGMA ignore_check_constraints = ON; BEGIN",
        )
        .expect("settings");
    for _ in 0..MOST_VALUES {
        let [column, kind, length, rest @ ..] = changes else {
            break;
        };
        let (table, column) = &good.columns[usize::from(*column) % good.columns.len()];
        let (bytes, behind) = rest.split_at(usize::from(*length).min(rest.len()));
        changes = behind;
        let sql = format!("UPDATE {table} SET {column} = ?");
        // What breaks a key or a rule of SQLite's own stays as it was.
        drop(connection.execute(&sql, [value(*kind, bytes)]));
    }
    connection.execute_batch("COMMIT").expect("it is kept");
    close(connection);
    fs::read(&path).expect("it is there")
}

fn value(kind: u8, bytes: &[u8]) -> Value {
    let number = || {
        bytes
            .iter()
            .fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte))
    };
    match kind % 6 {
        0 => Value::Null,
        1 => Value::Integer(number()),
        2 => Value::Integer(-number()),
        3 => Value::Real(f64::from_bits(number().cast_unsigned())),
        4 => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        _ => Value::Blob(bytes.to_vec()),
    }
}

/// Everything that is only read. What is damaged ends the look, as an error.
fn looked(runtime: &Runtime, state: &State) -> Result<(), StateError> {
    drop((
        state.state_id().len(),
        state.target().id(),
        state.learned_rate(),
    ));
    let mirror = state.mirror_reader()?;
    let mut customers = Vec::new();
    let all = mirror.each(|row| {
        customers.push((row.key, row.customer.customer_id));
        true
    });
    let known = mirror.each_known(|_| true);
    for (key, customer) in &customers {
        drop(mirror.find(key, customer));
    }
    drop((all, known));
    runtime.block_on(async {
        drop(state.checkpoint().await);
        drop(state.active_customers().await);
        drop(state.generation().await);
        drop(state.open_changes().await);
        drop(state.open_accounts().await);
        drop(state.last_success(&Scope::EVERYBODY).await);
        drop(state.interrupted_run().await);
        drop(state.last_run_with_rejects().await);
        drop(state.previous_rows("csv users.csv".into()).await);
        drop(
            state
                .deleted_since("2025-01-01T00:00:00Z".parse().expect("a time"))
                .await,
        );
        drop(state.runs_named("run".into()).await);
        for run in state.recent_runs(10).await? {
            drop(state.settled(run.number).await);
            drop(state.tally(run.number).await);
            drop(state.last_attempt(run.number).await);
            for kind in ChangeKind::ALL {
                drop(state.next_planned(run.number, kind, None, 100).await);
            }
        }
        Ok(())
    })
}

/// What changes the file.
fn used(runtime: &Runtime, state: &State) -> Result<(), StateError> {
    let place = state.write_back_blocking("place".into())?;
    drop(state.count_waiting_blocking(place));
    drop(state.waiting_blocking(place, None, 10));
    drop(state.clear_absent_blocking(vec![(Key::new("b"), CustomerId::new("Customer:2"))]));
    let runs = runtime.block_on(state.recent_runs(1))?;
    for run in runs {
        let keys = ["a", "b", "c", "d"].map(Key::new);
        drop(state.ends_blocking(run.number, keys.to_vec()));
        drop(state.planned_blocking(run.number, keys.to_vec()));
        drop(state.settle_rejects_blocking(run.number, vec![1, u64::MAX]));
        runtime.block_on(async {
            drop(
                state
                    .defer_planned(run.number, ChangeKind::Create, "CODE")
                    .await,
            );
            drop(state.defer_accounts(run.number, "CODE").await);
            drop(state.supersede_runs(run.number).await);
            drop(state.abandon_scan().await);
        });
    }
    Ok(())
}
