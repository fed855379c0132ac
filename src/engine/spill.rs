//! Staged rows in key order, in bounded memory: sorted runs in an unlinked temporary file, merged
//! when they are read. It holds keys, positions and keyed hashes, no value of a user.
//!
//! An external merge sort as in Knuth, The Art of Computer Programming, volume 3, section 5.4.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "edge: what does not fit into memory is spilled to files, and merged by a thread"
)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::model::{Key, Position};
use crate::plan::{FieldHashes, Fingerprint, Staged, StagedFate};

/// Bytes of rows that are sorted at a time. Two such buffers exist at once, one being filled and
/// one being sorted and written.
const RUN_BYTES: usize = 24 << 20;

/// Bytes read ahead in each run while merging: 1,000 runs, which is 24 GB of rows, need 64 MB.
const READ_AHEAD: usize = 64 << 10;

/// Takes rows in any order.
pub(super) struct Spill {
    run: Run,
    run_bytes: usize,
    file: Option<Arc<File>>,
    written: Vec<Extent>,
    writing: Option<JoinHandle<io::Result<Run>>>,
    end: u64,
}

/// Where a sorted run lies in the file.
#[derive(Clone, Copy, Debug)]
struct Extent {
    start: u64,
    end: u64,
}

/// Rows, encoded one after the other, and where each begins.
#[derive(Default)]
struct Run {
    bytes: Vec<u8>,
    starts: Vec<(u64, u32)>,
}

/// All rows, ready to be read in key order as often as wanted.
pub(super) struct Sorted {
    file: Option<Arc<File>>,
    runs: Vec<Extent>,
    memory: Arc<[u8]>,
}

impl Spill {
    pub(super) fn new() -> Self {
        Self::with_run_bytes(RUN_BYTES)
    }

    fn with_run_bytes(run_bytes: usize) -> Self {
        Self {
            run: Run::default(),
            run_bytes,
            file: None,
            written: Vec::new(),
            writing: None,
            end: 0,
        }
    }

    /// Adds a row.
    pub(super) fn push(
        &mut self,
        key: &str,
        position: Position,
        valid: Option<(&FieldHashes, Fingerprint)>,
    ) -> io::Result<()> {
        self.run.push(key, position, valid);
        if self.run.bytes.len() >= self.run_bytes {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Sorts what is left. A source that fitted into one run never touches the disk.
    pub(super) fn finish(mut self) -> io::Result<Sorted> {
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

impl Run {
    fn push(&mut self, key: &str, position: Position, valid: Option<(&FieldHashes, Fingerprint)>) {
        let start = u32::try_from(self.bytes.len()).expect("a run is far smaller than 4 GB");
        self.starts.push((prefix(key.as_bytes()), start));
        encode(&mut self.bytes, key, position, valid);
    }

    /// By key, then by record. The prefix settles nearly every comparison without a look at the row.
    fn sort(&mut self) {
        let bytes = &self.bytes;
        self.starts
            .sort_unstable_by(|(one_prefix, one), (other_prefix, other)| {
                one_prefix.cmp(other_prefix).then_with(|| {
                    let (one, other) = (&bytes[*one as usize..], &bytes[*other as usize..]);
                    (key_of(one), record_of(one)).cmp(&(key_of(other), record_of(other)))
                })
            });
    }

    fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.starts.iter().map(|(_, start)| {
            let row = &self.bytes[*start as usize..];
            &row[..length_of(row)]
        })
    }

    fn sorted(mut self) -> Vec<u8> {
        self.sort();
        let mut sorted = Vec::with_capacity(self.bytes.len());
        self.rows().for_each(|row| sorted.extend_from_slice(row));
        sorted
    }

    /// Writes the rows in order, and gives the emptied buffers back.
    fn write(mut self, file: &File, start: u64) -> io::Result<Self> {
        self.sort();
        let mut out = BufWriter::with_capacity(1 << 20, WriteAt { file, at: start });
        self.rows().try_for_each(|row| out.write_all(row))?;
        out.flush()?;
        drop(out);
        self.bytes.clear();
        self.starts.clear();
        Ok(self)
    }
}

struct WriteAt<'a> {
    file: &'a File,
    at: u64,
}

impl Write for WriteAt<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write_at(bytes, self.at)?;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// A row: its length without this number (u32), record, line, byte (u64 each), the fingerprint
// (u64), whether it is valid (u8), the length of the key (u32), the key, the field hashes.

const FIXED: usize = 4 + 8 * 4 + 1 + 4;

fn encode(
    out: &mut Vec<u8>,
    key: &str,
    position: Position,
    valid: Option<(&FieldHashes, Fingerprint)>,
) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    let print = valid.map_or(0, |(_, print)| print.to_raw());
    for number in [position.record, position.line, position.byte, print] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.push(u8::from(valid.is_some()));
    let key_length = u32::try_from(key.len()).expect("a key is far shorter than 4 GB");
    out.extend_from_slice(&key_length.to_le_bytes());
    out.extend_from_slice(key.as_bytes());
    if let Some((hashes, _)) = valid {
        hashes.write_to(out);
    }
    let length = u32::try_from(out.len() - start - 4).expect("a row is far shorter than 4 GB");
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

fn number<const N: usize>(row: &[u8], at: usize) -> [u8; N] {
    row[at..at + N].try_into().expect("a slice of N bytes")
}

fn length_of(row: &[u8]) -> usize {
    4 + u32::from_le_bytes(number(row, 0)) as usize
}

fn record_of(row: &[u8]) -> u64 {
    u64::from_le_bytes(number(row, 4))
}

fn key_of(row: &[u8]) -> &[u8] {
    let length = u32::from_le_bytes(number(row, FIXED - 4)) as usize;
    &row[FIXED..FIXED + length]
}

/// The first eight bytes as a number that orders as they do.
fn prefix(key: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = key.len().min(8);
    first[..length].copy_from_slice(&key[..length]);
    u64::from_be_bytes(first)
}

fn decode(row: &[u8]) -> io::Result<(Key, Staged)> {
    let damaged = || {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "the temporary file was damaged while it was in use",
        )
    };
    let key = std::str::from_utf8(key_of(row)).map_err(|_| damaged())?;
    let at = |index: usize| u64::from_le_bytes(number(row, 4 + index * 8));
    let position = Position {
        record: at(0),
        line: at(1),
        byte: at(2),
    };
    let fate = match row[4 + 32] {
        0 => StagedFate::Rejected,
        _ => StagedFate::Valid {
            hashes: FieldHashes::from_bytes(&row[FIXED + key.len()..]).ok_or_else(damaged)?,
            fingerprint: Fingerprint::from_raw(at(3)),
        },
    };
    Ok((Key::new(key), Staged { position, fate }))
}

impl Sorted {
    /// Every key with its rows, ascending by key; the rows of a key ascending by record.
    pub(super) fn groups(&self) -> io::Result<Groups> {
        let mut cursors: Vec<Cursor> = self
            .runs
            .iter()
            .map(|extent| Cursor::on_disk(self.file.clone(), *extent))
            .collect();
        if !self.memory.is_empty() {
            cursors.push(Cursor::in_memory(Arc::clone(&self.memory)));
        }
        let mut heap = BinaryHeap::with_capacity(cursors.len());
        for (index, cursor) in cursors.iter_mut().enumerate() {
            if let Some(row) = cursor.next()? {
                heap.push(Reverse((key_of(row).to_vec(), record_of(row), index)));
            }
        }
        Ok(Groups {
            cursors,
            heap,
            ahead: None,
        })
    }
}

/// Reads one run.
struct Cursor {
    file: Option<Arc<File>>,
    at: u64,
    end: u64,
    buffer: Vec<u8>,
    used: usize,
    row: usize,
    memory: Option<Arc<[u8]>>,
}

impl Cursor {
    fn on_disk(file: Option<Arc<File>>, extent: Extent) -> Self {
        Self {
            file,
            at: extent.start,
            end: extent.end,
            buffer: Vec::new(),
            used: 0,
            row: 0,
            memory: None,
        }
    }

    fn in_memory(memory: Arc<[u8]>) -> Self {
        Self {
            file: None,
            at: 0,
            end: 0,
            buffer: Vec::new(),
            used: 0,
            row: 0,
            memory: Some(memory),
        }
    }

    fn bytes(&self) -> &[u8] {
        self.memory.as_deref().unwrap_or(&self.buffer)
    }

    /// The row that [`Cursor::next`] gave last.
    fn current(&self) -> &[u8] {
        &self.bytes()[self.row..self.used]
    }

    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        let mut left = self.bytes().len() - self.used;
        if left < 4 || left < length_of(&self.bytes()[self.used..]) {
            self.refill()?;
            left = self.bytes().len() - self.used;
        }
        if left == 0 {
            return Ok(None);
        }
        self.row = self.used;
        self.used += length_of(&self.bytes()[self.row..]);
        Ok(Some(self.current()))
    }

    /// Moves what is left to the front and reads on, at least to the end of the next row.
    fn refill(&mut self) -> io::Result<()> {
        let Some(file) = self.file.clone() else {
            return Ok(());
        };
        self.buffer.drain(..self.used);
        self.used = 0;
        while self.at < self.end {
            let wanted = usize::try_from(self.end - self.at)
                .unwrap_or(READ_AHEAD)
                .min(READ_AHEAD);
            let filled = self.buffer.len();
            self.buffer.resize(filled + wanted, 0);
            file.read_exact_at(&mut self.buffer[filled..], self.at)?;
            self.at += wanted as u64;
            if self.buffer.len() >= 4 && self.buffer.len() >= length_of(&self.buffer) {
                break;
            }
        }
        Ok(())
    }
}

/// Keys with their rows, ascending.
pub(super) struct Groups {
    cursors: Vec<Cursor>,
    heap: BinaryHeap<Reverse<(Vec<u8>, u64, usize)>>,
    ahead: Option<(Key, Staged)>,
}

impl Groups {
    /// The next key and all its rows.
    pub(super) fn next_group(&mut self) -> io::Result<Option<(Key, Vec<Staged>)>> {
        let Some((key, first)) = self.next_row()? else {
            return Ok(None);
        };
        let mut rows = vec![first];
        while let Some((other, row)) = self.next_row()? {
            if other != key {
                self.ahead = Some((other, row));
                break;
            }
            rows.push(row);
        }
        Ok(Some((key, rows)))
    }

    fn next_row(&mut self) -> io::Result<Option<(Key, Staged)>> {
        if let Some(row) = self.ahead.take() {
            return Ok(Some(row));
        }
        let Some(mut top) = self.heap.peek_mut() else {
            return Ok(None);
        };
        let Reverse((key, record, index)) = &mut *top;
        let cursor = &mut self.cursors[*index];
        let row = decode(cursor.current())?;
        match cursor.next()? {
            Some(next) => {
                key.clear();
                key.extend_from_slice(key_of(next));
                *record = record_of(next);
            }
            None => drop(std::collections::binary_heap::PeekMut::pop(top)),
        }
        Ok(Some(row))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spilled(keys: &[String], run_bytes: usize) -> Vec<(String, Vec<u64>)> {
        let mut spill = Spill::with_run_bytes(run_bytes);
        let hashes = FieldHashes::default();
        for (record, key) in (1..).zip(keys) {
            let position = Position {
                record,
                line: record + 1,
                byte: 0,
            };
            let valid = (record % 3 != 0).then_some((&hashes, Fingerprint::from_raw(record)));
            spill.push(key, position, valid).expect("pushed");
        }
        let sorted = spill.finish().expect("sorted");
        let read = || {
            let mut groups = sorted.groups().expect("groups");
            let mut read = Vec::new();
            while let Some((key, rows)) = groups.next_group().expect("a group") {
                read.push((
                    key.to_string(),
                    rows.iter().map(|row| row.position.record).collect(),
                ));
            }
            read
        };
        assert_eq!(read(), read(), "a second reading gives the same");
        read()
    }

    fn grouped(keys: &[String]) -> Vec<(String, Vec<u64>)> {
        let mut groups = std::collections::BTreeMap::<String, Vec<u64>>::new();
        for (record, key) in (1..).zip(keys) {
            groups.entry(key.clone()).or_default().push(record);
        }
        groups.into_iter().collect()
    }

    proptest! {
        #[test]
        fn any_rows_come_back_in_key_order_whether_they_fit_into_memory_or_not(
            keys in prop::collection::vec("[a-c]{0,10}|\\PC{0,12}", 0..120),
            run_bytes in prop_oneof![Just(1_usize), Just(300), Just(4_000), Just(1 << 20)],
        ) {
            prop_assert_eq!(spilled(&keys, run_bytes), grouped(&keys));
        }
    }

    #[test]
    fn a_row_keeps_its_position_fingerprint_and_fate() {
        let mut spill = Spill::with_run_bytes(1);
        let position = Position {
            record: 7,
            line: 9,
            byte: 1_234,
        };
        spill
            .push(
                "a",
                position,
                Some((&FieldHashes::default(), Fingerprint::from_raw(42))),
            )
            .expect("pushed");
        spill.push("b", position, None).expect("pushed");
        let mut groups = spill
            .finish()
            .and_then(|sorted| sorted.groups())
            .expect("groups");
        let (_, valid) = groups.next_group().expect("read").expect("a");
        let fate = StagedFate::Valid {
            hashes: FieldHashes::default(),
            fingerprint: Fingerprint::from_raw(42),
        };
        assert_eq!(valid, [Staged { position, fate }]);
        let (_, rejected) = groups.next_group().expect("read").expect("b");
        assert_eq!(
            rejected,
            [Staged {
                position,
                fate: StagedFate::Rejected
            }]
        );
    }
}
