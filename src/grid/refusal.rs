//! Reading the body of an answer that is not 2xx, whatever it turns out to be: Grid's error object in
//! any of the shapes seen, a web page, or nothing. What leaves here is safe to print, but for the
//! message, which may repeat the user's values and stays hidden.

use serde_json::Value;

use crate::model::Personal;

/// Longest message kept, in characters.
const MESSAGE_CHARS: usize = 200;
/// Longest code, field path or request id kept, in bytes; a longer one is dropped.
const NAME_BYTES: usize = 128;
/// Most field paths kept.
const FIELDS: usize = 50;

/// What a body says about a failure.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    /// Grid's code: an open set.
    pub(super) code: Option<Box<str>>,
    /// Grid's words, made safe for a terminal.
    pub(super) message: Option<Personal<Box<str>>>,
    /// Dotted paths of the fields that Grid found at fault.
    pub(super) fields: Vec<Box<str>>,
    /// What the body is at all.
    pub(super) form: Form,
}

/// What a body is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// Nothing at all.
    #[default]
    Empty,
    /// Any JSON.
    Json,
    /// HTML, which gateways send where a client of an API expects JSON.
    WebPage,
    /// Something else, or JSON that was broken off.
    Other,
}

impl Form {
    /// The form of a body that is no JSON.
    pub(super) fn of(body: &[u8], content_type: Option<&str>) -> Self {
        let body = body.trim_ascii_start();
        let declared = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
        match body.first() {
            None => Self::Empty,
            Some(b'<') => Self::WebPage,
            Some(_) if declared => Self::WebPage,
            Some(_) => Self::Other,
        }
    }

    /// Whether it is certain that Grid's own code did not write this.
    pub(super) fn is_foreign(self) -> bool {
        matches!(self, Self::WebPage | Self::Other)
    }

    /// In words, after "is".
    pub(super) const fn describe(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Json => "JSON",
            Self::WebPage => "a web page",
            Self::Other => "broken off or something else",
        }
    }
}

impl Refusal {
    /// A body that could not be read to its end, or is larger than any of Grid's.
    pub(super) fn unread() -> Self {
        Self {
            form: Form::Other,
            ..Self::default()
        }
    }

    /// Never fails: what cannot be understood is left out.
    pub(super) fn read(body: &[u8], content_type: Option<&str>) -> Self {
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => Self::from_json(&value),
            Err(_) => Self {
                form: Form::of(body, content_type),
                ..Self::default()
            },
        }
    }

    fn from_json(value: &Value) -> Self {
        // `{error: {code, message}}` is seen as well as `{code, message}` and `{code, reason}`.
        let inner = value
            .get("error")
            .filter(|error| error.is_object())
            .unwrap_or(value);
        let text = |name| inner.get(name).and_then(Value::as_str);
        Self {
            code: text("code").and_then(plain_name),
            message: text("message").or_else(|| text("reason")).map(printable),
            fields: fields(inner.get("details")),
            form: Form::Json,
        }
    }
}

/// The text if it is made of the characters of codes, dotted paths and request ids only.
pub(super) fn plain_name(text: &str) -> Option<Box<str>> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-[]:=/".contains(&byte);
    let fits = !text.is_empty() && text.len() <= NAME_BYTES;
    (fits && text.bytes().all(plain)).then(|| text.into())
}

/// `details.errors[].field` names every bad field; for two days it was `details.field`.
fn fields(details: Option<&Value>) -> Vec<Box<str>> {
    let Some(details) = details else {
        return Vec::new();
    };
    let errors = details.get("errors").and_then(Value::as_array);
    errors
        .into_iter()
        .flatten()
        .chain([details])
        .filter_map(|error| plain_name(error.get("field")?.as_str()?))
        .take(FIELDS)
        .collect()
}

/// Drops escape sequences and control characters, and cuts what is long.
fn printable(text: &str) -> Personal<Box<str>> {
    let mut chars = text.chars().peekable();
    let mut kept = String::new();
    let mut left = MESSAGE_CHARS;
    while let Some(next) = chars.next() {
        if next == '\u{1b}' {
            skip_escape(&mut chars);
        } else if left == 0 {
            kept.push('…');
            break;
        } else if !hides(next) {
            kept.push(if next.is_control() { ' ' } else { next });
            left -= 1;
        }
    }
    Personal::new(kept.trim().into())
}

/// After ESC: `[`, parameters and one final letter, or a single character.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if chars.next() == Some('[') {
        for next in chars.by_ref() {
            if ('@'..='~').contains(&next) {
                break;
            }
        }
    }
}

/// Characters that reorder or hide the text around them.
fn hides(next: char) -> bool {
    matches!(next, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(body: &str) -> Refusal {
        Refusal::read(body.as_bytes(), Some("application/json"))
    }

    fn message(refusal: &Refusal) -> &str {
        refusal
            .message
            .as_ref()
            .map_or("", |message| message.expose())
    }

    #[test]
    fn every_shape_seen_is_understood() {
        for body in [
            r#"{"status":400,"code":"INVALID_INPUT","message":"no"}"#,
            r#"{"code":"INVALID_INPUT","reason":"no"}"#,
            r#"{"error":{"code":"INVALID_INPUT","message":"no"}}"#,
        ] {
            let refusal = read(body);
            assert_eq!(refusal.code.as_deref(), Some("INVALID_INPUT"), "{body}");
            assert_eq!(message(&refusal), "no", "{body}");
        }
    }

    #[test]
    fn nonsense_is_no_error() {
        for body in [
            "",
            "null",
            "[]",
            "7",
            "{",
            r#"{"code":7,"message":{}}"#,
            r#"{"error":"x"}"#,
        ] {
            let refusal = read(body);
            assert!(
                refusal.code.is_none() && refusal.message.is_none(),
                "{body}"
            );
            assert!(refusal.fields.is_empty(), "{body}");
        }
    }

    #[test]
    fn a_web_page_is_told_by_its_type_or_its_first_character() {
        let form = |body: &str, kind| Refusal::read(body.as_bytes(), kind).form;
        assert_eq!(form("\n <!doctype html>", None), Form::WebPage);
        assert_eq!(
            form("oops", Some("text/HTML; charset=utf-8")),
            Form::WebPage
        );
        assert_eq!(form("oops", None), Form::Other);
        assert_eq!(form(" \n", Some("text/html")), Form::Empty);
        assert_eq!(form("{}", Some("text/html")), Form::Json);
    }

    #[test]
    fn bad_fields_are_named_by_plain_paths_only() {
        let refusal = read(
            r#"{"code":"INVALID_INPUT","details":{"errors":[
                {"field":"businessInfo.taxId","message":"canary"},
                {"field":"owners[0].name"},
                {"field":"Jane Doe\u001b[31m"},
                {"message":"no field"}]}}"#,
        );
        assert_eq!(
            refusal.fields,
            ["businessInfo.taxId".into(), "owners[0].name".into()]
        );
        let older = read(r#"{"code":"INVALID_INPUT","details":{"field":"email","constraint":{}}}"#);
        assert_eq!(older.fields, ["email".into()]);
    }

    #[test]
    fn a_message_cannot_drive_the_terminal() {
        let refusal = read(r#"{"message":"\u001b[31;1mred\u001b[0m\r\nnext\u0007 \u202eback"}"#);
        assert_eq!(message(&refusal), "red  next  back");
        let long = format!(r#"{{"message":"{}"}}"#, "é".repeat(500));
        assert_eq!(message(&read(&long)).chars().count(), MESSAGE_CHARS + 1);
    }

    proptest! {
        #[test]
        fn whatever_comes_what_leaves_is_printable(
            text in any::<String>(), code in any::<String>(), field in any::<String>()
        ) {
            let body = json!({
                "code": code, "message": text, "details": {"errors": [{"field": field}]}
            });
            let refusal = read(&body.to_string());
            let kept = message(&refusal);
            prop_assert!(!kept.chars().any(char::is_control));
            prop_assert!(kept.chars().count() <= MESSAGE_CHARS + 1);
            let names = refusal.code.iter().chain(&refusal.fields);
            prop_assert!(names.flat_map(|name| name.chars()).all(|c| c.is_ascii_graphic()));
        }

        #[test]
        fn no_bytes_make_it_panic(body in any::<Vec<u8>>()) {
            Refusal::read(&body, None);
        }
    }
}
