//! Cells of any source, written as rejects and read again.

use std::fs;

use crate::model::{Position, Row};
use crate::source::{
    Delimiter, RejectsFile, RejectsSettings, ReopenedRejects, Source, Undone, line_of,
};

use super::input::{choice, place};

const ROW: u8 = 0x1e;
const CELL: u8 = 0x1f;

/// The first row is the header, in UTF-8; cells may be anything.
pub(super) fn run(mut bytes: &[u8]) {
    let Some(choice) = choice(&mut bytes) else {
        return;
    };
    let mut rows = bytes
        .split(|byte| *byte == ROW)
        .map(|row| row.split(|byte| *byte == CELL));
    let Some(header) = rows.next() else { return };
    let header: Option<Vec<String>> = header
        .map(|name| str::from_utf8(name).ok().map(str::to_owned))
        .collect();
    let Some(header) = header else { return };
    let rows: Vec<Row> = (1..)
        .zip(rows)
        .map(|(record, cells)| row(record, cells))
        .collect();
    if rows.is_empty() {
        return;
    }
    let delimiter = Delimiter::from_byte(b",;\t|"[choice % 4]);
    let path = place("undone.csv");
    let settings = RejectsSettings {
        path: path.clone(),
        delimiter,
        source: None,
    };
    let mut file = RejectsFile::new(settings, &header).expect("the path is nobody's source");
    let undone = Undone {
        code: "UNKNOWN".to_owned(),
        error: "=cmd; nobody knows".to_owned(),
    };
    for row in &rows {
        file.write_undone(row, &undone).expect("it can be written");
    }
    file.finish().expect("it can be put in place");
    let reopened = ReopenedRejects::open(&path, delimiter).unwrap_or_else(|error| {
        let text = fs::read(&path).unwrap_or_default();
        panic!("{error}: {}", text.escape_ascii())
    });
    same(&reopened.source, &header, &rows);
}

fn row<'b>(record: u64, cells: impl Iterator<Item = &'b [u8]>) -> Row {
    let mut row = Row::default();
    row.begin(Position {
        record,
        line: 0,
        byte: 0,
    });
    for cell in cells {
        match cell {
            b"\\N" => row.push(None),
            cell => row.push(Some(cell)),
        }
    }
    row
}

fn same(source: &dyn Source, header: &[String], rows: &[Row]) {
    let own = ["_error_code", "_error", "_line"];
    let was_rejects = own
        .iter()
        .all(|name| header.iter().any(|column| column == name));
    let kept: Vec<usize> = (0..header.len())
        .filter(|&column| !own.contains(&header[column].as_str()))
        .collect();
    let mut pass = source.rows().expect("it was read before");
    let names: Vec<String> = kept
        .iter()
        .map(|&column| header[column].replace('\0', "\u{2400}"))
        .collect();
    let names = names.iter().map(String::as_str).chain(own);
    assert!(
        names.eq(pass.header().iter().map(String::as_str)),
        "{:?}",
        pass.header()
    );
    let header = pass.header().to_vec();
    let mut found = Row::default();
    for row in rows {
        assert!(
            pass.next(&mut found).expect("what we write can be read"),
            "a row is lost"
        );
        for (place, &column) in kept.iter().enumerate() {
            assert_eq!(found.raw(place), Some(&*shown(row.raw(column))));
        }
        if !was_rejects {
            assert_eq!(line_of(&header, &found), Some(row.position().record));
        }
    }
    assert!(
        !pass.next(&mut found).expect("what we write can be read"),
        "a row too many"
    );
}

/// A cell as a file of rejects has it: no text has a NUL byte.
pub(super) fn shown(cell: Option<&[u8]>) -> Vec<u8> {
    let parts: Vec<_> = cell.unwrap_or_default().split(|byte| *byte == 0).collect();
    parts.join("\u{2400}".as_bytes())
}
