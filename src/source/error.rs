//! Why a source as a whole cannot be read. No text here holds a value of a row.

use std::fmt;
use std::io;

use super::{DatabaseFault, SourceName};

/// The pass cannot go on, or what it has read cannot be trusted to be all there is.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are named in each variant's text")]
pub enum SourceError {
    /// Nothing has this path.
    #[error("{name}: no such file: check the path, or use `-` to read standard input")]
    NotFound { name: SourceName },
    /// The path may not be read.
    #[error("{name}: permission denied: give the user who runs this read access to the file")]
    Denied { name: SourceName },
    /// The path is a directory.
    #[error("{name}: is a directory, expected a file: name the file in it")]
    Directory { name: SourceName },
    /// The system refused for another reason.
    #[error("{name}: cannot be opened")]
    Open {
        name: SourceName,
        #[source]
        cause: io::Error,
    },
    /// Reading broke off.
    #[error(
        "{name}: reading failed after {stored} bytes; nothing read so far counts as the whole: \
         run again once the cause is gone"
    )]
    Read {
        name: SourceName,
        stored: u64,
        #[source]
        cause: io::Error,
    },
    /// There is not even a header, or any object.
    #[error("{name}: is empty, expected {}", .name.beginning())]
    Empty { name: SourceName },
    /// The content is not text in UTF-8, by its first bytes.
    #[error("{name}: is {format}, expected {} in UTF-8: {}", .name.format(), .format.advice())]
    Unfit {
        name: SourceName,
        format: UnfitFormat,
    },
    /// The archive ends too soon.
    #[error(
        "{name}: the {format} archive is cut short (after {stored} stored bytes): \
         copy it again, and check it with `{} -t`", .format.tool()
    )]
    ArchiveCut {
        name: SourceName,
        format: ArchiveFormat,
        stored: u64,
        #[source]
        cause: Option<io::Error>,
    },
    /// The archive's content does not decode.
    #[error(
        "{name}: the {format} archive is damaged (within its first {stored} stored bytes): \
         copy it again, and check it with `{} -t`", .format.tool()
    )]
    ArchiveDamaged {
        name: SourceName,
        format: ArchiveFormat,
        stored: u64,
        #[source]
        cause: io::Error,
    },
    /// A byte that no text has.
    #[error(
        "{name}: line {line}, byte {byte}: a NUL byte, expected text: the file is binary, damaged, \
         or in UTF-16; export it as {} in UTF-8", .name.format()
    )]
    Nul {
        name: SourceName,
        line: u64,
        byte: u64,
    },
    /// A quote swallows what follows.
    #[error(
        "{name}: line {line}, byte {byte}: a quote opens here and is not closed in the {swallowed} \
         bytes after it, rows among them: close it, or write a quote that belongs to the text as \
         `\"\"` in a quoted cell"
    )]
    UnclosedQuote {
        name: SourceName,
        line: u64,
        byte: u64,
        swallowed: u64,
    },
    /// A quote swallows lines until another one ends it by chance.
    #[error(
        "{name}: line {line}, byte {byte}: a quote opens here and seems to end on line \
         {closed_line}, where text follows it (expected the delimiter or the end of the line), so \
         the rows between would be lost in one cell: close it, or write a quote that belongs to \
         the text as `\"\"`"
    )]
    StrayQuote {
        name: SourceName,
        line: u64,
        byte: u64,
        closed_line: u64,
    },
    /// A record without end.
    #[error(
        "{name}: line {line}, byte {byte}: the record that begins here is longer than {limit} \
         bytes: this is no {} of users, or its lines do not end in a line feed", .name.format()
    )]
    RecordTooLong {
        name: SourceName,
        line: u64,
        byte: u64,
        limit: usize,
    },
    /// The header is not UTF-8.
    #[error(
        "{name}: line {line}, byte {byte}: the header is not UTF-8: convert the file, as in \
         `iconv -f WINDOWS-1252 -t UTF-8`"
    )]
    HeaderNotUtf8 {
        name: SourceName,
        line: u64,
        byte: u64,
    },
    /// No line is a JSON object.
    #[error(
        "{name}: none of its {lines} lines is a JSON object: expected one on each line; a JSON \
         array becomes such lines with `jq -c '.[]'`"
    )]
    NoObject { name: SourceName, lines: u64 },
    /// The text ends in the middle of an object.
    #[error(
        "{name}: line {line}, byte {byte}: the file ends in the middle of the JSON object that \
         begins here, so lines may be missing: copy it again"
    )]
    ObjectCut {
        name: SourceName,
        line: u64,
        byte: u64,
    },
    /// The header has more columns than any table of users.
    #[error(
        "{name}: line {line}: the header has more than {limit} columns: expected a table of users; do \
         its lines end in a line feed?"
    )]
    TooManyColumns {
        name: SourceName,
        line: u64,
        limit: usize,
    },
    /// There are more columns than a table has.
    #[error(
        "{name}: line {line}: there are more than {limit} different member names by this line: \
         expected the names of columns; are some of them data, such as ids?"
    )]
    TooManyNames {
        name: SourceName,
        line: u64,
        limit: usize,
    },
    /// A name that no line had when the names were collected.
    #[error(
        "{name}: line {line}: has a member that no line had when reading began: the file changed; \
         wait until whatever writes it has finished, or read a copy"
    )]
    NewName { name: SourceName, line: u64 },
    /// The file was written while it was read.
    #[error(
        "{name}: changed while it was being read ({before} bytes at first, {after} at last): \
         wait until whatever writes it has finished, or read a copy"
    )]
    Changed {
        name: SourceName,
        before: u64,
        after: u64,
    },
    /// A database refuses, or cannot be reached. The cause says what and what to do.
    #[error("{name}")]
    Database {
        name: SourceName,
        #[source]
        fault: Box<DatabaseFault>,
    },
    /// The rows that were taken from a database for a slow reader cannot be kept or read again.
    #[error(
        "{name}: the temporary copy of its rows (under TMPDIR) failed, so nothing read so far \
         counts as the whole: is the disk full?"
    )]
    Overflow {
        name: SourceName,
        #[source]
        cause: io::Error,
    },
    /// The thread that reads is gone and did not say why.
    #[error(
        "{name}: reading it panicked, so nothing read so far counts as the whole: this is a bug"
    )]
    Panicked { name: SourceName },
    /// The pass had failed before.
    #[error("{name}: this pass has failed already: begin a new one")]
    Over { name: SourceName },
}

impl SourceError {
    /// What is wrong with a database, and with which.
    pub fn database(name: &SourceName, fault: DatabaseFault) -> Self {
        Self::Database {
            name: name.clone(),
            fault: Box::new(fault),
        }
    }

    /// Whether a later pass may succeed with nothing changed: the connection was lost, the server
    /// restarts.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Database { fault, .. } if fault.is_transient())
    }

    /// Whether the configuration is wrong, not the source.
    pub fn is_setting(&self) -> bool {
        matches!(self, Self::Database { fault, .. } if fault.is_setting())
    }
}

/// The compressions that are read as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveFormat {
    /// gzip, also several members one after the other.
    Gzip,
    /// Zstandard, also several frames one after the other.
    Zstd,
}

impl ArchiveFormat {
    const fn tool(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

impl fmt::Display for ArchiveFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tool())
    }
}

/// What a file may be instead of text in UTF-8, known by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfitFormat {
    /// A byte order mark of UTF-16 or UTF-32.
    Utf16,
    /// A zip archive: also what an `.xlsx` or `.ods` workbook is.
    Zip,
    /// A workbook of the old `.xls` kind.
    OldWorkbook,
    /// bzip2, xz or 7z.
    OtherArchive,
    /// A gzip or zstd archive inside another one.
    ArchiveTwice,
    /// A `SQLite` database.
    Sqlite,
    /// A Parquet file.
    Parquet,
}

impl UnfitFormat {
    /// What it is, and what to do about it.
    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Utf16 => (
                "text in UTF-16",
                "convert it, as in `iconv -f UTF-16 -t UTF-8`",
            ),
            Self::Zip => (
                "a zip archive or a workbook (.xlsx)",
                "unzip it, or save the sheet as CSV UTF-8",
            ),
            Self::OldWorkbook => ("a workbook (.xls)", "save the sheet as CSV UTF-8"),
            Self::OtherArchive => (
                "compressed with bzip2, xz or 7z",
                "decompress it, or compress it with gzip or zstd",
            ),
            Self::ArchiveTwice => ("compressed twice", "decompress it once"),
            Self::Sqlite => ("an SQLite database", "export the table as CSV"),
            Self::Parquet => ("a Parquet file", "export it as CSV"),
        }
    }

    const fn advice(self) -> &'static str {
        self.texts().1
    }
}

impl fmt::Display for UnfitFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.texts().0)
    }
}
