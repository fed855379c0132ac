//! From a header and a few rows to a mapping that somebody can read, correct and keep. Pure.
//!
//! A column is known by its name as people write it ([`names`]), and its values have to agree
//! ([`fit`]): a score each, and one column for a field. Values decide how a field is read: the form
//! of dates, the codes of countries, what the words of a closed list mean. What does not follow is
//! left to somebody, never guessed silently.
//!
//! Nothing of a row goes into the proposal but words of closed lists that a map has to name: countries,
//! types, categories. A word that is not known counts as one only where it is short and stands in
//! more than one row.

mod assign;
mod choices;
mod column;
mod complete;
mod countries;
mod dates;
mod entries;
mod fit;
mod names;
mod synonyms;
mod types;
mod vocabulary;
mod words;

#[cfg(test)]
mod tests;

use column::Column;

use crate::model::{Edition, Proposal, Row};

/// Proposes a mapping for a header, from rows of it.
pub fn propose(edition: Edition, header: &[String], rows: &[Row]) -> Proposal {
    let columns: Vec<Column<'_>> = header
        .iter()
        .enumerate()
        .map(|(place, name)| Column::new(place, name, rows))
        .collect();
    let assigned = assign::assign(edition, &columns);
    let mut found = entries::entries(edition, &columns, &assigned);
    let entries = complete::complete(edition, &columns, &mut found);
    let unused = complete::unused(&columns, &entries);
    Proposal {
        edition,
        entries,
        unused,
        rows: rows.len(),
    }
}
