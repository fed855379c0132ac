//! Where the users come from: exactly one source, whichever layer names it.

use std::path::{Path, PathBuf};

use crate::cli::Cli;
use crate::model::Query;

use super::database_url::{UrlScheme, UrlSetting, url_from};
use super::error::Problem;
use super::keys::{self, Key};
use super::layers::Layers;
use super::raw::{Raw, Rejection};
use super::{Place, Setting, values};

/// Where the users come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A CSV file.
    Csv {
        /// The file; `-` is stdin.
        path: PathBuf,
        /// What separates its cells.
        delimiter: u8,
    },
    /// A file of JSON objects, one a line.
    Ndjson {
        /// The file; `-` is stdin.
        path: PathBuf,
    },
    /// An `SQLite` database.
    Sqlite {
        /// Its file.
        path: PathBuf,
        /// What is read of it.
        query: Query,
    },
    /// A `PostgreSQL` database.
    Postgres {
        /// Its address.
        url: UrlSetting,
        /// What is read of it.
        query: Query,
    },
    /// A `MySQL` or `MariaDB` database.
    Mysql {
        /// Its address.
        url: UrlSetting,
        /// What is read of it.
        query: Query,
    },
}

impl Source {
    /// Whether the users come from stdin.
    pub fn is_stdin(&self) -> bool {
        match self {
            Self::Csv { path, .. } | Self::Ndjson { path } => path.as_os_str() == "-",
            Self::Sqlite { .. } | Self::Postgres { .. } | Self::Mysql { .. } => false,
        }
    }

    /// The file that is read, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Csv { path, .. } | Self::Ndjson { path } | Self::Sqlite { path, .. } => {
                (!self.is_stdin()).then_some(path)
            }
            Self::Postgres { .. } | Self::Mysql { .. } => None,
        }
    }

    /// What separates the cells of a CSV file that stands for the source.
    pub const fn delimiter(&self) -> u8 {
        match self {
            Self::Csv { delimiter, .. } => *delimiter,
            _ => b',',
        }
    }

    /// The source in the operator's words, to name places by: `users.csv:12`.
    pub fn label(&self) -> String {
        match self {
            Self::Csv { path, .. } | Self::Ndjson { path } => path.display().to_string(),
            Self::Sqlite { query, .. }
            | Self::Postgres { query, .. }
            | Self::Mysql { query, .. } => query_label(query),
        }
    }
}

/// A table by its name; a query is too long to be one.
pub fn query_label(query: &Query) -> String {
    match query {
        Query::Table(name) => name.clone(),
        Query::Sql(_) => "query".to_owned(),
    }
}

/// One of the settings that name a source, and how strong its layer is.
struct Named {
    place: Place,
    kind: Kind,
}

enum Kind {
    Csv(PathBuf),
    Ndjson(PathBuf),
    Sqlite(PathBuf),
    Url(UrlScheme, UrlSetting),
}

/// The source of the strongest layer that names one. What a weaker layer says of another kind of
/// source does not count.
pub(super) fn source(cli: &Cli, layers: &mut Layers<'_>) -> Option<Source> {
    let typed = cli.command.source().cloned().unwrap_or_default();
    let mut named = Vec::new();
    let mut path = |key, typed: &Option<PathBuf>, kind: fn(PathBuf) -> Kind| {
        let set = layers.path(key, typed.as_deref());
        named.extend(set.map(|Setting { value, place }| Named {
            place,
            kind: kind(value),
        }));
    };
    path(keys::CSV, &typed.csv, Kind::Csv);
    path(keys::NDJSON, &typed.ndjson, Kind::Ndjson);
    path(keys::SQLITE, &typed.sqlite, Kind::Sqlite);
    for (key, scheme, typed) in [
        (keys::POSTGRES, UrlScheme::Postgres, &typed.postgres),
        (keys::MYSQL, UrlScheme::Mysql, &typed.mysql),
    ] {
        let set = address(layers, key, scheme, typed.as_deref());
        named.extend(set.map(|(place, url)| Named {
            place,
            kind: Kind::Url(scheme, url),
        }));
    }
    let delimiter = layers.setting(
        keys::DELIMITER,
        typed.delimiter.as_deref(),
        values::delimiter,
    );
    let query = query(layers, typed.query.as_deref(), typed.table.as_deref());
    let Named { place, kind } = strongest(layers, named)?;
    if let (Some(set), false) = (&delimiter, matches!(kind, Kind::Csv(_))) {
        refuse_stray(layers, &set.place, &place, "goes with a CSV file only");
    }
    if let (Some((set, _)), Kind::Csv(_) | Kind::Ndjson(_)) = (&query, &kind) {
        refuse_stray(layers, set, &place, "goes with a database only");
    }
    let query = query.map(|(_, query)| query);
    match kind {
        Kind::Csv(path) => Some(Source::Csv {
            path,
            delimiter: delimiter.map_or(b',', |set| set.value),
        }),
        Kind::Ndjson(path) => Some(Source::Ndjson { path }),
        Kind::Sqlite(path) => Some(Source::Sqlite {
            path,
            query: needed(layers, query, place)?,
        }),
        Kind::Url(UrlScheme::Postgres, url) => Some(Source::Postgres {
            url,
            query: needed(layers, query, place)?,
        }),
        Kind::Url(UrlScheme::Mysql, url) => Some(Source::Mysql {
            url,
            query: needed(layers, query, place)?,
        }),
    }
}

/// A database's address, and where it is written.
pub(super) fn address(
    layers: &mut Layers<'_>,
    key: Key,
    scheme: UrlScheme,
    typed: Option<&str>,
) -> Option<(Place, UrlSetting)> {
    let set = layers.setting(key, typed, url_from(scheme))?;
    let place = set.place.clone();
    match UrlSetting::new(scheme, set, &layers.document.folder) {
        Ok(url) => Some((place, url)),
        Err(problem) => {
            layers.problems.push(problem);
            None
        }
    }
}

/// How strong a layer is: the order in which problems are listed has the strongest first.
const fn weight(place: &Place) -> u8 {
    place.order().0
}

/// Of several in one layer none is meant more than the other.
fn strongest(layers: &mut Layers<'_>, mut named: Vec<Named>) -> Option<Named> {
    named.sort_by_key(|one| weight(&one.place));
    let mut named = named.into_iter();
    let first = named.next()?;
    let rivals: Vec<_> = named
        .filter(|one| weight(&one.place) == weight(&first.place))
        .map(|rival| Problem::Refused {
            place: rival.place,
            reason: format!("excludes {}: exactly one source", first.place),
        })
        .collect();
    let is_alone = rivals.is_empty();
    layers.problems.extend(rivals);
    is_alone.then_some(first)
}

/// A setting that has nothing to do with the source is a mistake, unless a stronger layer named
/// another source than the one that it was written for.
fn refuse_stray(layers: &mut Layers<'_>, stray: &Place, source: &Place, why: &str) {
    if weight(stray) <= weight(source) {
        layers.problems.push(Problem::Refused {
            place: stray.clone(),
            reason: why.to_owned(),
        });
    }
}

fn query(
    layers: &mut Layers<'_>,
    query: Option<&str>,
    table: Option<&str>,
) -> Option<(Place, Query)> {
    let query = layers.setting(keys::QUERY, query, text("a SELECT"));
    let table = layers.setting(keys::TABLE, table, text("the name of a table"));
    match (query, table) {
        (Some(query), Some(table)) if weight(&query.place) == weight(&table.place) => {
            layers.problems.push(Problem::Refused {
                place: table.place,
                reason: format!("excludes {}: a table or a query", query.place),
            });
            None
        }
        (Some(query), Some(table)) if weight(&table.place) < weight(&query.place) => {
            Some((table.place, Query::Table(table.value)))
        }
        (Some(query), _) => Some((query.place, Query::Sql(query.value))),
        (None, Some(table)) => Some((table.place, Query::Table(table.value))),
        (None, None) => None,
    }
}

/// A text that says something.
pub(super) fn text(expected: &'static str) -> impl Fn(&Raw) -> Result<String, Rejection> {
    move |raw| match raw.text().map(str::trim) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(Rejection::expected(expected)),
    }
}

fn needed(layers: &mut Layers<'_>, query: Option<Query>, place: Place) -> Option<Query> {
    if query.is_none() && layers.problems.is_empty() {
        let reason = "needs `table`, the name of a table, or `query`, a SELECT".to_owned();
        layers.problems.push(Problem::Refused { place, reason });
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Env;
    use crate::config::document;

    /// The source of a command line, an environment and a file; or what is wrong.
    fn resolved(typed: &str, env: &Env, file: &str) -> Result<Option<Source>, Vec<String>> {
        let words = ["gridsync", "check"]
            .into_iter()
            .chain(typed.split_whitespace());
        let cli = crate::cli::parse(words).expect("a command line");
        let document = document::parse(Path::new("/etc/gridsync/gridsync.toml"), file);
        let mut layers = Layers::new(env, &document);
        let source = source(&cli, &mut layers);
        let problems: Vec<_> = layers.problems.iter().map(ToString::to_string).collect();
        if problems.is_empty() {
            Ok(source)
        } else {
            Err(problems)
        }
    }

    fn csv(path: &str, delimiter: u8) -> Source {
        let path = path.into();
        Source::Csv { path, delimiter }
    }

    #[test]
    fn the_strongest_layer_names_the_source_and_the_weaker_ones_are_as_if_unsaid() {
        let file = "[source]\nsqlite = \"app.db\"\ntable = \"users\"\n";
        let of_file = Source::Sqlite {
            path: "/etc/gridsync/app.db".into(),
            query: Query::Table("users".into()),
        };
        assert_eq!(resolved("", &Env::default(), file), Ok(Some(of_file)));
        assert_eq!(
            resolved("--csv u.csv", &Env::default(), file),
            Ok(Some(csv("u.csv", b',')))
        );
        let env = Env::default().with("GRIDSYNC_CSV", "env.csv");
        assert_eq!(resolved("", &env, file), Ok(Some(csv("env.csv", b','))));
        assert_eq!(
            resolved("--csv u.csv --delimiter ;", &env, file),
            Ok(Some(csv("u.csv", b';')))
        );
    }

    #[test]
    fn a_typed_table_replaces_the_query_of_the_file() {
        let file = "[source]\nsqlite = \"app.db\"\nquery = \"SELECT 1\"\n";
        let Ok(Some(Source::Sqlite { query, .. })) =
            resolved("--table users", &Env::default(), file)
        else {
            panic!("no database");
        };
        assert_eq!(query, Query::Table("users".into()));
    }

    #[test]
    fn what_does_not_go_together_is_refused_with_its_place() {
        let none = Env::default();
        let cases = [
            (
                "--csv a --sqlite b --table t",
                "",
                "--sqlite: excludes --csv: exactly one source",
            ),
            ("--sqlite b", "", "--sqlite: needs `table`"),
            (
                "--csv a --table t",
                "",
                "--table: goes with a database only",
            ),
            (
                "--ndjson a --delimiter ;",
                "",
                "--delimiter: goes with a CSV file only",
            ),
            (
                "",
                "[source]\nsqlite = \"b\"\ntable = \"t\"\nquery = \"SELECT 1\"\n",
                "excludes source.query (/etc/gridsync/gridsync.toml:4:9): a table or a query",
            ),
            (
                "",
                "[source]\npostgres = \"postgres://a:pw@b/c\"\ntable = \"t\"\n",
                "no password in an address here",
            ),
        ];
        for (typed, file, expected) in cases {
            let problems = resolved(typed, &none, file).expect_err(expected);
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].contains(expected), "{problems:?}");
        }
    }
}
