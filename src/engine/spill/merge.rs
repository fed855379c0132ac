//! Reading the sorted runs side by side.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::row::{decode, key_of, length_of, record_of};
use super::sort::{Extent, Sorted};
use crate::model::Key;
use crate::plan::Staged;

/// Bytes read ahead in each run while merging: 1,000 runs, which is 24 GB of rows, need 64 MB.
const READ_AHEAD: usize = 64 << 10;

impl Sorted {
    /// Every key with its rows, ascending by key; the rows of a key ascending by record.
    pub(in super::super) fn groups(&self) -> io::Result<Groups> {
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
pub(in super::super) struct Groups {
    cursors: Vec<Cursor>,
    heap: BinaryHeap<Reverse<(Vec<u8>, u64, usize)>>,
    ahead: Option<(Key, Staged)>,
}

impl Groups {
    /// The next key and all its rows.
    pub(in super::super) fn next_group(&mut self) -> io::Result<Option<(Key, Vec<Staged>)>> {
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
