//! Why the rejects cannot be written.

use std::io;
use std::path::PathBuf;

use crate::model::Position;
use crate::source::SourceError;

/// The file of rejected rows is not there, or not whole.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are named in each variant's text")]
pub enum RejectsError {
    /// The file would replace what is being read.
    #[error("{}: is the source itself: write the rejects to another file", .path.display())]
    IsSource { path: PathBuf },
    /// The file cannot be made.
    #[error(
        "{}: cannot be created: check that its directory exists and can be written", .path.display()
    )]
    Create {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    /// Writing broke off.
    #[error("{}: cannot be written: is the disk full? Nothing was left there", .path.display())]
    Write {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    /// Nothing is left in it, and it cannot be removed.
    #[error(
        "{}: no row is left in it, and it cannot be removed: it holds personal data, remove it",
        .path.display()
    )]
    Remove {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    /// What is to be tried again is no file that can be replaced.
    #[error(
        "{}: expected a plain file of rejects, not compressed and no stream: it is written anew \
         with the rows that are left", .path.display()
    )]
    NotPlain { path: PathBuf },
    /// What is to be tried again was not written by us.
    #[error(
        "{}: is no file of rejects: expected the columns _error_code, _error and _line, as `check` \
         and `sync --rejects` write them; feed any other file with --csv", .path.display()
    )]
    NotRejects { path: PathBuf },
    /// Reading the source again failed.
    #[error("the rejected rows cannot be read again")]
    Source(#[from] SourceError),
    /// The rejects do not ascend.
    #[error(
        "the reject of record {record} comes after that of record {after}: expected each record \
         once, in ascending order"
    )]
    OutOfOrder { record: u64, after: u64 },
    /// The source is not the one that was judged.
    #[error("{position}: the rejected row is no longer there: the source changed; run again")]
    Moved { position: Position },
}
