//! The mirror as a list for other programs.

use rusqlite::Row;

use super::error::StateError;
use super::mirror::MirrorReader;
use crate::model::{CustomerId, Key};
use crate::plan::{KnownCustomer, Owned};

impl MirrorReader {
    /// Hands over every active customer in key order, those that share a key next to each other,
    /// until `take` says stop by answering `false`. Keeps none of them.
    pub fn each_known(
        &self,
        mut take: impl FnMut(KnownCustomer) -> bool,
    ) -> Result<(), StateError> {
        let action = "read the mirror";
        let mut statement = self
            .connection
            .prepare(
                "SELECT key, customer_id, customer_type, status, created_at, updated_at, owned \
                 FROM mirror ORDER BY key, customer_id",
            )
            .map_err(StateError::sqlite(action))?;
        let mut rows = statement.query([]).map_err(StateError::sqlite(action))?;
        while let Some(row) = rows.next().map_err(StateError::sqlite(action))? {
            if !take(known(row).map_err(StateError::sqlite(action))?) {
                break;
            }
        }
        Ok(())
    }
}

fn known(row: &Row<'_>) -> rusqlite::Result<KnownCustomer> {
    let owned: Option<String> = row.get(6)?;
    Ok(KnownCustomer {
        key: Key::new(row.get::<_, String>(0)?),
        customer_id: CustomerId::new(row.get::<_, String>(1)?),
        customer_type: row.get(2)?,
        status: row.get(3)?,
        created_at: row.get(4)?,
        updated_at: row.get(5)?,
        owned: owned.as_deref().and_then(Owned::parse),
    })
}
