//! What stands in a table before a batch is put there.

use std::collections::HashMap;

use super::{Fate, WriteBackFault};
use crate::model::write_back::IdColumns;
use crate::model::{CustomerId, Key};

/// Rows by the text of their key: how many, and the id of the last.
#[derive(Debug, Default)]
pub(super) struct Stored(HashMap<String, (u64, Option<String>)>);

impl Stored {
    /// One row was found.
    pub(super) fn add(&mut self, key: String, id: Option<String>) {
        let stored = self.0.entry(key).or_default();
        *stored = (stored.0 + 1, id);
    }

    /// What becomes of a key that the column spells so, if it can hold it.
    pub(super) fn fate(
        &self,
        key: &Key,
        spelt: Option<&str>,
        customer_id: &CustomerId,
    ) -> Result<Fate, WriteBackFault> {
        match spelt.and_then(|spelt| self.0.get(spelt)) {
            None => Ok(Fate::Missing),
            Some((1, id)) if id.as_deref() == Some(customer_id.as_str()) => Ok(Fate::Unchanged),
            Some((1, _)) => Ok(Fate::Written),
            Some((rows, _)) => Err(WriteBackFault::Several {
                key: key.clone(),
                rows: *rows,
            }),
        }
    }
}

/// Whether the longest id of a batch fits into its column. A server that is not strict would cut it.
pub(super) fn fits(
    limit: Option<u64>,
    names: &IdColumns,
    batch: &[(Key, CustomerId)],
) -> Result<(), WriteBackFault> {
    let longest = batch
        .iter()
        .map(|(_, id)| id.as_str().chars().count())
        .max();
    let needed = longest.unwrap_or_default() as u64;
    match limit.filter(|limit| *limit < needed) {
        None => Ok(()),
        Some(limit) => Err(WriteBackFault::TooShort {
            table: names.table.clone(),
            column: names.id.clone(),
            limit,
            needed,
        }),
    }
}
