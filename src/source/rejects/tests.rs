//! What is written is read back, by whoever reads it.

use std::path::Path;

use proptest::prelude::*;

use super::{RejectsError, RejectsFile, RejectsSettings, ReopenedRejects, Undone, line_of};
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
        for cell in cells {
            row.push(Some(cell));
        }
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
fn a_cell_with_a_nul_byte_leaves_the_file_a_text_and_its_row_unfit() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rejects.csv");
    let row = |name: &[u8]| vec![b"a".to_vec(), name.to_vec(), b"1".to_vec()];
    write(&path, b',', &[row(b"Ad\0a,\0=1"), row(b"Bo")]);
    let (_, found) = read(&path, b',');
    assert_eq!(
        found,
        [row("Ad\u{2400}a,\u{2400}=1".as_bytes()), row(b"Bo")]
    );
    let text = std::fs::read_to_string(&path).expect("written");
    let unfit: Vec<_> = text
        .lines()
        .filter(|line| line.ends_with(",a NUL byte is missing"))
        .collect();
    assert_eq!(unfit.len(), 1, "{text}");
}

#[test]
fn the_line_is_that_of_the_first_source_however_often_the_rows_are_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [first, second] = ["first.csv", "second.csv"].map(|name| folder.path().join(name));
    let row = ["a", "Ada", "1"]
        .map(|cell| cell.as_bytes().to_vec())
        .to_vec();
    write(&first, b',', &[row.clone(), row.clone()]);
    let reopened = ReopenedRejects::open(&first, Delimiter::from_byte(b';')).expect("ours");
    assert_eq!(reopened.settings.delimiter.byte(), b',');
    let mut rows = reopened.source.rows().expect("a source");
    let header = rows.header().to_vec();
    let settings = RejectsSettings {
        path: second.clone(),
        ..reopened.settings
    };
    let (mut file, mut row) = (
        RejectsFile::new(settings, &header).expect("planned"),
        Row::default(),
    );
    while rows.next(&mut row).expect("a row") {
        if row.position().record == 2 {
            let undone = Undone {
                code: "=CODE".into(),
                error: "@ all".into(),
            };
            assert_eq!(line_of(&header, &row), Some(3));
            file.write_undone(&row, &undone).expect("written");
        }
    }
    file.finish().expect("in place");
    let text = std::fs::read_to_string(&second).expect("written");
    insta::assert_snapshot!(text, @"
    '@id,name,'-phone,_error_code,_error,_line
    a,Ada,1,'=CODE,'@ all,3
    ");
}

#[test]
fn the_last_row_takes_the_file_with_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rejects.csv");
    write(
        &path,
        b',',
        &[vec![b"a".to_vec(), b"Ada".to_vec(), b"1".to_vec()]],
    );
    let reopened = ReopenedRejects::open(&path, Delimiter::default()).expect("ours");
    let file = RejectsFile::new(reopened.settings, &header()).expect("planned");
    assert_eq!(file.replace().expect("removed"), None);
    assert!(!path.exists());
}

#[test]
fn a_probe_tells_what_cannot_be_written_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = |path: &str, source: &str| RejectsSettings {
        path: folder.path().join(path),
        delimiter: Delimiter::default(),
        source: Some(folder.path().join(source)),
    };
    assert!(settings("rejects.csv", "users.csv").probe().is_ok());
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        0
    );
    let nowhere = settings("no/rejects.csv", "users.csv").probe();
    assert!(matches!(nowhere, Err(RejectsError::Create { .. })));
    std::fs::write(folder.path().join("users.csv"), "").expect("written");
    let itself = settings("users.csv", "users.csv").probe();
    assert!(matches!(itself, Err(RejectsError::IsSource { .. })));
}

#[test]
fn what_is_no_plain_file_of_ours_is_not_tried_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        ReopenedRejects::open(&path, Delimiter::default()).err()
    };
    let unknown = open("users.csv", b"id,_error_code,_error\na,b,c\n");
    assert!(matches!(unknown, Some(RejectsError::NotRejects { .. })));
    for archive in [&b"\x1f\x8b\x08"[..], b"\x28\xb5\x2f\xfd"] {
        let archive = open("rejects.csv", archive);
        assert!(matches!(archive, Some(RejectsError::NotPlain { .. })));
    }
    assert!(matches!(
        open("empty.csv", b""),
        Some(RejectsError::Source(_))
    ));
    let nowhere = ReopenedRejects::open(Path::new("no such file"), Delimiter::default());
    assert!(matches!(nowhere.err(), Some(RejectsError::Source(_))));
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

/// Bytes of which cells are made that matter, and any others but NUL, which is told above.
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
