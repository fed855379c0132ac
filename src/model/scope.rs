//! Scope: which users and customers a run is about, by key and by the values of fields with a closed list.
//!
//! It is held against both sides. A user out of scope is left alone and is not absent; a customer out of
//! scope is nobody's orphan. So a run over a part can neither touch the rest nor take it for gone, which a
//! `WHERE` in the source's own query would: there the others would be missing.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::field::{Kind, Returned, Slot, UnknownField};
use super::{Edition, KeyPattern, ParseKeyPatternError, Value, Values};

/// Who is in scope: keys that any of the patterns matches, and of them who has one of the wanted values in
/// each of the fields. Empty, as it is by default, it takes everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Scope {
    only: Vec<KeyPattern>,
    wanted: BTreeMap<Slot, Vec<String>>,
}

/// A field and a value of its closed list: `address.country=US`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    slot: Slot,
    value: String,
}

/// A text that is no condition of a scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseWantedError {
    /// It has no `=`.
    #[error("expected FIELD=VALUE, such as customerType=INDIVIDUAL")]
    NoValue,
    /// The field is none.
    #[error("{0}")]
    Field(UnknownField),
    /// The field is of the other edition.
    #[error("edition {edition} has no field `{field}`")]
    Edition {
        /// The field.
        field: String,
        /// The edition that is configured.
        edition: Edition,
    },
    /// The field is one that only a person's or an account's own data fill, or that Grid does not show.
    #[error(
        "`{0}` is no field to choose by: it needs a closed list of values, and Grid has to show it, as \
         customerType and address.country; to choose single users, give their keys with --only"
    )]
    Unfit(String),
    /// The value is not on the field's list.
    #[error("`{field}`: expected {expected}")]
    Value {
        /// The field.
        field: String,
        /// What is on the list.
        expected: String,
    },
}

impl Wanted {
    /// Reads `FIELD=VALUE`. Refuses what both sides could not be held against: they would never agree on
    /// who is meant.
    pub fn parse_in(text: &str, edition: Edition) -> Result<Self, ParseWantedError> {
        let (name, value) = text.split_once('=').ok_or(ParseWantedError::NoValue)?;
        let slot = Slot::parse_in(name.trim(), edition).map_err(ParseWantedError::Field)?;
        if !slot.field().in_edition(edition) {
            let field = slot.path().into_owned();
            return Err(ParseWantedError::Edition { field, edition });
        }
        Self::new(slot, value.trim())
    }

    fn new(slot: Slot, value: &str) -> Result<Self, ParseWantedError> {
        let (field, path) = (slot.field(), slot.path().into_owned());
        let fit = field.rule.is_closed()
            && matches!(field.kind, Kind::Text | Kind::Flag)
            && field.returned == Returned::Compared
            && !field.is_indexed();
        if !fit {
            return Err(ParseWantedError::Unfit(path));
        }
        if !field.rule.lists(value) {
            let expected = field.rule.expected().unwrap_or_default().into_owned();
            return Err(ParseWantedError::Value {
                field: path,
                expected,
            });
        }
        Ok(Self {
            slot,
            value: value.to_owned(),
        })
    }
}

impl Scope {
    /// It takes everybody.
    pub const EVERYBODY: Self = Self {
        only: Vec::new(),
        wanted: BTreeMap::new(),
    };

    /// A scope of these patterns and conditions. Conditions of one field are alternatives, those of several
    /// fields hold together.
    pub fn new(only: Vec<KeyPattern>, conditions: impl IntoIterator<Item = Wanted>) -> Self {
        let mut wanted = BTreeMap::<Slot, Vec<String>>::new();
        for Wanted { slot, value } in conditions {
            let values = wanted.entry(slot).or_default();
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Self { only, wanted }
    }

    /// Whether it takes everybody.
    pub fn is_everybody(&self) -> bool {
        self.only.is_empty() && self.wanted.is_empty()
    }

    /// Whether the key is one of those that are meant.
    pub fn takes_key(&self, key: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|pattern| pattern.matches(key))
    }

    /// Whether each field has one of its wanted values. An absent value is no wanted one.
    pub fn takes_values(&self, values: &Values<'_>) -> bool {
        self.wanted.iter().all(|(slot, wanted)| {
            text_of(values, *slot).is_some_and(|text| wanted.iter().any(|wanted| wanted == text))
        })
    }

    /// Whether a good value of some field is not one of its wanted ones, whatever the others are.
    pub fn rules_out(&self, values: &Values<'_>) -> bool {
        self.wanted.iter().any(|(slot, wanted)| {
            text_of(values, *slot).is_some_and(|text| {
                slot.field().rule.lists(text) && wanted.iter().all(|wanted| wanted != text)
            })
        })
    }

    /// The fields that values are wanted of, ascending.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        self.wanted.keys().copied()
    }

    /// The fields with their wanted values, of which one has to be there.
    pub fn wanted(&self) -> impl Iterator<Item = (Slot, &[String])> + '_ {
        self.wanted
            .iter()
            .map(|(slot, values)| (*slot, values.as_slice()))
    }
}

fn text_of<'v>(values: &'v Values<'_>, slot: Slot) -> Option<&'v str> {
    let (_, value) = values.iter().find(|(of, _)| *of == slot)?;
    match value.expose() {
        Value::Text(text) => Some(text),
        Value::List(_) => None,
    }
}

impl fmt::Display for Scope {
    /// In words, for reports: `only vip-* or test-1; customerType INDIVIDUAL; address.country US or CA`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_everybody() {
            return f.write_str("everybody");
        }
        let patterns: Vec<String> = self.only.iter().map(ToString::to_string).collect();
        let only = (!patterns.is_empty()).then(|| format!("only {}", patterns.join(" or ")));
        let wanted = self
            .wanted()
            .map(|(slot, values)| format!("{} {}", slot.path(), values.join(" or ")));
        let parts: Vec<String> = only.into_iter().chain(wanted).collect();
        f.write_str(&parts.join("; "))
    }
}

/// A scope in plans and in the state file.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Stored {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    only: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    r#where: BTreeMap<String, Vec<String>>,
}

impl From<Scope> for Stored {
    fn from(Scope { only, wanted }: Scope) -> Self {
        let by_path = |(slot, values): (Slot, Vec<String>)| (slot.path().into_owned(), values);
        Self {
            only: only.iter().map(ToString::to_string).collect(),
            r#where: wanted.into_iter().map(by_path).collect(),
        }
    }
}

/// A stored scope that is none.
#[derive(Debug, thiserror::Error)]
enum UnreadableScope {
    #[error("{0}")]
    Only(#[from] ParseKeyPatternError),
    #[error("{0}")]
    Where(#[from] ParseWantedError),
}

impl TryFrom<Stored> for Scope {
    type Error = UnreadableScope;

    fn try_from(stored: Stored) -> Result<Self, UnreadableScope> {
        let only = stored.only.iter().map(|text| text.parse());
        let mut conditions = Vec::new();
        for (path, values) in &stored.r#where {
            let slot = Slot::parse(path).map_err(ParseWantedError::Field)?;
            for value in values {
                conditions.push(Wanted::new(slot, value)?);
            }
        }
        Ok(Self::new(only.collect::<Result<_, _>>()?, conditions))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::model::Personal;

    fn wanted(text: &str) -> Result<Wanted, ParseWantedError> {
        Wanted::parse_in(text, Edition::E2026_08)
    }

    fn scope(only: &[&str], conditions: &[&str]) -> Scope {
        let only = only.iter().map(|text| text.parse().expect("a pattern"));
        let conditions = conditions
            .iter()
            .map(|text| wanted(text).expect("a condition"));
        Scope::new(only.collect(), conditions)
    }

    fn values(pairs: &[(&str, &'static str)]) -> Values<'static> {
        let mut values: Values<'_> = pairs
            .iter()
            .map(|(path, text)| {
                let slot = Slot::parse(path).expect("a field");
                (slot, Personal::new(Value::Text(Cow::Borrowed(*text))))
            })
            .collect();
        values.sort_by_key(|(slot, _)| *slot);
        values
    }

    #[test]
    fn everybody_is_in_a_scope_that_says_nothing() {
        let everybody = Scope::default();
        assert!(everybody.is_everybody());
        assert!(everybody.takes_key("") && everybody.takes_values(&values(&[])));
    }

    #[test]
    fn values_of_one_field_are_alternatives_and_fields_hold_together() {
        let scope = scope(
            &["vip-*", "a"],
            &[
                "address.country=US",
                "address.country=CA",
                "customerType=INDIVIDUAL",
            ],
        );
        assert!(scope.takes_key("vip-1") && scope.takes_key("a") && !scope.takes_key("b"));
        for (country, kind, expected) in [
            ("US", "INDIVIDUAL", true),
            ("CA", "INDIVIDUAL", true),
            ("DE", "INDIVIDUAL", false),
            ("US", "BUSINESS", false),
        ] {
            let values = values(&[("address.country", country), ("customerType", kind)]);
            assert_eq!(scope.takes_values(&values), expected, "{country} {kind}");
            assert_eq!(scope.rules_out(&values), !expected, "{country} {kind}");
        }
        let nowhere = values(&[("customerType", "INDIVIDUAL")]);
        assert!(
            !scope.takes_values(&nowhere),
            "no country is not one of them"
        );
        let misspelt = values(&[("address.country", "usa"), ("customerType", "INDIVIDUAL")]);
        for uncertain in [nowhere, misspelt] {
            assert!(!scope.rules_out(&uncertain), "it may be meant to be one");
        }
    }

    #[test]
    fn what_both_sides_cannot_be_held_against_is_refused_with_the_reason() {
        let said = [
            "customerType",
            "custmerType=INDIVIDUAL",
            "fullName=Ada",
            "externalAccount.accountInfo.accountType=PIX",
            "bankAccountInfo.accountType=PIX",
            "customerType=PERSON",
            "address.country=usa",
        ]
        .map(|text| wanted(text).expect_err(text).to_string());
        insta::assert_snapshot!(said.join("\n"), @r"
        expected FIELD=VALUE, such as customerType=INDIVIDUAL
        Grid has no customer field `custmerType`; did you mean `customerType`?
        `fullName` is no field to choose by: it needs a closed list of values, and Grid has to show it, as customerType and address.country; to choose single users, give their keys with --only
        `externalAccount.accountInfo.accountType` is no field to choose by: it needs a closed list of values, and Grid has to show it, as customerType and address.country; to choose single users, give their keys with --only
        edition 2026-08 has no field `bankAccountInfo.accountType`
        `customerType`: expected one of INDIVIDUAL, BUSINESS
        `address.country`: expected an ISO 3166 alpha-2 country code in capitals, like US
        ");
    }

    #[test]
    fn a_stored_scope_is_read_as_it_was_written() {
        let scope = scope(
            &["vip-*", "a"],
            &["address.country=US", "customerType=BUSINESS"],
        );
        let text = serde_json::to_string(&scope).expect("written");
        assert_eq!(
            text,
            r#"{"only":["vip-*","a"],"where":{"address.country":["US"],"customerType":["BUSINESS"]}}"#
        );
        assert_eq!(serde_json::from_str::<Scope>(&text).expect("read"), scope);
        assert_eq!(
            serde_json::to_string(&Scope::default()).expect("written"),
            "{}"
        );
        for other in [
            r#"{"only":[""]}"#,
            r#"{"where":{"fullName":["Ada"]}}"#,
            r#"{"x":1}"#,
        ] {
            assert!(serde_json::from_str::<Scope>(other).is_err(), "{other}");
        }
    }

    #[test]
    fn it_is_told_in_words() {
        let told = scope(
            &["vip-*", "a"],
            &["address.country=US", "address.country=CA"],
        );
        assert_eq!(
            told.to_string(),
            "only vip-* or a; address.country US or CA"
        );
        assert_eq!(Scope::default().to_string(), "everybody");
    }
}
