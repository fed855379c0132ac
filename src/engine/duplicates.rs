//! Rows of one key: all of them are rejected, each with the positions of all.

use std::io;

use super::stage::Staging;
use crate::model::field::Slot;
use crate::model::{Fault, FaultCode, Key, Position, Reject};
use crate::plan::{Staged, StagedFate};

/// Positions that a message names; a key in every row would make it endless.
const NAMED_POSITIONS: usize = 10;

/// The rows of keys that occur more than once, for a run that compares with nothing.
pub fn duplicates(staging: &Staging) -> io::Result<Vec<(u64, Reject)>> {
    let mut found = Vec::new();
    let mut groups = staging.groups()?;
    while let Some((key, users)) = groups.next_group()? {
        if users.len() > 1 {
            let expected = duplicate_text(&users);
            let valid = users
                .iter()
                .filter(|user| user.fate != StagedFate::Rejected);
            found.extend(valid.map(|user| {
                (
                    user.position.record,
                    duplicate_reject(&key, user.position, expected.clone(), staging.key_column()),
                )
            }));
        }
    }
    found.sort_unstable_by_key(|(record, _)| *record);
    Ok(found)
}

pub(super) fn duplicate_text(users: &[Staged]) -> String {
    let mut positions: Vec<String> = users
        .iter()
        .take(NAMED_POSITIONS)
        .map(|user| user.position.to_string())
        .collect();
    if users.len() > NAMED_POSITIONS {
        positions.push(format!("{} more", users.len() - NAMED_POSITIONS));
    }
    format!(
        "one row for each user; this key is at {}",
        positions.join(", ")
    )
}

pub(super) fn duplicate_reject(
    key: &Key,
    position: Position,
    expected: String,
    column: Option<&(String, usize)>,
) -> Reject {
    let fault = Fault {
        code: FaultCode::DuplicateKey,
        field: Some(Slot::KEY.path().into_owned()),
        column: column.map(|(name, _)| name.clone()),
        column_number: column.map(|(_, number)| *number),
        expected,
    };
    Reject {
        key: Some(key.clone()),
        position,
        faults: vec![fault],
    }
}
