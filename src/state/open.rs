//! Opening: make or find the file, check whose it is, bring its schema up to date.

use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::error::StateError;
use super::owner::Owner;
use super::pace::{self, LearnedRate};
use super::schema::{APPLICATION_ID, MIGRATIONS, migrate};
use crate::plan::{HashKey, Target};

/// Whether a missing file is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Make it.
    Create,
    /// Its absence is an error: there is nothing to resume or to tell of.
    Existing,
}

/// A handle on the state file. Clones share one owner thread.
#[derive(Clone)]
pub struct State {
    pub(super) owner: Owner,
    pub(super) path: Arc<Path>,
    pub(super) learned_rate: Option<LearnedRate>,
    identity: Arc<Identity>,
}

struct Identity {
    state_id: String,
    target: Target,
    hash_key: HashKey,
}

impl State {
    /// Opens the file for a target. `fresh` is what a new file gets: an id, and a key from a
    /// random source.
    pub fn open(
        path: &Path,
        opening: Opening,
        target: &Target,
        fresh: (String, HashKey),
    ) -> Result<Self, StateError> {
        let mut connection = connect(path, opening)?;
        check_application(&connection, path)?;
        let schema = check_version(&connection, path)?;
        migrate(&mut connection, schema).map_err(StateError::sqlite("migrate its schema"))?;
        let identity = match read_identity(&connection)? {
            Some(identity) => identity,
            None => write_identity(&connection, target, fresh)?,
        };
        check_target(path, &identity.target, target)?;
        Self::start(connection, path, identity)
    }

    /// Opens an existing file whatever its target is, to tell what is in it.
    pub fn open_any(path: &Path) -> Result<Self, StateError> {
        let mut connection = connect(path, Opening::Existing)?;
        check_application(&connection, path)?;
        let schema = check_version(&connection, path)?;
        migrate(&mut connection, schema).map_err(StateError::sqlite("migrate its schema"))?;
        let identity = read_identity(&connection)?.ok_or_else(|| StateError::Missing {
            path: path.to_owned(),
        })?;
        Self::start(connection, path, identity)
    }

    fn start(connection: Connection, path: &Path, identity: Identity) -> Result<Self, StateError> {
        let learned_rate = pace::read(&connection)?;
        let owner = Owner::start(connection).map_err(|source| StateError::Open {
            path: path.to_owned(),
            source: Arc::new(source),
        })?;
        Ok(Self {
            owner,
            path: path.into(),
            learned_rate,
            identity: Arc::new(identity),
        })
    }

    /// The file's own id. Fingerprints of one state file mean nothing to another.
    pub fn state_id(&self) -> &str {
        &self.identity.state_id
    }

    /// Which Grid it is for.
    pub fn target(&self) -> &Target {
        &self.identity.target
    }

    /// The key of all its hashes.
    pub fn hash_key(&self) -> &HashKey {
        &self.identity.hash_key
    }
}

/// Makes a folder that only its owner can enter, and its parents.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Opens a file for its owner alone, in a folder for its owner alone; makes what is not there.
pub(super) fn open_private(path: &Path) -> std::io::Result<File> {
    make_folder(path.parent().unwrap_or(Path::new("")))?;
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}

fn connect(path: &Path, opening: Opening) -> Result<Connection, StateError> {
    let open_error = |source| StateError::Open {
        path: path.to_owned(),
        source: Arc::new(source),
    };
    if opening == Opening::Existing && !path.exists() {
        return Err(StateError::Missing {
            path: path.to_owned(),
        });
    }
    // Made here, not by SQLite, so that it is 0600 from its first byte; the WAL takes its mode.
    open_private(path).map_err(open_error)?;
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(StateError::sqlite("be opened"))?;
    configure(&connection).map_err(StateError::sqlite("be opened"))?;
    Ok(connection)
}

/// The settings of every connection that may write.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "cache_size", -32_000)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn check_application(connection: &Connection, path: &Path) -> Result<(), StateError> {
    let read = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let found = read("application_id").map_err(StateError::sqlite("be opened"))?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(StateError::sqlite("be opened"))?;
    match (found, tables) {
        (APPLICATION_ID, _) => Ok(()),
        (0, 0) => connection
            .pragma_update(None, "application_id", APPLICATION_ID)
            .map_err(StateError::sqlite("be created")),
        _ => Err(StateError::Foreign {
            path: path.to_owned(),
            found,
        }),
    }
}

fn check_version(connection: &Connection, path: &Path) -> Result<usize, StateError> {
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(StateError::sqlite("be opened"))?;
    match usize::try_from(found) {
        Ok(schema) if schema <= MIGRATIONS.len() => Ok(schema),
        _ => {
            let known = i64::try_from(MIGRATIONS.len()).expect("a handful of migrations");
            Err(StateError::Newer {
                path: path.to_owned(),
                found,
                known,
            })
        }
    }
}

fn read_identity(connection: &Connection) -> Result<Option<Identity>, StateError> {
    connection
        .query_row(
            "SELECT state_id, base_url, client_id, edition, hash_key FROM target",
            [],
            |row| {
                Ok(Identity {
                    state_id: row.get(0)?,
                    target: Target {
                        base_url: row.get(1)?,
                        client_id: row.get(2)?,
                        edition: row.get(3)?,
                    },
                    hash_key: HashKey::new(row.get(4)?),
                })
            },
        )
        .optional()
        .map_err(StateError::sqlite("read its target"))
}

fn write_identity(
    connection: &Connection,
    target: &Target,
    (state_id, hash_key): (String, HashKey),
) -> Result<Identity, StateError> {
    let Target {
        base_url,
        client_id,
        edition,
    } = target;
    connection
        .execute(
            "INSERT INTO target (only_one, state_id, base_url, client_id, edition, hash_key) VALUES (1, ?, ?, ?, ?, ?)",
            rusqlite::params![state_id, base_url, client_id, edition, hash_key.bytes()],
        )
        .map_err(StateError::sqlite("record its target"))?;
    Ok(Identity {
        state_id,
        target: target.clone(),
        hash_key,
    })
}

fn check_target(path: &Path, expected: &Target, found: &Target) -> Result<(), StateError> {
    let parts = [
        ("base URL", &expected.base_url, &found.base_url),
        ("client id", &expected.client_id, &found.client_id),
        ("edition", &expected.edition, &found.edition),
    ];
    match parts
        .into_iter()
        .find(|(_, expected, found)| expected != found)
    {
        None => Ok(()),
        Some((what, expected, found)) => Err(StateError::OtherTarget {
            path: PathBuf::from(path),
            what,
            expected: expected.clone(),
            found: found.clone(),
        }),
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "the tests put files where a state file would be"
)]
mod tests {
    use super::*;
    use crate::plan::testing::{HASH_KEY, target};

    fn fresh() -> (String, HashKey) {
        ("state-1".into(), HASH_KEY)
    }

    fn open(path: &Path) -> Result<State, StateError> {
        State::open(path, Opening::Create, &target(), fresh())
    }

    #[test]
    fn a_file_keeps_its_identity_and_migrating_twice_changes_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("deep/er/state.sqlite");
        let first = open(&path).expect("a new file");
        assert_eq!(first.state_id(), "state-1");
        drop(first);
        let again = State::open(
            &path,
            Opening::Existing,
            &target(),
            ("other".into(), HashKey::new([9; 16])),
        );
        assert_eq!(again.expect("the same file").state_id(), "state-1");
    }

    #[test]
    fn the_file_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("state.sqlite");
        open(&path).expect("a new file");
        let mode = std::fs::metadata(&path)
            .expect("metadata")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn another_target_is_refused_by_name() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("state.sqlite");
        open(&path).expect("a new file");
        let other = Target {
            edition: "2025-10".into(),
            ..target()
        };
        let error = State::open(&path, Opening::Create, &other, fresh())
            .err()
            .expect("refused");
        assert!(
            matches!(
                error,
                StateError::OtherTarget {
                    what: "edition",
                    ..
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn a_missing_foreign_newer_or_damaged_file_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("state.sqlite");
        assert!(matches!(
            State::open_any(&path).err(),
            Some(StateError::Missing { .. })
        ));

        std::fs::write(&path, "user_id,name\n1,x\n".repeat(200)).expect("written");
        assert!(matches!(open(&path).err(), Some(StateError::Sqlite { .. })));

        std::fs::remove_file(&path).expect("removed");
        let other = Connection::open(&path).expect("a database");
        other
            .execute_batch("CREATE TABLE theirs (x)")
            .expect("a table");
        drop(other);
        assert!(matches!(
            open(&path).err(),
            Some(StateError::Foreign { .. })
        ));

        std::fs::remove_file(&path).expect("removed");
        open(&path).expect("a new file");
        let newer = Connection::open(&path).expect("a database");
        newer.pragma_update(None, "user_version", 999).expect("set");
        drop(newer);
        assert!(matches!(
            open(&path).err(),
            Some(StateError::Newer { found: 999, .. })
        ));
    }
}
