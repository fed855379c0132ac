//! What the summary needs to remember of the events, in a bounded amount of memory.

use std::collections::BTreeMap;

use crate::event::{Event, Outcome};
use crate::model::{FaultCode, Key};
use crate::plan::{ChangeKind, SAMPLE_CAP};

/// At most so many groups are told apart. Codes and fields are Grid's, so nobody promises that
/// there are few of them.
const GROUP_CAP: usize = 100;

/// Outcomes that leave something to be done, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trouble {
    /// Grid refused it.
    Failed,
    /// Nobody knows yet.
    Unknown,
    /// Left for the next run.
    Deferred,
}

/// What the changes of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cause {
    pub(super) trouble: Trouble,
    pub(super) kind: ChangeKind,
    pub(super) code: Option<String>,
    pub(super) fields: Vec<String>,
}

/// How many there are, and the first few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) count: u64,
    pub(super) keys: Vec<Key>,
}

/// What was seen so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// Whether applying began.
    pub(super) applied: bool,
    /// Whether the plan had nothing to do.
    pub(super) idle: bool,
    /// Warnings of the validation.
    pub(super) warnings: u64,
    /// How often each fault was met.
    pub(super) codes: BTreeMap<FaultCode, u64>,
    /// Changes that did not come out well.
    pub(super) troubles: BTreeMap<Cause, Group>,
    /// Troubles beyond the groups that are told apart.
    pub(super) others: u64,
}

impl Tally {
    /// Takes in an event.
    pub(super) fn observe(&mut self, event: &Event) {
        match event {
            Event::Staged { warnings, .. } => self.warnings = *warnings,
            Event::Rejected(reject) => {
                for fault in &reject.faults {
                    *self.codes.entry(fault.code).or_default() += 1;
                }
            }
            Event::Planned(plan) => self.idle = plan.is_empty(),
            Event::Applying { .. } => self.applied = true,
            Event::Outcome { .. } => {
                self.applied = true;
                self.note_trouble(event);
            }
            _ => {}
        }
    }

    fn note_trouble(&mut self, event: &Event) {
        let Event::Outcome {
            key,
            kind,
            outcome,
            customer_id: _,
            code,
            fields,
        } = event
        else {
            return;
        };
        let Some(trouble) = trouble(*outcome) else {
            return;
        };
        let cause = Cause {
            trouble,
            kind: *kind,
            code: code.clone(),
            fields: fields.clone(),
        };
        if self.troubles.len() >= GROUP_CAP && !self.troubles.contains_key(&cause) {
            self.others += 1;
            return;
        }
        self.troubles.entry(cause).or_default().add(key);
    }
}

impl Group {
    fn add(&mut self, key: &Key) {
        self.count += 1;
        if self.keys.len() < SAMPLE_CAP {
            self.keys.push(key.clone());
        }
    }
}

const fn trouble(outcome: Outcome) -> Option<Trouble> {
    match outcome {
        Outcome::Applied | Outcome::AlreadyApplied => None,
        Outcome::Failed => Some(Trouble::Failed),
        Outcome::Unknown => Some(Trouble::Unknown),
        Outcome::Deferred => Some(Trouble::Deferred),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(number: u64, code: &str) -> Event {
        Event::Outcome {
            key: Key::new(format!("user-{number}")),
            kind: ChangeKind::Create,
            outcome: Outcome::Failed,
            customer_id: None,
            code: Some(code.into()),
            fields: vec!["email".into()],
        }
    }

    #[test]
    fn failures_are_grouped_and_only_the_first_keys_are_kept() {
        let mut tally = Tally::default();
        (0..1_000).for_each(|number| tally.observe(&failed(number, "INVALID_INPUT")));
        let group = tally.troubles.values().next().expect("one group");
        assert_eq!((tally.troubles.len(), group.count), (1, 1_000));
        assert_eq!(group.keys.len(), SAMPLE_CAP);
    }

    #[test]
    fn codes_without_end_take_no_memory_without_end() {
        let mut tally = Tally::default();
        (0..1_000).for_each(|number| tally.observe(&failed(number, &format!("CODE_{number}"))));
        assert_eq!(tally.troubles.len(), GROUP_CAP);
        assert_eq!(tally.others, 900);
    }

    #[test]
    fn an_outcome_that_is_good_is_no_trouble() {
        let mut tally = Tally::default();
        tally.observe(&Event::Outcome {
            key: Key::new("user-1"),
            kind: ChangeKind::Create,
            outcome: Outcome::AlreadyApplied,
            customer_id: None,
            code: None,
            fields: Vec::new(),
        });
        assert!(tally.troubles.is_empty() && tally.applied);
    }
}
