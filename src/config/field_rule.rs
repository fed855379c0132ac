//! One field's rule, written as a table.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use crate::model::{FieldRule, Origin};

use super::Place;
use super::error::Problem;
use super::raw::Raw;

/// Keys that mean nothing beside `value`: a constant is never absent and is written as it is sent.
const NOT_WITH_VALUE: [&str; 4] = ["map", "format", "trim", "default"];

/// The parts of the table that are keys of a rule, each with its place.
type Parts<'a> = BTreeMap<&'a str, (Place, &'a DeValue<'a>)>;

/// Reads a rule. `None` when a problem was noted.
pub(super) fn read(
    field: &Place,
    parts: &Parts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<FieldRule> {
    let before = problems.len();
    let mut reader = Reader { parts, problems };
    let origin = reader.origin(field);
    let rule = FieldRule {
        origin: origin.unwrap_or(Origin::Constant(String::new())),
        trim: reader.boolean("trim").unwrap_or(true),
        map: reader.map(),
        default: reader.text("default"),
        format: reader.format(),
        separator: reader.filled("separator"),
    };
    reader.contradictions();
    (problems.len() == before).then_some(rule)
}

struct Reader<'a> {
    parts: &'a Parts<'a>,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn has(&self, key: &str) -> bool {
        self.parts.contains_key(key)
    }

    /// Exactly one of `column`, `columns` and `value`.
    fn origin(&mut self, field: &Place) -> Option<Origin> {
        let given: Vec<_> = ["column", "columns", "value"]
            .into_iter()
            .filter(|key| self.has(key))
            .collect();
        match given.as_slice() {
            ["column"] => self.filled("column").map(Origin::Column),
            ["value"] => self.text("value").map(Origin::Constant),
            ["columns"] => {
                let join = self.text("join").unwrap_or_else(|| " ".to_owned());
                self.columns()
                    .map(|columns| Origin::Columns { columns, join })
            }
            [first, .., last] => {
                self.refuse(
                    last,
                    format!("`{first}` and `{last}` exclude each other: keep one"),
                );
                None
            }
            _ => {
                let reason = "needs one of `column`, `columns` and `value`".to_owned();
                self.problems.push(Problem::Refused {
                    place: field.clone(),
                    reason,
                });
                None
            }
        }
    }

    fn contradictions(&mut self) {
        if self.has("join") && !self.has("columns") {
            self.refuse(
                "join",
                "`join` is for `columns = [\"…\", \"…\"]`".to_owned(),
            );
        }
        if self.has("format") && self.has("separator") {
            let reason = "`format` is for dates and `separator` for lists: keep one";
            self.refuse("separator", reason.to_owned());
        }
        if self.has("value") {
            for key in NOT_WITH_VALUE
                .into_iter()
                .filter(|key| self.parts.contains_key(key))
            {
                self.refuse(key, format!("`{key}` has no meaning beside `value`"));
            }
        }
    }

    fn text(&mut self, key: &str) -> Option<String> {
        match self.parts.get(key)? {
            (_, DeValue::String(text)) => Some(text.to_string()),
            (place, other) => self.wrong(place, other, "text in quotes"),
        }
    }

    /// A text that is not empty.
    fn filled(&mut self, key: &str) -> Option<String> {
        let text = self.text(key)?;
        if text.is_empty() {
            self.refuse(key, "must not be empty".to_owned());
        }
        Some(text)
    }

    fn format(&mut self) -> Option<String> {
        let format = self.text("format")?;
        if !format.contains('%') {
            let (place, value) = self.parts.get("format")?;
            return self.wrong(place, value, "a date's notation such as \"%d/%m/%Y\"");
        }
        Some(format)
    }

    fn boolean(&mut self, key: &str) -> Option<bool> {
        match self.parts.get(key)? {
            (_, DeValue::Boolean(value)) => Some(*value),
            (place, other) => self.wrong(place, other, "`true` or `false`, without quotes"),
        }
    }

    fn columns(&mut self) -> Option<Vec<String>> {
        const EXPECTED: &str = "a list of columns' names such as [\"first_name\", \"last_name\"]";
        let (place, value) = self.parts.get("columns")?;
        let names: Option<Vec<_>> = match value {
            DeValue::Array(items) => items
                .iter()
                .map(|item| filled_text(item.get_ref()))
                .collect(),
            _ => None,
        };
        match names {
            Some(names) if !names.is_empty() => Some(names),
            _ => self.wrong(place, value, EXPECTED),
        }
    }

    fn map(&mut self) -> BTreeMap<String, String> {
        const EXPECTED: &str = "a table of texts such as { \"United States\" = \"US\" }";
        let Some((place, value)) = self.parts.get("map") else {
            return BTreeMap::new();
        };
        let pairs = match value {
            DeValue::Table(table) => pairs(table),
            _ => None,
        };
        pairs
            .or_else(|| self.wrong(place, value, EXPECTED))
            .unwrap_or_default()
    }

    fn wrong<T>(&mut self, place: &Place, found: &DeValue<'_>, expected: &str) -> Option<T> {
        self.problems.push(Problem::Value {
            place: place.clone(),
            found: Raw::from(found).shown(),
            expected: expected.to_owned(),
        });
        None
    }

    fn refuse(&mut self, key: &str, reason: String) {
        if let Some((place, _)) = self.parts.get(key) {
            self.problems.push(Problem::Refused {
                place: place.clone(),
                reason,
            });
        }
    }
}

fn filled_text(value: &DeValue<'_>) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn pairs(table: &DeTable<'_>) -> Option<BTreeMap<String, String>> {
    let pair = |from: &str, to: &DeValue<'_>| Some((from.to_owned(), to.as_str()?.to_owned()));
    table
        .iter()
        .map(|(from, to)| pair(from.get_ref(), to.get_ref()))
        .collect()
}
