//! A file of rejects that somebody mended: read as a source, and written anew with what is left.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::RejectsError;
use super::file::{RejectsSettings, remove_partials};
use super::layout::{is_rejects, line_column};
use crate::model::Row;
use crate::source::{CsvSettings, CsvSource, Delimiter, Input, Source, SourceError};

/// What spreadsheets separate cells with, by themselves.
const USUAL: [u8; 3] = [b',', b';', b'\t'];

/// How a gzip and a zstd file begin.
const ARCHIVES: [&[u8]; 2] = [b"\x1f\x8b", b"\x28\xb5\x2f\xfd"];

/// A file of rejects, to be tried again.
pub struct ReopenedRejects {
    /// Its rows, by the name that the operator gave the file.
    pub source: CsvSource,
    /// How it is written anew: in its place, also where that is behind a link.
    pub settings: RejectsSettings,
}

impl ReopenedRejects {
    /// Finds out with which delimiter the file was saved: a spreadsheet writes its own country's,
    /// whatever it read.
    ///
    /// # Errors
    /// The file cannot be read, or it is none of ours.
    pub fn open(path: &Path, expected: Delimiter) -> Result<Self, RejectsError> {
        let denied = |cause| RejectsError::Source(not_opened(path, cause));
        let real = path.canonicalize().map_err(denied)?;
        if !is_plain(&real).map_err(denied)? {
            let path = path.to_owned();
            return Err(RejectsError::NotPlain { path });
        }
        let usual = USUAL.map(Delimiter::from_byte);
        for delimiter in [expected].into_iter().chain(usual) {
            let source = source(path, delimiter);
            if is_rejects(source.rows()?.header()) {
                let settings = RejectsSettings {
                    path: real,
                    delimiter,
                    source: None,
                };
                return Ok(Self { source, settings });
            }
        }
        let path = path.to_owned();
        Err(RejectsError::NotRejects { path })
    }

    /// Removes what an earlier run left beside the file when it was killed while it wrote.
    pub fn remove_partials(path: &Path) -> Result<(), RejectsError> {
        remove_partials(path).map_err(|cause| RejectsError::Remove {
            path: path.to_owned(),
            cause,
        })
    }
}

/// The line, or record, on which a row of rejects stood in the source that it first came from. `None`
/// where the row does not say.
pub fn line_of(header: &[String], row: &Row) -> Option<u64> {
    row.text(line_column(header)?)?.trim().parse().ok()
}

fn source(path: &Path, delimiter: Delimiter) -> CsvSource {
    let mut settings = CsvSettings::new(Input::Path(path.to_owned()));
    settings.delimiter = delimiter;
    CsvSource::new(settings)
}

fn is_plain(path: &PathBuf) -> io::Result<bool> {
    if !std::fs::metadata(path)?.is_file() {
        return Ok(false);
    }
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(4).read_to_end(&mut head)?;
    Ok(!ARCHIVES.iter().any(|magic| head.starts_with(magic)))
}

fn not_opened(path: &Path, cause: io::Error) -> SourceError {
    let name = source(path, Delimiter::default()).name().clone();
    match cause.kind() {
        io::ErrorKind::NotFound => SourceError::NotFound { name },
        io::ErrorKind::PermissionDenied => SourceError::Denied { name },
        _ => SourceError::Open { name, cause },
    }
}
