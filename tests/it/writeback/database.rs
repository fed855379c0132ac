//! Users with a key and a place for an id, and what a configuration says of it.

use std::time::{Duration, Instant};

use crate::support::{Database, Kind};

/// No story's program takes as long to write its first id.
const HANGS_AFTER: Duration = Duration::from_mins(1);

impl Kind {
    const fn text(self) -> &'static str {
        match self {
            Self::Sqlite => "TEXT",
            Self::Postgres | Self::Mysql => "varchar(64)",
        }
    }

    pub(super) const fn integer(self) -> &'static str {
        match self {
            Self::Sqlite => "INTEGER",
            Self::Postgres | Self::Mysql => "bigint",
        }
    }

    pub(super) const fn uuid(self) -> &'static str {
        match self {
            Self::Sqlite => "TEXT",
            Self::Postgres | Self::Mysql => "uuid",
        }
    }
}

impl Database {
    /// With the keys of so many users.
    pub(super) fn with_users(kind: Kind, users: usize) -> Self {
        let keys: Vec<String> = (1..=users).map(crate::support::key).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        Self::with_keys(kind, kind.text(), &keys)
    }

    /// With these keys, in a column of this type.
    pub(super) fn with_keys(kind: Kind, column: &str, keys: &[&str]) -> Self {
        let database = Self::of(kind);
        let id = kind.text();
        database.run(&format!(
            "CREATE TABLE users (id {column} NOT NULL PRIMARY KEY, grid_id {id})"
        ));
        database.add(keys);
        database
    }

    /// The line that names the database in a section.
    pub(super) fn setting(&self) -> String {
        format!("{} = \"{}\"\n", self.kind.setting(), self.url())
    }

    /// A configuration that writes ids into it.
    pub(super) fn section(&self) -> String {
        format!(
            "[writeback]\n{}table = \"users\"\nkey_column = \"id\"\nid_column = \"grid_id\"\n",
            self.setting()
        )
    }

    pub(super) fn section_with_statement(&self, statement: &str) -> String {
        format!(
            "[writeback]\n{}statement = \"{statement}\"\n",
            self.setting()
        )
    }

    pub(super) fn add(&self, keys: &[impl AsRef<str>]) {
        let rows: Vec<_> = keys
            .iter()
            .map(|key| format!("('{}')", key.as_ref()))
            .collect();
        self.run(&format!(
            "INSERT INTO users (id) VALUES {}",
            rows.join(", ")
        ));
    }

    /// Somebody takes the id of a user away.
    pub(super) fn lose(&self, key: &str) {
        self.run(&format!(
            "UPDATE users SET grid_id = NULL WHERE id = '{key}'"
        ));
    }

    /// Every key and its id, in the order of the keys.
    pub(super) fn ids(&self) -> Vec<(String, Option<String>)> {
        let rows = self.rows("SELECT id, grid_id FROM users ORDER BY id");
        let ids = rows.into_iter().map(|row| match <[_; 2]>::try_from(row) {
            Ok([Some(key), id]) => (key, id),
            other => panic!("{other:?}"),
        });
        ids.collect()
    }

    /// Until the first id is there.
    pub(super) fn wait_for_an_id(&self) {
        let deadline = Instant::now() + HANGS_AFTER;
        while self.ids().iter().all(|(_, id)| id.is_none()) {
            assert!(Instant::now() < deadline, "no id is written");
        }
    }
}
