//! Rows that change hands together.

use crate::model::Row;

/// Rows in a batch, at most.
const ROWS: usize = 256;

/// A batch that holds so many bytes is full.
const BYTES: usize = 256 * 1024;

/// A row that held more than this gives its memory back when its place is used again.
const LARGE_ROW: usize = 64 * 1024;

/// Rows that change hands together. The places are filled again and again.
#[derive(Default)]
pub(super) struct Batch {
    rows: Vec<Row>,
    used: usize,
    bytes: usize,
    taken: usize,
}

impl Batch {
    /// Makes it empty again. The rows keep their memory.
    pub(super) fn clear(&mut self) {
        self.used = 0;
        self.bytes = 0;
        self.taken = 0;
    }

    pub(super) fn is_full(&self) -> bool {
        self.used == ROWS || self.bytes >= BYTES
    }

    /// Fills the next place.
    pub(super) fn push<T>(&mut self, fill: impl FnOnce(&mut Row) -> T) -> T {
        if self.used == self.rows.len() {
            self.rows.push(Row::default());
        }
        let row = &mut self.rows[self.used];
        if row.bytes() > LARGE_ROW {
            *row = Row::default();
        }
        let filled = fill(row);
        self.used += 1;
        self.bytes += row.bytes();
        filled
    }

    /// Gives its next row in exchange for one whose memory can be used again.
    pub(super) fn take(&mut self, row: &mut Row) -> bool {
        if self.taken == self.used {
            return false;
        }
        std::mem::swap(row, &mut self.rows[self.taken]);
        self.taken += 1;
        true
    }

    /// The rows, none of which was taken.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows[..self.used]
    }
}
