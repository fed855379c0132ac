//! Where users come from: a source gives its rows in order, as often as it is asked.
//!
//! | file | holds |
//! |---|---|
//! | `contract` | [`Source`] and [`Rows`]: all that the engine sees of any source |
//! | `name` | what a source is called in plans, reports and errors |
//! | `names` | the operator's names of tables and columns, in quotes |
//! | `header` | what is odd about the column names |
//! | `guarded` | a pass that is over stays over |
//! | `error` | why a source as a whole cannot be read |
//! | `input` | bytes: a file or a stream, compressed or not, read again for each pass |
//! | `csv` | CSV over those bytes |
//! | `ndjson` | JSON objects over those bytes, one a line |
//! | `database` | what is wrong between here and a database |
//! | `from_database` | a table or a query of one, as a source |
//! | `server` | what is read of a database server |
//! | `mysql` | MySQL and MariaDB |
//! | `percent` | what a URL writes in percent |
//! | `pump` | a database's driver on a thread of its own, and the rows that come out of it |
//! | `statement` | what the operator wrote, as a statement |
//! | `postgres` | a table or a query of a PostgreSQL server |
//! | `sqlite` | a table or a query of an `SQLite` file |
//! | `sniff` | what kind of source a file is |
//! | `rejects` | the file of the rows that were not sent |
//! | [`write_back`] | customer ids, on their way into the platform's own database |
//!
//! What is wrong with *one* row is said on the row ([`crate::model::RowFault`]) and never stops a
//! pass. What makes the pass as a whole untrustworthy is a [`SourceError`]: whatever could make a
//! source look shorter than it is (a cut archive, a quote that swallows rows, a file that changes
//! under the reader) must end the pass, because absent users are deletes in the making.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "edge: reads the source, and writes the rows it rejects"
)]

mod contract;
mod csv;
mod database;
mod error;
mod from_database;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod guarded;
mod header;
mod input;
mod mysql;
mod name;
mod names;
mod ndjson;
mod percent;
mod postgres;
mod pump;
mod rejects;
mod server;
mod sniff;
mod sqlite;
mod statement;
#[cfg(test)]
mod testing;
pub mod write_back;

pub use contract::{Rows, Snapshot, Source};
pub use csv::{CsvSettings, CsvSource, Delimiter, ParseDelimiterError};
pub use database::{DatabaseFault, QueryPlace};
pub use error::{ArchiveFormat, SourceError, UnfitFormat};
pub use from_database::DatabaseSource;
pub use header::{HeaderNotice, header_notices};
pub use input::Input;
pub use name::SourceName;
pub use ndjson::{NdjsonSettings, NdjsonSource};
pub use pump::Patience;
pub use rejects::{
    RejectsError, RejectsFile, RejectsSettings, RejectsWritten, ReopenedRejects, Undone, line_of,
};
pub use server::ServerSettings;
pub use sniff::FileKind;
pub use sqlite::SqliteSettings;
