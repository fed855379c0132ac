//! A mapping that was guessed and is not configured yet: what `init` writes into its file.

use super::{Edition, FieldRule};

/// What is proposed for a source, in the order of the field table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The edition whose fields they are.
    pub edition: Edition,
    /// A field each; each field at most once.
    pub entries: Vec<Entry>,
    /// Columns that no entry reads, by name, in the header's order.
    pub unused: Vec<String>,
    /// Rows that were looked at.
    pub rows: usize,
}

/// What is proposed for one field.
///
/// It holds no value of a row but those that a map has to name: of closed lists, short, few, and
/// each in several rows or a word that everybody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The field's path.
    pub field: String,
    /// The rule, if there is one to propose.
    pub rule: Option<FieldRule>,
    /// Whether the rule holds as it is; one that does not is written as a comment.
    pub is_active: bool,
    /// What should be known about it.
    pub notes: Vec<String>,
    /// Values that its map should have and nobody knows what for.
    pub unknown: Vec<String>,
    /// Other rules that the field could have.
    pub others: Vec<FieldRule>,
    /// What somebody has to decide, and why.
    pub undecided: Option<String>,
}

impl Entry {
    /// A rule that holds.
    pub fn new(field: impl Into<String>, rule: FieldRule) -> Self {
        Self {
            field: field.into(),
            rule: Some(rule),
            is_active: true,
            notes: Vec::new(),
            unknown: Vec::new(),
            others: Vec::new(),
            undecided: None,
        }
    }

    /// A field that something must fill and nothing is known to.
    pub fn open(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            rule: None,
            is_active: false,
            notes: Vec::new(),
            unknown: Vec::new(),
            others: Vec::new(),
            undecided: Some(why.into()),
        }
    }

    /// Leaves it to somebody, with the rule as a comment.
    pub fn leave(&mut self, why: impl Into<String>) {
        self.is_active = false;
        self.undecided.get_or_insert(why.into());
    }
}
