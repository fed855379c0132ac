//! The schema, as an append-only list of migrations.

use rusqlite::Connection;

/// `gsyn`, so that `file` and we ourselves can tell a state file from another database.
pub(super) const APPLICATION_ID: i32 = 0x6773_796e;

/// Each entry is run once, in order, in one transaction with its number. Never edit an old one.
pub(super) const MIGRATIONS: &[&str] = &[
    r"
    CREATE TABLE target (
        only_one   INTEGER PRIMARY KEY CHECK (only_one = 1),
        state_id   TEXT NOT NULL,
        base_url   TEXT NOT NULL,
        client_id  TEXT NOT NULL,
        edition    TEXT NOT NULL,
        hash_key   BLOB NOT NULL CHECK (length(hash_key) = 16)
    ) STRICT;

    CREATE TABLE run (
        number           INTEGER PRIMARY KEY,
        run_id           TEXT NOT NULL UNIQUE,
        command          TEXT NOT NULL,
        phase            TEXT NOT NULL,
        started_at       TEXT NOT NULL,
        ended_at         TEXT,
        exit_code        INTEGER,
        source           TEXT NOT NULL,
        mapping          TEXT NOT NULL,
        source_rows      INTEGER,
        plan_fingerprint TEXT,
        totals           TEXT,
        counts           TEXT,
        look_first       INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    -- Active customers, in key order. answered is NULL where Grid still shows what it answered.
    CREATE TABLE mirror (
        key         TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        scan        INTEGER NOT NULL,
        owned       TEXT,
        sent_print  INTEGER,
        status      TEXT,
        updated_at  TEXT,
        actual      BLOB NOT NULL,
        sent        BLOB,
        answered    BLOB,
        PRIMARY KEY (key, customer_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE checkpoint (
        only_one       INTEGER PRIMARY KEY CHECK (only_one = 1),
        scan           INTEGER NOT NULL DEFAULT 0,
        -- The scan under way, if one was interrupted.
        mode           TEXT,
        bound          TEXT,
        began_at       TEXT,
        cursor         TEXT,
        pages          INTEGER NOT NULL DEFAULT 0,
        customers      INTEGER NOT NULL DEFAULT 0,
        -- What the completed scans vouch for.
        watermark      TEXT,
        last_full_at   TEXT,
        last_scan_at   TEXT,
        count_agreed   INTEGER,
        mapping        TEXT
    ) STRICT;
    INSERT INTO checkpoint (only_one) VALUES (1);

    CREATE TABLE change (
        run          INTEGER NOT NULL REFERENCES run (number),
        key          TEXT NOT NULL,
        kind         TEXT NOT NULL,
        status       TEXT NOT NULL,
        customer_id  TEXT,
        record       INTEGER,
        line         INTEGER,
        byte         INTEGER,
        print        INTEGER,
        attempts     INTEGER NOT NULL DEFAULT 0,
        attempted_at TEXT,
        code         TEXT,
        PRIMARY KEY (run, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX change_open ON change (status, run, key) WHERE status IN ('in_flight', 'unknown');
    CREATE INDEX change_to_do ON change (run, kind, key) WHERE status = 'planned';

    CREATE TABLE plan_used (
        nonce   TEXT PRIMARY KEY,
        run     INTEGER NOT NULL REFERENCES run (number),
        used_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
",
    r"
    CREATE TABLE learned_rate (
        only_one   INTEGER PRIMARY KEY CHECK (only_one = 1),
        per_second REAL NOT NULL CHECK (per_second > 0),
        at         TEXT NOT NULL
    ) STRICT;
",
];

/// Brings the file up to date. The caller has checked that it is not newer.
pub(super) fn migrate(connection: &mut Connection, from: usize) -> rusqlite::Result<()> {
    for (number, migration) in MIGRATIONS.iter().enumerate().skip(from) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
