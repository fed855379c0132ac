//! What is written is read back, by whoever reads it.

use std::path::Path;

use proptest::prelude::*;

use super::{RejectsFile, RejectsSettings};
use crate::model::{Fault, FaultCode, Position, Reject, Row};
use crate::source::{CsvSettings, CsvSource, Delimiter, Input, Source};

const HEADER: [&str; 3] = ["@id", "name", "-phone"];

fn header() -> Vec<String> {
    HEADER.map(str::to_owned).to_vec()
}

fn write(path: &Path, delimiter: u8, rows: &[Vec<Vec<u8>>]) {
    let settings = RejectsSettings {
        path: path.to_owned(),
        delimiter: Delimiter::from_byte(delimiter),
        source: None,
    };
    let mut file = RejectsFile::new(settings, &header()).expect("planned");
    for (cells, record) in rows.iter().zip(1..) {
        let position = Position {
            record,
            line: record + 1,
            byte: 0,
        };
        let mut row = Row::default();
        row.begin(position);
        cells.iter().for_each(|cell| row.push(Some(cell)));
        let reject = Reject {
            key: None,
            position,
            faults: vec![Fault {
                code: FaultCode::BadPhone,
                field: Some("phoneNumber".into()),
                column: Some("-phone".into()),
                column_number: Some(3),
                expected: "a number".into(),
            }],
        };
        file.write(&row, &reject).expect("written");
    }
    file.finish().expect("in place");
}

/// The header, and the source's own cells of each row.
fn read(path: &Path, delimiter: u8) -> (Vec<String>, Vec<Vec<Vec<u8>>>) {
    let mut settings = CsvSettings::new(Input::new(path));
    settings.delimiter = Delimiter::from_byte(delimiter);
    let mut rows = CsvSource::new(settings).rows().expect("a source");
    let (header, mut row, mut found) = (rows.header().to_vec(), Row::default(), Vec::new());
    while rows.next(&mut row).expect("a row") {
        let cells = (0..HEADER.len()).map(|column| row.raw(column).expect("a cell").to_vec());
        found.push(cells.collect());
    }
    (header, found)
}

#[test]
fn a_spreadsheet_sees_no_formula_and_a_reader_sees_the_very_cells() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rejects.csv");
    let cells = [
        &b"=1+1"[..],
        b"'=\"HYPERLINK\"",
        b"+4915550001",
        b"-5",
        b"a;=1",
        b"\xff=1",
    ];
    let rows: Vec<_> = cells
        .iter()
        .map(|cell| vec![b"@a".to_vec(), b"Ada".to_vec(), cell.to_vec()])
        .collect();
    write(&path, b',', &rows);
    let text = std::fs::read(&path).expect("written");
    let text = String::from_utf8_lossy(&text);
    insta::assert_snapshot!(text, @r#"
    '@id,name,'-phone,_error_code,_error,_line
    '@a,Ada,'=1+1,BAD_PHONE,phoneNumber (column -phone): expected a number,2
    '@a,Ada,"''=""HYPERLINK""",BAD_PHONE,phoneNumber (column -phone): expected a number,3
    '@a,Ada,'+4915550001,BAD_PHONE,phoneNumber (column -phone): expected a number,4
    '@a,Ada,'-5,BAD_PHONE,phoneNumber (column -phone): expected a number,5
    '@a,Ada,a;'=1,BAD_PHONE,phoneNumber (column -phone): expected a number,6
    '@a,Ada,�=1,BAD_PHONE,phoneNumber (column -phone): expected a number,7
    "#);
    let (header, found) = read(&path, b',');
    assert_eq!(header[..3], HEADER);
    assert_eq!(found, rows);
}

#[test]
fn a_file_of_somebody_elses_keeps_its_apostrophes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("users.csv");
    std::fs::write(&path, "'@id,name,_error\n'=1,'+49,x\n").expect("written");
    let (header, found) = read(&path, b',');
    assert_eq!(header[0], "'@id");
    assert_eq!(found[0][..2], [b"'=1".to_vec(), b"'+49".to_vec()]);
}

/// Bytes of which cells are made that matter, and any others but NUL, which no text has.
fn cell() -> impl Strategy<Value = Vec<u8>> {
    let telling = prop::sample::select(&b"=+-@'\"\t\r\n,; a\xef\xbc\x9d\xff"[..]);
    prop::collection::vec(prop_oneof![4 => telling, 1 => 1_u8..=255], 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn every_row_comes_back_byte_for_byte(
        rows in prop::collection::vec(prop::collection::vec(cell(), 3), 1..5),
        delimiter in prop::sample::select(&b",;\t|"[..]),
    ) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("rejects.csv");
        write(&path, delimiter, &rows);
        let (_, found) = read(&path, delimiter);
        prop_assert_eq!(found, rows);
    }
}
