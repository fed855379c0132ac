//! A run: rows in memory, sorted and written together.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;

use super::row::{Judged, encode, key_of, length_of, prefix, record_of};
use crate::model::Position;

/// Rows, encoded one after the other, and where each begins.
#[derive(Default)]
pub(in super::super) struct Run {
    pub(super) bytes: Vec<u8>,
    pub(super) starts: Vec<u32>,
}

fn offset(length: usize) -> u32 {
    u32::try_from(length).expect("a run is far smaller than 4 GB")
}

impl Run {
    /// Adds a row.
    pub(in super::super) fn push(&mut self, key: &str, position: Position, judged: Judged<'_>) {
        self.starts.push(offset(self.bytes.len()));
        encode(&mut self.bytes, key, position, judged);
    }

    pub(super) fn append(&mut self, rows: &mut Self) {
        let base = offset(self.bytes.len());
        self.starts
            .extend(rows.starts.drain(..).map(|start| base + start));
        self.bytes.append(&mut rows.bytes);
    }

    /// By key, then by record. Where the keys begin to differ, eight bytes of each settle nearly
    /// every comparison without a look at the row.
    fn sort(&mut self) {
        let bytes = &self.bytes;
        let common = self.common_prefix();
        let mut order: Vec<(u64, u32)> = self
            .starts
            .iter()
            .map(|start| (prefix(&key_of(&bytes[*start as usize..])[common..]), *start))
            .collect();
        order.sort_unstable_by(|(one_prefix, one), (other_prefix, other)| {
            one_prefix.cmp(other_prefix).then_with(|| {
                let (one, other) = (&bytes[*one as usize..], &bytes[*other as usize..]);
                (key_of(one), record_of(one)).cmp(&(key_of(other), record_of(other)))
            })
        });
        self.starts.clear();
        self.starts.extend(order.iter().map(|(_, start)| start));
    }

    /// How many bytes all keys begin with alike: ids made by a counter have many.
    fn common_prefix(&self) -> usize {
        let mut keys = self
            .starts
            .iter()
            .map(|start| key_of(&self.bytes[*start as usize..]));
        let Some(first) = keys.next() else { return 0 };
        keys.fold(first.len(), |common, key| {
            let alike = first[..common]
                .iter()
                .zip(key)
                .take_while(|(one, other)| one == other);
            alike.count()
        })
    }

    fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.starts.iter().map(|start| {
            let row = &self.bytes[*start as usize..];
            &row[..length_of(row)]
        })
    }

    pub(super) fn sorted(mut self) -> Vec<u8> {
        self.sort();
        let mut sorted = Vec::with_capacity(self.bytes.len());
        self.rows().for_each(|row| sorted.extend_from_slice(row));
        sorted
    }

    /// Writes the rows in order, and gives the emptied buffers back.
    pub(super) fn write(mut self, file: &File, start: u64) -> io::Result<Self> {
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
