use std::sync::mpsc::{Receiver, Sender, channel};

use proptest::prelude::*;

use super::testing::{FOR_EVER, NONE};
use super::{Outlet, Patience, overflow, start};
use crate::model::{Position, Row, RowFault};
use crate::source::{Rows, SourceError, SourceName};

/// More rows than are read ahead.
const MANY: u64 = 10_000;

fn begin(
    patience: Patience,
    work: impl FnOnce(&mut Outlet) -> Result<(), SourceError> + Send + 'static,
) -> Box<dyn Rows> {
    begun(patience, work).unwrap_or_else(|error| panic!("{error}"))
}

fn begun(
    patience: Patience,
    work: impl FnOnce(&mut Outlet) -> Result<(), SourceError> + Send + 'static,
) -> Result<Box<dyn Rows>, SourceError> {
    start(&name(), patience, work)
}

fn name() -> SourceName {
    SourceName::new("test", "rows")
}

fn header(outlet: &mut Outlet) -> Result<(), SourceError> {
    outlet.header(vec!["number".into(), "nothing".into(), "empty".into()])
}

fn give(outlet: &mut Outlet, rows: u64) -> Result<(), SourceError> {
    for number in 0..rows {
        outlet.row(|row| {
            row.push(Some(number.to_string().as_bytes()));
            row.push(None);
            row.push(Some(b""));
        })?;
    }
    Ok(())
}

/// Reads to the end or an error; how many rows came before, all as [`give`] gives them.
fn read(rows: &mut dyn Rows) -> (u64, Result<(), SourceError>) {
    let (mut row, mut count) = (Row::default(), 0);
    loop {
        match rows.next(&mut row) {
            Ok(true) => {}
            Ok(false) => return (count, Ok(())),
            Err(error) => return (count, Err(error)),
        }
        assert_eq!(row.text(0), Some(count.to_string().as_str()));
        assert_eq!(
            (row.len(), row.raw(1), row.raw(2)),
            (3, None, Some(&b""[..]))
        );
        count += 1;
        let Position { record, line, byte } = row.position();
        assert_eq!((record, line, byte), (count, 0, 0));
    }
}

fn broken() -> SourceError {
    SourceError::Denied { name: name() }
}

/// What a driver holds, and what tells that it was dropped.
fn alive() -> (Sender<()>, Receiver<()>) {
    channel()
}

#[test]
fn every_row_comes_over_in_order_with_its_record_and_its_nulls() {
    let mut rows = begin(FOR_EVER, |outlet| {
        header(outlet)?;
        give(outlet, MANY)
    });
    assert_eq!(rows.header(), ["number", "nothing", "empty"]);
    let (count, end) = read(&mut *rows);
    assert_eq!(count, MANY);
    assert!(end.is_ok());
    let again = rows.next(&mut Row::default());
    assert!(matches!(again, Ok(false)), "the end stays the end");
}

#[test]
fn the_header_is_there_before_the_first_row() {
    let (go, wait) = channel::<()>();
    let mut rows = begin(FOR_EVER, move |outlet| {
        header(outlet)?;
        wait.recv().expect("the test lets it go on");
        give(outlet, 3)
    });
    assert_eq!(rows.header().len(), 3);
    go.send(()).expect("the driver waits");
    assert_eq!(read(&mut *rows).0, 3);
}

#[test]
fn an_error_before_the_header_is_the_error_of_the_beginning() {
    let error = begun(FOR_EVER, |_| Err(broken())).err().expect("it fails");
    assert!(matches!(error, SourceError::Denied { .. }));
    let error = begun(FOR_EVER, |_| Ok(())).err().expect("no header");
    assert!(matches!(error, SourceError::Panicked { .. }));
}

#[test]
fn an_error_after_rows_is_no_end_now_or_later() {
    for patience in [FOR_EVER, NONE] {
        let mut rows = begin(patience, |outlet| {
            header(outlet)?;
            give(outlet, MANY)?;
            Err(broken())
        });
        let (count, end) = read(&mut *rows);
        assert!(count <= MANY);
        assert!(matches!(end, Err(SourceError::Denied { .. })), "{end:?}");
        for _ in 0..2 {
            let later = rows.next(&mut Row::default());
            assert!(matches!(later, Err(SourceError::Over { .. })));
        }
    }
}

#[test]
fn a_driver_that_panics_has_not_come_to_the_end() {
    for patience in [FOR_EVER, NONE] {
        let mut rows = begin(patience, |outlet| {
            header(outlet)?;
            give(outlet, MANY)?;
            panic!("as this test wants it")
        });
        let (_, end) = read(&mut *rows);
        assert!(matches!(end, Err(SourceError::Panicked { .. })), "{end:?}");
        let later = rows.next(&mut Row::default());
        assert!(matches!(later, Err(SourceError::Over { .. })));
    }
}

#[test]
fn a_reader_that_is_slow_gets_all_rows_and_the_driver_does_not_wait() {
    let (alive, gone) = alive();
    let mut rows = begin(NONE, move |outlet| {
        let _alive = alive;
        header(outlet)?;
        give(outlet, MANY)
    });
    let ended = gone.recv();
    assert!(
        ended.is_err(),
        "the driver has returned, and no row was read"
    );
    let (count, end) = read(&mut *rows);
    assert_eq!(count, MANY);
    assert!(end.is_ok());
}

#[test]
fn rows_in_the_file_are_read_while_it_is_written() {
    let (go, wait) = channel::<()>();
    let mut rows = begin(NONE, move |outlet| {
        header(outlet)?;
        give(outlet, MANY)?;
        // About 1 MB, so that something of it is in the file.
        for _ in 0..MANY {
            outlet.row(|row| row.push(Some(&[b'x'; 100])))?;
        }
        wait.recv().expect("the test lets it go on");
        Ok(())
    });
    let mut row = Row::default();
    for _ in 0..MANY + 100 {
        assert!(rows.next(&mut row).expect("the row is there"));
    }
    go.send(()).expect("the driver waits");
    let mut more = 100;
    while rows.next(&mut row).expect("the row is there") {
        more += 1;
    }
    assert_eq!(more, MANY);
}

#[test]
fn a_reader_that_goes_ends_a_driver_that_gives() {
    for patience in [FOR_EVER, NONE] {
        let (alive, gone) = alive();
        let mut rows = begin(patience, move |outlet| {
            let _alive = alive;
            header(outlet)?;
            give(outlet, u64::MAX)
        });
        assert!(rows.next(&mut Row::default()).expect("a row"));
        drop(rows);
        assert!(gone.recv().is_err());
    }
}

#[test]
fn a_reader_that_goes_ends_what_a_driver_waits_for() {
    let (interrupt, wait) = channel();
    let (ended, end) = channel();
    let rows = begin(FOR_EVER, move |outlet| {
        outlet.on_stop(move || interrupt.send("interrupted").expect("the driver waits"));
        header(outlet)?;
        ended.send(wait.recv()).expect("the test listens");
        give(outlet, 1)
    });
    drop(rows);
    assert_eq!(end.recv(), Ok(Ok("interrupted")));
}

proptest! {
    #[test]
    fn the_file_gives_back_what_was_written(
        cells in prop::collection::vec(prop::collection::vec(prop::option::of(".{0,40}"), 0..6), 0..20),
        bad in prop::option::of(0_usize..6),
    ) {
        let mut rows = Vec::new();
        for (record, cells) in (1..).zip(&cells) {
            let mut row = Row::default();
            row.begin(Position { record, line: record + 1, byte: record * 7 });
            for cell in cells { row.push(cell.as_ref().map(String::as_bytes)); }
            if let Some(column) = bad {
                row.fail(RowFault::NotUtf8 { column, byte: record });
            }
            rows.push(row);
        }
        let (mut writer, mut reader) = overflow::overflow().expect("a temporary file");
        writer.write(&rows).expect("it is written");
        writer.flush().expect("it is written");
        drop(writer);
        let mut found = Row::default();
        for row in &rows {
            prop_assert!(reader.next(&mut found).expect("it is read"));
            prop_assert_eq!(found.position(), row.position());
            prop_assert_eq!(found.fault(), row.fault());
            prop_assert_eq!(found.len(), row.len());
            for column in 0..row.len() {
                prop_assert_eq!(found.raw(column), row.raw(column));
            }
        }
        prop_assert!(!reader.next(&mut found).expect("it is read"));
    }
}
