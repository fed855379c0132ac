//! MySQL and MariaDB: one `SELECT`, in one transaction that only reads.
//!
//! | file | holds |
//! |---|---|
//! | `address` | what a URL says |
//! | `connect` | a connection, with the TLS that was asked for |
//! | `open` | a connection for whoever writes |
//! | `pass` | one transaction, from the first row to the last |
//! | `sql` | the words that are sent |
//! | `index` | the index that has a table in the order of its key |
//! | `form` | how a value of each type is written |
//! | `killer` | the end of a pass that nobody reads any more |
//! | `fault` | errors of the driver and the server, in the words of a source |
//!
//! # What is read
//!
//! Each pass is a transaction of its own: `START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY`, under
//! `REPEATABLE READ`. So a pass sees one state of the data, whatever others write meanwhile, and a
//! query that would write is refused. (Tables of an engine without transactions, such as `MyISAM`, have
//! no snapshot.) Rows come in the order of the key. Of a table they come over an index that begins with
//! the key, and the server sorts nothing. A query that has no such index is sorted by the server before
//! the first row comes, in its memory and then on its disk, as any `ORDER BY` is. Rows are taken from
//! the socket one by one: no result is ever in memory.
//!
//! # How values are written
//!
//! | type | text |
//! |---|---|
//! | `CHAR`, `VARCHAR`, `TEXT`, `ENUM`, `JSON`, `UUID`, `INET6`, `TIME`, `YEAR` | as the server writes them, in UTF-8 |
//! | `SET` | its items, joined with `,`: a list |
//! | integers, `DECIMAL` | digits, as the server writes them |
//! | `FLOAT`, `DOUBLE` | digits without an exponent |
//! | `DATE` | `2024-05-06` |
//! | `DATETIME`, `TIMESTAMP` | RFC 3339 in UTC: `2024-05-06T07:08:09Z`. A `DATETIME` has no time zone of its own and is taken for UTC |
//! | `TINYINT(1)`, `BOOLEAN`, `BIT(1)` | `true` and `false` for 1 and 0; another number as it is |
//! | `NULL`, and the zero date `0000-00-00` | absent |
//! | `BINARY`, `VARBINARY`, `BLOB`, other `BIT`, `GEOMETRY`, `VECTOR` | refused, with the column's name and what to select in its place |

mod address;
mod connect;
mod fault;
mod form;
mod index;
mod killer;
mod open;
mod pass;
mod sql;
#[cfg(test)]
mod tests;

pub(super) use address::place;
#[cfg(any(fuzzing, test))]
pub(in crate::source) use address::told;
pub(super) use open::open;
pub(super) use pass::pass;
