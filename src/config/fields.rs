//! The `[fields]` section: which column, constant or combination fills which Grid field.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use crate::model::{FieldRule, MappingSpec};

use super::Place;
use super::document::{Locator, Name, Written, unknown};
use super::error::Problem;
use super::field_rule;
use super::raw::Raw;
use super::unknown_keys::{listed, nearest};

/// The keys of a rule that is written as a table.
pub(super) const RULE_KEYS: [&str; 9] = [
    "column",
    "columns",
    "join",
    "value",
    "map",
    "format",
    "separator",
    "trim",
    "default",
];

/// The mapping, and where each field's rule stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) spec: MappingSpec,
    pub(super) places: BTreeMap<String, Place>,
}

/// Reads the section. Fields may be nested: `address.line1 = "street"`, `"address.line1"` and a
/// section `[fields.address]` are the same.
pub(super) fn read(
    locator: &Locator<'_>,
    table: &DeTable<'_>,
    problems: &mut Vec<Problem>,
) -> Mapping {
    let mut reader = Reader {
        locator,
        problems,
        mapping: Mapping::default(),
    };
    reader.group("", table);
    reader.mapping
}

struct Reader<'a> {
    locator: &'a Locator<'a>,
    problems: &'a mut Vec<Problem>,
    mapping: Mapping,
}

impl Reader<'_> {
    fn group(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            self.field(&format!("{prefix}{}", name.get_ref()), name, value);
        }
    }

    fn field(&mut self, path: &str, name: &Name<'_>, value: &Written<'_>) {
        let place = self
            .locator
            .place(&format!("fields.{path}"), name.span().start);
        match value.get_ref() {
            DeValue::String(column) if !column.is_empty() => {
                self.insert(path, place, FieldRule::column(column.as_ref()));
            }
            DeValue::Table(table) if is_rule(table) => self.rule(path, place, table),
            DeValue::Table(group) => self.group(&format!("{path}."), group),
            other => self.problems.push(Problem::Value {
                place,
                found: Raw::from(other).shown(),
                expected: "a column's name, or a table such as { value = \"…\" }".to_owned(),
            }),
        }
    }

    fn rule(&mut self, path: &str, place: Place, table: &DeTable<'_>) {
        let mut parts = BTreeMap::new();
        for (name, value) in table {
            let key: &str = name.get_ref();
            let dotted = format!("fields.{path}.{key}");
            if RULE_KEYS.contains(&key) {
                parts.insert(
                    key,
                    (
                        self.locator.place(&dotted, value.span().start),
                        value.get_ref(),
                    ),
                );
            } else {
                let at = self.locator.place(&dotted, name.span().start);
                self.problems.push(unknown(at, key, || hint(key)));
            }
        }
        if let Some(rule) = field_rule::read(&place, &parts, self.problems) {
            self.insert(path, place, rule);
        }
    }

    fn insert(&mut self, path: &str, place: Place, rule: FieldRule) {
        if self
            .mapping
            .spec
            .rules
            .insert(path.to_owned(), rule)
            .is_some()
        {
            let reason = "the field has a rule already, written in another way".to_owned();
            self.problems.push(Problem::Refused {
                place: place.clone(),
                reason,
            });
        }
        self.mapping.places.insert(path.to_owned(), place);
    }
}

/// Whether a table is a rule and not a group of nested fields: it has a key of a rule, or one that
/// is a letter away, or none at all.
fn is_rule(table: &DeTable<'_>) -> bool {
    let near = |key: &str| {
        RULE_KEYS
            .iter()
            .any(|known| strsim::osa_distance(known, key) <= 1)
    };
    table.is_empty() || table.keys().any(|key| near(key.get_ref()))
}

fn hint(key: &str) -> String {
    match nearest(key, RULE_KEYS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys of a field are {}", listed(&RULE_KEYS)),
    }
}
