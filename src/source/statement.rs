//! What the operator wrote, as a statement: for databases that quote names as the standard does.

use super::names::table;
use crate::model::Query;

/// The operator's query, or the table as one. Not wrapped yet.
pub(super) fn select(query: &Query) -> String {
    match query {
        Query::Table(name) => format!("SELECT * FROM {}", table(name, '"')),
        Query::Sql(text) => bare(text).to_owned(),
    }
}

/// The query in parentheses, which nothing but a query can stand in. It ends with a line of its
/// own, because it may end with a comment.
pub(super) fn wrapped(select: &str) -> String {
    format!("{OPEN}{select}\n)")
}

/// What [`wrapped`] puts before the query.
pub(super) const OPEN: &str = "(\n";

/// The places of these columns in the header, from 0. One that is not there, or there twice, is left
/// out: the mapping names it.
pub(super) fn places(header: &[String], names: &[String]) -> Vec<usize> {
    let place = |name: &String| {
        let mut found = (0..header.len()).filter(|&at| header[at] == *name);
        found.next().filter(|_| found.next().is_none())
    };
    names.iter().filter_map(place).collect()
}

/// What [`crate::source::SourceName`] calls the rows of a database: where it is, and what of it.
pub(super) fn label(place: &str, query: &Query) -> String {
    match query {
        Query::Table(name) => format!("{place} {name}"),
        Query::Sql(_) => format!("{place} query"),
    }
}

/// Without a semicolon at the end, and blanks around it.
fn bare(text: &str) -> &str {
    text.trim_end_matches(|c: char| c == ';' || c.is_whitespace())
        .trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_quoted_part_by_part() {
        let of = |name: &str| select(&Query::Table(name.to_owned()));
        assert_eq!(of("users"), r#"SELECT * FROM "users""#);
        assert_eq!(of("app.Users"), r#"SELECT * FROM "app"."Users""#);
        assert_eq!(
            of(r#"app."the.users""#),
            r#"SELECT * FROM "app"."the.users""#
        );
        assert_eq!(of(r#"a"b; DROP"#), r#"SELECT * FROM "a""b; DROP""#);
    }

    #[test]
    fn a_semicolon_at_the_end_is_dropped_and_a_comment_does_no_harm() {
        let of = |text: &str| wrapped(&select(&Query::Sql(text.to_owned())));
        assert_eq!(of("SELECT 1 ;\n; "), "(\nSELECT 1\n)");
        assert_eq!(of("\n SELECT 1 -- all"), "(\nSELECT 1 -- all\n)");
        assert_eq!(of("SELECT ';'"), "(\nSELECT ';'\n)");
    }

    #[test]
    fn only_a_column_that_is_there_once_gives_the_order() {
        let names =
            |names: &[&str]| -> Vec<String> { names.iter().map(ToString::to_string).collect() };
        let header = names(&["id", "name", "twice", "twice"]);
        assert_eq!(places(&header, &names(&["name", "id"])), [1, 0]);
        assert_eq!(places(&header, &names(&["twice", "gone", "id"])), [0]);
    }
}
