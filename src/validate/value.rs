//! A value by itself.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use super::form;
use crate::model::field::{Field, Kind, Rule, is_country};
use crate::model::{FaultCode, Value};

/// Lists of accepted values up to this length are spelled out in a fault.
const SHORT_LIST: usize = 13;

/// What is wrong with a field of a row. Never holds the value.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) code: FaultCode,
    pub(super) expected: Cow<'static, str>,
}

impl Problem {
    pub(super) fn new(code: FaultCode, expected: impl Into<Cow<'static, str>>) -> Self {
        let expected = expected.into();
        Self { code, expected }
    }
}

/// What is wrong with the value, if anything; of a list the first item that is wrong.
pub(super) fn check_value(field: &Field, value: &Value<'_>, today: Date) -> Option<Problem> {
    match value {
        Value::Text(text) => check_text(field.kind, field.rule, text, today),
        Value::List(items) => items
            .iter()
            .find_map(|item| check_text(field.kind, field.rule, item, today)),
    }
}

/// What is wrong with a text under this rule, if anything.
pub(super) fn check_text(kind: Kind, rule: Rule, text: &str, today: Date) -> Option<Problem> {
    if has_control(text) {
        let expected = "text without line breaks, tabs and other control characters";
        return Some(Problem::new(FaultCode::ControlCharacter, expected));
    }
    match kind {
        Kind::Date => check_date(rule, text, today),
        Kind::DateTime => check_date_time(text),
        Kind::Number => check_number(rule, text),
        Kind::Text | Kind::List | Kind::Flag => check_rule(rule, text),
    }
}

fn has_control(text: &str) -> bool {
    // Nearly every value is plain ASCII, which is judged byte by byte.
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte);
    !text.bytes().all(is_plain) && text.chars().any(char::is_control)
}

fn check_date(rule: Rule, text: &str, today: Date) -> Option<Problem> {
    match form::date(text) {
        None => {
            let expected = "a real date, YYYY-MM-DD, like 2001-11-23";
            Some(Problem::new(FaultCode::BadDate, expected))
        }
        Some(date) if rule == Rule::Past && date > today => {
            let expected = format!("a date that is not after {today}");
            Some(Problem::new(FaultCode::BadDate, expected))
        }
        Some(_) => None,
    }
}

fn check_date_time(text: &str) -> Option<Problem> {
    let expected = "a real date and time with its offset, like 2026-08-21T09:30:00Z";
    let is_wrong = text.parse::<Timestamp>().is_err();
    is_wrong.then(|| Problem::new(FaultCode::BadDateTime, expected))
}

fn check_number(rule: Rule, text: &str) -> Option<Problem> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    let is_right = number.is_some_and(|number| match rule {
        Rule::Percent => (0.0..=100.0).contains(&number),
        _ => true,
    });
    let expected = || rule.expected().unwrap_or("a number, like 25.5".into());
    (!is_right).then(|| Problem::new(FaultCode::BadNumber, expected()))
}

fn check_rule(rule: Rule, text: &str) -> Option<Problem> {
    let problem = |code| Some(Problem::new(code, rule.expected().unwrap_or_default()));
    let unless = |is_right: bool, code| if is_right { None } else { problem(code) };
    match rule {
        Rule::Any | Rule::Past | Rule::Percent => None,
        Rule::Length { min, max } => length_code(text, min, max).and_then(problem),
        Rule::OneOf(accepted) if accepted.contains(&text) => None,
        Rule::OneOf(accepted) => Some(Problem::new(
            FaultCode::NotAccepted,
            accepted_instead(accepted, text),
        )),
        Rule::Digits { min, max } => unless(form::is_digits(text, min, max), FaultCode::BadFormat),
        Rule::Country => unless(is_country(text), FaultCode::BadCountry),
        Rule::Phone => unless(form::is_phone(text), FaultCode::BadPhone),
        Rule::Email => unless(form::is_email(text), FaultCode::BadEmail),
        Rule::Uma => unless(form::is_uma(text), FaultCode::BadUma),
        Rule::Ip => unless(form::is_ip(text), FaultCode::BadFormat),
        Rule::Currency => unless(form::is_currency(text), FaultCode::BadFormat),
        Rule::Url => unless(form::is_url(text), FaultCode::BadFormat),
        Rule::Dial { start, min, max } => {
            unless(form::is_dial(text, start, min, max), FaultCode::BadPhone)
        }
        Rule::Bic => unless(form::is_bic(text), FaultCode::BadFormat),
        Rule::Vpa => unless(form::is_vpa(text), FaultCode::BadFormat),
        Rule::Shape(shape) => unless(form::is_shape(text, shape), FaultCode::BadFormat),
    }
}

fn length_code(text: &str, min: usize, max: usize) -> Option<FaultCode> {
    // Bytes bound characters from above, and are there for nothing.
    if text.len() >= min && text.len() <= max && text.is_ascii() {
        return None;
    }
    match text.chars().count() {
        count if count < min => Some(FaultCode::TooShort),
        count if count > max => Some(FaultCode::TooLong),
        _ => None,
    }
}

/// The accepted values, the likeliest first; a long list is left to the documentation.
fn accepted_instead(accepted: &'static [&'static str], text: &str) -> String {
    let likely = nearest(accepted, text);
    let list = match accepted.len() {
        0..=SHORT_LIST => format!("one of {}", accepted.join(", ")),
        count => format!("one of the {count} values that `gridsync fields` lists"),
    };
    match likely {
        Some(likely) => format!("{likely}, exactly so; or another {list}"),
        None => format!("{list}, exactly so"),
    }
}

/// The accepted value that the text is a misspelling of: case, blanks, two slips.
fn nearest(accepted: &'static [&'static str], text: &str) -> Option<&'static str> {
    let longest = accepted.iter().map(|value| value.len()).max()?;
    if text.len() > longest + 2 {
        return None;
    }
    let asked = text.to_uppercase().replace([' ', '-'], "_");
    accepted
        .iter()
        .map(|&value| (value, strsim::osa_distance(value, &asked)))
        .min_by_key(|&(_, distance)| distance)
        .filter(|&(value, distance)| distance <= 2.min(value.len() / 3))
        .map(|(value, _)| value)
}
