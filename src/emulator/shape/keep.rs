//! What Grid keeps of a body, written Grid's own way.

use serde_json::{Map, Value};

use super::rule::{Field, Rule};

/// The known fields of an object that Grid shows again: names trimmed, e-mails in lower case, unknown
/// and write-only fields gone. The object must have passed the check.
pub(crate) fn keep(fields: &[Field], object: &Map<String, Value>) -> Map<String, Value> {
    let shown = fields.iter().filter(|field| field.returned);
    shown
        .filter_map(|field| {
            let value = object.get(field.name)?;
            Some((field.name.to_owned(), kept(field.rule, value)))
        })
        .collect()
}

fn kept(rule: Rule, value: &Value) -> Value {
    match (rule, value) {
        (Rule::Name, Value::String(text)) => Value::String(text.trim().to_owned()),
        (Rule::Email, Value::String(text)) => Value::String(text.trim().to_lowercase()),
        (Rule::Object(fields), Value::Object(object)) => Value::Object(keep(fields, object)),
        (Rule::Objects(fields), Value::Array(items)) => items
            .iter()
            .map(|item| kept(Rule::Object(fields), item))
            .collect(),
        _ => value.clone(),
    }
}
