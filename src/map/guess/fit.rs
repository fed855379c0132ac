//! Whether values can be what a name says.

use std::net::IpAddr;

use super::choices::known;
use super::column::Column;
use super::dates::{Dates, dates};
use super::names::Target;
use crate::model::field::{Field, Kind, Rule, Slot};

/// How far a column without values is believed.
const NOTHING: f64 = 0.8;

/// Which part of the values fits the target, from 0 to 1.
pub(super) fn fit(target: Target, column: &Column<'_>) -> f64 {
    let part = match target {
        Target::FirstName | Target::MiddleName | Target::LastName => column.part(is_name),
        Target::Field(Slot::KEY) => return if column.is_unique() { 1.0 } else { 0.0 },
        Target::Field(slot) if slot.field().rule.is_closed() => known(slot, column),
        Target::Field(slot) => in_field(slot.field(), column),
    };
    part.unwrap_or(NOTHING)
}

fn in_field(field: &Field, column: &Column<'_>) -> Option<f64> {
    match field.kind {
        Kind::Date | Kind::DateTime => dated(field.kind, column),
        Kind::Number => column.part(|text| text.parse::<f64>().is_ok()),
        Kind::Text | Kind::List | Kind::Flag => in_rule(field, column),
    }
}

fn dated(kind: Kind, column: &Column<'_>) -> Option<f64> {
    if column.is_empty() {
        return None;
    }
    Some(match dates(column, kind) {
        Dates::Plain | Dates::Written { .. } => 1.0,
        Dates::Ambiguous(_) => 0.95,
        Dates::WithTime | Dates::NoOffset => 0.9,
        Dates::Unknown => 0.0,
    })
}

fn in_rule(field: &Field, column: &Column<'_>) -> Option<f64> {
    match field.rule {
        Rule::Email => column.part(is_email),
        Rule::Phone => column.part(is_phone),
        Rule::Ip => column.part(|text| text.parse::<IpAddr>().is_ok()),
        Rule::Url => column.part(|text| text.starts_with("http")),
        Rule::Uma => column.part(|text| text.starts_with('$') && text.contains('@')),
        Rule::Currency => column.part(|text| {
            text.split([',', ';', '|'])
                .all(|item| is_currency(item.trim()))
        }),
        Rule::Digits { min, max } => {
            column.part(|text| (min..=max).contains(&text.len()) && has_only_digits(text))
        }
        _ => by_path(field.path, column),
    }
}

/// Texts that Grid takes whatever they are: what people would expect in them.
fn by_path(path: &str, column: &Column<'_>) -> Option<f64> {
    match path {
        "fullName" | "beneficialOwners[].fullName" => column.part(is_name),
        "address.postalCode" => column.part(|text| text.chars().count() <= 12 && has_digit(text)),
        "address.line1" => column.part(|text| has_letter(text) && !text.contains('@')),
        "address.city" | "address.state" => column.part(|text| has_letter(text) && is_name(text)),
        "businessInfo.legalName" | "businessInfo.doingBusinessAs" => {
            column.part(|text| has_letter(text) && !is_word_of_state(text))
        }
        "businessInfo.taxId" | "businessInfo.registrationNumber" | "identifier" => {
            column.part(has_digit)
        }
        "bankAccountInfo.iban" | "externalAccount.accountInfo.iban" => column.part(is_iban),
        "bankAccountInfo.swiftBic" | "externalAccount.accountInfo.swiftCode" => {
            column.part(|text| matches!(text.len(), 8 | 11))
        }
        "bankAccountInfo.accountNumber" | "externalAccount.accountInfo.accountNumber" => {
            column.part(|text| has_digit(text) && !text.contains('@'))
        }
        _ => column.part(|_| true),
    }
}

fn is_name(text: &str) -> bool {
    !text.contains('@') && !has_digit(text)
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(user, domain)| !user.is_empty() && domain.contains('.'))
}

/// Digits with what people put between them. A date is none.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_part = |c: char| c.is_ascii_digit() || "+-() ./\u{a0}x".contains(c);
    (7..=17).contains(&digits) && text.chars().all(is_part) && !super::dates::is_iso_day(text)
}

/// Whether Grid takes the number as it is.
pub(super) fn is_e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && has_only_digits(digits) && !digits.starts_with('0')
}

fn is_currency(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (3..=10).contains(&text.len()) && text.bytes().all(is_letter)
}

fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    (15..=42).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_alphabetic)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
}

/// `yes`, `active`: what is said of a company, and not what it is called.
fn is_word_of_state(text: &str) -> bool {
    ["true", "false", "yes", "no", "y", "n", "active", "inactive"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

fn has_only_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn has_letter(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}
