//! What the three columns say of a reject. No value of the row.

use std::fmt::{self, Display, Formatter, Write};

use serde::Serialize;

use crate::model::{Fault, FaultCode, Position, Reject};

/// A code as it is written everywhere: `ROW_RAGGED`.
struct CodeText(FaultCode);

impl Display for CodeText {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}

/// `birthDate (column dob): expected …`.
struct FaultText<'a>(&'a Fault);

impl Display for FaultText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let fault = self.0;
        match (&fault.field, &fault.column) {
            (Some(field), Some(column)) if field != column => {
                write!(f, "{field} (column {column}): ")?;
            }
            (Some(name), _) | (None, Some(name)) => write!(f, "{name}: ")?,
            (None, None) => {}
        }
        write!(f, "expected {}", fault.expected)
    }
}

/// Why a good row was not done. No value of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// Grid's code, or ours.
    pub code: String,
    /// In words.
    pub error: String,
}

/// The three cells of one row after the other, filled again for each.
#[derive(Default)]
pub(super) struct OwnCells {
    pub(super) codes: String,
    pub(super) errors: String,
    pub(super) line: String,
}

impl OwnCells {
    pub(super) fn fill(&mut self, reject: &Reject) {
        let faults = &reject.faults;
        join(
            &mut self.codes,
            ";",
            faults.iter().map(|fault| CodeText(fault.code)),
        );
        join(&mut self.errors, "; ", faults.iter().map(FaultText));
        join(&mut self.line, "", [line(reject.position)]);
    }

    pub(super) fn fill_undone(&mut self, position: Position, undone: &Undone) {
        let Undone { code, error } = undone;
        join(&mut self.codes, "", [code]);
        join(&mut self.errors, "", [error]);
        join(&mut self.line, "", [line(position)]);
    }
}

/// The line, or the record of a source that has no lines.
fn line(position: Position) -> u64 {
    match position.line {
        0 => position.record,
        line => line,
    }
}

fn join(out: &mut String, separator: &str, parts: impl IntoIterator<Item = impl Display>) {
    out.clear();
    for (index, part) in parts.into_iter().enumerate() {
        let before = if index == 0 { "" } else { separator };
        write!(out, "{before}{part}").expect("a string takes any text");
    }
}
