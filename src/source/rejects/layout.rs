//! Which cell goes where.

use std::borrow::Cow;

use csv::ByteRecord;

use super::text::OwnCells;
use crate::model::sheet::marked;
use crate::model::{Row, RowFault};

/// The columns of our own, behind the source's.
const OWN_COLUMNS: [&str; 3] = ["_error_code", "_error", LINE];

/// The line, or the record, on which the row stands in the source that it first came from.
const LINE: &str = "_line";

/// Whether a file with this header is one that we wrote.
pub(in crate::source) fn is_rejects(header: &[String]) -> bool {
    let has = |own: &&str| header.iter().any(|name| name == own);
    OWN_COLUMNS.iter().all(has)
}

/// The column of a file of rejects that tells the first source's line.
pub(super) fn line_column(header: &[String]) -> Option<usize> {
    let column = || header.iter().position(|name| name == LINE);
    is_rejects(header).then(column)?
}

/// Behind a row that has too few cells. Whoever mends the row takes it away, as the next two.
const TOO_SHORT: &[u8] = b"cells are missing";

/// Behind a row of which one member was written twice.
const TWICE: &[u8] = b"the second of two members is missing";

/// Behind a row with a cell that is no text, which as a cell of this file it would be.
const UNFIT: &[u8] = b"a cell is JSON";

/// Behind a row with a NUL byte, which stands as [`NUL_SIGN`]: with one, the file would be no text.
const NUL: &[u8] = b"a NUL byte is missing";

/// What is written for a NUL byte: the sign that stands for it.
const NUL_SIGN: &[u8] = "\u{2400}".as_bytes();

/// The columns of the rejects file, by those of the source.
pub(super) struct Layout {
    /// The source's columns that are kept, ascending. A column of one of our own names comes from
    /// an earlier rejects file and is replaced.
    kept: Vec<usize>,
    /// How many columns the source has.
    columns: usize,
    /// Where a source of rejects says on which line of the first source a row stood.
    line: Option<usize>,
}

impl Layout {
    pub(super) fn new(header: &[String]) -> Self {
        let is_kept = |&column: &usize| !OWN_COLUMNS.contains(&header[column].as_str());
        Self {
            kept: (0..header.len()).filter(is_kept).collect(),
            columns: header.len(),
            line: line_column(header),
        }
    }

    /// The header: the kept columns, then our own.
    pub(super) fn header(&self, header: &[String], out: &mut ByteRecord) {
        out.clear();
        for &column in &self.kept {
            out.push_field(&written(header[column].as_bytes()));
        }
        for name in OWN_COLUMNS {
            out.push_field(name.as_bytes());
        }
    }

    /// One row: the kept cells byte for byte (but for their marks, and for NUL bytes), empty ones where the row has none, then our own, then
    /// the cells that the header has no column for. A row that is too short gets a word there: with
    /// its missing cells filled up it would pass for a good one, and its values may stand in the
    /// wrong columns. So does every other row whose cells alone would say something else here.
    /// A line that is no JSON object stands there itself.
    pub(super) fn row(&self, row: &Row, own: &OwnCells, out: &mut ByteRecord) {
        out.clear();
        for &column in &self.kept {
            out.push_field(&written(row.raw(column).unwrap_or_default()));
        }
        for cell in [&own.codes, &own.errors] {
            out.push_field(&marked(cell.as_bytes()));
        }
        match self.line {
            Some(column) => out.push_field(&written(row.raw(column).unwrap_or_default())),
            None => out.push_field(own.line.as_bytes()),
        }
        if let Some(word) = self.word(row) {
            out.push_field(word);
        }
        for column in self.columns..row.len() {
            out.push_field(&written(row.raw(column).unwrap_or_default()));
        }
    }

    /// What keeps the row from passing for a good one.
    fn word(&self, row: &Row) -> Option<&'static [u8]> {
        if row.len() < self.columns {
            return Some(TOO_SHORT);
        }
        match row.fault() {
            Some(RowFault::Twice { .. }) => Some(TWICE),
            _ if row.has_unfit() => Some(UNFIT),
            _ if row.has_nul() => Some(NUL),
            _ => None,
        }
    }
}

/// A cell as it stands in the file.
fn written(cell: &[u8]) -> Cow<'_, [u8]> {
    if !cell.contains(&0) {
        return marked(cell);
    }
    let parts: Vec<_> = cell.split(|byte| *byte == 0).collect();
    Cow::Owned(marked(&parts.join(NUL_SIGN)).into_owned())
}
