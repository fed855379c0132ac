//! What fuzz targets see of sources.

use super::{mysql, names, postgres, statement};
use crate::model::{Query, Secret};

/// All that is told of a PostgreSQL server, by its URL, or why that is none.
pub fn postgres_told(url: &Secret) -> Result<String, String> {
    postgres::told(url)
}

/// The same of MySQL.
pub fn mysql_told(url: &Secret) -> Result<String, String> {
    mysql::told(url)
}

/// The parts of a name, without quotes.
pub fn name_parts(name: &str, quote: char) -> Vec<String> {
    names::parts(name, quote)
}

/// A name with its schema, each part in quotes.
pub fn table(name: &str, quote: char) -> String {
    names::table(name, quote)
}

/// The operator's words in parentheses, as a database gets them.
pub fn wrapped(query: &Query) -> String {
    statement::wrapped(&statement::select(query))
}
