//! The file that takes the rest of the rows when the reader is slow.
//!
//! One row is one frame: its length, the record, the fault, the cells with their lengths. The file
//! is written at its end and read from its beginning, by two threads at the same time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::model::{Position, Row, RowFault};

/// Bytes that are written or read at once.
const CHUNK: usize = 256 * 1024;

/// The length that stands for a NULL.
const NULL: u32 = u32::MAX;

struct State {
    file: File,
    written: u64,
    /// Nothing more will be written.
    closed: bool,
}

struct Shared {
    state: Mutex<State>,
    moved: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins a file without a name.
pub(super) fn overflow() -> io::Result<(Writer, Reader)> {
    let shared = Arc::new(Shared {
        state: Mutex::new(State {
            file: tempfile::tempfile()?,
            written: 0,
            closed: false,
        }),
        moved: Condvar::new(),
    });
    let bytes = Bytes {
        shared: Arc::clone(&shared),
        at: 0,
    };
    let reader = Reader {
        bytes: BufReader::with_capacity(CHUNK, bytes),
        frame: Vec::new(),
    };
    let writer = Writer {
        shared,
        chunk: Vec::with_capacity(CHUNK),
    };
    Ok((writer, reader))
}

/// The driver's end.
pub(super) struct Writer {
    shared: Arc<Shared>,
    chunk: Vec<u8>,
}

impl Writer {
    pub(super) fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            frame(&mut self.chunk, row);
            if self.chunk.len() >= CHUNK {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Puts out what is left in memory.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        let mut state = self.shared.lock();
        let end = state.written;
        state.file.seek(SeekFrom::Start(end))?;
        state.file.write_all(&self.chunk)?;
        state.written += self.chunk.len() as u64;
        self.chunk.clear();
        self.shared.moved.notify_all();
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.moved.notify_all();
    }
}

/// The reader's end.
pub(super) struct Reader {
    bytes: BufReader<Bytes>,
    frame: Vec<u8>,
}

impl Reader {
    /// Fills `row`; `false` when the writer has gone and all that it wrote was read. Whether that
    /// was all there is, the file does not know.
    pub(super) fn next(&mut self, row: &mut Row) -> io::Result<bool> {
        if self.bytes.fill_buf()?.is_empty() {
            return Ok(false);
        }
        let mut length = [0; 4];
        self.bytes.read_exact(&mut length)?;
        self.frame.resize(u32::from_le_bytes(length) as usize, 0);
        self.bytes.read_exact(&mut self.frame)?;
        unframe(&self.frame, row).ok_or(io::ErrorKind::InvalidData)?;
        Ok(true)
    }
}

/// The file's bytes, as they come.
struct Bytes {
    shared: Arc<Shared>,
    at: u64,
}

impl Read for Bytes {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut state = self.shared.lock();
        while self.at == state.written && !state.closed {
            let waited = self.shared.moved.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        let left = usize::try_from(state.written - self.at).unwrap_or(usize::MAX);
        let wanted = left.min(out.len());
        state.file.seek(SeekFrom::Start(self.at))?;
        let read = state.file.read(&mut out[..wanted])?;
        self.at += read as u64;
        Ok(read)
    }
}

fn frame(out: &mut Vec<u8>, row: &Row) {
    let begin = out.len();
    out.extend_from_slice(&[0; 4]);
    let Position { record, line, byte } = row.position();
    let (fault, first, second) = match row.fault() {
        None => (0, 0, 0),
        Some(RowFault::NotUtf8 { column, byte }) => (1, column as u64, byte),
        Some(RowFault::Ragged { .. } | RowFault::NotObject { .. } | RowFault::Twice { .. }) => {
            unreachable!("a file has such rows; a database gives each row all of its cells")
        }
    };
    for number in [record, line, byte, fault, first, second] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    for column in 0..row.len() {
        let cell = row.raw(column);
        let length = cell.map_or(NULL, |cell| short(cell.len()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(cell.unwrap_or_default());
    }
    let length = short(out.len() - begin - 4);
    out[begin..begin + 4].copy_from_slice(&length.to_le_bytes());
}

fn short(length: usize) -> u32 {
    u32::try_from(length).expect("no row of a database has 4 GB")
}

fn unframe(mut frame: &[u8], row: &mut Row) -> Option<()> {
    let [record, line, byte, fault, first, second] = {
        let mut numbers = [0; 6];
        for number in &mut numbers {
            let (bytes, rest) = frame.split_first_chunk()?;
            (*number, frame) = (u64::from_le_bytes(*bytes), rest);
        }
        numbers
    };
    row.begin(Position { record, line, byte });
    while let Some((length, rest)) = frame.split_first_chunk() {
        let cell = match u32::from_le_bytes(*length) {
            NULL => None,
            length => Some(rest.get(..length as usize)?),
        };
        row.push(cell);
        frame = &rest[cell.map_or(0, <[u8]>::len)..];
    }
    let place = |number| usize::try_from(number).ok();
    match fault {
        0 => {}
        _ => row.fail(RowFault::NotUtf8 {
            column: place(first)?,
            byte: second,
        }),
    }
    frame.is_empty().then_some(())
}
