//! What a value must look like.

use std::borrow::Cow;

use super::is_country;

/// What a text, or each item of a list, must look like. Lengths count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Any text.
    Any,
    /// One of these, exact case.
    OneOf(&'static [&'static str]),
    /// ASCII digits only.
    Digits {
        /// Fewest digits.
        min: usize,
        /// Most digits.
        max: usize,
    },
    /// Any text of such a length.
    Length {
        /// Fewest characters.
        min: usize,
        /// Most characters.
        max: usize,
    },
    /// An ISO 3166-1 alpha-2 code in capitals.
    Country,
    /// An E.164 telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A UMA address.
    Uma,
    /// An IPv4 or IPv6 address (which is never longer than the 45 characters that Grid allows).
    Ip,
    /// An ISO 4217 code, an ISO 24165 identifier or a ticker.
    Currency,
    /// An http or https URL.
    Url,
    /// A day that is not in the future.
    Past,
    /// A number from 0 to 100.
    Percent,
    /// A telephone number of one country or network: a start, then digits.
    Dial {
        /// What it begins with, `+` included.
        start: &'static str,
        /// Fewest digits after the start.
        min: usize,
        /// Most digits after the start.
        max: usize,
    },
    /// A bank identifier code (ISO 9362).
    Bic,
    /// A UPI address.
    Vpa,
    /// A number of a fixed build.
    Shape(&'static Shape),
}

/// A fixed start, then runs of characters. Each run is as long as its characters go.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// What it begins with; may be empty.
    pub start: &'static str,
    /// What follows, in order.
    pub runs: &'static [Run],
    /// The same in words.
    pub words: &'static str,
}

/// So many characters of one set.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    /// Which characters.
    pub set: Set,
    /// Fewest.
    pub min: usize,
    /// Most.
    pub max: usize,
}

/// A set of ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// `0`.
    Zero,
    /// `0` to `9`.
    Digit,
    /// `A` to `Z`.
    Capital,
    /// `A` to `Z`, `0` to `9`.
    CapitalOrDigit,
    /// `a` to `z`, `A` to `Z`, `0` to `9`.
    LetterOrDigit,
}

impl Rule {
    /// What is accepted, in words; `None` where anything is.
    pub fn expected(self) -> Option<Cow<'static, str>> {
        let words = match self {
            Self::Any => return None,
            Self::OneOf(accepted) => return Some(format!("one of {}", accepted.join(", ")).into()),
            Self::Digits { min, max } if min == max => return Some(format!("{min} digits").into()),
            Self::Digits { min, max } => return Some(format!("{min} to {max} digits").into()),
            Self::Length { min: 0 | 1, max } => {
                return Some(format!("at most {max} characters").into());
            }
            Self::Length { min, max } => return Some(format!("{min} to {max} characters").into()),
            Self::Country => "an ISO 3166 alpha-2 country code in capitals, like US",
            Self::Phone => "an E.164 telephone number, like +14155550123",
            Self::Email => "an ASCII e-mail address, like ada@lovelace.dev",
            Self::Uma => {
                "a UMA address like $ada@uma.lovelace.dev: user of a-z 0-9 - _ . + and at most 64 characters with the $"
            }
            Self::Ip => "an IPv4 or IPv6 address",
            Self::Currency => "a currency code of 3 to 10 capitals or digits, like USD or BTC",
            Self::Url => "an http or https URL",
            Self::Past => "a date, YYYY-MM-DD, not in the future",
            Self::Percent => "a number from 0 to 100",
            Self::Dial { start, min, max } => return Some(dial(start, min, max).into()),
            Self::Bic => "a BIC of 8 or 11 capitals and digits, like COBADEFFXXX",
            Self::Vpa => "a UPI address, like name@bank",
            Self::Shape(shape) => shape.words,
        };
        Some(Cow::Borrowed(words))
    }

    /// Whether the rule has a closed list of values and the text is on it. A rule without a list
    /// lists nothing.
    pub fn lists(self, text: &str) -> bool {
        self == Self::Country && is_country(text) || self.listed(text).is_some()
    }

    /// The value of [`Rule::OneOf`] that the text is.
    pub fn listed(self, text: &str) -> Option<&'static str> {
        match self {
            Self::OneOf(accepted) => accepted.iter().copied().find(|value| *value == text),
            _ => None,
        }
    }

    /// Whether the rule has a closed list of values.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::OneOf(_) | Self::Country)
    }
}

fn dial(start: &str, min: usize, max: usize) -> String {
    if min == max {
        format!("a telephone number: {start} and {min} digits")
    } else {
        format!("a telephone number: {start} and {min} to {max} digits")
    }
}
