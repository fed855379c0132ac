//! The file itself: how it is opened and how it commits.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests look at the file from outside"
)]

use std::os::unix::fs::PermissionsExt;

use super::world::World;
use crate::state::StateError;

#[test]
fn the_owner_commits_to_a_log_and_waits_for_the_disk() {
    let world = World::new();
    let setting = |name: &'static str| {
        world
            .owner
            .call_blocking(move |connection| {
                connection
                    .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
                    .map_err(StateError::sqlite("be asked"))
            })
            .expect("a setting")
    };
    assert_eq!(setting("journal_mode"), "wal".to_owned().into());
    assert_eq!(setting("synchronous"), 2.into(), "FULL");
    assert_eq!(setting("foreign_keys"), 1.into());
}

#[test]
fn the_log_beside_the_file_is_for_its_owner_alone_too() {
    let world = World::new();
    world.begin_run("run");
    let log = world.path().with_extension("sqlite-wal");
    let mode = std::fs::metadata(log)
        .expect("the log")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}
