//! Settings of a rule that cannot work, whatever the source is.

use super::fault::BindFault;
use super::moment;
use crate::model::field::{Kind, Slot};
use crate::model::{FieldRule, Origin};

/// What is wrong with a rule, whatever the header is.
pub(super) fn problems(slot: Slot, rule: &FieldRule) -> Vec<BindFault> {
    let bad = |(setting, problem)| BindFault::BadSetting {
        field: slot.path().into_owned(),
        setting,
        problem,
    };
    let settings = [
        origin_problem(rule),
        format_problem(slot, rule),
        separator_problem(slot, rule),
    ];
    let fixed = fixed_values(rule)
        .filter_map(|(setting, text)| Some((setting, fixed_problem(slot, rule, text)?)));
    let mut faults: Vec<_> = settings
        .into_iter()
        .flatten()
        .map(|(setting, problem)| (setting, problem.to_owned()))
        .chain(fixed)
        .map(bad)
        .collect();
    let is_fixed = matches!(rule.origin, Origin::Constant(_)) || rule.default.is_some();
    if slot == Slot::KEY && is_fixed {
        faults.push(BindFault::ConstantKey);
    }
    faults
}

fn origin_problem(rule: &FieldRule) -> Option<(&'static str, &'static str)> {
    match &rule.origin {
        Origin::Constant(text) if text.trim().is_empty() => {
            Some(("value", "is empty: drop the rule, or give it a value"))
        }
        Origin::Columns { columns, .. } if columns.is_empty() => {
            Some(("columns", "is empty: name one column at least"))
        }
        _ => None,
    }
}

fn format_problem(slot: Slot, rule: &FieldRule) -> Option<(&'static str, &'static str)> {
    let kind = slot.field().kind;
    let problem = match (&rule.format, kind) {
        (None, _) => None,
        (Some(format), Kind::Date | Kind::DateTime) => moment::problem(kind, format),
        (Some(_), _) => Some("is for dates, which this field is not: drop it"),
    };
    problem.map(|problem| ("format", problem))
}

fn separator_problem(slot: Slot, rule: &FieldRule) -> Option<(&'static str, &'static str)> {
    let problem = match (&rule.separator, slot.field().kind) {
        (None, _) => None,
        (Some(separator), Kind::List) => separator.is_empty().then_some("is empty"),
        (Some(_), _) => Some("is for lists, which this field is not: drop it"),
    };
    problem.map(|problem| ("separator", problem))
}

/// Values that the configuration itself brings, with the setting that they stand in.
fn fixed_values(rule: &FieldRule) -> impl Iterator<Item = (&'static str, &str)> {
    let constant = match &rule.origin {
        // A constant that goes through a map is judged by what the map makes of it.
        Origin::Constant(text) if rule.map.is_empty() => Some(("value", text.as_str())),
        _ => None,
    };
    let default = rule.default.as_deref().map(|text| ("default", text));
    let targets = rule.map.values().map(|text| ("map", text.as_str()));
    constant.into_iter().chain(default).chain(targets)
}

/// What is wrong with such a value, where that can be told without a row.
fn fixed_problem(slot: Slot, rule: &FieldRule, text: &str) -> Option<String> {
    let field = slot.field();
    if text.trim().is_empty() {
        return None;
    }
    match (&rule.format, field.kind) {
        (_, Kind::List) => None,
        (Some(format), kind) if !moment::is_written(kind, format, text) => Some(format!(
            "gives `{text}`, which is no date written as {format}"
        )),
        _ if field.rule.is_closed() && !field.rule.lists(text) => {
            let expected = field.rule.expected().unwrap_or_default();
            Some(format!("gives `{text}`; expected {expected}"))
        }
        _ => None,
    }
}
