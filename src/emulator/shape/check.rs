//! The walk over a body that finds every bad field.

use serde_json::{Map, Value, json};

use crate::emulator::clock::parse_rfc3339;
use crate::emulator::error::Problem;

use super::patterns::{is_date, is_email};
use super::rule::{Field, Rule};

/// Every bad field of an object, in the order of the table. Unknown properties are no fault: Grid ignores them.
pub(crate) fn check(fields: &[Field], object: &Map<String, Value>) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_object(fields, object, "", &mut problems);
    problems
}

pub(super) fn check_object(
    fields: &[Field],
    object: &Map<String, Value>,
    path: &str,
    problems: &mut Vec<Problem>,
) {
    for field in fields {
        match object.get(field.name) {
            Some(value) => check_value(field.rule, value, below(path, field.name), problems),
            None if field.required => {
                problems.push(problem(below(path, field.name), "is required", None));
            }
            None => {}
        }
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn problem(field: String, message: impl Into<String>, constraint: Option<Value>) -> Problem {
    Problem {
        field,
        message: message.into(),
        constraint,
    }
}

fn check_value(rule: Rule, value: &Value, path: String, problems: &mut Vec<Problem>) {
    match (rule, value) {
        (_, Value::Null) => problems.push(problem(path, "must not be null", None)),
        (Rule::Number, Value::Number(_)) | (Rule::Flag, Value::Bool(_)) => {}
        (Rule::Number, _) => problems.push(problem(path, "must be a number", None)),
        (Rule::Flag, _) => problems.push(problem(path, "must be true or false", None)),
        (Rule::Object(fields), Value::Object(object)) => {
            check_object(fields, object, &path, problems);
        }
        (Rule::Variant { tag, of }, Value::Object(object)) => {
            check_variant(tag, of, object, &path, problems);
        }
        (Rule::Object(_) | Rule::Variant { .. }, _) => {
            problems.push(problem(path, "must be an object", None));
        }
        (Rule::Texts | Rule::Each(_) | Rule::Objects(_), Value::Array(items)) => {
            check_items(rule, items, &path, problems);
        }
        (Rule::Texts | Rule::Each(_) | Rule::Objects(_), _) => {
            problems.push(problem(path, "must be an array", None));
        }
        (_, Value::String(text)) => problems.extend(check_text(rule, text, path)),
        _ => problems.push(problem(path, "must be a string", None)),
    }
}

fn check_items(rule: Rule, items: &[Value], path: &str, problems: &mut Vec<Problem>) {
    let each = match rule {
        Rule::Each(values) => Rule::OneOf(values),
        Rule::Objects(fields) => Rule::Object(fields),
        _ => Rule::Name,
    };
    for (at, item) in items.iter().enumerate() {
        check_value(each, item, format!("{path}[{at}]"), problems);
    }
}

fn check_variant(
    tag: &str,
    of: &[(&str, &[Field])],
    object: &Map<String, Value>,
    path: &str,
    problems: &mut Vec<Problem>,
) {
    let chosen = object.get(tag).and_then(Value::as_str);
    let variant = of.iter().find(|(name, _)| Some(*name) == chosen);
    if let Some((_, fields)) = variant {
        check_object(fields, object, path, problems);
    } else {
        let names: Vec<_> = of.iter().map(|(name, _)| *name).collect();
        let message = if object.contains_key(tag) {
            "is not one of the accepted values"
        } else {
            "is required"
        };
        problems.push(problem(
            format!("{path}.{tag}"),
            message,
            Some(json!({ "enum": names })),
        ));
    }
}

fn check_text(rule: Rule, text: &str, path: String) -> Option<Problem> {
    let (good, message, constraint) = match rule {
        Rule::Text { min, max } => return check_length(text, min, max, path),
        Rule::Matching(pattern) => (
            (pattern.matches)(text),
            "does not match the pattern",
            json!({ "pattern": pattern.text }),
        ),
        Rule::OneOf(values) => (
            values.contains(&text),
            "is not one of the accepted values",
            json!({ "enum": values }),
        ),
        Rule::Date => (is_date(text), "must be a date", json!({ "format": "date" })),
        Rule::Moment => (
            parse_rfc3339(text).is_some(),
            "must be a date and time",
            json!({ "format": "date-time" }),
        ),
        Rule::Email => (
            is_email(text),
            "must be an e-mail address",
            json!({ "format": "email" }),
        ),
        _ => return None,
    };
    (!good).then(|| problem(path, message, Some(constraint)))
}

fn check_length(text: &str, min: usize, max: usize, path: String) -> Option<Problem> {
    let length = text.chars().count();
    if (min..=max).contains(&length) {
        return None;
    }
    let mut constraint = json!({ "minLength": min });
    if max < usize::MAX {
        constraint["maxLength"] = json!(max);
    }
    Some(problem(path, "has the wrong length", Some(constraint)))
}
