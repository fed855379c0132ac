//! What is odd about the names of the columns. None of it stops a pass: a column that nobody maps
//! may be called anything.

use std::collections::BTreeMap;
use std::fmt;

/// Something about a header that the operator should know. Columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderNotice {
    /// A column has no name, so nothing can be mapped from it.
    Unnamed {
        /// The column.
        column: usize,
    },
    /// Several columns have one name, so none of them can be meant by it.
    Repeated {
        /// The name.
        name: String,
        /// The columns, ascending, two at least.
        columns: Vec<usize>,
    },
    /// The header is one column that looks like several.
    OtherDelimiter {
        /// What seems to be the delimiter, as the option takes it.
        delimiter: &'static str,
    },
}

impl fmt::Display for HeaderNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnamed { column } => {
                write!(f, "column {column} has no name and cannot be mapped")
            }
            Self::Repeated { name, columns } => {
                write!(f, "columns ")?;
                for (index, column) in columns.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{column}")?;
                }
                write!(
                    f,
                    " are all named `{name}`, so none can be mapped by that name"
                )
            }
            Self::OtherDelimiter { delimiter } => write!(
                f,
                "the header is one column that looks like several: try `--delimiter '{delimiter}'`"
            ),
        }
    }
}

/// Everything that is odd about a header, in the order of the columns concerned.
pub fn header_notices(header: &[String]) -> Vec<HeaderNotice> {
    let mut notices = Vec::new();
    notices.extend(other_delimiter(header));
    let mut columns_of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, name) in header.iter().enumerate() {
        columns_of.entry(name).or_default().push(index + 1);
    }
    for (index, name) in header.iter().enumerate() {
        let column = index + 1;
        let columns = &columns_of[name.as_str()];
        if name.is_empty() {
            notices.push(HeaderNotice::Unnamed { column });
        } else if columns.len() > 1 && columns[0] == column {
            notices.push(HeaderNotice::Repeated {
                name: name.clone(),
                columns: columns.clone(),
            });
        }
    }
    notices
}

/// The delimiter that would split a header which is one column.
fn other_delimiter(header: &[String]) -> Option<HeaderNotice> {
    let [only] = header else { return None };
    [(';', ";"), ('\t', "\\t"), ('|', "|"), (',', ",")]
        .into_iter()
        .find(|&(candidate, _)| only.contains(candidate))
        .map(|(_, delimiter)| HeaderNotice::OtherDelimiter { delimiter })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notices(names: &[&str]) -> Vec<String> {
        let header: Vec<String> = names.iter().map(ToString::to_string).collect();
        header_notices(&header)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_plain_header_is_not_odd() {
        assert!(notices(&["id", "name"]).is_empty());
        assert!(notices(&["id"]).is_empty());
    }

    #[test]
    fn every_unnamed_and_every_repeated_column_is_told() {
        assert_eq!(
            notices(&["id", "", "name", "id", "", "id"]),
            [
                "columns 1, 4, 6 are all named `id`, so none can be mapped by that name",
                "column 2 has no name and cannot be mapped",
                "column 5 has no name and cannot be mapped",
            ]
        );
    }

    #[test]
    fn one_column_that_looks_like_several_suggests_the_delimiter() {
        assert!(notices(&["id;name"])[0].contains("--delimiter ';'"));
        assert!(notices(&["id\tname"])[0].contains("--delimiter '\\t'"));
        assert!(
            notices(&["id;x", "name"]).is_empty(),
            "two columns are what was meant"
        );
    }
}
