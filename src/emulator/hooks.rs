//! What a test wants done at an exact point: when a request is received, or when it has taken effect.

use std::fmt;
use std::sync::Mutex;

use super::world::locked;

/// Something to be done once.
pub type Hook = Box<dyn FnOnce() + Send>;

/// A point in the life of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Received whole, nothing done yet.
    Received,
    /// In effect (or refused, or lost); nothing answered yet.
    Done,
}

/// What is still to be done.
#[derive(Default)]
pub(crate) struct Hooks {
    waiting: Mutex<Vec<(u64, Moment, Hook)>>,
}

impl Hooks {
    pub(crate) fn add(&self, number: u64, moment: Moment, hook: Hook) {
        locked(&self.waiting).push((number, moment, hook));
    }

    /// Does what waits for this point, in the order asked for. The lock is not held meanwhile, so a hook may ask for more.
    pub(crate) fn run(&self, number: u64, moment: Moment) {
        for hook in self.due(number, moment) {
            hook();
        }
    }

    fn due(&self, number: u64, moment: Moment) -> Vec<Hook> {
        let mut waiting = locked(&self.waiting);
        if waiting.is_empty() {
            return Vec::new();
        }
        let all = std::mem::take(&mut *waiting);
        let (due, rest): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|(at, when, _)| *at == number && *when == moment);
        *waiting = rest;
        due.into_iter().map(|(_, _, hook)| hook).collect()
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("waiting", &locked(&self.waiting).len())
            .finish()
    }
}
