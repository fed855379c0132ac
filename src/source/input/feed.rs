//! Opens the input anew for each pass, and vouches for the pass when it has ended.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::archive;
use super::signature::Head;
use super::spool::Spool;
use crate::source::{ArchiveFormat, Snapshot, SourceError, SourceName};

/// What the operator named as the source of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input, written `-`.
    Stdin,
    /// A path. A pipe at a path (`/dev/stdin`, `<(command)`) is kept like standard input.
    Path(PathBuf),
}

impl Input {
    /// What the operator wrote: a path, or `-`.
    pub fn new(written: impl Into<PathBuf>) -> Self {
        let path = written.into();
        if path.as_os_str() == "-" {
            Self::Stdin
        } else {
            Self::Path(path)
        }
    }

    /// The path of an input that has one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::Path(path) => Some(path),
        }
    }

    /// As the operator wrote it.
    pub fn label(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::Path(path) => path.display().to_string(),
        }
    }
}

/// An input that gives its bytes as often as it is opened.
pub(in crate::source) struct Feed {
    input: Input,
    name: SourceName,
    /// What was read of a stream, so that it can be read again; none for a file.
    spool: Mutex<Option<Spool>>,
}

/// The stored bytes of one pass, before decompression.
struct Stored {
    bytes: Box<dyn Read + Send>,
    origin: Origin,
}

/// What the bytes come from, to be asked about at the end.
enum Origin {
    File { file: File, before: Snapshot },
    Stream(Spool),
}

/// What is known of a pass besides its bytes.
pub(in crate::source) struct Pass {
    name: SourceName,
    origin: Origin,
    archive: Option<ArchiveFormat>,
    stored_read: Arc<AtomicU64>,
    /// Offset of the first byte of text: behind a byte order mark.
    pub(in crate::source) text_begins: u64,
}

impl Feed {
    /// Opens nothing yet.
    pub(in crate::source) fn new(input: Input, name: SourceName) -> Self {
        Self {
            input,
            name,
            spool: Mutex::new(None),
        }
    }

    pub(in crate::source) fn name(&self) -> &SourceName {
        &self.name
    }

    pub(in crate::source) fn path(&self) -> Option<&Path> {
        self.input.path()
    }

    /// Size and time of the file; `None` for a stream, and for a file that is not there.
    pub(in crate::source) fn snapshot(&self) -> Option<Snapshot> {
        let metadata = std::fs::metadata(self.path()?).ok()?;
        metadata.is_file().then(|| snapshot_of(&metadata).ok())?
    }

    /// The decompressed text from its first byte, and the pass that counts it.
    pub(in crate::source) fn open(&self) -> Result<(Box<dyn Read + Send>, Pass), SourceError> {
        let Stored { bytes, origin } = self.open_stored()?;
        let mut pass = Pass {
            name: self.name.clone(),
            origin,
            archive: None,
            stored_read: Arc::default(),
            text_begins: 0,
        };
        let mut stored = Counted {
            bytes,
            read: Arc::clone(&pass.stored_read),
        };
        let head = Head::take(&mut stored).map_err(|cause| pass.explain(cause))?;
        if let Some(format) = self.path().and_then(|path| head.stump_of(path)) {
            return Err(pass.stump(format));
        }
        pass.archive = head.archive();
        let mut text = match pass.archive {
            None => Box::new(head.before(stored)),
            Some(format) => {
                archive::decode(format, head.before(stored)).map_err(|cause| pass.explain(cause))?
            }
        };
        let mut head = Head::take(&mut text).map_err(|cause| pass.explain(cause))?;
        if let Some(format) = head.unfit() {
            let name = self.name.clone();
            return Err(SourceError::Unfit { name, format });
        }
        pass.text_begins = head.drop_utf8_mark();
        Ok((Box::new(head.before(text)), pass))
    }

    fn open_stored(&self) -> Result<Stored, SourceError> {
        let Input::Path(path) = &self.input else {
            return self.stream(|| Ok(Box::new(io::stdin())));
        };
        let metadata = std::fs::metadata(path).map_err(|cause| self.not_opened(cause))?;
        if metadata.is_dir() {
            let name = self.name.clone();
            return Err(SourceError::Directory { name });
        }
        if !metadata.is_file() {
            return self.stream(|| Ok(Box::new(File::open(path)?)));
        }
        Self::file(path).map_err(|cause| self.not_opened(cause))
    }

    fn file(path: &Path) -> io::Result<Stored> {
        let file = File::open(path)?;
        let before = snapshot_of(&file.metadata()?)?;
        Ok(Stored {
            bytes: Box::new(file.try_clone()?),
            origin: Origin::File { file, before },
        })
    }

    /// The stream, opened by the first pass and kept for the next ones.
    fn stream(
        &self,
        open: impl FnOnce() -> io::Result<Box<dyn Read + Send>>,
    ) -> Result<Stored, SourceError> {
        let mut kept = self.spool.lock().unwrap_or_else(PoisonError::into_inner);
        let spool = match &*kept {
            Some(spool) => spool.clone(),
            None => open()
                .and_then(Spool::new)
                .map_err(|cause| self.not_opened(cause))?,
        };
        *kept = Some(spool.clone());
        Ok(Stored {
            bytes: Box::new(spool.reader()),
            origin: Origin::Stream(spool),
        })
    }

    fn not_opened(&self, cause: io::Error) -> SourceError {
        let name = self.name.clone();
        match cause.kind() {
            io::ErrorKind::NotFound => SourceError::NotFound { name },
            io::ErrorKind::PermissionDenied => SourceError::Denied { name },
            _ => SourceError::Open { name, cause },
        }
    }

    /// Stands in for standard input.
    #[cfg(test)]
    pub(in crate::source) fn of_stream(stream: Box<dyn Read + Send>, name: SourceName) -> Self {
        let spool = Spool::new(stream).expect("a temporary file can be made");
        Self {
            input: Input::Stdin,
            name,
            spool: Mutex::new(Some(spool)),
        }
    }
}

impl Pass {
    /// Stored bytes read and in all, where the size is known.
    pub(in crate::source) fn progress(&self) -> Option<(u64, u64)> {
        let total = match &self.origin {
            Origin::File { before, .. } => before.bytes,
            Origin::Stream(spool) => spool.total()?,
        };
        Some((self.stored(), total))
    }

    /// Fails if the file was written since the pass began.
    pub(in crate::source) fn verify_unchanged(&self) -> Result<(), SourceError> {
        let Origin::File { file, before } = &self.origin else {
            return Ok(());
        };
        let after = file.metadata().and_then(|metadata| snapshot_of(&metadata));
        let after = after.map_err(|cause| self.explain(cause))?;
        if after == *before {
            return Ok(());
        }
        Err(SourceError::Changed {
            name: self.name.clone(),
            before: before.bytes,
            after: after.bytes,
        })
    }

    /// What a failed read of this pass means.
    pub(in crate::source) fn explain(&self, cause: io::Error) -> SourceError {
        archive::explain(&self.name, self.archive, self.stored(), cause)
    }

    fn stump(&self, format: ArchiveFormat) -> SourceError {
        SourceError::ArchiveCut {
            name: self.name.clone(),
            format,
            stored: self.stored(),
            cause: None,
        }
    }

    fn stored(&self) -> u64 {
        self.stored_read.load(Ordering::Relaxed)
    }
}

/// Counts the stored bytes on their way to the decoder.
struct Counted {
    bytes: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(out)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

fn snapshot_of(metadata: &Metadata) -> io::Result<Snapshot> {
    Ok(Snapshot {
        bytes: metadata.len(),
        modified: metadata.modified()?,
    })
}
