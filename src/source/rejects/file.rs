//! The file itself: made at the first reject, in place when it is whole.

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use tempfile::NamedTempFile;

use super::error::RejectsError;
use super::layout::Layout;
use super::text::OwnCells;
use crate::model::{Reject, Row};
use crate::source::{Delimiter, Rows, Source};

/// Where the rejects go, and how they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectsSettings {
    /// The file. One that exists is replaced, but only when there are rejects.
    pub path: PathBuf,
    /// The source's own delimiter, so that the file can be fed back.
    pub delimiter: Delimiter,
    /// The source's file, which is never replaced.
    pub source: Option<PathBuf>,
}

/// The file of rejected rows.
///
/// Nothing is created before the first reject. Until [`RejectsFile::finish`] the rows stand in a
/// file of another name in the same directory, which goes away if the writer does.
pub struct RejectsFile {
    path: PathBuf,
    delimiter: Delimiter,
    header: Vec<String>,
    layout: Layout,
    open: Option<csv::Writer<BufWriter<NamedTempFile>>>,
    rows: u64,
    /// Filled anew for each row.
    own: OwnCells,
    record: ByteRecord,
}

/// A rejects file that is in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectsWritten {
    /// Where it is.
    pub path: PathBuf,
    /// Rows in it, the header not counted.
    pub rows: u64,
}

impl RejectsFile {
    /// Plans a rejects file for a source with this header; creates nothing.
    ///
    /// # Errors
    /// The path is that of the source.
    pub fn new(settings: RejectsSettings, header: &[String]) -> Result<Self, RejectsError> {
        let RejectsSettings {
            path,
            delimiter,
            source,
        } = settings;
        if source.is_some_and(|source| is_same_file(&source, &path)) {
            return Err(RejectsError::IsSource { path });
        }
        Ok(Self {
            path,
            delimiter,
            layout: Layout::new(header),
            header: header.to_vec(),
            open: None,
            rows: 0,
            own: OwnCells::default(),
            record: ByteRecord::new(),
        })
    }

    /// Adds a row with what is wrong with it.
    pub fn write(&mut self, row: &Row, reject: &Reject) -> Result<(), RejectsError> {
        if self.open.is_none() {
            self.create()?;
        }
        self.own.fill(reject);
        self.layout.row(row, &self.own, &mut self.record);
        self.put()?;
        self.rows += 1;
        Ok(())
    }

    /// Adds rows that turned out to be rejects when they were gone (a key that occurs twice is
    /// known only once all keys are): reads the source again, once, and no further than the last
    /// of them. The rejects ascend by record, each record once; nothing of them is kept, so they
    /// may come from a query.
    ///
    /// # Errors
    /// Besides those of reading and writing: the rejects do not ascend, or a row is not where it
    /// was, because the source changed.
    pub fn write_by_position(
        &mut self,
        source: &dyn Source,
        rejects: impl IntoIterator<Item = Reject>,
    ) -> Result<(), RejectsError> {
        let mut rejects = rejects.into_iter().peekable();
        if rejects.peek().is_none() {
            return Ok(());
        }
        let mut rows = source.rows()?;
        let mut row = Row::default();
        let mut after = 0;
        for reject in rejects {
            let record = reject.position.record;
            if record <= after {
                return Err(RejectsError::OutOfOrder { record, after });
            }
            find(&mut *rows, &mut row, &reject)?;
            self.write(&row, &reject)?;
            after = record;
        }
        Ok(())
    }

    /// Puts the file in place, whole and on disk; `None` if there was no reject, and then nothing
    /// was created or touched.
    pub fn finish(mut self) -> Result<Option<RejectsWritten>, RejectsError> {
        let Some(writer) = self.open.take() else {
            return Ok(None);
        };
        put_in_place(writer, &self.path).map_err(|cause| self.not_written(cause))?;
        Ok(Some(RejectsWritten {
            path: self.path,
            rows: self.rows,
        }))
    }

    fn create(&mut self) -> Result<(), RejectsError> {
        let file = temporary_beside(&self.path).map_err(|cause| RejectsError::Create {
            path: self.path.clone(),
            cause,
        })?;
        let writer = csv::WriterBuilder::new()
            .delimiter(self.delimiter.byte())
            .flexible(true)
            .from_writer(BufWriter::new(file));
        self.open = Some(writer);
        self.layout.header(&self.header, &mut self.record);
        self.put()
    }

    fn put(&mut self) -> Result<(), RejectsError> {
        let writer = self.open.as_mut().expect("created before anything is put");
        writer
            .write_byte_record(&self.record)
            .map_err(|error| self.not_written(error.into()))
    }

    fn not_written(&self, cause: io::Error) -> RejectsError {
        RejectsError::Write {
            path: self.path.clone(),
            cause,
        }
    }
}

/// Reads on to the rejected row.
fn find(rows: &mut dyn Rows, row: &mut Row, reject: &Reject) -> Result<(), RejectsError> {
    let position = reject.position;
    while rows.next(row)? {
        if row.position() == position {
            return Ok(());
        }
        if row.position().record >= position.record {
            break;
        }
    }
    Err(RejectsError::Moved { position })
}

/// A new file beside the path, readable by its owner only, removed when dropped.
fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let directory = match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    };
    let mut prefix = path.file_stem().unwrap_or_default().to_owned();
    prefix.push(".");
    tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(".partial.csv")
        .tempfile_in(directory)
}

fn put_in_place(writer: csv::Writer<BufWriter<NamedTempFile>>, path: &Path) -> io::Result<()> {
    let buffered = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    let file = buffered
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
