//! One pass over NDJSON.

use std::sync::Arc;

use super::cells::{Cells, Findings, Gather, Twice, mended};
use super::discover::check_cut;
use super::lines::Lines;
use super::names::Names;
use super::walk::{NotObject, walk};
use crate::model::{Position, Row, RowFault};
use crate::source::{Rows, SourceError};

/// The rows of one pass, as they come; not to be asked for more than there is.
pub(super) struct NdjsonRows {
    lines: Lines,
    names: Arc<Names>,
    cells: Cells,
    path: String,
    /// Lines that are rows, read so far.
    records: u64,
}

impl NdjsonRows {
    pub(super) fn new(lines: Lines, names: Arc<Names>) -> Self {
        Self {
            lines,
            names,
            cells: Cells::default(),
            path: String::new(),
            records: 0,
        }
    }

    /// Reads the line, which is UTF-8, into the cells.
    fn read(&mut self) -> Result<Option<RowFault>, SourceError> {
        self.cells.begin(&self.names);
        let text = str::from_utf8(self.lines.line()).expect("it was looked at before");
        let mut gather = Gather {
            cells: &mut self.cells,
            names: &self.names,
            original: None,
        };
        if let Err(broken) = walk(text, &mut self.path, &mut gather) {
            check_cut(&self.lines, &broken)?;
            return Ok(Some(self.not_object(&broken)));
        }
        let Findings {
            is_unknown,
            has_bad_escape,
            twice,
            not_utf8: _,
        } = self.cells.findings;
        if has_bad_escape {
            let byte = self.lines.byte(0);
            return Ok(Some(RowFault::NotObject { byte }));
        }
        if is_unknown {
            return Err(SourceError::NewName {
                name: self.lines.name().clone(),
                line: self.lines.number(),
            });
        }
        Ok(twice.map(|Twice(column)| RowFault::Twice { column }))
    }

    /// Reads what can be read of a line that is not UTF-8: its key may be among it.
    fn read_mended(&mut self, first_bad: usize) -> RowFault {
        self.cells.begin(&self.names);
        let line = self.lines.line();
        let text = mended(line);
        let mut gather = Gather {
            cells: &mut self.cells,
            names: &self.names,
            original: Some((line, text.as_ptr().addr())),
        };
        let walked = walk(&text, &mut self.path, &mut gather);
        let byte = self.lines.byte(first_bad);
        match (walked, self.cells.findings.not_utf8) {
            (Ok(()), Some(column)) => RowFault::NotUtf8 { column, byte },
            _ => RowFault::NotObject { byte },
        }
    }

    fn not_object(&self, broken: &NotObject) -> RowFault {
        let byte = self.lines.byte(broken.at);
        RowFault::NotObject { byte }
    }

    /// No cells, and behind them the line itself, for the rejects file alone.
    fn keep_line(&self, row: &mut Row) {
        for _ in self.names.header() {
            row.push(None);
        }
        row.push(Some(self.lines.line().trim_ascii()));
    }
}

impl Rows for NdjsonRows {
    fn header(&self) -> &[String] {
        self.names.header()
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        if !self.lines.advance()? {
            return Ok(false);
        }
        self.records += 1;
        row.begin(Position {
            record: self.records,
            line: self.lines.number(),
            byte: self.lines.byte(0),
        });
        let fault = match str::from_utf8(self.lines.line()) {
            Ok(_) => self.read()?,
            Err(error) => Some(self.read_mended(error.valid_up_to())),
        };
        match fault {
            Some(fault @ RowFault::NotObject { .. }) => {
                self.keep_line(row);
                row.fail(fault);
            }
            fault => {
                self.cells.fill(row);
                if let Some(fault) = fault {
                    row.fail(fault);
                }
            }
        }
        Ok(true)
    }

    fn progress(&self) -> Option<(u64, u64)> {
        self.lines.progress()
    }
}
