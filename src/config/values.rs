//! Readers of the small kinds of value: numbers in a range, booleans, names, limits.

use std::ops::RangeInclusive;

use clap::ValueEnum;

use crate::model::{Edition, KeyPattern, Limit};

use super::raw::{Raw, Rejection};
use super::{AccountsPolicy, UpdatePolicy};

/// A whole number in a range.
pub(super) fn whole(range: RangeInclusive<u32>) -> impl Fn(&Raw) -> Result<u32, Rejection> {
    move |raw| {
        let number = raw.number().and_then(|text| text.trim().parse().ok());
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                let (least, most) = (range.start(), range.end());
                Rejection::Expected(format!("a whole number from {least} to {most}").into())
            })
    }
}

/// A boolean of TOML, or its name or digit in the environment.
pub(super) fn boolean(raw: &Raw) -> Result<bool, Rejection> {
    match raw {
        Raw::Bool(value) => Ok(*value),
        Raw::Typed(text) if ["true", "1"].contains(&text.as_str()) => Ok(true),
        Raw::Typed(text) if ["false", "0"].contains(&text.as_str()) => Ok(false),
        Raw::Typed(_) => Err(Rejection::expected("`true` or `false`")),
        _ => Err(Rejection::expected("`true` or `false`, without quotes")),
    }
}

/// A number or a percentage.
pub(super) fn limit(raw: &Raw) -> Result<Limit, Rejection> {
    raw.text_or_number()
        .and_then(|text| text.parse().ok())
        .ok_or(Rejection::expected(
            "a whole number such as 50, or a percentage from 0 to 100 such as \"1%\"",
        ))
}

/// A list of patterns over keys.
pub(super) fn key_patterns(raw: &Raw) -> Result<Vec<KeyPattern>, Rejection> {
    let texts = raw.list().ok_or(Rejection::expected(
        "a list of patterns over keys, such as [\"vip-*\", \"test-?\"]",
    ))?;
    let parsed = texts.iter().map(|text| {
        let pattern = text.parse::<KeyPattern>();
        pattern.map_err(|error| Rejection::Reason(format!("{text:?}: {error}").into()))
    });
    parsed.collect()
}

/// The name of an edition.
pub(super) fn edition(raw: &Raw) -> Result<Edition, Rejection> {
    raw.text()
        .and_then(|text| text.parse().ok())
        .ok_or(Rejection::expected("\"2025-10\" or \"2026-08\""))
}

/// What separates cells: one ASCII character that cannot be part of the notation itself.
pub(super) fn delimiter(raw: &Raw) -> Result<u8, Rejection> {
    let byte = match raw.text() {
        Some("tab" | "\\t") => Some(b'\t'),
        Some(text) => <[u8; 1]>::try_from(text.as_bytes()).ok().map(|[byte]| byte),
        None => None,
    };
    byte.filter(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n' | 0))
        .ok_or(Rejection::expected(
            "one ASCII character other than a quote or a line break, or \"tab\"",
        ))
}

/// What happens with a customer that differs from its user.
pub(super) fn update_policy(raw: &Raw) -> Result<UpdatePolicy, Rejection> {
    match raw.text() {
        Some("off") => Ok(UpdatePolicy::Off),
        Some("report") => Ok(UpdatePolicy::Report),
        Some("apply") => Err(Rejection::reason(
            "\"apply\" is not yet supported; use \"report\"",
        )),
        _ => Err(Rejection::expected("\"report\" or \"off\"")),
    }
}

/// What happens with the users' bank accounts.
pub(super) fn accounts_policy(raw: &Raw) -> Result<AccountsPolicy, Rejection> {
    match raw.text() {
        Some("off") => Ok(AccountsPolicy::Off),
        Some("report") => Ok(AccountsPolicy::Report),
        Some("replace") => Ok(AccountsPolicy::Replace),
        _ => Err(Rejection::expected("\"report\", \"replace\" or \"off\"")),
    }
}

/// One of the names of a `clap` enum.
pub(super) fn choice<T: ValueEnum>(raw: &Raw) -> Result<T, Rejection> {
    raw.text()
        .and_then(|text| T::from_str(text, false).ok())
        .ok_or_else(|| {
            let names = T::value_variants()
                .iter()
                .filter_map(ValueEnum::to_possible_value);
            let names: Vec<_> = names
                .map(|value| format!("{:?}", value.get_name()))
                .collect();
            Rejection::Expected(names.join(" or ").into())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }

    #[test]
    fn a_quoted_number_or_boolean_in_the_file_is_refused_but_the_environment_has_only_text() {
        assert!(whole(1..=512)(&text("4")).is_err());
        assert_eq!(whole(1..=512)(&Raw::Typed("4".into())), Ok(4));
        assert!(boolean(&text("true")).is_err());
        assert_eq!(boolean(&Raw::Typed("1".into())), Ok(true));
    }

    #[test]
    fn a_number_outside_its_range_is_refused_with_the_range() {
        let refused = whole(1..=512)(&Raw::Number("513".into()));
        assert_eq!(
            refused,
            Err(Rejection::expected("a whole number from 1 to 512"))
        );
        assert!(whole(1..=512)(&Raw::Number("-1".into())).is_err());
        assert!(whole(1..=512)(&Raw::Number("1.5".into())).is_err());
    }

    #[test]
    fn patterns_are_a_list_and_each_is_one() {
        let list = |texts: &[&str]| Raw::List(texts.iter().map(ToString::to_string).collect());
        let read = key_patterns(&list(&["vip-*", "?"])).expect("patterns");
        assert!(read[0].matches("vip-1") && read[1].matches("a"));
        assert_eq!(key_patterns(&list(&[])), Ok(vec![]));
        for other in [text("vip-*"), Raw::Other("a list"), Raw::Bool(true)] {
            let refused = key_patterns(&other);
            assert!(matches!(refused, Err(Rejection::Expected(_))), "{other:?}");
        }
        let Err(Rejection::Reason(reason)) = key_patterns(&list(&["vip-*", "vip-[12]"])) else {
            panic!("expected a reason");
        };
        assert!(
            reason.starts_with("\"vip-[12]\": expected a pattern"),
            "{reason}"
        );
    }

    #[test]
    fn a_delimiter_is_one_plain_character() {
        assert_eq!(delimiter(&text(";")), Ok(b';'));
        assert_eq!(delimiter(&text("tab")), Ok(b'\t'));
        assert_eq!(delimiter(&text("\t")), Ok(b'\t'));
        for bad in ["", ";;", "\"", "\n", "é"] {
            assert!(delimiter(&text(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_editions_that_can_be_typed_are_those_of_the_model() {
        assert_eq!(crate::cli::EDITIONS, Edition::ALL.map(Edition::as_str));
    }
}
