//! A value as it was written, before it means anything.

use std::borrow::Cow;

use toml::de::DeValue;

/// What an error shows of a list.
const A_LIST: &str = "a list";

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// Text without a type: a flag or a variable.
    Typed(String),
    /// A TOML string.
    Text(String),
    /// A TOML number, in decimal.
    Number(String),
    /// A TOML boolean.
    Bool(bool),
    /// A TOML list of strings.
    List(Vec<String>),
    /// Any other TOML value, by what it is.
    Other(&'static str),
}

/// Why a value is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    /// What would be accepted; the value may be shown.
    Expected(Cow<'static, str>),
    /// The reason; the value is not shown.
    Reason(Cow<'static, str>),
}

impl Rejection {
    pub(super) const fn expected(text: &'static str) -> Self {
        Self::Expected(Cow::Borrowed(text))
    }

    pub(super) const fn reason(text: &'static str) -> Self {
        Self::Reason(Cow::Borrowed(text))
    }
}

impl Raw {
    /// The value as an error shows it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Typed(text) | Self::Text(text) => format!("{text:?}"),
            Self::Number(number) => number.clone(),
            Self::Bool(value) => value.to_string(),
            Self::List(_) => A_LIST.to_owned(),
            Self::Other(what) => (*what).to_owned(),
        }
    }

    /// A text, untyped or not.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Typed(text) | Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number, or text without a type that may be one.
    pub(super) fn number(&self) -> Option<&str> {
        match self {
            Self::Typed(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }

    /// A list of strings.
    pub(super) fn list(&self) -> Option<&[String]> {
        match self {
            Self::List(texts) => Some(texts),
            _ => None,
        }
    }

    /// Text without a type as the list that it stands for: commas between its items.
    pub(super) fn split(self) -> Self {
        match self {
            Self::Typed(text) => {
                Self::List(text.split(',').map(|item| item.trim().to_owned()).collect())
            }
            other => other,
        }
    }

    /// A text or a number.
    pub(super) fn text_or_number(&self) -> Option<&str> {
        self.text().or_else(|| self.number())
    }
}

impl From<&DeValue<'_>> for Raw {
    fn from(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.to_string()),
            DeValue::Integer(number) => {
                match i128::from_str_radix(number.as_str(), number.radix()) {
                    Ok(decimal) => Self::Number(decimal.to_string()),
                    Err(_) => Self::Number(number.to_string()),
                }
            }
            DeValue::Float(number) => Self::Number(number.as_str().to_owned()),
            DeValue::Boolean(value) => Self::Bool(*value),
            DeValue::Datetime(_) => Self::Other("a date without quotes"),
            DeValue::Array(values) => {
                let texts = values.iter().map(|value| match value.get_ref() {
                    DeValue::String(text) => Some(text.to_string()),
                    _ => None,
                });
                let texts: Option<Vec<_>> = texts.collect();
                texts.map_or(Self::Other(A_LIST), Self::List)
            }
            DeValue::Table(_) => Self::Other("a table"),
        }
    }
}
