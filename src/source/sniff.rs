//! What kind of source a file is, by how it begins.

use std::io::Read;

use super::input::Feed;
use super::{Input, SourceError, SourceName, UnfitFormat};

/// The kinds of files that are sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Text that is not JSON: CSV, if anything.
    Csv,
    /// JSON.
    Ndjson,
    /// An `SQLite` database.
    Sqlite,
}

impl FileKind {
    /// Looks at the first bytes, decompressed. White space is passed over.
    ///
    /// # Errors
    /// The file cannot be opened, or is none that could be a source.
    pub fn of(input: Input) -> Result<Self, SourceError> {
        let name = SourceName::new("file", input.label());
        let (text, pass) = match Feed::new(input, name).open() {
            Ok(opened) => opened,
            Err(SourceError::Unfit {
                format: UnfitFormat::Sqlite,
                ..
            }) => return Ok(Self::Sqlite),
            Err(error) => return Err(error),
        };
        let mut head = Vec::new();
        text.take(LOOK)
            .read_to_end(&mut head)
            .map_err(|cause| pass.explain(cause))?;
        Ok(match head.trim_ascii_start().first() {
            Some(b'{' | b'[') => Self::Ndjson,
            _ => Self::Csv,
        })
    }
}

/// Bytes that are looked at. A file that begins with more white space is nobody's.
const LOOK: u64 = 4096;

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn kind(content: &[u8]) -> Result<FileKind, SourceError> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(content).expect("written");
        FileKind::of(Input::Path(file.path().to_owned()))
    }

    #[test]
    fn the_first_bytes_tell_whatever_the_name_is() {
        let cases: [(&[u8], FileKind); 5] = [
            (b"id,name\n", FileKind::Csv),
            (b"", FileKind::Csv),
            (b"\xEF\xBB\xBF \n{\"id\":1}\n", FileKind::Ndjson),
            (b"[\n", FileKind::Ndjson),
            (b"SQLite format 3\0 and so on", FileKind::Sqlite),
        ];
        for (content, expected) in cases {
            assert_eq!(kind(content).expect("it opens"), expected);
        }
        let packed = zstd::encode_all(&b"{\"id\":1}"[..], 0).expect("compressed");
        assert_eq!(kind(&packed).expect("it opens"), FileKind::Ndjson);
        assert!(matches!(
            kind(b"PK\x03\x04"),
            Err(SourceError::Unfit { .. })
        ));
    }
}
