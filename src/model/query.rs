//! What is read of a database.

/// The rows that a database gives: a table as it is, or whatever a query selects. Both are the
/// operator's own words, and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// A table or a view, by its name, with its schema where it needs one: `app.users`. Quoted by
    /// the source, part by part, so that a name in capitals is found too.
    Table(String),
    /// One `SELECT`, without a semicolon at its end.
    Sql(String),
}
