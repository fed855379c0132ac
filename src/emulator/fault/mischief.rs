//! The faults that strike one request.

use std::time::Duration;

use super::kind::Kind;
use super::spec::duration;

/// What strikes one request, in the order in which the faults were asked for. Mostly nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mischief {
    struck: Vec<(Kind, i64)>,
}

impl Mischief {
    pub(super) fn add(&mut self, kind: Kind, millis: i64) {
        self.struck.push((kind, millis));
    }

    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.struck.iter().any(|(struck, _)| *struck == kind)
    }

    /// The duration that comes with a fault, if it strikes.
    pub(crate) fn duration(&self, kind: Kind) -> Option<Duration> {
        self.millis(kind).map(duration)
    }

    /// The same in milliseconds, which may be negative.
    pub(crate) fn millis(&self, kind: Kind) -> Option<i64> {
        self.struck
            .iter()
            .find(|(struck, _)| *struck == kind)
            .map(|(_, millis)| *millis)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Kind, Duration)> + '_ {
        self.struck
            .iter()
            .map(|&(kind, millis)| (kind, duration(millis)))
    }

    /// The name for the record: the first that strikes.
    pub(crate) fn name(&self) -> Option<&'static str> {
        self.struck.first().map(|(kind, _)| kind.info().name)
    }
}
