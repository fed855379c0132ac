//! How a reader that has gone ends what the driver waits for.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What ends a wait of the driver.
type Hook = Box<dyn FnOnce() + Send>;

enum State {
    Running(Option<Hook>),
    Stopped,
}

/// Shared by both ends of a pass.
pub(super) struct Stopper(Mutex<State>);

impl Stopper {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State::Running(None)))
    }

    /// Says what ends a wait of the driver; at once, if the reader has gone already.
    pub(super) fn hook(&self, hook: Hook) {
        let mut state = self.lock();
        if let State::Running(place) = &mut *state {
            *place = Some(hook);
        } else {
            drop(state);
            hook();
        }
    }

    /// The reader goes.
    pub(super) fn stop(&self) {
        let state = std::mem::replace(&mut *self.lock(), State::Stopped);
        if let State::Running(Some(hook)) = state {
            hook();
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        matches!(*self.lock(), State::Stopped)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
