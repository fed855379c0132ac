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
    ALTER TABLE mirror ADD COLUMN customer_type TEXT;
    ALTER TABLE mirror ADD COLUMN created_at TEXT;
    -- What is in the mirror lacks both: without a watermark the next scan is full, and not one that goes on.
    UPDATE checkpoint SET watermark = NULL, mode = NULL, bound = NULL, cursor = NULL;
",
    r"
    -- Places that ids are written back to, each by a hash of what it is.
    CREATE TABLE write_back (
        number INTEGER PRIMARY KEY,
        target TEXT NOT NULL UNIQUE
    ) STRICT;

    -- Which id stands there for which key.
    CREATE TABLE written_back (
        write_back  INTEGER NOT NULL REFERENCES write_back (number),
        key         TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        written_at  TEXT NOT NULL,
        PRIMARY KEY (write_back, key)
    ) STRICT, WITHOUT ROWID;
",
    // Runs over the rejects of another run; which rows of that one they settled, by the line (or record)
    // on which each stood there; and the fields that Grid named when it refused.
    r"
    ALTER TABLE run ADD COLUMN rejects_of INTEGER REFERENCES run (number);
    ALTER TABLE change ADD COLUMN fields TEXT;

    CREATE TABLE settled_reject (
        run  INTEGER NOT NULL REFERENCES run (number),
        line INTEGER NOT NULL,
        PRIMARY KEY (run, line)
    ) STRICT, WITHOUT ROWID;
",
    r"
    -- The bank account of a customer: the journal of the step that adds or replaces it. account_id is
    -- the account that Grid has; sent holds the keyed hashes of the fields that the step is about.
    CREATE TABLE account (
        customer_id  TEXT PRIMARY KEY,
        key          TEXT NOT NULL,
        run          INTEGER NOT NULL REFERENCES run (number),
        status       TEXT NOT NULL,
        account_id   TEXT,
        sent         BLOB,
        attempts     INTEGER NOT NULL DEFAULT 0,
        attempted_at TEXT,
        code         TEXT,
        fields       TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX account_open ON account (status) WHERE status IN ('in_flight', 'unknown');
    CREATE INDEX account_to_do ON account (run) WHERE status = 'planned';

    -- Changes as their rows are counted: where all but the bank account is done, the account says how
    -- far the change came. An account that Grid had already makes no other of a created customer.
    CREATE VIEW row_change AS
    SELECT change.run, change.key, change.kind, change.print, account.status IS NOT NULL AS at_account,
        CASE WHEN account.status IS NULL OR (change.kind = 'create_with_account'
                AND account.status IN ('applied', 'already_applied'))
            THEN change.status ELSE account.status END AS status,
        CASE WHEN account.status IS NULL THEN change.code ELSE account.code END AS code,
        CASE WHEN account.status IS NULL THEN change.fields ELSE account.fields END AS fields
    FROM change LEFT JOIN account
        ON change.kind IN ('create_with_account', 'attach', 'replace')
        AND change.status IN ('applied', 'already_applied')
        AND account.customer_id = change.customer_id AND account.run = change.run;
",
    r"
    CREATE TABLE learned_rate (
        only_one   INTEGER PRIMARY KEY CHECK (only_one = 1),
        per_second REAL NOT NULL CHECK (per_second > 0),
        at         TEXT NOT NULL
    ) STRICT;
",
    // Users that reads of the whole source missed, by the customer that they leave behind; and a way to the
    // deletes of the last days that does not lead through every create.
    r"
    CREATE TABLE tombstone (
        key             TEXT NOT NULL,
        customer_id     TEXT NOT NULL,
        first_absent_at TEXT NOT NULL,
        last_absent_at  TEXT NOT NULL,
        reads           INTEGER NOT NULL,
        PRIMARY KEY (key, customer_id)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX change_deleted ON change (attempted_at) WHERE kind = 'delete';
",
    // About whom a run was; nothing where it was about everybody.
    "ALTER TABLE run ADD COLUMN scope TEXT",
    // Whom the pages of the scan under way have shown as deleted, or with a key that was not known of them.
    r"
    CREATE TABLE scan_news (
        customer_id TEXT PRIMARY KEY,
        is_deleted  INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_from_before_types_and_times_is_scanned_in_full_and_keeps_its_customers() {
        let mut connection = Connection::open_in_memory().expect("a database");
        let old = connection.transaction().expect("a transaction");
        old.execute_batch(MIGRATIONS[0]).expect("the first schema");
        old.execute_batch(
            "INSERT INTO mirror (key, customer_id, scan, actual) VALUES ('a', 'Customer:a', 1, x'');
             UPDATE checkpoint SET watermark = 'w', last_full_at = 'f', mode = 'full', cursor = 'c'",
        )
        .expect("an old state");
        old.commit().expect("committed");
        migrate(&mut connection, 1).expect("migrated");
        let checkpoint = connection.query_row(
            "SELECT watermark IS NULL, mode IS NULL AND cursor IS NULL, last_full_at FROM checkpoint",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        );
        assert_eq!(checkpoint, Ok((true, true, "f".to_owned())));
        let customer = connection.query_row(
            "SELECT key, customer_type IS NULL AND created_at IS NULL FROM mirror",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        );
        assert_eq!(customer, Ok(("a".to_owned(), true)));
    }
}
