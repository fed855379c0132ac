//! Where customer ids are written back to: the database of `[writeback]`, else the source's own.

use std::path::PathBuf;

use crate::cli::{self, Cli};
use crate::model::write_back::{Dialect, IdColumns, IdPlace, Statement};

use super::database_url::{UrlScheme, UrlSetting};
use super::error::Problem;
use super::keys::{self, Key};
use super::layers::Layers;
use super::source::{Source, address, text};
use super::{Place, Setting, values};

/// Where customer ids are written back to, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteBack {
    /// The database.
    pub database: Database,
    /// Where in it.
    pub into: IdPlace,
    /// Whether it happens after every run that was applied.
    pub after_apply: bool,
    /// Ids in one transaction, 1 to 10,000.
    pub batch: u32,
}

/// A database that may be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// An `SQLite` file.
    Sqlite(PathBuf),
    /// A `PostgreSQL` database.
    Postgres(UrlSetting),
    /// A `MySQL` or `MariaDB` database.
    Mysql(UrlSetting),
}

impl Database {
    /// Whose SQL it speaks.
    pub const fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
            Self::Mysql(_) => Dialect::Mysql,
        }
    }

    /// The database that the users come from, if they come from one.
    fn of(source: &Source) -> Option<Self> {
        match source {
            Source::Sqlite { path, .. } => Some(Self::Sqlite(path.clone())),
            Source::Postgres { url, .. } => Some(Self::Postgres(url.clone())),
            Source::Mysql { url, .. } => Some(Self::Mysql(url.clone())),
            Source::Csv { .. } | Source::Ndjson { .. } => None,
        }
    }
}

/// The section, if there is one; and what is wrong with it.
pub(super) fn write_back(
    cli: &Cli,
    source: Option<&Source>,
    layers: &mut Layers<'_>,
) -> Option<WriteBack> {
    let named = named(layers);
    let into = into(layers);
    let after_apply = layers.setting(keys::WRITEBACK_AFTER_APPLY, None, values::boolean);
    let batch = layers.setting(keys::WRITEBACK_BATCH, None, values::whole(1..=10_000));
    let places = [
        named.as_ref().map(|(place, _)| place),
        into.as_ref().map(|(place, _)| place),
        after_apply.as_ref().map(|set| &set.place),
        batch.as_ref().map(|set| &set.place),
    ];
    let place = places.into_iter().flatten().next().cloned()?;
    if !layers.problems.is_empty() {
        return None;
    }
    let (into_place, into) = into.or_else(|| {
        refuse(
            layers,
            &place,
            "needs `table`, `key_column` and `id_column`, or a `statement`",
        );
        None
    })?;
    let own = || source.and_then(Database::of);
    let Some(database) = named.map(|(_, database)| database).or_else(own) else {
        if writes(cli) {
            let reason = "needs a database: the users come from none, so say which with `postgres`, `mysql` or `sqlite`";
            refuse(layers, &place, reason);
        }
        return None;
    };
    Some(WriteBack {
        into: understood(layers, into, &into_place, database.dialect())?,
        database,
        after_apply: after_apply.is_none_or(|set| set.value),
        batch: batch.map_or(500, |set| set.value),
    })
}

/// Whether the command may come to write ids. Others do not mind that there is nowhere to.
fn writes(cli: &Cli) -> bool {
    match &cli.command {
        cli::Command::Sync(_) | cli::Command::Apply(_) => true,
        cli::Command::Export(args) => args.write_back,
        _ => false,
    }
}

/// The database that the section names, and where.
fn named(layers: &mut Layers<'_>) -> Option<(Place, Database)> {
    let sqlite = layers.path(keys::WRITEBACK_SQLITE, None);
    let sqlite = sqlite.map(|Setting { value, place }| (place, Database::Sqlite(value)));
    let mut url = |key: Key, scheme, kind: fn(UrlSetting) -> Database| {
        let (place, url) = address(layers, key, scheme, None)?;
        Some((place, kind(url)))
    };
    let postgres = url(
        keys::WRITEBACK_POSTGRES,
        UrlScheme::Postgres,
        Database::Postgres,
    );
    let mysql = url(keys::WRITEBACK_MYSQL, UrlScheme::Mysql, Database::Mysql);
    let mut named = [sqlite, postgres, mysql].into_iter().flatten();
    let first = named.next()?;
    for (rival, _) in named {
        refuse(
            layers,
            &rival,
            &format!("excludes {}: exactly one database", first.0),
        );
    }
    Some(first)
}

/// What is said of where an id goes, before it is known whose SQL it is.
enum Said {
    Columns(IdColumns),
    Statement(String),
}

fn into(layers: &mut Layers<'_>) -> Option<(Place, Said)> {
    let table = layers.setting(keys::WRITEBACK_TABLE, None, text("the name of a table"));
    let key = layers.setting(
        keys::WRITEBACK_KEY_COLUMN,
        None,
        text("the name of a column"),
    );
    let id = layers.setting(
        keys::WRITEBACK_ID_COLUMN,
        None,
        text("the name of a column"),
    );
    let statement = layers.setting(keys::WRITEBACK_STATEMENT, None, text("a statement"));
    if let Some(Setting { value, place }) = statement {
        for stray in [table, key, id].into_iter().flatten() {
            refuse(
                layers,
                &stray.place,
                "excludes `statement`: columns or a statement",
            );
        }
        return Some((place, Said::Statement(value)));
    }
    let place = [&table, &key, &id]
        .into_iter()
        .flatten()
        .next()?
        .place
        .clone();
    let (Some(table), Some(key), Some(id)) = (table, key, id) else {
        refuse(
            layers,
            &place,
            "`table`, `key_column` and `id_column` go together",
        );
        return None;
    };
    let columns = IdColumns {
        table: table.value,
        key: key.value,
        id: id.value,
    };
    Some((place, Said::Columns(columns)))
}

fn understood(
    layers: &mut Layers<'_>,
    said: Said,
    place: &Place,
    dialect: Dialect,
) -> Option<IdPlace> {
    match said {
        Said::Columns(columns) => Some(IdPlace::Columns(columns)),
        Said::Statement(text) => match Statement::parse(&text, dialect) {
            Ok(statement) => Some(IdPlace::Statement(statement)),
            Err(error) => {
                refuse(layers, place, &error.to_string());
                None
            }
        },
    }
}

fn refuse(layers: &mut Layers<'_>, place: &Place, reason: &str) {
    layers.problems.push(Problem::Refused {
        place: place.clone(),
        reason: reason.to_owned(),
    });
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Env, document};

    /// What a command makes of a file.
    fn resolved(typed: &str, file: &str) -> Result<Option<WriteBack>, Vec<String>> {
        let words = ["gridsync"].into_iter().chain(typed.split_whitespace());
        let cli = cli::parse(words).expect("a command line");
        let document = document::parse(Path::new("/etc/gridsync/gridsync.toml"), file);
        let env = Env::default();
        let mut layers = Layers::new(&env, &document);
        let source = super::super::source::source(&cli, &mut layers);
        let write_back = write_back(&cli, source.as_ref(), &mut layers);
        let problems: Vec<_> = layers.problems.iter().map(ToString::to_string).collect();
        if problems.is_empty() {
            Ok(write_back)
        } else {
            Err(problems)
        }
    }

    const COLUMNS: &str =
        "[writeback]\ntable = \"users\"\nkey_column = \"id\"\nid_column = \"grid_id\"\n";

    #[test]
    fn without_a_section_nothing_is_written_back() {
        assert_eq!(resolved("sync --csv u.csv", ""), Ok(None));
    }

    #[test]
    fn the_database_is_the_sources_own_unless_another_is_named() {
        let source = "[source]\nsqlite = \"app.db\"\ntable = \"users\"\n";
        let Ok(Some(found)) = resolved("sync", &format!("{source}{COLUMNS}")) else {
            panic!("refused");
        };
        assert_eq!(
            found.database,
            Database::Sqlite("/etc/gridsync/app.db".into())
        );
        assert_eq!((found.after_apply, found.batch), (true, 500));
        let other = format!(
            "{source}{COLUMNS}mysql = \"mysql://writer@db/app\"\nbatch = 7\nafter_apply = false\n"
        );
        let Ok(Some(found)) = resolved("sync", &other) else {
            panic!("refused");
        };
        assert_eq!(found.database.dialect(), Dialect::Mysql);
        assert_eq!((found.after_apply, found.batch), (false, 7));
    }

    #[test]
    fn a_file_has_no_database_of_its_own_and_only_commands_that_write_mind() {
        assert_eq!(resolved("check --csv u.csv", COLUMNS), Ok(None));
        assert_eq!(resolved("export", COLUMNS), Ok(None));
        for command in [
            "sync --csv u.csv",
            "apply --csv u.csv",
            "export --write-back",
        ] {
            let problems = resolved(command, COLUMNS).expect_err("refused");
            assert!(problems[0].contains("needs a database"), "{problems:?}");
        }
    }

    #[test]
    fn what_does_not_go_together_is_refused_with_its_place() {
        let cases = [
            (
                "[writeback]\nbatch = 5\n",
                "writeback.batch (/etc/gridsync/gridsync.toml:2:9): needs `table`",
            ),
            ("[writeback]\ntable = \"users\"\n", "go together"),
            (
                "[writeback]\ntable = \"users\"\nstatement = \":key :customer_id\"\n",
                "excludes `statement`",
            ),
            (
                "[writeback]\nsqlite = \"a\"\nstatement = \"UPDATE u SET g = :customer_id\"\n",
                "writeback.statement (/etc/gridsync/gridsync.toml:3:13): lacks `:key`",
            ),
            (
                "[writeback]\nsqlite = \"a\"\nmysql = \"mysql://a@b/c\"\nstatement = \":key :customer_id\"\n",
                "exactly one database",
            ),
            (
                "[writeback]\npostgres = \"postgres://a:pw@b/c\"\nstatement = \":key :customer_id\"\n",
                "no password in an address here",
            ),
        ];
        for (file, expected) in cases {
            let problems = resolved("sync --csv u.csv", file).expect_err(expected);
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].contains(expected), "{problems:?}");
        }
    }
}
