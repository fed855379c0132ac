//! Every setting: its flag, its variable and its place in the file.

/// One setting. Its variable is `GRIDSYNC_` and the flag's name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// The flag without its dashes; a setting without one is in the file only.
    pub(super) flag: Option<&'static str>,
    /// Section and key in the file.
    pub(super) file: Option<(&'static str, &'static str)>,
}

impl Key {
    const fn flag(flag: &'static str) -> Self {
        Self {
            flag: Some(flag),
            file: None,
        }
    }

    const fn file(section: &'static str, key: &'static str) -> Self {
        Self {
            flag: None,
            file: Some((section, key)),
        }
    }

    const fn both(flag: &'static str, section: &'static str, key: &'static str) -> Self {
        Self {
            flag: Some(flag),
            file: Some((section, key)),
        }
    }

    /// The variable's name.
    pub(super) fn variable(self) -> Option<String> {
        self.flag.map(variable)
    }
}

/// The variable that belongs to a flag.
pub(super) fn variable(flag: &str) -> String {
    format!("GRIDSYNC_{}", flag.replace('-', "_").to_ascii_uppercase())
}

macro_rules! keys {
    ($($name:ident = $key:expr;)*) => {
        $(pub(super) const $name: Key = $key;)*

        /// Every setting.
        pub(super) const ALL: &[Key] = &[$($name),*];
    };
}

keys! {
    CONFIG = Key::flag("config");
    JSON = Key::flag("json");
    EVENTS = Key::flag("events");
    QUIET = Key::flag("quiet");
    VERBOSE = Key::flag("verbose");
    LOG_FORMAT = Key::flag("log-format");
    COLOR = Key::flag("color");
    REJECTS = Key::flag("rejects");
    MAX_DURATION = Key::flag("max-duration");
    MAX_AGE = Key::flag("max-age");
    BASE_URL = Key::both("base-url", "grid", "base_url");
    EDITION = Key::both("edition", "grid", "edition");
    RATE = Key::both("rate", "grid", "rate");
    RESERVE = Key::both("reserve", "grid", "reserve");
    RECOVERY = Key::both("recovery", "grid", "recovery");
    BURST = Key::both("burst", "grid", "burst");
    CONCURRENCY = Key::both("concurrency", "grid", "concurrency");
    TIMEOUT = Key::both("timeout", "grid", "timeout");
    SETTLE = Key::both("settle", "grid", "settle");
    ATTEMPTS = Key::file("grid", "attempts");
    CSV = Key::both("csv", "source", "csv");
    DELIMITER = Key::both("delimiter", "source", "delimiter");
    NDJSON = Key::both("ndjson", "source", "ndjson");
    SQLITE = Key::both("sqlite", "source", "sqlite");
    POSTGRES = Key::both("postgres", "source", "postgres");
    MYSQL = Key::both("mysql", "source", "mysql");
    TABLE = Key::both("table", "source", "table");
    QUERY = Key::both("query", "source", "query");
    CREATE = Key::file("changes", "create");
    UPDATE = Key::file("changes", "update");
    DELETE = Key::both("delete", "changes", "delete");
    ADOPT = Key::file("changes", "adopt");
    NEVER_DELETE = Key::file("changes", "never_delete");
    ACCOUNTS = Key::file("changes", "accounts");
    ONLY = Key::both("only", "scope", "only");
    WHERE = Key::both("where", "scope", "where");
    LIMIT_DELETES = Key::file("limits", "deletes");
    LIMIT_DELETES_PER_DAY = Key::file("limits", "deletes_per_day");
    LIMIT_DELETES_PER_WEEK = Key::file("limits", "deletes_per_week");
    MIN_ABSENCE = Key::both("min-absence", "limits", "min_absence");
    LIMIT_SOURCE_SHRINK = Key::file("limits", "source_shrink");
    LIMIT_REJECTS = Key::both("max-rejects", "limits", "rejects");
    LIMIT_FAILURES = Key::file("limits", "failures");
    PLAN_MAX_AGE = Key::file("limits", "plan_max_age");
    FULL_EVERY = Key::file("scan", "full_every");
    LOOKBACK = Key::file("scan", "lookback");
    STATE = Key::both("state", "state", "path");
    WRITEBACK_POSTGRES = Key::file("writeback", "postgres");
    WRITEBACK_MYSQL = Key::file("writeback", "mysql");
    WRITEBACK_SQLITE = Key::file("writeback", "sqlite");
    WRITEBACK_TABLE = Key::file("writeback", "table");
    WRITEBACK_KEY_COLUMN = Key::file("writeback", "key_column");
    WRITEBACK_ID_COLUMN = Key::file("writeback", "id_column");
    WRITEBACK_STATEMENT = Key::file("writeback", "statement");
    WRITEBACK_AFTER_APPLY = Key::file("writeback", "after_apply");
    WRITEBACK_BATCH = Key::file("writeback", "batch");
}

/// Flags that are said anew in each run, and so have no variable: a `--yes` that lingers in a
/// profile would agree to every later run.
pub(super) const FLAG_ONLY: &[&str] = &[
    "confirm-deletes",
    "confirm-source-rows",
    "detailed-exitcode",
    "dry-run",
    "fault",
    "fault-seed",
    "flat-out",
    "format",
    "full-scan",
    "host",
    "latency",
    "no-delete",
    "no-rejects",
    "no-scan",
    "online",
    "output",
    "owned",
    "platform",
    "port",
    "rate-limit",
    "real-rate",
    "rejects-of",
    "regulated",
    "rewrite",
    "scan",
    "seed",
    "status",
    "type",
    "unregulated",
    "write-back",
    "yes",
];

/// The sections of the file; `fields` has keys of its own.
pub(super) const SECTIONS: [&str; 9] = [
    "grid",
    "source",
    "fields",
    "changes",
    "scope",
    "limits",
    "scan",
    "state",
    "writeback",
];

/// The keys of a section.
pub(super) fn keys_of(section: &str) -> Vec<&'static str> {
    let files = ALL.iter().filter_map(|key| key.file);
    files
        .filter(|(of, _)| *of == section)
        .map(|(_, key)| key)
        .collect()
}

/// The section that a key belongs to.
pub(super) fn section_of(key: &str) -> Option<&'static str> {
    let mut files = ALL.iter().filter_map(|key| key.file);
    files
        .find(|(_, known)| *known == key)
        .map(|(section, _)| section)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_flag_either_has_a_variable_or_is_for_one_run() {
        let cli = crate::cli::Cli::command();
        let commands = cli.get_subcommands().chain([&cli]);
        let typed: BTreeSet<_> = commands
            .flat_map(clap::Command::get_arguments)
            .filter_map(clap::Arg::get_long)
            .filter(|flag| !["help", "version"].contains(flag))
            .collect();
        let settings = ALL.iter().filter_map(|key| key.flag);
        let known: BTreeSet<_> = settings.chain(FLAG_ONLY.iter().copied()).collect();
        assert_eq!(typed, known);
    }

    #[test]
    fn a_variable_is_the_flag_in_capitals() {
        assert_eq!(BASE_URL.variable().as_deref(), Some("GRIDSYNC_BASE_URL"));
        assert_eq!(ATTEMPTS.variable(), None);
    }
}
