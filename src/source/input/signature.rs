//! What a file is, by its first bytes. A name is a claim; the first bytes are evidence.

use std::io::{self, Cursor, Read};
use std::path::Path;

use crate::source::{ArchiveFormat, UnfitFormat};

/// Bytes that every signature below can be told from.
const HEAD_BYTES: usize = 16;

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

const ARCHIVES: [(&[u8], ArchiveFormat); 2] = [
    (b"\x1F\x8B", ArchiveFormat::Gzip),
    (b"\x28\xB5\x2F\xFD", ArchiveFormat::Zstd),
];

const UNFIT: [(&[u8], UnfitFormat); 12] = [
    (b"\xFF\xFE", UnfitFormat::Utf16),
    (b"\xFE\xFF", UnfitFormat::Utf16),
    (b"PK\x03\x04", UnfitFormat::Zip),
    (b"PK\x05\x06", UnfitFormat::Zip),
    (b"\xD0\xCF\x11\xE0", UnfitFormat::OldWorkbook),
    (b"BZh", UnfitFormat::OtherArchive),
    (b"\xFD7zXZ\x00", UnfitFormat::OtherArchive),
    (b"7z\xBC\xAF\x27\x1C", UnfitFormat::OtherArchive),
    (b"\x1F\x8B", UnfitFormat::ArchiveTwice),
    (b"\x28\xB5\x2F\xFD", UnfitFormat::ArchiveTwice),
    (b"SQLite format 3\x00", UnfitFormat::Sqlite),
    (b"PAR1", UnfitFormat::Parquet),
];

/// The first bytes of a reader, as many of them as there are and signatures need.
pub(super) struct Head(Vec<u8>);

impl Head {
    /// Takes the first bytes off the reader.
    pub(super) fn take(reader: &mut impl Read) -> io::Result<Self> {
        let mut head = Vec::with_capacity(HEAD_BYTES);
        reader.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        Ok(Self(head))
    }

    /// The compression, if it is one that is read.
    pub(super) fn archive(&self) -> Option<ArchiveFormat> {
        let found = ARCHIVES.iter().find(|(magic, _)| self.0.starts_with(magic));
        found.map(|&(_, format)| format)
    }

    /// The archive that the path claims, of which no more than a beginning of the signature is
    /// there: an archive cut so short that its bytes no longer tell.
    pub(super) fn stump_of(&self, path: &Path) -> Option<ArchiveFormat> {
        let format = match path.extension()?.to_str()? {
            "gz" => ArchiveFormat::Gzip,
            "zst" => ArchiveFormat::Zstd,
            _ => return None,
        };
        let (magic, _) = ARCHIVES.iter().find(|(_, known)| *known == format)?;
        (self.0.len() < magic.len() && magic.starts_with(&self.0)).then_some(format)
    }

    /// What it is instead of text.
    pub(super) fn unfit(&self) -> Option<UnfitFormat> {
        let found = UNFIT.iter().find(|(magic, _)| self.0.starts_with(magic));
        found.map(|&(_, format)| format)
    }

    /// Drops the mark that says UTF-8, which is no text; how many bytes it had.
    pub(super) fn drop_utf8_mark(&mut self) -> u64 {
        if !self.0.starts_with(UTF8_MARK) {
            return 0;
        }
        self.0.drain(..UTF8_MARK.len());
        UTF8_MARK.len() as u64
    }

    /// Puts the bytes back in front of what follows them.
    pub(super) fn before<R: Read>(self, rest: R) -> io::Chain<Cursor<Vec<u8>>, R> {
        Cursor::new(self.0).chain(rest)
    }
}
