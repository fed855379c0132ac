//! The statements of a pass.

use std::fmt::Write;

use super::describe::Column;
use super::form::Form;
use crate::source::DatabaseFault;
use crate::source::statement::{OPEN, wrapped};

/// One snapshot for all that follows, and no way to change anything. The server writes dates, times
/// and numbers as [`Form`] takes them, and tells no notices: they may quote a row. All of it ends with the transaction.
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
     SET LOCAL DateStyle = 'ISO'; SET LOCAL TimeZone = 'UTC'; \
     SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL extra_float_digits = 1; \
     SET LOCAL client_min_messages = 'error'; SHOW server_encoding";

/// The encoding of a database that does not know what its texts are written in. Such texts come as
/// they are, and a row that is not UTF-8 is one bad row; asked for UTF-8, the server would end the
/// pass there.
pub(super) const UNKNOWN_ENCODING: &str = "SQL_ASCII";

/// The tables and views that there are, as a query would name them.
pub(super) const TABLES: &str = "SELECT CASE WHEN pg_catalog.pg_table_is_visible(c.oid) \
     THEN c.relname::text ELSE n.nspname || '.' || c.relname END \
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') \
     AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') LIMIT 5000";

/// A query, wherever the pass needs it.
pub(super) struct Select(String);

impl Select {
    /// Takes what begins like a query. What else it may be, the server finds out: see [`Self::alone`].
    pub(super) fn new(query: String) -> Result<Self, DatabaseFault> {
        let first = first_word(&query);
        let begins = ["select", "with", "values", "table", ""];
        if begins.iter().any(|word| first.eq_ignore_ascii_case(word)) {
            return Ok(Self(query));
        }
        Err(DatabaseFault::NotSelect {
            found: format!("found one that begins with `{first}`"),
        })
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// What the server accepts as one statement only if the query is one statement: a semicolon
    /// within these parentheses is an error of syntax. And what closes them to go on behind them is
    /// none in [`Self::nothing`]. So a query that passes both stands by itself in parentheses.
    pub(super) fn alone(&self) -> String {
        format!("COPY (SELECT * FROM {} AS q) TO STDOUT", wrapped(&self.0))
    }

    /// The columns without a row.
    pub(super) fn nothing(&self) -> String {
        format!("SELECT * FROM {} AS q LIMIT 0", wrapped(&self.0))
    }

    /// The type of each column. The join finds nothing, and the server knows that beforehand.
    pub(super) fn types(&self, columns: usize) -> String {
        let types = listed(columns, |nth| {
            format!("pg_catalog.pg_typeof(q.c{nth})::oid")
        });
        let names = listed(columns, |nth| format!("c{nth}"));
        format!(
            "SELECT {types} FROM (SELECT) AS one LEFT JOIN {} AS q({names}) ON false",
            wrapped(&self.0)
        )
    }

    /// All rows in this encoding, in the order of the columns at these places. The columns are numbered, because their
    /// names may be anything, twice over; they are compared as they are, so that an index serves.
    pub(super) fn rows(&self, columns: &[Column], order: &[usize], encoding: &str) -> String {
        let values = listed(columns.len(), |nth| value(&columns[nth - 1].form, nth));
        let names = listed(columns.len(), |nth| format!("c{nth}"));
        let mut text = format!(
            "COPY (SELECT {values} FROM {} AS q({names})",
            wrapped(&self.0)
        );
        for (nth, place) in order.iter().enumerate() {
            let before = if nth == 0 { " ORDER BY" } else { "," };
            write!(text, "{before} q.c{}", place + 1).expect("memory takes it");
        }
        write!(text, ") TO STDOUT (ENCODING '{encoding}')").expect("memory takes it");
        text
    }
}

/// The place in the query of a place in a statement that wraps it, both in characters; the server
/// counts from 1.
pub(super) fn place_in_query(statement: &str, position: u32) -> Option<usize> {
    let begins = statement.find(OPEN)? + OPEN.len();
    let before = statement[..begins].chars().count();
    usize::try_from(position).ok()?.checked_sub(before + 1)
}

/// The server joins the items of an array: it knows what is an item.
fn value(form: &Form, nth: usize) -> String {
    match form {
        Form::List(_) => format!(
            "CASE WHEN pg_catalog.array_ndims(q.c{nth}) > 1 \
             OR pg_catalog.strpos(pg_catalog.array_to_string(q.c{nth}, ''), ';') > 0 \
             THEN q.c{nth}::text ELSE pg_catalog.array_to_string(q.c{nth}, ';') END"
        ),
        _ => format!("q.c{nth}"),
    }
}

fn listed(columns: usize, each: impl Fn(usize) -> String) -> String {
    let each: Vec<_> = (1..=columns).map(each).collect();
    each.join(", ")
}

/// The first word behind blanks and comments; empty where something else comes first.
fn first_word(query: &str) -> &str {
    let mut rest = query.trim_start();
    loop {
        let behind = if rest.starts_with("--") {
            rest.split_once('\n')
        } else if rest.starts_with("/*") {
            rest.split_once("*/")
        } else {
            break;
        };
        rest = behind.map_or("", |(_, behind)| behind.trim_start());
    }
    let end = rest.find(|c: char| !c.is_ascii_alphabetic());
    &rest[..end.unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_stands_behind_comments() {
        assert_eq!(first_word("\n-- the users\n/* all */ SELECT 1"), "SELECT");
        assert_eq!(first_word("(SELECT 1)"), "");
        assert_eq!(first_word("DELETE"), "DELETE");
        assert_eq!(first_word("-- nothing"), "");
    }

    #[test]
    fn a_place_in_a_statement_is_one_in_the_query() {
        let select = Select("SELECT ä FORM".to_owned());
        for statement in [select.alone(), select.nothing(), select.types(2)] {
            let position = statement[..statement.find("FORM").expect("it is there")]
                .chars()
                .count()
                + 1;
            let position = u32::try_from(position).expect("it is short");
            assert_eq!(place_in_query(&statement, position), Some(9));
        }
        assert_eq!(place_in_query(&select.alone(), 3), None);
    }
}
