//! What a source is called.

use std::fmt;

/// Kind and label of a source, as in `csv users.csv`. Stable text for plans, reports and errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceName {
    kind: &'static str,
    label: String,
}

impl SourceName {
    /// Names a source. The label is what the operator called it, and no secret: of a database,
    /// say the host and the database, never the URL with its password.
    pub fn new(kind: &'static str, label: impl Into<String>) -> Self {
        Self {
            kind,
            label: label.into(),
        }
    }

    /// The kind: `csv`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The kind as a text format is called: `CSV`.
    pub(super) fn format(&self) -> String {
        self.kind.to_uppercase()
    }

    /// What such a text begins with.
    pub(super) fn beginning(&self) -> &'static str {
        match self.kind {
            "ndjson" => "a JSON object on each line",
            _ => "a line with the names of the columns",
        }
    }

    /// What the operator called it: `users.csv`, or `-` for standard input.
    pub fn label(&self) -> &str {
        &self.label
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.label)
    }
}
