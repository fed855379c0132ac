//! Write back: the ids of customers that are ours, into the platform's own database.
//!
//! The state says which ids the database does not have yet. A batch of them is committed there first
//! and recorded here afterwards: a crash in between writes the batch once more, which changes nothing.

use jiff::Timestamp;

use super::error::EngineError;
use super::stop::Stop;
use crate::event::{Event, Sink};
use crate::model::{CustomerId, Key};
use crate::source::write_back::{Fate, WriteBack, WriteBackError};
use crate::state::{State, WriteBackNumber};

/// How often a batch is tried, where somebody else holds a lock.
const ATTEMPTS: u32 = 3;

/// Missing rows that are named; of the others there is the number.
const NAMED: usize = 20;

/// What is written back, and where to.
#[derive(Clone, Debug)]
pub struct WriteBackSettings {
    /// What tells the place from every other one.
    pub place: String,
    /// Ids in one transaction.
    pub batch: u32,
    /// Whether those go again that the place has already.
    pub rewrite: bool,
    /// Now.
    pub at: Timestamp,
}

/// What came of it, also where it ended early.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenBack {
    /// Ids that were put there.
    pub written: u64,
    /// Ids that stood there already, and are recorded now.
    pub unchanged: u64,
    /// Keys that no row has.
    pub missing: u64,
    /// The first of them.
    pub missing_keys: Vec<Key>,
}

/// Writes every id that the place does not have yet, batch by batch, until done or asked to stop. The
/// database is only opened if there is one. Blocking; for a thread that may wait.
pub fn write_back(
    state: &State,
    open: impl FnOnce() -> Result<Box<dyn WriteBack>, WriteBackError>,
    settings: &WriteBackSettings,
    sink: &Sink,
    stop: &Stop,
) -> (WrittenBack, Result<(), EngineError>) {
    let mut tally = Tally {
        sink,
        total: 0,
        so_far: WrittenBack::default(),
    };
    let result = run(state, open, settings, stop, &mut tally);
    let WrittenBack {
        written,
        unchanged,
        missing,
        ..
    } = tally.so_far;
    sink.emit(Event::WrittenBack {
        written,
        unchanged,
        missing,
    });
    (tally.so_far, result)
}

fn run(
    state: &State,
    open: impl FnOnce() -> Result<Box<dyn WriteBack>, WriteBackError>,
    settings: &WriteBackSettings,
    stop: &Stop,
    tally: &mut Tally<'_>,
) -> Result<(), EngineError> {
    let place = state.write_back_blocking(settings.place.clone())?;
    if settings.rewrite {
        state.forget_written_back_blocking(place)?;
    }
    tally.total = state.count_waiting_blocking(place)?;
    if tally.total == 0 {
        return Ok(());
    }
    tally.tell();
    let mut database = open()?;
    let mut after = None;
    while stop.reason().is_none() {
        let batch = state.waiting_blocking(place, after, settings.batch)?;
        let Some((last, _)) = batch.last() else {
            break;
        };
        after = Some(last.clone());
        let fates = write(database.as_mut(), &batch)?;
        record(state, place, batch, &fates, settings.at, tally)?;
    }
    Ok(())
}

fn write(
    database: &mut dyn WriteBack,
    batch: &[(Key, CustomerId)],
) -> Result<Vec<Fate>, WriteBackError> {
    let mut attempt = 1;
    loop {
        match database.write(batch) {
            Err(error) if error.fault.is_transient() && attempt < ATTEMPTS => attempt += 1,
            other => return other,
        }
    }
}

/// What stands there is recorded; a key without a row is asked for again next time.
fn record(
    state: &State,
    place: WriteBackNumber,
    batch: Vec<(Key, CustomerId)>,
    fates: &[Fate],
    at: Timestamp,
    tally: &mut Tally<'_>,
) -> Result<(), EngineError> {
    let mut there = Vec::with_capacity(batch.len());
    for (pair, fate) in batch.into_iter().zip(fates) {
        tally.note(&pair.0, *fate);
        if *fate != Fate::Missing {
            there.push(pair);
        }
    }
    state.record_written_back_blocking(place, there, at)?;
    tally.tell();
    Ok(())
}

struct Tally<'a> {
    sink: &'a Sink,
    total: u64,
    so_far: WrittenBack,
}

impl Tally<'_> {
    fn note(&mut self, key: &Key, fate: Fate) {
        let so_far = &mut self.so_far;
        match fate {
            Fate::Written => so_far.written += 1,
            Fate::Unchanged => so_far.unchanged += 1,
            Fate::Missing => {
                so_far.missing += 1;
                if so_far.missing_keys.len() < NAMED {
                    so_far.missing_keys.push(key.clone());
                }
                self.sink.emit(Event::NoRow { key: key.clone() });
            }
        }
    }

    fn tell(&self) {
        let WrittenBack {
            written,
            unchanged,
            missing,
            ..
        } = self.so_far;
        self.sink.emit(Event::WritingBack {
            done: written + unchanged + missing,
            total: self.total,
            written,
            unchanged,
            missing,
        });
    }
}
