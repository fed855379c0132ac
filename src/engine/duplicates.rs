//! Rows of one key: all of them are rejected, each with the positions of all.

use std::io;

use super::stage::Staging;
use crate::model::field::Slot;
use crate::model::{Fault, FaultCode, Key, Position, Reject};
use crate::plan::{Decision, Mirrored, Staged, StagedFate, decide};

/// Positions that a message names; a key in every row would make it endless.
const NAMED_POSITIONS: usize = 10;

/// What only a look at all rows of a key tells, for a run that compares with nothing.
#[derive(Default)]
pub struct Grouped {
    /// The rows of keys that occur more than once, by their records, ascending.
    pub duplicates: Vec<(u64, Reject)>,
    /// Rows that are out of scope.
    pub out_of_scope: u64,
}

/// Looks at all rows of each key.
pub fn grouped(staging: &Staging) -> io::Result<Grouped> {
    let mut grouped = Grouped::default();
    let mut groups = staging.groups()?;
    while let Some((key, users)) = groups.next_group()? {
        match decide(&users, &[] as &[Mirrored]) {
            Decision::Duplicate => grouped.add(&key, &users, staging),
            Decision::OutOfScope => grouped.out_of_scope += users.len() as u64,
            _ => {}
        }
    }
    grouped
        .duplicates
        .sort_unstable_by_key(|(record, _)| *record);
    Ok(grouped)
}

impl Grouped {
    /// A row of the group that has faults of its own was told of when it was staged.
    fn add(&mut self, key: &Key, users: &[Staged], staging: &Staging) {
        let expected = duplicate_text(users);
        let good = users
            .iter()
            .filter(|user| user.fate != StagedFate::Rejected);
        self.duplicates.extend(good.map(|user| {
            let position = user.position;
            let reject = duplicate_reject(key, position, expected.clone(), staging.key_column());
            (position.record, reject)
        }));
    }
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
