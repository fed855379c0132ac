//! How long a reader may be slow before the database is let go.

use std::time::Duration;

/// How long the database is kept waiting for whoever reads the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// At a stretch.
    pub stretch: Duration,
    /// In all, over one pass: a reader that is slow, but never stuck, runs it out as well.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            stretch: Duration::from_secs(10),
            total: Duration::from_mins(1),
        }
    }
}

impl Patience {
    /// How long the next wait may take after `waited` in all.
    pub(super) fn left(&self, waited: Duration) -> Duration {
        self.stretch.min(self.total.saturating_sub(waited))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_short_waits_run_it_out_as_one_long_one_does() {
        let seconds = Duration::from_secs;
        let patience = Patience {
            stretch: seconds(10),
            total: seconds(60),
        };
        assert_eq!(patience.left(seconds(0)), seconds(10));
        assert_eq!(patience.left(seconds(50)), seconds(10));
        assert_eq!(patience.left(seconds(57)), seconds(3));
        assert_eq!(patience.left(seconds(61)), seconds(0));
    }
}
