//! A rule as TOML.

use std::fmt::Write as _;

use crate::model::{FieldRule, Origin};

/// `"address.line1" = "street"`, on one line.
pub(super) fn inline(field: &str, rule: &FieldRule) -> String {
    let parts = parts(rule);
    let value = match &rule.origin {
        Origin::Column(name) if parts.len() == 1 && rule.map.is_empty() => basic(name),
        _ => {
            let mut parts: Vec<String> = parts
                .iter()
                .map(|(key, value)| format!("{key} = {value}"))
                .collect();
            if !rule.map.is_empty() {
                let pairs: Vec<_> = pairs(rule).collect();
                parts.push(format!("map = {{ {} }}", pairs.join(", ")));
            }
            format!("{{ {} }}", parts.join(", "))
        }
    };
    format!("{} = {value}", key(field))
}

/// The keys of a rule but its map, with their values.
pub(super) fn parts(rule: &FieldRule) -> Vec<(&'static str, String)> {
    let FieldRule {
        origin,
        trim,
        map: _,
        default,
        format,
        separator,
    } = rule;
    let mut parts = Vec::new();
    match origin {
        Origin::Column(name) => parts.push(("column", basic(name))),
        Origin::Constant(text) => parts.push(("value", basic(text))),
        Origin::Columns { columns, join } => {
            let names: Vec<_> = columns.iter().map(|name| basic(name)).collect();
            parts.push(("columns", format!("[{}]", names.join(", "))));
            parts.push(("join", basic(join)));
        }
    }
    let texts = [
        ("default", default),
        ("format", format),
        ("separator", separator),
    ];
    for (key, text) in texts {
        parts.extend(text.as_ref().map(|text| (key, basic(text))));
    }
    if !trim {
        parts.push(("trim", "false".to_owned()));
    }
    parts
}

/// The lines of a rule's map.
pub(super) fn pairs(rule: &FieldRule) -> impl Iterator<Item = String> {
    let pairs = rule.map.iter();
    pairs.map(|(from, to)| format!("{} = {}", key(from), basic(to)))
}

/// A key, in quotes where it needs them.
pub(super) fn key(text: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !text.is_empty() && text.chars().all(is_bare) {
        text.to_owned()
    } else {
        basic(text)
    }
}

/// A text in quotes, on one line whatever it holds.
pub(super) fn basic(text: &str) -> String {
    let mut out = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                write!(out, "\\u{:04X}", u32::from(c)).expect("a string takes any text");
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
