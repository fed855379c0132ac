//! A staged row as bytes.

use std::io;

use crate::model::{Key, Position};
use crate::plan::{FieldHashes, Fingerprint, Staged, StagedFate};

/// What staging made of a row, as it is written.
#[derive(Clone, Copy)]
pub(in super::super) enum Judged<'a> {
    /// A user that could be sent, by its hashes and the hash over them.
    Valid(&'a FieldHashes, Fingerprint),
    /// A row that cannot be sent.
    Rejected,
    /// A row that the run is not about.
    OutOfScope,
}

const REJECTED: u8 = 0;
const VALID: u8 = 1;
const OUT_OF_SCOPE: u8 = 2;

impl Judged<'_> {
    const fn code(self) -> u8 {
        match self {
            Self::Rejected => REJECTED,
            Self::Valid(..) => VALID,
            Self::OutOfScope => OUT_OF_SCOPE,
        }
    }
}

// A row: its length without this number (u32), record, line, byte (u64 each), the fingerprint
// (u64), what was made of it (u8), the length of the key (u32), the key, the field hashes.

const FIXED: usize = 4 + 8 * 4 + 1 + 4;

pub(super) fn encode(out: &mut Vec<u8>, key: &str, position: Position, judged: Judged<'_>) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    let print = match judged {
        Judged::Valid(_, print) => print.to_raw(),
        Judged::Rejected | Judged::OutOfScope => 0,
    };
    for number in [position.record, position.line, position.byte, print] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.push(judged.code());
    let key_length = u32::try_from(key.len()).expect("a key is far shorter than 4 GB");
    out.extend_from_slice(&key_length.to_le_bytes());
    out.extend_from_slice(key.as_bytes());
    if let Judged::Valid(hashes, _) = judged {
        hashes.write_to(out);
    }
    let length = u32::try_from(out.len() - start - 4).expect("a row is far shorter than 4 GB");
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

fn number<const N: usize>(row: &[u8], at: usize) -> [u8; N] {
    row[at..at + N].try_into().expect("a slice of N bytes")
}

pub(super) fn length_of(row: &[u8]) -> usize {
    4 + u32::from_le_bytes(number(row, 0)) as usize
}

pub(super) fn record_of(row: &[u8]) -> u64 {
    u64::from_le_bytes(number(row, 4))
}

pub(super) fn key_of(row: &[u8]) -> &[u8] {
    let length = u32::from_le_bytes(number(row, FIXED - 4)) as usize;
    &row[FIXED..FIXED + length]
}

/// The first eight bytes as a number that orders as they do.
pub(super) fn prefix(key: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = key.len().min(8);
    first[..length].copy_from_slice(&key[..length]);
    u64::from_be_bytes(first)
}

pub(super) fn decode(row: &[u8]) -> io::Result<(Key, Staged)> {
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
        REJECTED => StagedFate::Rejected,
        OUT_OF_SCOPE => StagedFate::OutOfScope,
        VALID => StagedFate::Valid {
            hashes: FieldHashes::from_bytes(&row[FIXED + key.len()..]).ok_or_else(damaged)?,
            fingerprint: Fingerprint::from_raw(at(3)),
        },
        _ => return Err(damaged()),
    };
    Ok((Key::new(key), Staged { position, fate }))
}
