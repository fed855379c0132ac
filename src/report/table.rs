//! Aligned text tables.

use std::fmt::{self, Write};

use super::safe::safe;

/// A table of texts. Cells are made safe for a terminal as they are added; a column is as wide as
/// its widest cell, counted in characters.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
    indent: usize,
}

/// What stands between two columns.
const GAP: &str = "  ";

impl Table {
    /// A table without a header.
    pub fn new() -> Self {
        Self::default()
    }

    /// A table whose first row names the columns.
    pub fn with_header<const N: usize>(names: [&str; N]) -> Self {
        let mut table = Self::new();
        table.row(names);
        table
    }

    /// Aligns a column to the right, counted from 0: numbers.
    #[must_use]
    pub fn right(mut self, column: usize) -> Self {
        self.right.push(column);
        self
    }

    /// Begins each line with so many spaces.
    #[must_use]
    pub const fn indented(mut self, spaces: usize) -> Self {
        self.indent = spaces;
        self
    }

    /// Adds a row. Rows may differ in length.
    pub fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let cells = cells.into_iter();
        self.rows
            .push(cells.map(|cell| safe(cell.as_ref()).into_owned()).collect());
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        (0..columns).map(widest).collect()
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let mut line = " ".repeat(self.indent);
        for (column, (cell, &width)) in row.iter().zip(widths).enumerate() {
            let gap = if column == 0 { "" } else { GAP };
            line.push_str(gap);
            if self.right.contains(&column) {
                write!(line, "{cell:>width$}").expect("a string takes every write");
            } else {
                write!(line, "{cell:<width$}").expect("a string takes every write");
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        self.rows
            .iter()
            .try_for_each(|row| writeln!(f, "{}", self.line(row, &widths)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_numbers_stand_to_the_right() {
        let mut table = Table::with_header(["field", "rows", "note"]).right(1);
        table.row(["email", "12", "Zoë"]);
        table.row(["address.country", "1,000", ""]);
        insta::assert_snapshot!(table, @r"
        field             rows  note
        email               12  Zoë
        address.country  1,000
        ");
    }

    #[test]
    fn a_cell_cannot_steer_the_terminal() {
        let mut table = Table::new();
        table.row(["a\u{1b}[2J", "b\n"]);
        assert_eq!(table.to_string(), "a\\u{1b}[2J  b\\u{a}\n");
    }

    #[test]
    fn rows_may_differ_in_length_and_an_empty_table_is_nothing() {
        let mut table = Table::new().indented(2);
        assert_eq!(table.to_string(), "");
        table.row(["alone"]);
        table.row(["a", "b"]);
        assert_eq!(table.to_string(), "  alone\n  a      b\n");
    }
}
