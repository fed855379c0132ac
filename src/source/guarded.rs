//! A pass that is over stays over.

use super::{Rows, SourceError, SourceName};
use crate::model::Row;

/// Holds what [`Rows::next`] promises of the end and of errors, so that no source has to: what is within is
/// not asked again after either.
pub(super) fn guarded(name: &SourceName, rows: impl Rows + 'static) -> Box<dyn Rows> {
    Box::new(Guarded {
        name: name.clone(),
        rows,
        state: State::Reading,
    })
}

struct Guarded<R> {
    name: SourceName,
    rows: R,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    Reading,
    Ended,
    Failed,
}

impl<R: Rows> Rows for Guarded<R> {
    fn header(&self) -> &[String] {
        self.rows.header()
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        match self.state {
            State::Ended => return Ok(false),
            State::Failed => {
                let name = self.name.clone();
                return Err(SourceError::Over { name });
            }
            State::Reading => {}
        }
        let found = self.rows.next(row);
        self.state = match found {
            Ok(true) => State::Reading,
            Ok(false) => State::Ended,
            Err(_) => State::Failed,
        };
        found
    }

    fn progress(&self) -> Option<(u64, u64)> {
        self.rows.progress()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives what it was told to give, and panics when it is asked for more.
    struct Scripted(Vec<Result<bool, SourceError>>);

    impl Rows for Scripted {
        fn header(&self) -> &[String] {
            &[]
        }

        fn next(&mut self, _: &mut Row) -> Result<bool, SourceError> {
            self.0.remove(0)
        }

        fn progress(&self) -> Option<(u64, u64)> {
            None
        }
    }

    fn name() -> SourceName {
        SourceName::new("test", "rows")
    }

    #[test]
    fn nothing_is_asked_for_after_the_end() {
        let mut rows = guarded(&name(), Scripted(vec![Ok(true), Ok(false)]));
        let found = [(); 4].map(|()| rows.next(&mut Row::default()).expect("no error"));
        assert_eq!(found, [true, false, false, false]);
    }

    #[test]
    fn after_an_error_every_further_call_fails() {
        let broken = SourceError::Denied { name: name() };
        let mut rows = guarded(&name(), Scripted(vec![Ok(true), Err(broken)]));
        let mut next = || rows.next(&mut Row::default());
        assert!(matches!(next(), Ok(true)));
        assert!(matches!(next(), Err(SourceError::Denied { .. })));
        for _ in 0..2 {
            assert!(matches!(next(), Err(SourceError::Over { .. })));
        }
    }
}
