//! The second pass over the source: which rows have a change, and are they as they were planned?

use std::collections::HashSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use tokio::sync::mpsc::Sender;

use super::applier::Applier;
use super::create::{Before, Create};
use super::tracker::Ended;
use crate::engine::error::EngineError;
use crate::engine::feed::{Pass, Reading};
use crate::event::Outcome;
use crate::model::{Key, Row};
use crate::plan::{Change, ChangeKind, FieldHashes, adoptable, compare};
use crate::source::Rows;
use crate::state::{MirrorReader, PlannedChange, Record};

/// Rows whose keys are looked up in the journal at a time.
const BATCH: usize = 256;

/// How far the pass came.
pub(super) enum Picked {
    /// To the end of the source.
    All,
    /// The run was asked to stop.
    Stopped,
}

/// Reads the source on a thread of its own.
pub(super) struct Picker {
    applier: Applier,
    rows: Box<dyn Rows>,
    reading: Reading,
    mirror: MirrorReader,
    out: Sender<Create>,
}

/// What becomes of a row that has a change.
enum Choice {
    Send(Create),
    Record(Key, Record),
    Nothing,
}

impl Picker {
    pub(super) fn new(
        applier: Applier,
        pass: Pass,
        out: Sender<Create>,
    ) -> Result<Self, EngineError> {
        let mirror = applier.context.state.mirror_reader()?;
        Ok(Self {
            applier,
            rows: pass.rows,
            reading: pass.reading,
            mirror,
            out,
        })
    }

    pub(super) fn run(mut self) -> Result<Picked, EngineError> {
        let mut batch = vec![Row::default(); BATCH];
        loop {
            let mut used = 0;
            while used < BATCH && self.next(&mut batch[used])? {
                used += 1;
            }
            if self.applier.context.stop.reason().is_some() {
                return Ok(Picked::Stopped);
            }
            if used == 0 {
                return Ok(Picked::All);
            }
            if !self.batch(&batch[..used])? {
                return Ok(Picked::Stopped);
            }
        }
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, EngineError> {
        self.rows.next(row).map_err(EngineError::while_applying)
    }

    /// Whether the pass goes on.
    fn batch(&self, rows: &[Row]) -> Result<bool, EngineError> {
        let keyed: Vec<(Key, &Row)> = rows
            .iter()
            .filter_map(|row| Some((self.reading.key(row)?, row)))
            .collect();
        let keys = keyed.iter().map(|(key, _)| key.clone()).collect();
        let planned = self
            .applier
            .context
            .state
            .planned_blocking(self.applier.run, keys)?;
        let mut records = Vec::new();
        let mut planned = planned.into_iter().peekable();
        // What was planned when this batch was looked up may be done by now.
        let mut taken = HashSet::new();
        for (key, row) in keyed {
            let Some(change) = planned.next_if(|planned| planned.change.key == key) else {
                continue;
            };
            if !taken.insert(key) {
                continue;
            }
            match self.choose(change, row)? {
                Choice::Nothing => {}
                Choice::Record(key, record) => records.push((key, record)),
                Choice::Send(create) => {
                    if self.out.blocking_send(create).is_err() {
                        return Ok(false);
                    }
                }
            }
        }
        if !records.is_empty() {
            self.applier
                .context
                .state
                .record_all_blocking(self.applier.run, records)?;
        }
        Ok(true)
    }

    fn choose(&self, planned: PlannedChange, row: &Row) -> Result<Choice, EngineError> {
        let PlannedChange {
            change,
            attempts,
            sent_earlier_at,
        } = planned;
        if change.kind == ChangeKind::Delete {
            return Ok(self.defer(change, "USER_IS_BACK"));
        }
        let Ok(user) = self.reading.user(row, &mut Vec::new()) else {
            return Ok(self.defer(change, "ROW_CHANGED"));
        };
        let hash_key = self.applier.context.state.hash_key();
        let hashes = FieldHashes::of(hash_key, &user.values);
        if change.fingerprint != Some(hashes.fingerprint(hash_key)) {
            return Ok(self.defer(change, "ROW_CHANGED"));
        }
        if change.kind != ChangeKind::Create {
            return self.adopt(change, &hashes);
        }
        if !self
            .applier
            .live
            .lock()
            .expect("nothing panics while it holds the lock")
            .insert(change.key.clone())
        {
            return Ok(Choice::Nothing);
        }
        let body = self.applier.writer.body(&user);
        Ok(Choice::Send(Create {
            key: change.key,
            body,
            hashes,
            before: self.before(attempts, sent_earlier_at),
        }))
    }

    /// Nothing is sent unseen that may have been sent before.
    fn before(&self, attempts: u32, sent_earlier_at: Option<Timestamp>) -> Before {
        let settings = &self.applier.settings;
        let late = settings.lateness;
        let earlier = sent_earlier_at.map(|at| Timestamp::now().duration_since(at));
        // A clock that was set back makes it a request of this very moment.
        let ago = earlier.map(|ago| Duration::try_from(ago).unwrap_or_default());
        match ago.map(|ago| late.left(ago)) {
            Some(left) if !left.is_zero() => {
                let (now, spent) = (Instant::now(), late.settle.saturating_sub(left));
                let since = now.checked_sub(spent).unwrap_or(now);
                Before::SettleEarlier { since }
            }
            None if attempts == 0 && !settings.look_first => Before::Nothing,
            Some(_) | None => Before::Look,
        }
    }

    fn adopt(&self, change: Change, source: &FieldHashes) -> Result<Choice, EngineError> {
        let Some(customer_id) = change.customer_id.clone() else {
            return Ok(Choice::Nothing);
        };
        let Some(mirror) = self.mirror.find(&change.key, &customer_id)? else {
            return Ok(self.defer(change, "CUSTOMER_IS_GONE"));
        };
        let sent = adoptable(source, &compare(source, self.reading.slots(), &mirror));
        Ok(Choice::Record(
            change.key,
            Record::Adopted { customer_id, sent },
        ))
    }

    fn defer(&self, change: Change, code: &'static str) -> Choice {
        let Change { key, kind, .. } = change;
        self.applier
            .tracker
            .ended(Ended::new(key.clone(), kind, Outcome::Deferred).with_code(code));
        Choice::Record(
            key,
            Record::Deferred {
                code: code.to_owned(),
            },
        )
    }
}
