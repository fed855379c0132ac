//! One fault as asked for: what, for whom, when, how long.

use std::fmt;
use std::time::Duration;

use super::dice::Dice;
use super::kind::{FaultInfo, Kind, TABLE};
use super::scope::{Class, Scope};

/// A fault that was asked for.
///
/// A fault is written `[SCOPE/]NAME[=CHANCE|=#COUNT][@FROM[-[TO]]][:DURATION]`:
///
/// | written | strikes |
/// |---|---|
/// | `drop-after-commit` | every request that the fault is for |
/// | `drop-after-commit=0.2` | one in five of them, by the dice of the seed |
/// | `drop-after-commit=#3` | the first three of them |
/// | `drop-after-commit@5` | the fifth of them |
/// | `outage@5-20`, `auth-revoked@6-` | the fifth to the twentieth; the sixth and all after it |
/// | `late-commit:2s` | every one, with two seconds in place of the fault's own duration |
/// | `create/error-503=#3` | the first three creates, where the fault alone would take any request |
///
/// A scope before the name takes the place of the fault's own: `any`, `read`, `write`, `create`, `update`, `delete`, `get`,
/// `list` (pages), `page` (pages after the first), `lookup` (lists filtered by `platformCustomerId`), `account` (creates and deletes of
/// external accounts), `account-list`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub(crate) kind: Kind,
    pub(crate) scope: Scope,
    pub(crate) trigger: Trigger,
    /// As written; `None` leaves the fault's own duration.
    pub(crate) millis: Option<i64>,
}

/// Which of the requests in scope are struck. They are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Trigger {
    pub(crate) from: u64,
    pub(crate) to: u64,
    /// 1.0 is always.
    pub(crate) chance: f64,
}

impl Fault {
    /// The table of all faults, for help.
    pub fn all() -> &'static [FaultInfo] {
        static ROWS: &[FaultInfo] = &TABLE;
        ROWS
    }

    /// The name without scope, trigger and duration.
    pub fn name(&self) -> &'static str {
        self.kind.info().name
    }

    pub(crate) fn concerns(&self, class: Class) -> bool {
        self.scope.covers(class)
    }

    /// The written duration, else the fault's own.
    pub(crate) fn millis(&self) -> i64 {
        self.millis.or(self.kind.info().millis).unwrap_or(0)
    }
}

impl Trigger {
    pub(crate) const ALWAYS: Self = Self {
        from: 1,
        to: u64::MAX,
        chance: 1.0,
    };

    /// Whether the `count`-th request in scope is struck; `stream` keeps faults' dice apart.
    pub(crate) fn strikes(&self, count: u64, dice: Dice, stream: u64) -> bool {
        (self.from..=self.to).contains(&count)
            && (self.chance >= 1.0 || dice.fraction(stream, count) < self.chance)
    }
}

/// Milliseconds as a duration; what is below zero is none.
pub(crate) fn duration(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scope != self.kind.info().scope {
            write!(f, "{}/", self.scope.name())?;
        }
        write!(f, "{}{}", self.name(), self.trigger)?;
        self.millis
            .map_or(Ok(()), |millis| write!(f, ":{millis}ms"))
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.chance < 1.0 {
            write!(f, "={}", self.chance)?;
        }
        match (self.from, self.to) {
            (1, u64::MAX) => Ok(()),
            (from, u64::MAX) => write!(f, "@{from}-"),
            (from, to) if from == to => write!(f, "@{from}"),
            (from, to) => write!(f, "@{from}-{to}"),
        }
    }
}
