//! The two editions of the API that hide behind one URL, and the two types of customer.

use std::fmt;
use std::str::FromStr;

/// An edition of the Grid API. The URL is the same for both, so it is configured, never guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edition {
    /// October 2025: bank account inline, KYC link by GET.
    E2025_10,
    /// August 2026: external accounts of their own, KYC link by POST.
    E2026_08,
}

impl Edition {
    /// Every edition, oldest first.
    pub const ALL: [Self; 2] = [Self::E2025_10, Self::E2026_08];

    /// The name used in configuration, plans and the state file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::E2025_10 => "2025-10",
            Self::E2026_08 => "2026-08",
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the name of an edition.
#[derive(Debug, thiserror::Error)]
#[error("unknown edition `{0}`: expected `2025-10` or `2026-08`")]
pub struct ParseEditionError(String);

impl FromStr for Edition {
    type Err = ParseEditionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|edition| edition.as_str() == text)
            .ok_or_else(|| ParseEditionError(text.to_owned()))
    }
}

/// What kind of customer a user becomes. Grid's own spelling, exact case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CustomerType {
    /// A person.
    Individual,
    /// A company.
    Business,
}

impl CustomerType {
    /// Both types.
    pub const ALL: [Self; 2] = [Self::Individual, Self::Business];

    /// Grid's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "INDIVIDUAL",
            Self::Business => "BUSINESS",
        }
    }

    /// The type that Grid spells so, if there is one.
    pub fn from_grid(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for CustomerType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
