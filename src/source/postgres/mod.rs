//! PostgreSQL: a table or a query, read-only, one snapshot a pass, streamed by the server.
//!
//! | file | holds |
//! |---|---|
//! | `address` | the URL, taken apart |
//! | `trust` | what the URL asks of TLS |
//! | `tls` | TLS as it was asked for |
//! | `open` | a connection for whoever writes |
//! | `pass` | one pass, on a thread of its own |
//! | `statement` | the statements of a pass |
//! | `describe` | the columns, with their types |
//! | `form` | the one text form of each type |
//! | `copy` | the text format of `COPY` |
//! | `fault` | what the server's codes mean |
//!
//! A pass is one transaction (`REPEATABLE READ READ ONLY`) with the settings that it needs
//! (`SET LOCAL`), so that it works through a pooler that hands out a server for a transaction. The
//! rows come by `COPY … TO STDOUT` in its text format: the server pushes them, nothing is kept on
//! either side, and NULL is no empty text. `statement_timeout` is as the role has it: it is there to
//! protect the database, and `options=-c statement_timeout=0` in the URL says otherwise.
//!
//! Rows come in the order of the key: what one pass calls its row 7 must be row 7 of the next one too, and no
//! snapshot outlives its pass. The order in which a table lies (`ctid`) is none: every update changes it. How
//! the server gets there is left to its planner. Over an index of the key it needs no room on its disk
//! and gives the first row at once; where the rows lie in another order that is fast only as long as
//! `shared_buffers` holds the table (a million rows of 170 MB took 4.0 s of the server's time with 128 MB,
//! 1.8 s with 1 GB, 0.9 s in their own order). What was tried and is not set: `work_mem`, `jit` and
//! parallel workers make it no faster; `COLLATE "C"` halves a sort by the rules of a language, but no
//! index serves it, and rows that lie in the order of the key take twice as long; a smaller
//! `effective_cache_size` has the server sort, on its disk.
//!
//! The driver is `tokio-postgres`, on a runtime of the pass's own thread, because a read that waits
//! for the server must end when the reader goes. (`postgres` is the same driver, and cannot be
//! interrupted.)
//!
//! Text forms: text, `citext`, `uuid`, numbers, enums, `json`, `inet`, `time` and whatever is not
//! named here as the server writes them; domains as the type below; `boolean` `true` and `false`;
//! `date` `2001-02-03`; `timestamptz` and `timestamp` (which is taken as UTC) `2001-02-03T04:05:06Z`;
//! `interval` as ISO 8601 has it; `real` and `double precision` in plain digits; `char(n)` without the
//! blanks that fill it up; an array's items, without NULLs, joined with `;`. An array of arrays, or with
//! an item that has a `;` itself, stays as PostgreSQL writes it. `bytea` is no text and is refused.

mod address;
mod copy;
mod describe;
mod fault;
mod form;
mod open;
mod pass;
mod statement;
mod tls;
mod trust;

#[cfg(test)]
mod tests;

pub(super) use address::place;
#[cfg(any(fuzzing, test))]
pub(in crate::source) use address::told;
pub(super) use open::open;
pub(super) use pass::pass;
