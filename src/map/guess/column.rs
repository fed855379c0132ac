//! One column of the sample.

use std::collections::{BTreeMap, HashSet};

use crate::model::{Personal, Row};

/// A column's name and what stands in it.
pub(super) struct Column<'r> {
    /// From 0.
    pub(super) place: usize,
    pub(super) name: &'r str,
    /// Each row's value, trimmed, unless it is blank.
    cells: Vec<Option<Personal<&'r str>>>,
}

impl<'r> Column<'r> {
    pub(super) fn new(place: usize, name: &'r str, rows: &'r [Row]) -> Self {
        let good = rows.iter().filter(|row| row.fault().is_none());
        let texts = good.map(|row| {
            row.text(place)
                .map(str::trim)
                .filter(|text| !text.is_empty())
        });
        Self {
            place,
            name: name.trim_start_matches('\u{feff}').trim(),
            cells: texts.map(|text| text.map(Personal::new)).collect(),
        }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &'r str> {
        self.cells().flatten()
    }

    /// Each row's value.
    pub(super) fn cells(&self) -> impl Iterator<Item = Option<&'r str>> {
        let cells = self.cells.iter();
        cells.map(|cell| cell.as_ref().map(|text| *text.expose()))
    }

    /// How many rows have a value.
    pub(super) fn len(&self) -> usize {
        self.values().count()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rows there are, with a value or without.
    pub(super) fn rows(&self) -> usize {
        self.cells.len()
    }

    /// Whether the row has a value.
    pub(super) fn is_filled(&self, row: usize) -> bool {
        self.cells[row].is_some()
    }

    /// Rows in which one of the others has a value and this column has none.
    pub(super) fn lacks_beside(&self, others: &[&Self]) -> usize {
        let is_lacking =
            |row: &usize| !self.is_filled(*row) && others.iter().any(|other| other.is_filled(*row));
        (0..self.rows()).filter(is_lacking).count()
    }

    /// How often each value occurs.
    pub(super) fn counts(&self) -> BTreeMap<&'r str, usize> {
        let mut counts = BTreeMap::new();
        for value in self.values() {
            *counts.entry(value).or_default() += 1;
        }
        counts
    }

    /// Whether every row has a value, and no two the same.
    pub(super) fn is_unique(&self) -> bool {
        let mut seen = HashSet::new();
        self.len() == self.rows() && self.values().all(|value| seen.insert(value))
    }

    /// The part of the values for which this holds, from 0 to 1; `None` without any value.
    pub(super) fn part(&self, holds: impl Fn(&str) -> bool) -> Option<f64> {
        let count = self.values().filter(|value| holds(value)).count();
        ratio(count, self.len())
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a sample has few rows, and a part of it need not be exact"
)]
fn ratio(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}
