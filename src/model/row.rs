//! One row of the source as it was read: cells in column order, before any mapping.

use super::Position;

/// Why a row could not be read as cells at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// The row has more or fewer cells than the header.
    Ragged {
        /// Cells in the header.
        expected: usize,
        /// Cells in the row.
        found: usize,
    },
    /// A cell is not UTF-8.
    NotUtf8 {
        /// Column of the cell, from 0.
        column: usize,
        /// Offset of the first byte that is wrong in the (decompressed) file; where the source has
        /// no lines, in the cell.
        byte: u64,
    },
    /// The line is not one JSON object. Behind cells that are all absent, the row has one more,
    /// which no column reads: the line as it is, for the rejects file.
    NotObject {
        /// Offset in the (decompressed) file of the byte where that shows.
        byte: u64,
    },
    /// A JSON object has two members of one name; the cell is the first one's.
    Twice {
        /// Column of the member, from 0; `None` where it is an object.
        column: Option<usize>,
    },
}

/// A row. Made to be filled again and again by the source, so that a pass allocates little.
/// It holds personal data: it can be neither printed nor serialised.
#[derive(Clone, Default)]
pub struct Row {
    position: Position,
    bytes: Vec<u8>,
    /// End of each cell in `bytes`, and what it is.
    cells: Vec<(usize, Cell)>,
    fault: Option<RowFault>,
    has_unfit: bool,
}

/// What a cell is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// Nothing: a database NULL.
    Absent,
    /// A text.
    Text,
    /// Something that is not one text.
    Unfit,
}

impl Row {
    /// Empties the row and says where the next one begins.
    pub fn begin(&mut self, position: Position) {
        self.position = position;
        self.bytes.clear();
        self.cells.clear();
        self.fault = None;
        self.has_unfit = false;
    }

    /// Adds the next cell; `None` is a NULL.
    pub fn push(&mut self, cell: Option<&[u8]>) {
        self.bytes.extend_from_slice(cell.unwrap_or_default());
        let what = cell.map_or(Cell::Absent, |_| Cell::Text);
        self.cells.push((self.bytes.len(), what));
    }

    /// Adds the next cell, whose content cannot be one text: JSON that no cell can hold. It is a
    /// fault of the row if its column is mapped.
    pub fn push_unfit(&mut self, cell: &[u8]) {
        self.bytes.extend_from_slice(cell);
        self.cells.push((self.bytes.len(), Cell::Unfit));
        self.has_unfit = true;
    }

    /// Marks the row as unreadable. Its cells stay, for the rejects file.
    pub fn fail(&mut self, fault: RowFault) {
        self.fault = Some(fault);
    }

    /// Where the row begins.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Why the row cannot be mapped, if it cannot.
    pub fn fault(&self) -> Option<RowFault> {
        self.fault
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Bytes of all its cells together.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the row has no cell.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Whether any cell is not one text.
    pub fn has_unfit(&self) -> bool {
        self.has_unfit
    }

    /// Whether a NUL byte stands in any cell.
    pub fn has_nul(&self) -> bool {
        self.bytes.contains(&0)
    }

    /// Whether the cell is not one text.
    pub fn is_unfit(&self, column: usize) -> bool {
        matches!(self.cells.get(column), Some((_, Cell::Unfit)))
    }

    /// The cell as it was read; `None` beyond the last one and for a NULL.
    pub fn raw(&self, column: usize) -> Option<&[u8]> {
        let &(end, what) = self.cells.get(column)?;
        let start = match column {
            0 => 0,
            _ => self.cells[column - 1].0,
        };
        (what != Cell::Absent).then(|| &self.bytes[start..end])
    }

    /// The cell as text; `None` also where it is not UTF-8, which [`Row::fault`] has named before,
    /// and where it is unfit.
    pub fn text(&self, column: usize) -> Option<&str> {
        if self.has_unfit && self.is_unfit(column) {
            return None;
        }
        std::str::from_utf8(self.raw(column)?).ok()
    }
}
