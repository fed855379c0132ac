//! From a source to users and rejects, and the file of rejects read again.

use std::fs;
use std::sync::Arc;

use crate::engine::{EngineError, Feed};
use crate::exit::chain;
use crate::model::field::Slot;
use crate::model::{
    Edition, MappingSpec, Personal, Position, Reject, Row, RowFault, Scope, User, Value, json,
};
use crate::plan::{FieldHashes, HashKey};
use crate::source::{
    Delimiter, RejectsFile, RejectsSettings, ReopenedRejects, Rows, Source, SourceError,
    header_notices,
};

use super::input::{has_canary, is_silent, place};
use super::rejects::shown;

/// The columns that a file of rejects has of its own.
const OWN: [&str; 3] = ["_error_code", "_error", "_line"];

/// A row as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    position: Position,
    cells: Vec<Option<Vec<u8>>>,
    fault: Option<RowFault>,
}

/// All rows of a pass, or those before it failed, and how.
pub(super) struct Whole {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Read>,
    pub(super) end: Result<(), String>,
}

/// Reads to the end. No error tells a value; rows ascend; what is over stays over.
pub(super) fn read(source: &dyn Source) -> Whole {
    let mut pass = match source.rows() {
        Ok(pass) => pass,
        Err(error) => {
            return Whole {
                header: Vec::new(),
                rows: Vec::new(),
                end: failed(&error),
            };
        }
    };
    let header = pass.header().to_vec();
    drop(header_notices(&header));
    let (mut row, mut rows) = (Row::default(), Vec::new());
    let end = loop {
        match pass.next(&mut row) {
            Ok(true) => rows.push(taken(&row)),
            Ok(false) => break Ok(()),
            Err(error) => break failed(&error),
        }
    };
    stays_over(&mut *pass, &mut row, end.is_ok());
    ascend(&rows);
    Whole { header, rows, end }
}

fn failed(error: &SourceError) -> Result<(), String> {
    let told = chain(error);
    is_silent(&told);
    Err(told)
}

fn taken(row: &Row) -> Read {
    Read {
        position: row.position(),
        cells: (0..row.len())
            .map(|column| row.raw(column).map(<[u8]>::to_vec))
            .collect(),
        fault: row.fault(),
    }
}

fn stays_over(pass: &mut dyn Rows, row: &mut Row, ended: bool) {
    let again = pass.next(row);
    assert_eq!(again.is_ok(), ended, "a pass that failed fails again");
    assert!(!again.unwrap_or(false), "nothing comes behind the end");
    if let Some((read, all)) = pass.progress() {
        assert!(read <= all, "{read} of {all}");
    }
}

fn ascend(rows: &[Read]) {
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(row.position.record, index as u64 + 1);
    }
    for pair in rows.windows(2) {
        let [one, next] = pair else { continue };
        assert!(one.position.byte < next.position.byte);
        assert!(one.position.line <= next.position.line);
    }
}

/// Maps and validates each row. What is sent of a user is what Grid would show of it, and whatever is not
/// a user is one as little when its rejects file is read.
pub(super) fn through(
    source: Arc<dyn Source>,
    spec: &MappingSpec,
    edition: Edition,
    delimiter: Delimiter,
) {
    let Some((header, rejects)) = users(source, spec, edition) else {
        return;
    };
    let Some(written) = write(&header, &rejects, delimiter) else {
        return;
    };
    again(written, &header, &rejects, spec, edition);
}

/// The rows that are no users, and why.
type Rejects = Vec<(Row, Reject)>;

/// The header and the rejects of a source that can be read to its end.
fn users(
    source: Arc<dyn Source>,
    spec: &MappingSpec,
    edition: Edition,
) -> Option<(Vec<String>, Rejects)> {
    let today = "2026-08-01".parse().expect("a date");
    let feed = Feed {
        source,
        spec: spec.clone(),
        edition,
        scope: Scope::EVERYBODY,
        today,
    };
    let mut pass = match feed.open() {
        Ok(pass) => pass,
        // A fault of the mapping names columns, and a file without a header has values there.
        Err(EngineError::Mapping(_)) => return None,
        Err(error) => {
            is_silent(&chain(&error));
            return None;
        }
    };
    let header = pass.rows.header().to_vec();
    let may_tell =
        header.iter().any(has_canary) || format!("{spec:?}").contains(super::input::CANARY);
    let (mut row, mut warnings, mut rejects) = (Row::default(), Vec::new(), Vec::new());
    while pass.rows.next(&mut row).ok()? {
        match pass.reading.user(&row, &mut warnings) {
            Ok(user) => sent_as_shown(&user, edition),
            Err(reject) => {
                assert!(!reject.faults.is_empty(), "a reject has a fault");
                assert_eq!(reject.position, row.position());
                // A key is told as it is.
                let told = format!(
                    "{:?} {}",
                    reject.faults,
                    serde_json::to_string(&reject.faults).expect("JSON")
                );
                assert!(may_tell || !has_canary(&told), "tells a value: {told}");
                rejects.push((row.clone(), reject));
            }
        }
    }
    let told = format!("{warnings:?}");
    assert!(may_tell || !has_canary(&told), "tells a value: {told}");
    Some((header, rejects))
}

/// If Grid shows a customer as it was sent, nothing of it has drifted.
fn sent_as_shown(user: &User<'_>, edition: Edition) {
    let body = json::to_body(&user.values, edition);
    let shown = json::from_customer(&body, edition);
    let sent: Vec<(Slot, Personal<Value<'_>>)> = user
        .values
        .iter()
        .filter(|(slot, _)| !slot.field().is_account() && slot.field().in_edition(edition))
        .cloned()
        .collect();
    let key = HashKey::new([7; 16]);
    assert!(
        FieldHashes::of(&key, &shown) == FieldHashes::of(&key, &sent),
        "would drift: {:?} {:?}",
        paths(&shown),
        paths(&sent)
    );
}

fn paths(values: &[(Slot, Personal<Value<'_>>)]) -> Vec<String> {
    let path = |(slot, value): &(Slot, Personal<Value<'_>>)| match value.expose() {
        Value::Text(text) => format!("{} = {text:?}", slot.field().path),
        Value::List(items) => format!("{} = {items:?}", slot.field().path),
    };
    values.iter().map(path).collect()
}

/// Writes the file of rejects, if there are any.
fn write(header: &[String], rejects: &Rejects, delimiter: Delimiter) -> Option<ReopenedRejects> {
    let path = place("rejects.csv");
    let settings = RejectsSettings {
        path: path.clone(),
        delimiter,
        source: None,
    };
    let mut file = RejectsFile::new(settings, header).expect("the path is nobody's source");
    for (row, reject) in rejects {
        file.write(row, reject).expect("it can be written");
    }
    file.finish().expect("it can be put in place")?;
    let reopened = ReopenedRejects::open(&path, delimiter).unwrap_or_else(|error| {
        let text = fs::read(&path).unwrap_or_default();
        panic!("{}: {}", chain(&error), text.escape_ascii())
    });
    Some(reopened)
}

fn again(
    written: ReopenedRejects,
    header: &[String],
    rejects: &Rejects,
    spec: &MappingSpec,
    edition: Edition,
) {
    let whole = read(&written.source);
    assert_eq!(whole.end, Ok(()), "what we write can be read");
    assert_eq!(whole.rows.len(), rejects.len());
    let kept: Vec<usize> = (0..header.len())
        .filter(|&column| !OWN.contains(&header[column].as_str()))
        .collect();
    let names: Vec<String> = kept
        .iter()
        .map(|&column| header[column].replace('\0', "\u{2400}"))
        .collect();
    let names = names.iter().map(String::as_str).chain(OWN);
    assert!(
        names.eq(whole.header.iter().map(String::as_str)),
        "{header:?} {:?}",
        whole.header
    );
    for (found, (row, reject)) in whole.rows.iter().zip(rejects) {
        for (place, &column) in kept.iter().enumerate() {
            assert_eq!(
                found.cells[place],
                Some(shown(row.raw(column))),
                "{reject:?}"
            );
        }
    }
    // A column of one of our names is replaced by ours, so a rule over it reads something else; and so does
    // one over a name with a NUL byte.
    if kept.len() == header.len() && !header.iter().any(|name| name.contains('\0')) {
        let (_, still) = users(Arc::new(written.source), spec, edition).expect("as good as before");
        let codes = |rejects: &Rejects| -> Vec<_> {
            rejects
                .iter()
                .map(|(_, reject)| !reject.faults.is_empty())
                .collect()
        };
        assert_eq!(
            codes(&still),
            codes(rejects),
            "a row passes that nobody mended"
        );
    }
}
