//! Ids into an `SQLite` file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};

use super::{Fate, WriteBack, WriteBackError, WriteBackFault};
use crate::model::write_back::{IdColumns, IdPlace, Parameter};
use crate::model::{CustomerId, Key};
use crate::source::names;

/// How long another writer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file that takes ids.
pub struct SqliteWriteBack {
    path: PathBuf,
    connection: Connection,
    sql: Sql,
}

/// What is said for each id. `?1` is the key, `?2` the id, `?3` the key as a number, if it is one: a column
/// without a type tells 7 from '7'.
enum Sql {
    Columns { find: String, update: String },
    Statement(String),
}

impl SqliteWriteBack {
    /// Opens the file, which must exist, and looks whether the columns are there.
    pub fn open(path: &Path, into: &IdPlace) -> Result<Self, WriteBackError> {
        let opened = connect(path).and_then(|connection| {
            let sql = match into {
                IdPlace::Columns(columns) => of_columns(&connection, columns)?,
                IdPlace::Statement(statement) => Sql::Statement(statement.sql(placeholder)),
            };
            Ok((connection, sql))
        });
        let (connection, sql) = opened.map_err(|fault| error(path, fault))?;
        Ok(Self {
            path: path.to_owned(),
            connection,
            sql,
        })
    }

    fn write_all(&mut self, batch: &[(Key, CustomerId)]) -> Result<Vec<Fate>, WriteBackFault> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| fault(&error))?;
        let fates = batch
            .iter()
            .map(|(key, customer_id)| write_one(&transaction, &self.sql, key, customer_id))
            .collect::<Result<_, _>>()?;
        transaction.commit().map_err(|error| fault(&error))?;
        Ok(fates)
    }
}

impl WriteBack for SqliteWriteBack {
    fn write(&mut self, batch: &[(Key, CustomerId)]) -> Result<Vec<Fate>, WriteBackError> {
        self.write_all(batch)
            .map_err(|fault| error(&self.path, fault))
    }
}

fn error(path: &Path, fault: WriteBackFault) -> WriteBackError {
    WriteBackError {
        name: format!("sqlite {}", path.display()),
        fault,
    }
}

fn connect(path: &Path) -> Result<Connection, WriteBackFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let cannot = |error| WriteBackFault::Connect(Box::new(error));
    let connection = Connection::open_with_flags(path, flags).map_err(cannot)?;
    connection.busy_timeout(PATIENCE).map_err(cannot)?;
    Ok(connection)
}

const fn placeholder(parameter: Parameter) -> &'static str {
    match parameter {
        Parameter::Key => "?1",
        Parameter::CustomerId => "?2",
    }
}

fn of_columns(connection: &Connection, columns: &IdColumns) -> Result<Sql, WriteBackFault> {
    look(connection, columns)?;
    let IdColumns { table, key, id } = columns;
    let (table, key, id) = (
        names::table(table, '"'),
        names::quoted(key, '"'),
        names::quoted(id, '"'),
    );
    // The column's own collation may take other keys for the same one.
    let row = format!("{key} IN (?1, ?3) AND CAST({key} AS TEXT) = ?1 COLLATE BINARY");
    Ok(Sql::Columns {
        find: format!(
            "SELECT count(*), count(*) FILTER (WHERE {id} IS ?2) FROM {table} WHERE {row}"
        ),
        update: format!("UPDATE {table} SET {id} = ?2 WHERE {row} AND {id} IS NOT ?2"),
    })
}

/// A name that is not there would be taken for a text.
fn look(
    connection: &Connection,
    IdColumns { table, key, id }: &IdColumns,
) -> Result<(), WriteBackFault> {
    let mut parts = names::parts(table, '"').into_iter().rev();
    let (bare, schema) = (parts.next(), parts.next());
    let mut statement = connection
        .prepare("SELECT name FROM pragma_table_xinfo(?1, ?2)")
        .map_err(|error| fault(&error))?;
    let found: Vec<String> = statement
        .query_map(params![bare, schema], |row| row.get(0))
        .and_then(Iterator::collect)
        .map_err(|error| fault(&error))?;
    if found.is_empty() {
        let table = table.clone();
        return Err(WriteBackFault::NoTable { table });
    }
    let missing = |column: &&String| !found.iter().any(|known| known.eq_ignore_ascii_case(column));
    match [key, id].into_iter().find(missing) {
        None => Ok(()),
        Some(column) => Err(WriteBackFault::NoColumn {
            table: table.clone(),
            column: column.clone(),
        }),
    }
}

fn write_one(
    connection: &Connection,
    sql: &Sql,
    key: &Key,
    customer_id: &CustomerId,
) -> Result<Fate, WriteBackFault> {
    let refused = |error: rusqlite::Error| of_row(key, &error);
    let (rows, fate) = match sql {
        Sql::Statement(statement) => {
            let mut statement = connection
                .prepare_cached(statement)
                .map_err(|error| fault(&error))?;
            let rows = statement
                .execute(params![key.as_str(), customer_id.as_str()])
                .map_err(refused)?;
            (rows as u64, Fate::Written)
        }
        Sql::Columns { find, update } => {
            let values = params![key.as_str(), customer_id.as_str(), number(key)];
            let (rows, same): (u64, u64) = connection
                .prepare_cached(find)
                .and_then(|mut statement| {
                    statement.query_row(values, |row| Ok((row.get(0)?, row.get(1)?)))
                })
                .map_err(|error| fault(&error))?;
            if rows == 1 && same == 0 {
                connection
                    .prepare_cached(update)
                    .and_then(|mut statement| statement.execute(values))
                    .map_err(refused)?;
            }
            let fate = if same == 0 {
                Fate::Written
            } else {
                Fate::Unchanged
            };
            (rows, fate)
        }
    };
    match rows {
        0 => Ok(Fate::Missing),
        1 => Ok(fate),
        rows => Err(WriteBackFault::Several {
            key: key.clone(),
            rows,
        }),
    }
}

/// The key as a number, where that is how a number is written.
fn number(key: &Key) -> Option<i64> {
    let number: i64 = key.as_str().parse().ok()?;
    (number.to_string() == key.as_str()).then_some(number)
}

fn of_row(key: &Key, error: &rusqlite::Error) -> WriteBackFault {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch) => {
            WriteBackFault::refused(key, key, code(error))
        }
        _ => fault(error),
    }
}

fn fault(error: &rusqlite::Error) -> WriteBackFault {
    let code = code(error);
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => WriteBackFault::Busy { code },
        Some(ErrorCode::ReadOnly) => WriteBackFault::ReadOnly { code },
        Some(ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => {
            WriteBackFault::Denied { code }
        }
        // What is said in words alone is about the words that were sent.
        Some(ErrorCode::Unknown) | None => WriteBackFault::Statement { code },
        Some(_) => WriteBackFault::Other { code },
    }
}

/// `SQLITE_READONLY` by its number: SQLite's words may quote what they are about.
fn code(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => format!("SQLite {}", failure.extended_code),
        rusqlite::Error::SqlInputError { error, .. } => format!("SQLite {}", error.extended_code),
        _ => "SQLite".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::write_back::{Dialect, Statement};
    use Fate::{Missing, Unchanged, Written};

    struct Place {
        folder: tempfile::TempDir,
        database: Connection,
    }

    impl Place {
        fn with(sql: &str) -> Self {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let database = Connection::open(folder.path().join("app.db")).expect("a database");
            database.execute_batch(sql).expect("good SQL");
            Self { folder, database }
        }

        fn columns(
            &self,
            table: &str,
            key: &str,
            id: &str,
        ) -> Result<SqliteWriteBack, WriteBackFault> {
            self.open(&IdPlace::Columns(IdColumns {
                table: table.into(),
                key: key.into(),
                id: id.into(),
            }))
        }

        fn statement(&self, text: &str) -> SqliteWriteBack {
            let statement = Statement::parse(text, Dialect::Sqlite).expect("a statement");
            self.open(&IdPlace::Statement(statement)).expect("opened")
        }

        fn open(&self, into: &IdPlace) -> Result<SqliteWriteBack, WriteBackFault> {
            let path = self.folder.path().join("app.db");
            SqliteWriteBack::open(&path, into).map_err(|error| error.fault)
        }

        /// All rows of `users`, as `key=id`.
        fn rows(&self) -> Vec<String> {
            let mut statement = self
                .database
                .prepare("SELECT id || '=' || coalesce(grid, '') FROM users ORDER BY rowid")
                .expect("good SQL");
            let rows = statement.query_map([], |row| row.get(0)).expect("rows");
            rows.collect::<Result<_, _>>().expect("texts")
        }
    }

    fn batch(keys: &[&str]) -> Vec<(Key, CustomerId)> {
        let pair = |key: &&str| (Key::new(*key), CustomerId::new(format!("C:{key}")));
        keys.iter().map(pair).collect()
    }

    fn fault(result: Result<Vec<Fate>, WriteBackError>) -> WriteBackFault {
        result.expect_err("refused").fault
    }

    #[test]
    fn ids_are_put_beside_their_keys_once() {
        let place = Place::with(
            "CREATE TABLE users (id TEXT PRIMARY KEY, grid TEXT); INSERT INTO users VALUES ('a', NULL), ('b', 'old'), ('c', 'C:c')",
        );
        let mut back = place.columns("main.users", "id", "grid").expect("opened");
        let all = batch(&["a", "b", "c", "nobody"]);
        assert_eq!(
            back.write(&all).expect("written"),
            [Written, Written, Unchanged, Missing]
        );
        assert_eq!(place.rows(), ["a=C:a", "b=C:b", "c=C:c"]);
        assert_eq!(
            back.write(&all).expect("written"),
            [Unchanged, Unchanged, Unchanged, Missing]
        );
    }

    #[test]
    fn a_key_is_met_in_a_column_of_any_type_and_by_its_exact_text() {
        for kind in [
            "INTEGER",
            "INTEGER PRIMARY KEY",
            "",
            "TEXT",
            "TEXT COLLATE NOCASE",
            "NUMERIC",
        ] {
            let place = Place::with(&format!(
                "CREATE TABLE users (id {kind}, grid TEXT); INSERT INTO users VALUES (7, NULL), (8, NULL)"
            ));
            let mut back = place.columns("users", "id", "grid").expect("opened");
            let fates = back
                .write(&batch(&["7", "07", "7.0", " 8", "x"]))
                .expect("written");
            assert_eq!(
                fates,
                [Written, Missing, Missing, Missing, Missing],
                "{kind}"
            );
            assert_eq!(place.rows(), ["7=C:7", "8="], "{kind}");
        }
        let place = Place::with(
            "CREATE TABLE users (id TEXT COLLATE NOCASE, grid TEXT); INSERT INTO users VALUES ('Ada', NULL)",
        );
        let mut back = place.columns("users", "id", "grid").expect("opened");
        assert_eq!(
            back.write(&batch(&["ada", "Ada"])).expect("written"),
            [Missing, Written]
        );
    }

    #[test]
    fn a_key_of_two_rows_stops_its_batch_and_nothing_of_it_is_written() {
        let place = Place::with(
            "CREATE TABLE users (id TEXT, grid TEXT); INSERT INTO users VALUES ('a', NULL), ('b', NULL), ('b', 'C:b')",
        );
        let update = "UPDATE users SET grid = :customer_id WHERE id = :key";
        for mut back in [
            place.columns("users", "id", "grid").expect("opened"),
            place.statement(update),
        ] {
            let WriteBackFault::Several { key, rows } = fault(back.write(&batch(&["a", "b"])))
            else {
                panic!("another fault");
            };
            assert_eq!((key.as_str(), rows), ("b", 2));
            assert_eq!(place.rows(), ["a=", "b=", "b=C:b"]);
        }
    }

    #[test]
    fn a_name_that_is_not_there_is_no_text() {
        let place = Place::with("CREATE TABLE users (id TEXT, grid TEXT)");
        let refused = |table, key, id| {
            place
                .columns(table, key, id)
                .err()
                .expect("refused")
                .to_string()
        };
        assert!(refused("user", "id", "grid").contains("no table `user`"));
        assert!(refused("users", "key", "grid").contains("no column `key`"));
        assert!(refused("users", "id", "gr\"id").contains("no column `gr\"id`"));
    }

    #[test]
    fn a_statement_of_ones_own_puts_it_anywhere() {
        let place = Place::with(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, grid TEXT); INSERT INTO users VALUES (7, NULL)",
        );
        let mut back =
            place.statement("UPDATE users SET grid = 'grid/' || :customer_id WHERE id = :key;");
        assert_eq!(
            back.write(&batch(&["7", "9"])).expect("written"),
            [Written, Missing]
        );
        assert_eq!(place.rows(), ["7=grid/C:7"]);
        let mut wrong = place.statement("UPDATE nothing SET grid = :customer_id WHERE id = :key");
        let told = fault(wrong.write(&batch(&["7"])));
        assert!(matches!(told, WriteBackFault::Statement { .. }), "{told:?}");
    }

    #[test]
    fn a_constraint_is_named_with_its_key_and_without_a_value() {
        let place = Place::with(
            "CREATE TABLE users (id TEXT, grid TEXT CHECK (grid <> 'C:b'), secret TEXT DEFAULT 'xyzzy');
             INSERT INTO users (id) VALUES ('a'), ('b')",
        );
        let mut back = place.columns("users", "id", "grid").expect("opened");
        let told = back.write(&batch(&["a", "b"])).expect_err("refused");
        let text = format!("{told} {} {told:?}", told.fault);
        assert!(text.contains("the key `b` (SQLite 275)"), "{text}");
        assert!(!text.contains("xyzzy"), "{text}");
        assert_eq!(place.rows(), ["a=", "b="]);
    }

    #[test]
    fn a_file_that_may_not_be_written_says_so() {
        let place = Place::with(
            "CREATE TABLE users (id TEXT, grid TEXT); INSERT INTO users VALUES ('a', NULL)",
        );
        let mut back = place.columns("users", "id", "grid").expect("opened");
        // As on a disk that is mounted to be read.
        let read_only = back.connection.pragma_update(None, "query_only", true);
        read_only.expect("set");
        let told = fault(back.write(&batch(&["a"])));
        assert!(matches!(told, WriteBackFault::ReadOnly { .. }), "{told:?}");
    }

    #[test]
    fn a_file_that_is_not_there_is_not_made() {
        let place = Place::with("CREATE TABLE users (id TEXT, grid TEXT)");
        let path = place.folder.path().join("other.db");
        let into = IdPlace::Columns(IdColumns {
            table: "users".into(),
            key: "id".into(),
            id: "grid".into(),
        });
        let error = SqliteWriteBack::open(&path, &into).err().expect("refused");
        assert!(matches!(error.fault, WriteBackFault::Connect(_)));
        assert!(!path.exists());
    }
}
