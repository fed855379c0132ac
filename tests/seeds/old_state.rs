//! A state file as the first version of its schema had it, with what a newer one knows.

use rusqlite::{Connection, params};

use crate::support::Place;

/// The first version, as far as another version has to find it.
const SCHEMA: &str = "
    CREATE TABLE new.target (
        only_one INTEGER PRIMARY KEY CHECK (only_one = 1), state_id TEXT NOT NULL,
        base_url TEXT NOT NULL, client_id TEXT NOT NULL, edition TEXT NOT NULL,
        hash_key BLOB NOT NULL CHECK (length(hash_key) = 16)) STRICT;
    CREATE TABLE new.run (
        number INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, command TEXT NOT NULL,
        phase TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT, exit_code INTEGER,
        source TEXT NOT NULL, mapping TEXT NOT NULL, source_rows INTEGER, plan_fingerprint TEXT,
        totals TEXT, counts TEXT, look_first INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE new.mirror (
        key TEXT NOT NULL, customer_id TEXT NOT NULL, scan INTEGER NOT NULL, owned TEXT,
        sent_print INTEGER, status TEXT, updated_at TEXT, actual BLOB NOT NULL, sent BLOB,
        answered BLOB, PRIMARY KEY (key, customer_id)) STRICT, WITHOUT ROWID;
    CREATE TABLE new.checkpoint (
        only_one INTEGER PRIMARY KEY CHECK (only_one = 1), scan INTEGER NOT NULL DEFAULT 0,
        mode TEXT, bound TEXT, began_at TEXT, cursor TEXT, pages INTEGER NOT NULL DEFAULT 0,
        customers INTEGER NOT NULL DEFAULT 0, watermark TEXT, last_full_at TEXT,
        last_scan_at TEXT, count_agreed INTEGER, mapping TEXT) STRICT;
    CREATE TABLE new.change (
        run INTEGER NOT NULL REFERENCES run (number), key TEXT NOT NULL, kind TEXT NOT NULL,
        status TEXT NOT NULL, customer_id TEXT, record INTEGER, line INTEGER, byte INTEGER,
        print INTEGER, attempts INTEGER NOT NULL DEFAULT 0, attempted_at TEXT, code TEXT,
        PRIMARY KEY (run, key)) STRICT, WITHOUT ROWID;
    CREATE INDEX new.change_open ON change (status, run, key)
        WHERE status IN ('in_flight', 'unknown');
    CREATE INDEX new.change_to_do ON change (run, kind, key) WHERE status = 'planned';
    CREATE TABLE new.plan_used (
        nonce TEXT PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (number),
        used_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// What is kept: whose file it is, the runs, what they did, and whose the customers are.
const TABLES: [(&str, &str); 6] = [
    (
        "target",
        "only_one, state_id, base_url, client_id, edition, hash_key",
    ),
    (
        "run",
        "number, run_id, command, phase, started_at, ended_at, exit_code, source, mapping, \
         source_rows, plan_fingerprint, totals, counts, look_first",
    ),
    (
        "mirror",
        "key, customer_id, scan, owned, sent_print, status, updated_at, actual, sent, answered",
    ),
    (
        "checkpoint",
        "only_one, scan, mode, bound, began_at, cursor, pages, customers, watermark, last_full_at, \
         last_scan_at, count_agreed, mapping",
    ),
    (
        "change",
        "run, key, kind, status, customer_id, record, line, byte, print, attempts, attempted_at, code",
    ),
    ("plan_used", "nonce, run, used_at"),
];

/// Makes the place's state file an old one.
pub(crate) fn make(place: &Place) -> rusqlite::Result<()> {
    let (path, old) = (place.path("state.sqlite"), place.path("old.sqlite"));
    let state = Connection::open(&path)?;
    state.busy_timeout(std::time::Duration::from_secs(5))?;
    state.execute("ATTACH ? AS new", params![old.to_string_lossy()])?;
    state.execute_batch(SCHEMA)?;
    for (table, columns) in TABLES {
        let copy =
            format!("INSERT INTO new.{table} ({columns}) SELECT {columns} FROM main.{table}");
        state.execute(&copy, [])?;
    }
    let id: i64 = state.query_row("PRAGMA main.application_id", [], |row| row.get(0))?;
    state.execute_batch(&format!(
        "PRAGMA new.application_id = {id}; PRAGMA new.user_version = 1; DETACH new;"
    ))?;
    drop(state);
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(place.path(&format!("state.sqlite{ending}")));
    }
    std::fs::rename(old, path).expect("a file in a folder of our own");
    Ok(())
}
