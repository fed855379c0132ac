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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, sync_channel};

    use super::*;
    use crate::model::Scope;
    use crate::plan::testing::{HASH_KEY, create, hashes, target};
    use crate::plan::{Owned, Target};
    use crate::source::write_back::WriteBackFault;
    use crate::state::{Listed, Opening, Record, RunFacts};

    /// A state that created a customer for each key.
    fn state(folder: &tempfile::TempDir, keys: &[&str]) -> State {
        let path = folder.path().join("state.sqlite");
        let fresh = ("state-1".into(), HASH_KEY);
        let target: Target = target();
        let state = State::open(&path, Opening::Create, &target, fresh).expect("a state");
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let facts = RunFacts {
            run_id: "run".into(),
            command: "sync".into(),
            started_at: Timestamp::UNIX_EPOCH,
            source: "csv users.csv".into(),
            mapping: "mapping".into(),
            scope: Scope::EVERYBODY,
            rejects_of: None,
        };
        let begun = runtime.expect("a runtime").block_on(state.begin_run(facts));
        let run = begun.expect("a run");
        let changes = (1..).zip(keys).map(|(record, key)| create(key, record));
        state
            .plan_changes_blocking(run, changes.collect())
            .expect("planned");
        let records = keys.iter().map(|key| (Key::new(*key), created(key)));
        state
            .record_all_blocking(run, records.collect())
            .expect("recorded");
        state
    }

    fn created(key: &str) -> Record {
        Record::Created {
            customer: Box::new(Listed {
                key: Key::new(key),
                customer_id: CustomerId::new(format!("C:{key}")),
                customer_type: None,
                status: None,
                created_at: None,
                updated_at: None,
                is_deleted: false,
                shown: hashes(&[]),
            }),
            sent: None,
            owned: Owned::Created,
            account: None,
        }
    }

    /// Answers as it is told, in turn; takes everything when it is told no more.
    struct Scripted {
        answers: Vec<Result<Fate, WriteBackFault>>,
        stop: Option<Stop>,
    }

    impl WriteBack for Scripted {
        fn write(&mut self, batch: &[(Key, CustomerId)]) -> Result<Vec<Fate>, WriteBackError> {
            if let Some(stop) = &self.stop {
                stop.stop(crate::engine::StopReason::Terminate);
            }
            let answer = if self.answers.is_empty() {
                Ok(Fate::Written)
            } else {
                self.answers.remove(0)
            };
            let name = "scripted".to_owned();
            answer
                .map(|fate| vec![fate; batch.len()])
                .map_err(|fault| WriteBackError { name, fault })
        }
    }

    fn busy() -> Result<Fate, WriteBackFault> {
        let code = "locked".into();
        Err(WriteBackFault::Busy { code })
    }

    fn lost() -> Result<Fate, WriteBackFault> {
        let code = "gone".into();
        Err(WriteBackFault::Lost { code })
    }

    /// One id a batch. What came of it, whether it went well, and what was told.
    fn run(
        state: &State,
        answers: Vec<Result<Fate, WriteBackFault>>,
        stops: bool,
    ) -> (WrittenBack, bool, Receiver<Event>) {
        let (sender, events) = sync_channel(100);
        let stop = Stop::default();
        let scripted = Scripted {
            answers,
            stop: stops.then(|| stop.clone()),
        };
        let settings = WriteBackSettings {
            place: "here".into(),
            batch: 1,
            rewrite: false,
            at: Timestamp::UNIX_EPOCH,
        };
        let open = || Ok(Box::new(scripted) as Box<dyn WriteBack>);
        let (done, result) = write_back(state, open, &settings, &Sink::new(sender), &stop);
        (done, result.is_ok(), events)
    }

    #[test]
    fn a_lock_that_goes_away_is_waited_for_and_one_that_stays_is_not() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = state(&folder, &["a", "b", "c"]);
        let answers = vec![busy(), busy(), Ok(Fate::Written), busy(), busy(), busy()];
        let (done, went_well, _) = run(&state, answers, false);
        assert_eq!((done.written, went_well), (1, false));
        let (done, went_well, _) = run(&state, Vec::new(), false);
        assert_eq!(
            (done.written, went_well),
            (2, true),
            "what came before is recorded"
        );
    }

    #[test]
    fn what_was_lost_is_not_tried_twice_and_not_recorded() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = state(&folder, &["a", "b"]);
        let (done, went_well, _) = run(&state, vec![lost()], false);
        assert_eq!((done, went_well), (WrittenBack::default(), false));
        let (done, ..) = run(&state, vec![Ok(Fate::Unchanged)], false);
        assert_eq!((done.written, done.unchanged), (1, 1));
    }

    #[test]
    fn a_stop_ends_it_behind_the_batch_under_way() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = state(&folder, &["a", "b"]);
        let (done, went_well, _) = run(&state, Vec::new(), true);
        assert_eq!((done.written, went_well), (1, true));
        assert_eq!(run(&state, Vec::new(), false).0.written, 1);
    }

    #[test]
    fn every_batch_is_told_with_running_totals_and_missing_keys_by_name() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = state(&folder, &["a", "b"]);
        let (_, _, events) = run(&state, vec![Ok(Fate::Missing)], false);
        let told: Vec<String> = events
            .iter()
            .map(|event| serde_json::to_string(&event).expect("an event is JSON"))
            .collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        {"event":"writing_back","done":0,"total":2,"written":0,"unchanged":0,"missing":0}
        {"event":"no_row","key":"a"}
        {"event":"writing_back","done":1,"total":2,"written":0,"unchanged":0,"missing":1}
        {"event":"writing_back","done":2,"total":2,"written":1,"unchanged":0,"missing":1}
        {"event":"written_back","written":1,"unchanged":0,"missing":1}
        "#);
    }

    #[test]
    fn where_nothing_waits_the_database_is_not_opened() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = state(&folder, &["a"]);
        run(&state, Vec::new(), false);
        let settings = WriteBackSettings {
            place: "here".into(),
            batch: 1,
            rewrite: false,
            at: Timestamp::UNIX_EPOCH,
        };
        let (sender, _events) = sync_channel(100);
        let open = || panic!("opened");
        let (_, result) = write_back(
            &state,
            open,
            &settings,
            &Sink::new(sender),
            &Stop::default(),
        );
        assert!(result.is_ok());
    }
}
