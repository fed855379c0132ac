//! The limit of the target that was found, for the next run to begin with.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::StateError;
use super::open::State;

/// A limit that Grid showed by refusing to go faster.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearnedRate {
    /// Requests per second, above zero.
    pub per_second: f64,
    /// When that was seen last.
    pub at: Timestamp,
}

impl State {
    /// The limit as it stood in the file when it was opened.
    pub const fn learned_rate(&self) -> Option<LearnedRate> {
        self.learned_rate
    }

    /// Keeps a limit in place of what was known before; `None` forgets it.
    pub async fn learn_rate(&self, learned: Option<LearnedRate>) -> Result<(), StateError> {
        self.owner
            .call(move |connection| {
                write(connection, learned).map_err(StateError::sqlite("keep the learned rate"))
            })
            .await
    }
}

pub(super) fn read(connection: &Connection) -> Result<Option<LearnedRate>, StateError> {
    let found: Option<(f64, String)> = connection
        .query_row("SELECT per_second, at FROM learned_rate", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
        .map_err(StateError::sqlite("read the learned rate"))?;
    // A time that cannot be read is not worth a refusal: the rate is learned again.
    Ok(found.and_then(|(per_second, at)| {
        let at = at.parse().ok()?;
        Some(LearnedRate { per_second, at })
    }))
}

fn write(connection: &Connection, learned: Option<LearnedRate>) -> rusqlite::Result<()> {
    match learned {
        None => connection.execute("DELETE FROM learned_rate", []),
        Some(LearnedRate { per_second, at }) => connection.execute(
            "INSERT OR REPLACE INTO learned_rate (only_one, per_second, at) VALUES (1, ?, ?)",
            params![per_second, at.to_string()],
        ),
    }
    .map(drop)
}
