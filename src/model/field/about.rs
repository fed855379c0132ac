//! What the table says of one field.

use std::fmt;

use super::Rule;
use crate::model::{CustomerType, Edition};

/// What a value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A calendar day, `YYYY-MM-DD`.
    Date,
    /// A moment, RFC 3339; normalised to UTC.
    DateTime,
    /// A JSON number; kept as its shortest decimal text.
    Number,
    /// Several texts. Their order means nothing to Grid.
    List,
    /// A JSON boolean; kept as `true` or `false`.
    Flag,
}

impl Kind {
    /// The word for it in the documentation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Date => "date",
            Self::DateTime => "date-time",
            Self::Number => "number",
            Self::List => "list",
            Self::Flag => "true or false",
        }
    }
}

/// When a field must be there. It only ever binds the customers that have the field at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Required {
    /// Never.
    Never,
    /// Always.
    Always,
    /// Always, in this edition; in the other one never.
    In(Edition),
    /// As soon as any other field of the same object is there.
    WithParent,
    /// By `bankAccountInfo.accountType`. Account types in neither list do not have the field.
    Account {
        /// Account types that need it.
        needs: &'static [&'static str],
        /// Account types that may have it.
        takes: &'static [&'static str],
    },
    /// As soon as the row has an external account.
    WithAccount,
    /// By `externalAccount.accountInfo.accountType`: see [`account::KINDS`](crate::model::account::KINDS).
    ByAccountType,
    /// When the field of this path is, or contains, `OTHER`.
    WhenOther(&'static str),
    /// When the field of this path is there.
    With(&'static str),
}

impl fmt::Display for Required {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never | Self::Account { needs: [], .. } => f.write_str("no"),
            Self::Always => f.write_str("yes"),
            Self::In(edition) => write!(f, "in {edition}"),
            Self::WithParent => f.write_str("with any other field of the same object"),
            Self::Account { needs, .. } => write!(f, "for {}", needs.join(", ")),
            Self::WithAccount => f.write_str("with a bank account"),
            Self::ByAccountType => f.write_str("by account type"),
            Self::WhenOther(path) => write!(f, "when {path} is OTHER"),
            Self::With(path) => write!(f, "with {path}"),
        }
    }
}

/// What Grid gives back of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// The value, so that it can be compared.
    Compared,
    /// Nothing: the field can be written and never read.
    WriteOnly,
    /// Nothing: answers declare the field and never fill it.
    NeverFilled,
}

/// One field of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its number, 1..=999. The state file stores it: never changed, never reused.
    pub code: u16,
    /// Where it stands in a customer, dots between names; `[]` marks a list of objects.
    pub path: &'static str,
    /// What a value is made of.
    pub kind: Kind,
    /// Who has it; `None` is everyone.
    pub who: Option<CustomerType>,
    /// The edition that has it; `None` is both.
    pub edition: Option<Edition>,
    /// When it must be there.
    pub required: Required,
    /// What a value (of a list: each item) must look like.
    pub rule: Rule,
    /// What Grid gives back of it.
    pub returned: Returned,
    /// Its column name in Grid's bulk CSV.
    pub flat: Option<&'static str>,
    /// Whether two values that differ only in case are the same.
    pub folds_case: bool,
    /// One line for the documentation.
    pub about: &'static str,
    /// Whether `path` has `[]`: asked for each value of each row.
    indexed: bool,
    /// Whether `path` stands in the external account: asked as often.
    account: bool,
}

impl Field {
    /// Whether the edition has the field.
    pub fn in_edition(&self, edition: Edition) -> bool {
        self.edition.is_none_or(|only| only == edition)
    }

    /// Whether customers of this type have the field.
    pub fn is_for(&self, customer_type: CustomerType) -> bool {
        self.who.is_none_or(|only| only == customer_type)
    }

    /// Whether customers are seen without the field although they have it: the published guides'
    /// own list examples lack `umaAddress`, which the schema calls always present.
    pub fn may_be_left_out(&self) -> bool {
        self.path == "umaAddress"
    }

    /// Whether the field belongs to an element of a list of objects, and so takes an index.
    pub const fn is_indexed(&self) -> bool {
        self.indexed
    }

    /// Whether the field belongs to the external account and not to the customer: it is sent in a
    /// request of its own.
    pub const fn is_account(&self) -> bool {
        self.account
    }

    /// The path of the object that holds it, with its last dot; empty at the top.
    pub fn parent(&self) -> &'static str {
        self.path.rfind('.').map_or("", |dot| &self.path[..=dot])
    }
}

/// How the table is written down: a start by kind, then what differs from an optional text that
/// everyone has.
impl Field {
    const fn new(code: u16, path: &'static str, kind: Kind, about: &'static str) -> Self {
        Self {
            code,
            path,
            kind,
            who: None,
            edition: None,
            required: Required::Never,
            rule: Rule::Any,
            returned: Returned::Compared,
            flat: None,
            folds_case: false,
            about,
            indexed: has_index(path.as_bytes()),
            account: false,
        }
    }

    pub(super) const fn text(code: u16, path: &'static str, about: &'static str) -> Self {
        Self::new(code, path, Kind::Text, about)
    }

    pub(super) const fn date(code: u16, path: &'static str, about: &'static str) -> Self {
        Self::new(code, path, Kind::Date, about).rule(Rule::Past)
    }

    pub(super) const fn date_time(code: u16, path: &'static str, about: &'static str) -> Self {
        Self::new(code, path, Kind::DateTime, about)
    }

    pub(super) const fn number(code: u16, path: &'static str, about: &'static str) -> Self {
        Self::new(code, path, Kind::Number, about)
    }

    pub(super) const fn list(code: u16, path: &'static str, about: &'static str) -> Self {
        Self::new(code, path, Kind::List, about)
    }

    pub(super) const fn flag(code: u16, path: &'static str, about: &'static str) -> Self {
        Self::new(code, path, Kind::Flag, about).one_of(&["true", "false"])
    }

    /// Of the external account: of 2026-08 only, and never answered with the customer.
    pub(super) const fn of_account(mut self) -> Self {
        self.account = true;
        self.only_in(Edition::E2026_08)
            .returned(Returned::WriteOnly)
    }

    pub(super) const fn of(mut self, customer_type: CustomerType) -> Self {
        self.who = Some(customer_type);
        self
    }

    pub(super) const fn only_in(mut self, edition: Edition) -> Self {
        self.edition = Some(edition);
        self
    }

    pub(super) const fn required(mut self, required: Required) -> Self {
        self.required = required;
        self
    }

    pub(super) const fn rule(mut self, rule: Rule) -> Self {
        self.rule = rule;
        self
    }

    pub(super) const fn one_of(self, accepted: &'static [&'static str]) -> Self {
        self.rule(Rule::OneOf(accepted))
    }

    pub(super) const fn returned(mut self, returned: Returned) -> Self {
        self.returned = returned;
        self
    }

    pub(super) const fn flat(mut self, name: &'static str) -> Self {
        self.flat = Some(name);
        self
    }

    pub(super) const fn folds_case(mut self) -> Self {
        self.folds_case = true;
        self
    }
}

const fn has_index(path: &[u8]) -> bool {
    let mut at = 0;
    while at < path.len() {
        if path[at] == b'[' {
            return true;
        }
        at += 1;
    }
    false
}
