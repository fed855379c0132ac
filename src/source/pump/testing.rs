//! What tests of drivers share.

use std::error::Error;
use std::time::Duration;

use super::Patience;
use crate::model::{Position, Row};
use crate::source::{Rows, SourceError};

/// A reader that is always too slow.
pub(in crate::source) const NONE: Patience = Patience {
    stretch: Duration::ZERO,
    total: Duration::ZERO,
};

/// A reader that may be as slow as it likes.
pub(in crate::source) const FOR_EVER: Patience = Patience {
    stretch: Duration::from_mins(10),
    total: Duration::from_mins(10),
};

/// The cells of every row that is left.
pub(in crate::source) fn all(rows: &mut dyn Rows) -> Vec<Vec<Option<String>>> {
    let (mut row, mut found) = (Row::default(), Vec::new());
    while rows.next(&mut row).expect("the row is read") {
        let Position { line, byte, .. } = row.position();
        assert_eq!((line, byte, row.fault()), (0, 0, None));
        found.push(cells(&row));
    }
    found
}

fn cells(row: &Row) -> Vec<Option<String>> {
    let text = |column| {
        row.raw(column)
            .map(|_| row.text(column).expect("text").to_owned())
    };
    (0..row.len()).map(text).collect()
}

/// An error with its causes, as people see it.
pub(in crate::source) fn told(error: &SourceError) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
