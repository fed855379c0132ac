//! A stream that can be read again.
//!
//! `apply` reads its source twice, and a pipe gives its bytes once. So whatever is read from a
//! stream is written to a temporary file first, and a later pass reads it there. The file has no
//! name from the moment it is made (mode 0600, unlinked): nothing else can open it, and it is gone
//! with the process however that ends, because it holds personal data. It stands where the system
//! keeps temporary files (`TMPDIR`) and grows to the size of the stream, as it came (compressed,
//! if it was).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Why a stream cannot be kept or read again.
#[derive(Debug, thiserror::Error)]
pub(super) enum SpoolError {
    /// The stream itself.
    #[error("the stream broke off")]
    Stream(#[source] io::Error),
    /// The copy.
    #[error("the temporary copy of the stream (under TMPDIR) failed: is the disk full?")]
    Copy(#[source] io::Error),
    /// It failed before; what is in the copy is not all.
    #[error("the stream had broken off before")]
    Incomplete,
}

impl From<SpoolError> for io::Error {
    fn from(error: SpoolError) -> Self {
        Self::other(error)
    }
}

/// Where the stream stands.
enum Upstream {
    Live(Box<dyn Read + Send>),
    Ended,
    Broken,
}

struct Copy {
    upstream: Upstream,
    file: File,
    bytes: u64,
}

/// A stream and the copy of what was read of it. Clones share both.
#[derive(Clone)]
pub(super) struct Spool(Arc<Mutex<Copy>>);

impl Spool {
    /// Begins to keep a stream. Nothing is read yet.
    pub(super) fn new(stream: Box<dyn Read + Send>) -> io::Result<Self> {
        Ok(Self(Arc::new(Mutex::new(Copy {
            upstream: Upstream::Live(stream),
            file: tempfile::tempfile()?,
            bytes: 0,
        }))))
    }

    /// All bytes of the stream, once it has ended.
    pub(super) fn total(&self) -> Option<u64> {
        let copy = self.lock();
        matches!(copy.upstream, Upstream::Ended).then_some(copy.bytes)
    }

    /// Reads from the stream's first byte, whatever was read before.
    pub(super) fn reader(&self) -> SpoolReader {
        SpoolReader {
            spool: self.clone(),
            at: 0,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Copy> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One pass over the stream: the copy as far as it goes, then the stream itself.
pub(super) struct SpoolReader {
    spool: Spool,
    at: u64,
}

impl Read for SpoolReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut copy = self.spool.lock();
        let read = if self.at < copy.bytes {
            copy.again(self.at, out)?
        } else {
            copy.further(out)?
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Copy {
    /// Reads what is in the copy from there on.
    fn again(&mut self, at: u64, out: &mut [u8]) -> Result<usize, SpoolError> {
        let left = usize::try_from(self.bytes - at).unwrap_or(usize::MAX);
        let wanted = left.min(out.len());
        self.file
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.file.read(&mut out[..wanted]))
            .map_err(SpoolError::Copy)
    }

    /// Reads on in the stream, and keeps what it gives.
    fn further(&mut self, out: &mut [u8]) -> Result<usize, SpoolError> {
        let read = match &mut self.upstream {
            Upstream::Live(stream) => read_retrying(stream, out),
            Upstream::Ended => return Ok(0),
            Upstream::Broken => return Err(SpoolError::Incomplete),
        };
        let kept = read
            .map_err(SpoolError::Stream)
            .and_then(|read| self.keep(&out[..read]));
        match kept {
            Ok(0) if !out.is_empty() => self.upstream = Upstream::Ended,
            Ok(_) => {}
            Err(_) => self.upstream = Upstream::Broken,
        }
        kept
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<usize, SpoolError> {
        self.file
            .seek(SeekFrom::Start(self.bytes))
            .and_then(|_| self.file.write_all(bytes))
            .map_err(SpoolError::Copy)?;
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }
}

fn read_retrying(stream: &mut dyn Read, out: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(out) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
