//! Taking rows in any order, run by run.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use super::run::Run;

/// Bytes of rows that are sorted at a time. Two such buffers exist at once, one being filled and
/// one being sorted and written.
const RUN_BYTES: usize = 24 << 20;

/// Takes rows in any order.
pub(in super::super) struct Spill {
    run: Run,
    run_bytes: usize,
    file: Option<Arc<File>>,
    written: Vec<Extent>,
    writing: Option<JoinHandle<io::Result<Run>>>,
    end: u64,
}

/// Where a sorted run lies in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) start: u64,
    pub(super) end: u64,
}

/// All rows, ready to be read in key order as often as wanted.
pub(in super::super) struct Sorted {
    pub(super) file: Option<Arc<File>>,
    pub(super) runs: Vec<Extent>,
    pub(super) memory: Arc<[u8]>,
}

impl Spill {
    pub(in super::super) fn new() -> Self {
        Self::with_run_bytes(RUN_BYTES)
    }

    pub(super) fn with_run_bytes(run_bytes: usize) -> Self {
        Self {
            run: Run::default(),
            run_bytes,
            file: None,
            written: Vec::new(),
            writing: None,
            end: 0,
        }
    }

    /// Adds rows, and leaves the run empty.
    pub(in super::super) fn take(&mut self, rows: &mut Run) -> io::Result<()> {
        self.run.append(rows);
        if self.run.bytes.len() >= self.run_bytes {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Sorts what is left. A source that fitted into one run never touches the disk.
    pub(in super::super) fn finish(mut self) -> io::Result<Sorted> {
        if self.written.is_empty() && self.writing.is_none() {
            return Ok(Sorted {
                file: None,
                runs: Vec::new(),
                memory: self.run.sorted().into(),
            });
        }
        self.flush()?;
        self.wait()?;
        Ok(Sorted {
            file: self.file,
            runs: self.written,
            memory: Arc::new([]),
        })
    }

    /// Hands the run to a thread that sorts and writes it, once the one before is written.
    fn flush(&mut self) -> io::Result<()> {
        let spare = self.wait()?;
        let run = std::mem::replace(&mut self.run, spare);
        let file = match &self.file {
            Some(file) => Arc::clone(file),
            None => Arc::clone(self.file.insert(Arc::new(tempfile::tempfile()?))),
        };
        let start = self.end;
        self.end += run.bytes.len() as u64;
        self.written.push(Extent {
            start,
            end: self.end,
        });
        self.writing = Some(std::thread::spawn(move || run.write(&file, start)));
        Ok(())
    }

    fn wait(&mut self) -> io::Result<Run> {
        match self.writing.take() {
            None => Ok(Run::default()),
            Some(thread) => thread
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("the sorting thread panicked"))),
        }
    }
}
