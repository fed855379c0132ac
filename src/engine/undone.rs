//! Undone: one more pass over the source, when a run is over, for the file of the rows that it left
//! undone: rejected, ambiguous, refused by Grid, deferred, not known. What each came to stands in the
//! journal and in the mirror and is looked up by its key, so memory stays flat.

use std::iter::Peekable;
use std::sync::mpsc::sync_channel;
use std::vec::IntoIter;

use super::duplicates::grouped;
use super::error::EngineError;
use super::feed::{self, Feed, Pass, Reading};
use super::stage::{Unwatched, stage};
use super::stop::Stop;
use crate::event::Sink;
use crate::model::{Key, Reject, Row};
use crate::plan::{FieldHashes, Fingerprint};
use crate::source::{RejectsFile, RejectsSettings, Undone, line_of};
use crate::state::{ChangeStatus, KeyEnd, RowEnd, RunNumber, State};

/// Rows that are looked up at a time.
const BATCH: usize = 256;

/// Which rows count as left undone, besides those that were rejected or have two customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A run over a whole source, or a plan: what it tried and did not do. What it did not come to
    /// stands in the source, for the next run.
    Tried,
    /// A run over the rejects of another: every row that is not done. Those that are done are
    /// recorded for that other run.
    All {
        /// The other run.
        of: RunNumber,
    },
}

/// The run that is over.
#[derive(Clone, Copy)]
pub struct Over<'a> {
    /// Its source.
    pub feed: &'a Feed,
    /// Its journal, and the mirror.
    pub state: &'a State,
    /// Its number.
    pub run: RunNumber,
    /// Whether it may have created anybody.
    pub create: bool,
    /// Which rows are told of.
    pub extent: Extent,
}

/// Writes the rows that are left undone, in the source's order. Nothing is in its place before the file
/// that is returned is put there.
pub fn write_undone(
    over: &Over<'_>,
    settings: &RejectsSettings,
) -> Result<RejectsFile, EngineError> {
    let repeated = repeated(over)?.into_iter().peekable();
    let pass = over.feed.open()?;
    let header = pass.rows.header().to_vec();
    let mut writing = Writing {
        file: RejectsFile::new(settings.clone(), &header)?,
        header,
        over: *over,
        repeated,
    };
    let Pass {
        mut rows, reading, ..
    } = pass;
    let mut batch = vec![Row::default(); BATCH];
    loop {
        let mut used = 0;
        while used < BATCH && rows.next(&mut batch[used])? {
            used += 1;
        }
        if used == 0 {
            return Ok(writing.file);
        }
        writing.batch(&reading, &batch[..used])?;
    }
}

/// The rows of keys that occur more than once. Nobody is told of this pass.
fn repeated(over: &Over<'_>) -> Result<Vec<(u64, Reject)>, EngineError> {
    let (sink, stop) = (Sink::new(sync_channel(0).0), Stop::default());
    let hash_key = over.state.hash_key();
    let staging = stage(over.feed.open()?, hash_key, &sink, &stop, &mut Unwatched)?;
    let grouped = grouped(&staging).map_err(EngineError::Spill)?;
    Ok(grouped.duplicates)
}

struct Writing<'a> {
    over: Over<'a>,
    header: Vec<String>,
    repeated: Peekable<IntoIter<(u64, Reject)>>,
    file: RejectsFile,
}

/// What is known of a row before it is looked up.
enum Judged {
    Rejected(Reject),
    Good(Key, Fingerprint),
    OutOfScope(Key),
}

/// What became of a good row.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Done,
    /// Nothing, and nothing is missed.
    Untold,
    Undone(Undone),
}

impl Writing<'_> {
    fn batch(&mut self, reading: &Reading, rows: &[Row]) -> Result<(), EngineError> {
        let judged: Vec<Judged> = rows.iter().map(|row| self.judge(reading, row)).collect();
        let keys = judged.iter().filter_map(|judged| match judged {
            Judged::Good(key, _) | Judged::OutOfScope(key) => Some(key.clone()),
            Judged::Rejected(_) => None,
        });
        let ends = self
            .over
            .state
            .ends_blocking(self.over.run, keys.collect())?;
        let mut ends = ends.into_iter();
        let mut settled = Vec::new();
        let all = self.over.extent != Extent::Tried;
        for (row, judged) in rows.iter().zip(judged) {
            if let Judged::Rejected(reject) = &judged {
                self.file.write(row, reject)?;
                continue;
            }
            let end = ends.next().expect("one end for each key");
            let fate = match judged {
                Judged::Good(_, fingerprint) => fate(end, fingerprint, self.over.create, all),
                Judged::Rejected(_) | Judged::OutOfScope(_) => out_of_scope(end, all),
            };
            match fate {
                Fate::Done => settled.extend(line_of(&self.header, row)),
                Fate::Untold => {}
                Fate::Undone(undone) => self.file.write_undone(row, &undone)?,
            }
        }
        match self.over.extent {
            Extent::All { of } => Ok(self.over.state.settle_rejects_blocking(of, settled)?),
            Extent::Tried => Ok(()),
        }
    }

    fn judge(&mut self, reading: &Reading, row: &Row) -> Judged {
        let record = row.position().record;
        while self.repeated.next_if(|(at, _)| *at < record).is_some() {}
        let repeated = self.repeated.next_if(|(at, _)| *at == record);
        let user = match (reading.judge(row, &mut Vec::new()), repeated) {
            (feed::Judged::Rejected(reject), _) | (_, Some((_, reject))) => {
                return Judged::Rejected(reject);
            }
            (feed::Judged::OutOfScope(key), None) => return Judged::OutOfScope(key),
            (feed::Judged::User(user), None) => user,
        };
        let hash_key = self.over.state.hash_key();
        let hashes = FieldHashes::of(hash_key, &user.values);
        Judged::Good(user.key, hashes.fingerprint(hash_key))
    }
}

/// `create`: whether anybody may be created; `all`: whether every row that is not done is told of.
fn fate(end: KeyEnd, fingerprint: Fingerprint, create: bool, all: bool) -> Fate {
    match (end.change, end.customers) {
        (Some(change), _) => changed(change, Some(fingerprint), all),
        (None, 1) => Fate::Done,
        (None, 0) if !create => undone("CREATE_IS_OFF", "[changes] create is false"),
        (None, 0) if all => moved(),
        (None, 0) => Fate::Untold,
        (None, _) => ambiguous("AMBIGUOUS"),
    }
}

/// What became of a row that the run is not about. It may have come out of scope since it was planned.
fn out_of_scope(end: KeyEnd, all: bool) -> Fate {
    match end.change {
        Some(change) => changed(change, None, all),
        None if all => undone("OUT_OF_SCOPE", "this run is about others"),
        None => Fate::Untold,
    }
}

/// What became of a row that had a change. One that was done as another row than it is now is done
/// again; so is one of which only the key was read.
fn changed(change: RowEnd, fingerprint: Option<Fingerprint>, all: bool) -> Fate {
    let RowEnd {
        status,
        at_account,
        code,
        fields,
        fingerprint: planned,
    } = change;
    let (whom, left) = if at_account {
        (
            "this bank account",
            "the customer exists, its bank account is left for another run",
        )
    } else {
        ("this user", "left for another run, nothing was changed")
    };
    let code = code.unwrap_or_else(|| "UNKNOWN".to_owned());
    match status {
        ChangeStatus::Applied | ChangeStatus::AlreadyApplied
            if planned.is_some() && planned == fingerprint =>
        {
            Fate::Done
        }
        ChangeStatus::Applied | ChangeStatus::AlreadyApplied if all => moved(),
        ChangeStatus::Planned if all => {
            undone("NOT_TRIED", "the run stopped before it came to this row")
        }
        ChangeStatus::Applied | ChangeStatus::AlreadyApplied | ChangeStatus::Planned => {
            Fate::Untold
        }
        ChangeStatus::InFlight | ChangeStatus::Unknown => undone(
            "UNRESOLVED",
            "what came of the request is not known yet: the next run looks it up",
        ),
        ChangeStatus::Failed if code == "AMBIGUOUS" => ambiguous(&code),
        ChangeStatus::Failed if fields.is_empty() => undone(&code, &format!("Grid refused {whom}")),
        ChangeStatus::Failed => undone(&code, &format!("Grid refused {}", fields.join(", "))),
        ChangeStatus::Deferred if code == "ROW_CHANGED" => moved(),
        ChangeStatus::Deferred => undone(&code, left),
    }
}

fn moved() -> Fate {
    undone("ROW_CHANGED", "the row changed while the run went on")
}

fn ambiguous(code: &str) -> Fate {
    undone(code, "two or more customers in Grid have this key")
}

fn undone(code: &str, error: &str) -> Fate {
    Fate::Undone(Undone {
        code: code.to_owned(),
        error: error.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 7;

    fn ended(status: ChangeStatus, code: Option<&str>, planned: u64) -> KeyEnd {
        KeyEnd {
            change: Some(RowEnd {
                status,
                at_account: false,
                code: code.map(str::to_owned),
                fields: Vec::new(),
                fingerprint: Some(Fingerprint::from_raw(planned)),
            }),
            customers: 0,
        }
    }

    fn unchanged(customers: u64) -> KeyEnd {
        KeyEnd {
            change: None,
            customers,
        }
    }

    /// What is told of a row of a whole source, and of one of rejects: a code, or whether it is done.
    fn told(end: &KeyEnd, create: bool) -> [String; 2] {
        [false, true].map(
            |all| match fate(end.clone(), Fingerprint::from_raw(NOW), create, all) {
                Fate::Done => "done".to_owned(),
                Fate::Untold => "-".to_owned(),
                Fate::Undone(undone) => undone.code,
            },
        )
    }

    /// A user whose customer exists was not refused as a whole.
    #[test]
    fn what_became_of_a_bank_account_is_said_of_the_account() {
        let told = |status, at_account| {
            let change = RowEnd {
                status,
                at_account,
                code: Some("CODE".into()),
                fields: Vec::new(),
                fingerprint: None,
            };
            match changed(change, Some(Fingerprint::from_raw(NOW)), false) {
                Fate::Undone(undone) => undone.error,
                other => panic!("{other:?}"),
            }
        };
        insta::assert_snapshot!(
            [
                told(ChangeStatus::Failed, false),
                told(ChangeStatus::Failed, true),
                told(ChangeStatus::Deferred, false),
                told(ChangeStatus::Deferred, true),
            ]
            .join("\n"),
            @r"
        Grid refused this user
        Grid refused this bank account
        left for another run, nothing was changed
        the customer exists, its bank account is left for another run
        "
        );
    }

    #[test]
    fn a_row_out_of_scope_is_told_of_where_it_was_planned_or_is_all_that_there_is() {
        let told = |end: &KeyEnd| {
            [false, true].map(|all| match out_of_scope(end.clone(), all) {
                Fate::Done => "done".to_owned(),
                Fate::Untold => "-".to_owned(),
                Fate::Undone(undone) => undone.code,
            })
        };
        assert_eq!(told(&unchanged(0)), ["-", "OUT_OF_SCOPE"]);
        assert_eq!(told(&unchanged(2)), ["-", "OUT_OF_SCOPE"]);
        let moved = ended(ChangeStatus::Deferred, Some("ROW_CHANGED"), NOW);
        assert_eq!(told(&moved), ["ROW_CHANGED", "ROW_CHANGED"]);
        let applied = ended(ChangeStatus::Applied, None, NOW);
        assert_eq!(told(&applied), ["-", "ROW_CHANGED"]);
    }

    #[test]
    fn every_end_of_a_row_is_done_or_told_of() {
        use ChangeStatus::{AlreadyApplied, Applied, Deferred, Failed, InFlight, Planned, Unknown};
        let cases = [
            (unchanged(1), true, ["done", "done"]),
            (unchanged(2), true, ["AMBIGUOUS", "AMBIGUOUS"]),
            (unchanged(0), true, ["-", "ROW_CHANGED"]),
            (unchanged(0), false, ["CREATE_IS_OFF", "CREATE_IS_OFF"]),
            (ended(Applied, None, NOW), true, ["done", "done"]),
            (ended(AlreadyApplied, None, NOW), true, ["done", "done"]),
            (ended(Applied, None, 1), true, ["-", "ROW_CHANGED"]),
            (ended(AlreadyApplied, None, 1), true, ["-", "ROW_CHANGED"]),
            (ended(Planned, None, NOW), true, ["-", "NOT_TRIED"]),
            (
                ended(InFlight, None, NOW),
                true,
                ["UNRESOLVED", "UNRESOLVED"],
            ),
            (
                ended(Unknown, Some("HTTP_500"), NOW),
                true,
                ["UNRESOLVED", "UNRESOLVED"],
            ),
            (
                ended(Failed, Some("INVALID_INPUT"), 1),
                true,
                ["INVALID_INPUT", "INVALID_INPUT"],
            ),
            (
                ended(Failed, Some("AMBIGUOUS"), NOW),
                true,
                ["AMBIGUOUS", "AMBIGUOUS"],
            ),
            (
                ended(Deferred, Some("ROW_CHANGED"), 1),
                true,
                ["ROW_CHANGED", "ROW_CHANGED"],
            ),
            (
                ended(Deferred, Some("NO_ANSWER"), NOW),
                true,
                ["NO_ANSWER", "NO_ANSWER"],
            ),
        ];
        for (end, create, expected) in cases {
            assert_eq!(told(&end, create), expected, "{end:?}");
        }
    }
}
