//! The cells of one line, gathered in the order of its text and handed out in that of the header.

use super::names::Names;
use super::walk::{Found, Visit, scalar};
use crate::model::Row;

/// What stands between the items of a list in its cell.
const SEPARATOR: u8 = b';';

/// The cells of one line. Filled again for each.
#[derive(Default)]
pub(super) struct Cells {
    /// Content of all cells, one behind the other.
    bytes: Vec<u8>,
    /// By column.
    columns: Vec<Option<Cell>>,
    /// By place in the names: the line on which it was last seen, to find what stands there twice.
    seen: Vec<u64>,
    line: u64,
    /// Where the path was found that came last.
    last: Option<usize>,
    scratch: String,
    pub(super) findings: Findings,
}

#[derive(Clone, Copy)]
struct Cell {
    begin: usize,
    end: usize,
    is_text: bool,
}

/// What is wrong with the line as a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Findings {
    /// A name that no line had when the names were collected.
    pub(super) is_unknown: bool,
    /// An escape that stands for no character.
    pub(super) has_bad_escape: bool,
    /// The first member that occurs twice: its column, if it is one.
    pub(super) twice: Option<Twice>,
    /// The first column whose cell is not UTF-8.
    pub(super) not_utf8: Option<usize>,
}

/// A member that occurs a second time, and the column that it is, if it is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twice(pub(super) Option<usize>);

impl Cells {
    pub(super) fn begin(&mut self, names: &Names) {
        self.bytes.clear();
        self.columns.clear();
        self.columns.resize(names.header().len(), None);
        self.seen.resize(names.len(), 0);
        self.line += 1;
        self.last = None;
        self.findings = Findings::default();
    }

    /// Fills the row, absent cells included.
    pub(super) fn fill(&self, row: &mut Row) {
        for cell in &self.columns {
            match cell {
                None => row.push(None),
                Some(cell) => {
                    let bytes = &self.bytes[cell.begin..cell.end];
                    if cell.is_text {
                        row.push(Some(bytes));
                    } else {
                        row.push_unfit(bytes);
                    }
                }
            }
        }
    }

    /// Finds the path; `None` where it is unknown, or stands there a second time.
    fn place(&mut self, names: &Names, path: &str) -> Option<usize> {
        let Some(place) = names.find(path, self.last) else {
            self.findings.is_unknown = true;
            return None;
        };
        self.last = Some(place);
        if self.seen[place] == self.line {
            self.findings
                .twice
                .get_or_insert(Twice(names.column(place)));
            return None;
        }
        self.seen[place] = self.line;
        Some(place)
    }

    fn put(&mut self, column: usize, found: Found<'_>) {
        let begin = self.bytes.len();
        let is_text = match found {
            Found::Nothing => return,
            Found::Plain(text) => {
                self.bytes.extend_from_slice(text.as_bytes());
                true
            }
            Found::Escaped(text) => {
                self.unescape(text);
                self.bytes.extend_from_slice(self.scratch.as_bytes());
                true
            }
            Found::List { raw, items } => self.join(begin, raw, items),
            Found::Json(raw) => {
                self.bytes.extend_from_slice(raw.as_bytes());
                false
            }
        };
        let end = self.bytes.len();
        self.columns[column] = Some(Cell {
            begin,
            end,
            is_text,
        });
    }

    /// Joins the items. Where one holds the separator, they could not be told apart again: then
    /// the list stands there as it is in the text, and is no text.
    fn join(&mut self, begin: usize, raw: &str, items: &[&str]) -> bool {
        let texts = items.iter().map(|item| scalar(item));
        let there = texts.filter(|item| !matches!(item, Found::Nothing));
        for (index, item) in there.enumerate() {
            if index > 0 {
                self.bytes.push(SEPARATOR);
            }
            let at = self.bytes.len();
            match item {
                Found::Escaped(text) => {
                    self.unescape(text);
                    self.bytes.extend_from_slice(self.scratch.as_bytes());
                }
                Found::Plain(text) => self.bytes.extend_from_slice(text.as_bytes()),
                Found::Nothing | Found::List { .. } | Found::Json(_) => {}
            }
            if self.bytes[at..].contains(&SEPARATOR) {
                self.bytes.truncate(begin);
                self.bytes.extend_from_slice(raw.as_bytes());
                return false;
            }
        }
        true
    }

    /// Leaves in `scratch` what the text with its quotes and escapes stands for.
    fn unescape(&mut self, text: &str) {
        let unescaped = serde_json::from_str::<String>(text);
        self.findings.has_bad_escape |= unescaped.is_err();
        self.scratch = unescaped.unwrap_or_default();
    }
}

/// A line that is going to be cells.
pub(super) struct Gather<'g> {
    pub(super) cells: &'g mut Cells,
    pub(super) names: &'g Names,
    /// The line as it is, where that is not UTF-8 and what is walked is a mended copy of the same
    /// length, which begins at this address.
    pub(super) original: Option<(&'g [u8], usize)>,
}

impl Gather<'_> {
    /// What stands in the file where the copy has the found text, if that is not UTF-8.
    fn not_utf8(&self, found: Found<'_>) -> Option<&[u8]> {
        let (line, copy) = self.original?;
        let text = match found {
            Found::Nothing => return None,
            Found::Plain(text) | Found::Escaped(text) | Found::Json(text) => text,
            Found::List { raw, .. } => raw,
        };
        let begin = text.as_ptr().addr() - copy;
        let bytes = &line[begin..begin + text.len()];
        str::from_utf8(bytes).is_err().then_some(bytes)
    }
}

impl Visit for Gather<'_> {
    fn container(&mut self, path: &str) {
        self.cells.place(self.names, path);
    }

    fn value(&mut self, path: &str, found: Found<'_>) {
        let place = self.cells.place(self.names, path);
        let Some(column) = place.and_then(|place| self.names.column(place)) else {
            return;
        };
        let Some(bytes) = self.not_utf8(found).map(<[u8]>::to_vec) else {
            return self.cells.put(column, found);
        };
        let begin = self.cells.bytes.len();
        self.cells.bytes.extend_from_slice(&bytes);
        self.cells.columns[column] = Some(Cell {
            begin,
            end: self.cells.bytes.len(),
            is_text: true,
        });
        self.cells.findings.not_utf8.get_or_insert(column);
    }
}

/// The line as UTF-8 of the same length: each byte that belongs to no character is a `?`.
pub(super) fn mended(line: &[u8]) -> String {
    let mut text = String::with_capacity(line.len());
    for chunk in line.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}
