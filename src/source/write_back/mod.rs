//! Customer ids on their way back: into the platform's own database, a batch at a time.
//!
//! | file | holds |
//! |---|---|
//! | `contract` | [`WriteBack`]: all that the engine sees of any database |
//! | `error` | why a batch was not written, in the same words for each database |
//! | `key_form` | which keys a column can hold, and how it spells them |
//! | `stored` | what stands in a table before a batch is put there |
//! | `sqlite`, `postgres`, `mysql` | the three of them |
//!
//! A batch is one transaction: all of it stands there, or none. A row is only touched where it has
//! another id, so a batch that is written twice changes nothing. Blocking; for a thread of its own.
//! What a server says is not shown: it may quote a value of a row. Its code is.

mod contract;
mod error;
mod key_form;
mod mysql;
mod postgres;
mod sqlite;
mod stored;

pub use contract::{Fate, WriteBack};
pub use error::{WriteBackError, WriteBackFault};
pub use mysql::MysqlWriteBack;
pub use postgres::PostgresWriteBack;
pub use sqlite::SqliteWriteBack;
