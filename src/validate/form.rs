//! What a text must look like.

use std::net::IpAddr;

use email_address::{EmailAddress, Options};
use jiff::civil::Date;

use crate::model::field::{Set, Shape};

/// Most characters of a UMA user, its `$` included: what Grid documents.
const LONGEST_UMA_USER: usize = 64;

/// The real day that is written exactly as `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Option<Date> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
        return None;
    };
    let year = digits(&[y1, y2, y3, y4])?;
    let (month, day) = (digits(&[m1, m2])?, digits(&[d1, d2])?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The number that up to four ASCII digits write.
fn digits(bytes: &[u8]) -> Option<i16> {
    bytes.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + i16::from(byte - b'0'))
    })
}

pub(super) fn is_digits(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// E.164: a plus, then 2 to 15 digits, the first not zero.
pub(super) fn is_phone(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|digits| !digits.starts_with('0') && is_digits(digits, 2, 15))
}

/// A start and then so many digits.
pub(super) fn is_dial(text: &str, start: &str, min: usize, max: usize) -> bool {
    text.strip_prefix(start)
        .is_some_and(|digits| is_digits(digits, min, max))
}

/// ISO 9362: bank and country of six letters, then a place of two and a branch of three characters,
/// which may be left out.
pub(super) fn is_bic(text: &str) -> bool {
    let mut places = text.bytes().enumerate();
    matches!(text.len(), 8 | 11)
        && places.all(|(place, byte)| match place {
            0..6 => byte.is_ascii_uppercase(),
            _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        })
}

/// A name of letters, digits, dots, hyphens and underscores, at a bank of letters and digits.
pub(super) fn is_vpa(text: &str) -> bool {
    let Some((name, bank)) = text.split_once('@') else {
        return false;
    };
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (3..=255).contains(&text.len())
        && !name.is_empty()
        && name.bytes().all(is_part)
        && !bank.is_empty()
        && bank.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether the text has the start and each run in turn, and nothing more.
pub(super) fn is_shape(text: &str, shape: &Shape) -> bool {
    let Some(mut rest) = text.strip_prefix(shape.start).map(str::as_bytes) else {
        return false;
    };
    for run in shape.runs {
        let wide = rest
            .iter()
            .take_while(|byte| is_in(run.set, **byte))
            .count();
        if wide < run.min {
            return false;
        }
        rest = &rest[wide.min(run.max)..];
    }
    rest.is_empty()
}

fn is_in(set: Set, byte: u8) -> bool {
    match set {
        Set::Zero => byte == b'0',
        Set::Digit => byte.is_ascii_digit(),
        Set::Capital => byte.is_ascii_uppercase(),
        Set::CapitalOrDigit => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        Set::LetterOrDigit => byte.is_ascii_alphanumeric(),
    }
}

/// An address that the schema's `email` format takes: ASCII, no display name, a domain with a dot.
pub(super) fn is_email(text: &str) -> bool {
    let options = Options::default()
        .with_required_tld()
        .without_display_text()
        .without_domain_literal();
    text.is_ascii() && EmailAddress::parse_with_options(text, options).is_ok()
}

/// `$user@domain`, the user in Grid's small alphabet.
pub(super) fn is_uma(text: &str) -> bool {
    let Some((user, domain)) = text.split_once('@') else {
        return false;
    };
    let name = user.strip_prefix('$').unwrap_or_default();
    let is_part = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'+');
    !name.is_empty()
        && user.len() <= LONGEST_UMA_USER
        && name.bytes().all(is_part)
        && is_domain(domain)
}

/// At least two labels of letters, digits and inner hyphens, 253 characters at most (RFC 1035).
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(is_label)
}

pub(super) fn is_ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// ISO 4217 has three letters, ISO 24165 nine characters, tickers lie between.
pub(super) fn is_currency(text: &str) -> bool {
    (3..=10).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

pub(super) fn is_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Whether the domain of an address is set aside for examples and tests (RFC 2606).
pub(super) fn is_reserved_domain(email: &str) -> bool {
    let domain = email
        .rsplit('@')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut labels = domain.rsplit('.');
    match (labels.next(), labels.next()) {
        (Some("test" | "example" | "invalid" | "localhost"), _) => true,
        (Some("com" | "net" | "org"), Some(second)) => second == "example",
        _ => false,
    }
}
