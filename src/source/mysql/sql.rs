//! The words that are sent to the server: one `SELECT`, in the order of the key.

use crate::model::Query;
use crate::source::names;

const QUOTE: char = '`';

/// What a query is called where it stands in place of a table.
const ALIAS: &str = "gridsync_source";

/// What every pass says before it asks: nothing of the server's own settings may cut rows or values
/// short, shift a moment, or end a pass because the disk of this machine is slow.
pub(super) const SESSION: [&str; 3] = [
    "SET NAMES utf8mb4",
    "SET SESSION time_zone = '+00:00', \
     sql_mode = REPLACE(@@sql_mode, 'PAD_CHAR_TO_FULL_LENGTH', ''), \
     sql_select_limit = 18446744073709551615, \
     group_concat_max_len = 16777216, \
     net_write_timeout = 3600",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
];

/// One state of the data for the whole pass, and no way to change it.
pub(super) const BEGIN: &str = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

/// The tables and views of a database that the user may see.
pub(super) const TABLES: &str =
    "SELECT table_name FROM information_schema.tables WHERE table_schema = ? LIMIT 10000";

/// An index that has the rows in the wanted order.
pub(super) struct Index(String);

impl Index {
    pub(super) fn named(name: &str) -> Self {
        Self(quoted(name))
    }
}

/// The `SELECT` without an order. A query stands in parentheses of its own, so that it can be
/// nothing else than a query.
pub(super) fn select(query: &Query, escapes: Escapes) -> String {
    match query {
        Query::Table(name) => format!("SELECT * FROM {}", table(name)),
        Query::Sql(text) => format!("SELECT * FROM ({}\n) AS {ALIAS}", bare(text, escapes)),
    }
}

/// The same in the order of these columns, over the index, if there is one.
pub(super) fn in_order(select: &str, index: Option<&Index>, order: &[String]) -> String {
    let mut text = select.to_owned();
    if let Some(Index(index)) = index {
        text.push_str(" FORCE INDEX FOR ORDER BY (");
        text.push_str(index);
        text.push(')');
    }
    let columns: Vec<_> = order.iter().map(|column| quoted(column)).collect();
    if !columns.is_empty() {
        text.push_str(" ORDER BY ");
        text.push_str(&columns.join(", "));
    }
    text
}

/// A table's name, with its database where it needs one: `app.users`.
pub(super) fn table(name: &str) -> String {
    names::table(name, QUOTE)
}

fn quoted(name: &str) -> String {
    names::quoted(name, QUOTE)
}

/// Whether a backslash escapes in a text: the server says, `sql_mode` decides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    Backslash,
    Doubling,
}

/// The query without what may follow it: white space, comments, semicolons.
fn bare(text: &str, escapes: Escapes) -> &str {
    let mut lexer = Lexer {
        bytes: text.as_bytes(),
        at: 0,
        escapes,
    };
    let mut end = 0;
    while let Some(is_meant) = lexer.step() {
        if is_meant {
            end = lexer.at;
        }
    }
    text.get(..end).unwrap_or(text)
}

/// Tells comments from what looks like one within quotes.
struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    escapes: Escapes,
}

impl Lexer<'_> {
    /// Goes on by one quoted text, comment or byte; whether it is part of the query.
    fn step(&mut self) -> Option<bool> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let (length, is_meant) = match rest {
            [quote @ (b'\'' | b'"' | b'`'), ..] => (self.quoted(rest, *quote), true),
            [b'#', ..] | [b'-', b'-'] => (line(rest), false),
            [b'-', b'-', next, ..] if next.is_ascii_whitespace() => (line(rest), false),
            // Between these the server reads what is for it alone.
            [b'/', b'*', b'!', ..] | [b'/', b'*', b'M', b'!', ..] => (1, true),
            [b'/', b'*', ..] => (comment(rest), false),
            [b';', ..] => (1, false),
            [byte, ..] => (1, !byte.is_ascii_whitespace()),
            [] => return None,
        };
        self.at += length;
        Some(is_meant)
    }

    /// Up to the closing quote, or to the end. A doubled quote is two texts, which comes to the same.
    fn quoted(&self, rest: &[u8], quote: u8) -> usize {
        let escapes = self.escapes == Escapes::Backslash && quote != b'`';
        let mut at = 1;
        while let Some(&byte) = rest.get(at) {
            match byte {
                b'\\' if escapes => at += 2,
                byte if byte == quote => return at + 1,
                _ => at += 1,
            }
        }
        rest.len()
    }
}

fn line(rest: &[u8]) -> usize {
    let end = rest.iter().position(|&byte| byte == b'\n');
    end.unwrap_or(rest.len())
}

fn comment(rest: &[u8]) -> usize {
    let end = rest.windows(2).skip(2).position(|pair| pair == b"*/");
    end.map_or(rest.len(), |end| end + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_query_is_dropped_and_nothing_else() {
        for (text, expected) in [
            ("SELECT 1", "SELECT 1"),
            (" SELECT 1 ;\n", " SELECT 1"),
            ("SELECT 1;;  -- all of them", "SELECT 1"),
            ("SELECT 1 # all\n /* of\n them */ ;", "SELECT 1"),
            ("SELECT ';' ; --", "SELECT ';'"),
            ("SELECT '-- no comment", "SELECT '-- no comment"),
            ("SELECT 'it''s; -- x'", "SELECT 'it''s; -- x'"),
            (r"SELECT 'it\'s; -- x';", r"SELECT 'it\'s; -- x'"),
            ("SELECT `a;#b`, \"c;--d\" ;", "SELECT `a;#b`, \"c;--d\""),
            ("SELECT 3--1", "SELECT 3--1"),
            ("SELECT 1 /*! + 1 */", "SELECT 1 /*! + 1 */"),
            ("SELECT 1 /* open", "SELECT 1"),
            ("SELECT 1; DROP TABLE users;", "SELECT 1; DROP TABLE users"),
            ("SELECT 'ü' ; -- ü", "SELECT 'ü'"),
        ] {
            assert_eq!(bare(text, Escapes::Backslash), expected);
        }
        assert_eq!(bare(r"SELECT '\'; -- x", Escapes::Doubling), r"SELECT '\'");
    }

    #[test]
    fn names_are_quoted_part_by_part() {
        assert_eq!(table("users"), "`users`");
        assert_eq!(table("app.Users of old"), "`app`.`Users of old`");
        assert_eq!(table("app.`the.users`"), "`app`.`the.users`");
        assert_eq!(table("a`b; DROP"), "`a``b; DROP`");
    }

    #[test]
    fn a_query_is_wrapped_and_ordered() {
        let query = Query::Sql("SELECT * FROM users; -- all".to_owned());
        let select = select(&query, Escapes::Backslash);
        let order = ["member`no".to_owned(), "id".to_owned()];
        assert_eq!(
            in_order(&select, None, &order),
            "SELECT * FROM (SELECT * FROM users\n) AS gridsync_source ORDER BY `member``no`, `id`"
        );
    }

    #[test]
    fn a_table_is_read_over_the_index_of_its_key() {
        let select = select(&Query::Table("app.users".to_owned()), Escapes::Backslash);
        let index = Index::named("PRIMARY");
        assert_eq!(
            in_order(&select, Some(&index), &["id".to_owned()]),
            "SELECT * FROM `app`.`users` FORCE INDEX FOR ORDER BY (`PRIMARY`) ORDER BY `id`"
        );
        assert_eq!(in_order(&select, None, &[]), "SELECT * FROM `app`.`users`");
    }
}
