//! The text format of `COPY`: a row a line, cells between tabs, `\N` for NULL, backslash escapes.

use super::form::Form;
use crate::model::{Row, RowFault};

/// The lines of what arrives. The server sends each as a message of its own, which is not relied on.
#[derive(Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
}

impl Lines {
    /// Every line that a piece completes, without its end.
    pub(super) fn take<E>(
        &mut self,
        piece: &[u8],
        mut line: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(last) = piece.iter().rposition(|&byte| byte == b'\n') else {
            self.begun.extend_from_slice(piece);
            return Ok(());
        };
        let (whole, rest) = (&piece[..last], &piece[last + 1..]);
        for (nth, text) in whole.split(|&byte| byte == b'\n').enumerate() {
            if nth == 0 && !self.begun.is_empty() {
                self.begun.extend_from_slice(text);
                line(&self.begun)?;
                self.begun.clear();
            } else {
                line(text)?;
            }
        }
        self.begun.extend_from_slice(rest);
        Ok(())
    }

    /// Whether the last line is complete.
    pub(super) fn is_whole(&self) -> bool {
        self.begun.is_empty()
    }
}

/// Fills rows out of lines, with memory that is used again.
pub(super) struct Cells {
    forms: Vec<Form>,
    unescaped: Vec<u8>,
    shaped: Vec<u8>,
}

impl Cells {
    pub(super) fn new(forms: Vec<Form>) -> Self {
        Self {
            forms,
            unescaped: Vec::new(),
            shaped: Vec::new(),
        }
    }

    /// Adds the cells of a line to an empty row; `false` if they are not as many as the columns.
    pub(super) fn fill(&mut self, line: &[u8], row: &mut Row) -> bool {
        let Self {
            forms,
            unescaped,
            shaped,
        } = self;
        let mut rest = Some(line);
        for form in forms.iter() {
            let Some(text) = rest else { return false };
            let (end, is_escaped) = cell(text);
            let (mut cell, behind) = (&text[..end], text.get(end + 1..));
            rest = behind;
            if cell == b"\\N" {
                row.push(None);
                continue;
            }
            if is_escaped {
                unescaped.clear();
                unescape(cell, unescaped);
                cell = unescaped;
            }
            shaped.clear();
            row.push(Some(form.shape(cell, shaped)));
        }
        check(line, row);
        rest.is_none()
    }
}

/// Where the first cell ends, and whether it has an escape.
fn cell(text: &[u8]) -> (usize, bool) {
    let mut is_escaped = false;
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            b'\t' => return (at, is_escaped),
            b'\\' => is_escaped = true,
            _ => {}
        }
    }
    (text.len(), is_escaped)
}

fn unescape(cell: &[u8], out: &mut Vec<u8>) {
    let mut bytes = cell.iter();
    while let Some(&byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        out.push(match bytes.next() {
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'v') => 11,
            Some(&byte) => byte,
            None => b'\\',
        });
    }
}

/// A database in `SQL_ASCII` does not know what its texts are written in.
fn check(line: &[u8], row: &mut Row) {
    if line.is_ascii() || str::from_utf8(line).is_ok() {
        return;
    }
    let bad = (0..row.len()).find_map(|column| {
        let error = str::from_utf8(row.raw(column)?).err()?;
        Some((column, error.valid_up_to() as u64))
    });
    if let Some((column, byte)) = bad {
        row.fail(RowFault::NotUtf8 { column, byte });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Position;

    fn plain(columns: usize) -> Cells {
        Cells::new(vec![Form::Plain; columns])
    }

    /// As the server writes it.
    fn written(cells: &[Option<String>]) -> Vec<u8> {
        let cells: Vec<_> = cells
            .iter()
            .map(|cell| match cell {
                None => "\\N".to_owned(),
                Some(text) => text
                    .replace('\\', "\\\\")
                    .replace('\n', "\\n")
                    .replace('\r', "\\r")
                    .replace('\t', "\\t")
                    .replace('\u{8}', "\\b")
                    .replace('\u{b}', "\\v")
                    .replace('\u{c}', "\\f"),
            })
            .collect();
        format!("{}\n", cells.join("\t")).into_bytes()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_however_it_is_cut(
            rows in prop::collection::vec(
                prop::collection::vec(prop::option::of("[\\\\Nntab\t\n\r\u{8}\u{b}\u{c}ä;]{0,6}"), 3),
                1..6,
            ),
            cuts in 1_usize..20,
        ) {
            let text: Vec<u8> = rows.iter().flat_map(|row| written(row)).collect();
            let (mut lines, mut cells) = (Lines::default(), plain(3));
            let mut found: Vec<Vec<Option<String>>> = Vec::new();
            for piece in text.chunks(cuts) {
                lines.take(piece, |line| {
                    let mut row = Row::default();
                    row.begin(Position::default());
                    assert!(cells.fill(line, &mut row));
                    let text = |column| row.raw(column).map(|_| row.text(column).expect("text").to_owned());
                    found.push((0..row.len()).map(text).collect());
                    Ok::<_, ()>(())
                }).expect("nothing fails");
            }
            prop_assert!(lines.is_whole());
            prop_assert_eq!(found, rows);
        }
    }

    #[test]
    fn a_line_with_more_or_fewer_cells_is_none_of_these_columns() {
        let fill = |line: &[u8]| plain(2).fill(line, &mut Row::default());
        assert!(fill(b"a\tb"));
        assert!(fill(b"\t"));
        assert!(!fill(b"a"));
        assert!(!fill(b"a\tb\tc"));
    }

    #[test]
    fn a_cell_that_is_not_utf_8_marks_its_row() {
        let mut row = Row::default();
        assert!(plain(2).fill(b"a\tb\xff", &mut row));
        assert_eq!(row.fault(), Some(RowFault::NotUtf8 { column: 1, byte: 1 }));
    }
}
