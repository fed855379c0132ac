//! The mapping as configured: which column, constant or combination fills which Grid field.

use std::collections::BTreeMap;

/// The `[fields]` table, by Grid field path. Columns whose header is a Grid field's own name
/// need no entry; an entry wins over such a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingSpec {
    /// One rule for each configured field, as it was written.
    pub rules: BTreeMap<String, FieldRule>,
}

impl MappingSpec {
    /// The columns that the key is made of; none where it is a constant, which the mapping refuses.
    pub fn key_columns(&self) -> Vec<&str> {
        const KEY: &str = "platformCustomerId";
        match self.rules.get(KEY).map(|rule| &rule.origin) {
            None => vec![KEY],
            Some(Origin::Column(name)) => vec![name],
            Some(Origin::Columns { columns, .. }) => columns.iter().map(String::as_str).collect(),
            Some(Origin::Constant(_)) => Vec::new(),
        }
    }
}

/// Where a field's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// One column, by its header name.
    Column(String),
    /// Several columns; the ones that are not empty, joined by the text.
    Columns {
        /// Header names, in order.
        columns: Vec<String>,
        /// What stands between two values.
        join: String,
    },
    /// The same value for every row.
    Constant(String),
}

/// How a field is filled. Applied in this order: trim, map, default, format or separator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRule {
    /// Where the value comes from.
    pub origin: Origin,
    /// Whether white space around the value is dropped (the default).
    pub trim: bool,
    /// Replaces whole values; of a list, each item. When it is set and not empty, a value that it lacks is a fault
    /// unless it is an accepted value already.
    pub map: BTreeMap<String, String>,
    /// The value of a row that has none.
    pub default: Option<String>,
    /// For dates: how the source writes them, in `strptime` notation.
    pub format: Option<String>,
    /// For lists: what separates the values; `,` `;` and `|` are tried without it.
    pub separator: Option<String>,
}

impl FieldRule {
    /// The rule that a bare column name stands for.
    pub fn column(name: impl Into<String>) -> Self {
        Self {
            origin: Origin::Column(name.into()),
            trim: true,
            map: BTreeMap::new(),
            default: None,
            format: None,
            separator: None,
        }
    }
}
