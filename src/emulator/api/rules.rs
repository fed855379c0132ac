//! Rules that a table of fields cannot say: fields that depend on others, and on the platform.

use serde_json::{Map, Value, json};

use crate::emulator::edition::Edition;
use crate::emulator::error::{Problem, Refusal};
use crate::emulator::settings::Settings;

/// Fields and the description that each needs when it says `OTHER`.
const DESCRIBED: [(&str, &str); 3] = [
    ("sourceOfFundsCategories", "sourceOfFundsOtherDescription"),
    ("sourceOfWealthCategories", "sourceOfWealthOtherDescription"),
    ("purposeOfAccount", "purposeOfAccountOtherDescription"),
];

/// What is wrong between the fields of a body. The edition `2025-10` has no such rules.
pub(super) fn problems_between(edition: Edition, body: &Map<String, Value>) -> Vec<Problem> {
    if edition == Edition::Y2025M10 {
        return Vec::new();
    }
    let mut problems = missing_descriptions(body, "");
    if let Some(info) = body.get("businessInfo").and_then(Value::as_object) {
        problems.extend(missing_descriptions(info, "businessInfo."));
    }
    problems.extend(bad_identity(body));
    problems
}

fn missing_descriptions(object: &Map<String, Value>, prefix: &str) -> Vec<Problem> {
    let missing = DESCRIBED.iter().filter(|(field, description)| {
        object.get(*field).is_some_and(says_other) && !object.contains_key(*description)
    });
    missing
        .map(|(field, description)| Problem {
            field: format!("{prefix}{description}"),
            message: format!("is required when {field} is OTHER"),
            constraint: None,
        })
        .collect()
}

fn says_other(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(says_other),
        other => other == "OTHER",
    }
}

/// Individuals are known by an SSN or ITIN of the United States, whatever else the schema lists.
fn bad_identity(body: &Map<String, Value>) -> Vec<Problem> {
    let text = |field: &str| body.get(field).and_then(Value::as_str);
    let mut problems = Vec::new();
    let mut bad = |field: &str, message: &str, constraint: Value| {
        problems.push(Problem {
            field: field.to_owned(),
            message: message.to_owned(),
            constraint: Some(constraint),
        });
    };
    if matches!(text("idType"), Some("EIN" | "NON_US_TAX_ID")) {
        bad(
            "idType",
            "is not accepted for individuals",
            json!({ "enum": ["SSN", "ITIN"] }),
        );
    }
    if text("idType") == Some("SSN") && text("identifier").is_some_and(|number| !is_ssn(number)) {
        bad(
            "identifier",
            "does not match the pattern",
            json!({ "pattern": r"^\d{3}-\d{2}-\d{4}$" }),
        );
    }
    if text("countryOfIssuance").is_some_and(|country| country != "US") {
        bad(
            "countryOfIssuance",
            "is not accepted",
            json!({ "enum": ["US"] }),
        );
    }
    problems
}

fn is_ssn(text: &str) -> bool {
    let dash_at = |at: usize| matches!(at, 3 | 6);
    text.len() == 11
        && text.bytes().enumerate().all(|(at, byte)| {
            if dash_at(at) {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        })
}

/// What has a code of its own, after all fields are good by themselves.
pub(super) fn refusal_of(settings: &Settings, body: &Map<String, Value>) -> Option<Refusal> {
    if settings.edition == Edition::Y2025M10 {
        return None;
    }
    let uma = body.get("umaAddress").and_then(Value::as_str);
    if uma.is_some_and(|uma| !is_uma(uma, &settings.uma_domain)) {
        let form = format!(
            "umaAddress must have the form $user@{}",
            settings.uma_domain
        );
        return Some(Refusal::new(400, "INVALID_UMA_ADDRESS", form));
    }
    let terms = body
        .get("endUserTermsConsent")
        .and_then(|consent| consent.get("termsVersion"));
    if terms
        .and_then(Value::as_str)
        .is_some_and(|version| !is_version(version))
    {
        return Some(Refusal::new(
            400,
            "END_USER_TERMS_VERSION_NOT_FOUND",
            "There are no such terms",
        ));
    }
    None
}

/// `$user@domain`; the user with its `$` takes up to 64 characters.
fn is_uma(text: &str, domain: &str) -> bool {
    let Some((user, at)) = text.split_once('@') else {
        return false;
    };
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.+".contains(c);
    user.len() <= 64
        && user
            .strip_prefix('$')
            .is_some_and(|name| !name.is_empty() && name.chars().all(known))
        && at.eq_ignore_ascii_case(domain)
}

/// `V1` and so on.
fn is_version(text: &str) -> bool {
    text.strip_prefix('V')
        .is_some_and(|number| number.parse::<u32>().is_ok())
}

/// Whether an e-mail's domain has no mail server for certain: the names kept for examples and tests.
pub(super) fn cannot_receive_mail(body: &Map<String, Value>) -> bool {
    let email = body
        .get("email")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_lowercase();
    let domain = email.rsplit('@').next().unwrap_or_default();
    let reserved = ["example.com", "example.org", "example.net"];
    let top = domain.rsplit('.').next().unwrap_or_default();
    !email.is_empty()
        && (reserved.contains(&domain) || matches!(top, "example" | "test" | "invalid"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uma_addresses_belong_to_the_platforms_domain() {
        assert!(is_uma("$jane.doe+1@Uma.example", "uma.example"));
        for text in [
            "jane@uma.example",
            "$Jane@uma.example",
            "$@uma.example",
            "$jane@other.example",
            "$jane",
        ] {
            assert!(!is_uma(text, "uma.example"), "{text}");
        }
        assert!(is_uma(&format!("${}@d.e", "a".repeat(63)), "d.e"));
        assert!(!is_uma(&format!("${}@d.e", "a".repeat(64)), "d.e"));
    }

    #[test]
    fn a_social_security_number_has_dashes() {
        assert!(is_ssn("123-45-6789"));
        assert!(!is_ssn("123456789") && !is_ssn("12345-67-89"));
    }
}
