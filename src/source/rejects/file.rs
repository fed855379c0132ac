//! The file itself: made at the first reject, in place when it is whole.

use std::ffi::OsString;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use tempfile::NamedTempFile;

use super::error::RejectsError;
use super::layout::Layout;
use super::text::{OwnCells, Undone};
use crate::model::{Reject, Row};
use crate::source::{Delimiter, Rows, Source};

/// What a file is called that is not whole yet: the path's stem, so many random characters, this.
const PARTIAL: &str = ".partial.csv";
const RANDOM: usize = 6;

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

impl RejectsSettings {
    /// Finds out beforehand what would be an error hours later: that the path is the source's, or
    /// that nothing can be written there. Leaves nothing behind.
    pub fn probe(&self) -> Result<(), RejectsError> {
        self.refuse_source()?;
        let path = self.path.clone();
        match temporary_beside(&self.path) {
            Ok(_) => Ok(()),
            Err(cause) => Err(RejectsError::Create { path, cause }),
        }
    }

    fn refuse_source(&self) -> Result<(), RejectsError> {
        let path = self.path.clone();
        match &self.source {
            Some(source) if is_same_file(source, &path) => Err(RejectsError::IsSource { path }),
            _ => Ok(()),
        }
    }
}

impl RejectsFile {
    /// Plans a rejects file for a source with this header; creates nothing.
    ///
    /// # Errors
    /// The path is that of the source.
    pub fn new(settings: RejectsSettings, header: &[String]) -> Result<Self, RejectsError> {
        settings.refuse_source()?;
        let RejectsSettings {
            path, delimiter, ..
        } = settings;
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
        self.add(row)
    }

    /// Adds a good row that was not done.
    pub fn write_undone(&mut self, row: &Row, undone: &Undone) -> Result<(), RejectsError> {
        if self.open.is_none() {
            self.create()?;
        }
        self.own.fill_undone(row.position(), undone);
        self.add(row)
    }

    fn add(&mut self, row: &Row) -> Result<(), RejectsError> {
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

    /// Puts the file in the place of the one that its rows came from; without a row, removes that
    /// one: what nobody needs any more holds personal data all the same.
    pub fn replace(self) -> Result<Option<RejectsWritten>, RejectsError> {
        let path = self.path.clone();
        let written = self.finish()?;
        if written.is_none() {
            std::fs::remove_file(&path).map_err(|cause| RejectsError::Remove { path, cause })?;
        }
        Ok(written)
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
    tempfile::Builder::new()
        .prefix(&partial_prefix(path))
        .rand_bytes(RANDOM)
        .suffix(PARTIAL)
        .tempfile_in(folder_of(path))
}

/// Removes what a writer that was killed has left beside the path: it holds personal data. Only for
/// whoever knows that nobody writes there now.
pub(super) fn remove_partials(path: &Path) -> io::Result<()> {
    let prefix = partial_prefix(path);
    for entry in std::fs::read_dir(folder_of(path))? {
        let entry = entry?;
        let (name, prefix) = (entry.file_name(), prefix.as_encoded_bytes());
        let random = name
            .as_encoded_bytes()
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_suffix(PARTIAL.as_bytes()));
        if random.is_some_and(|random| random.len() == RANDOM && random.is_ascii()) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn partial_prefix(path: &Path) -> OsString {
    let mut prefix = path.file_stem().unwrap_or_default().to_owned();
    prefix.push(".");
    prefix
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
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
