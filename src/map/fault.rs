//! What can be wrong with a mapping and a header together, and what is merely worth a word.

use crate::model::Edition;
use crate::model::field::UnknownField;

/// Why rules and header do not go together. Every text says what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindFault {
    /// A rule for a field that Grid does not have.
    #[error("[fields]: {0}")]
    UnknownField(UnknownField),
    /// A rule for a field of the other edition.
    #[error(
        "[fields] `{field}`: edition {edition} does not have this field, edition {other} does; \
         drop the rule, or set `edition` in [grid]"
    )]
    OtherEdition {
        /// The field's path.
        field: String,
        /// The edition that is configured.
        edition: Edition,
        /// The edition that has the field.
        other: Edition,
    },
    /// A rule that reads a column which the source does not have.
    #[error("[fields] `{field}`: the source has no column `{column}`{}", hint(nearest.as_deref()))]
    UnknownColumn {
        /// The field's path.
        field: String,
        /// The column that the rule names.
        column: String,
        /// The column that was most likely meant.
        nearest: Option<String>,
    },
    /// A column that is read, and whose name the header has more than once.
    #[error("column `{column}` stands {count} times in the header: rename all but one")]
    DuplicateColumn {
        /// The name.
        column: String,
        /// How often it occurs.
        count: usize,
    },
    /// Two columns, or two rules, for the same field.
    #[error(
        "`{first}` and `{second}` both fill `{field}`: drop one, or choose with a rule in [fields]"
    )]
    FilledTwice {
        /// The field's path.
        field: String,
        /// The first column or rule.
        first: String,
        /// The second one.
        second: String,
    },
    /// A column whose name is almost a field's, which would be dropped without a word.
    #[error(
        "column `{column}` (number {number}) is almost Grid's `{field}`: rename it, \
         or map it in [fields]: \"{field}\" = \"{column}\""
    )]
    NearMiss {
        /// The column's name.
        column: String,
        /// Its number, from 1.
        number: usize,
        /// The field that was most likely meant.
        field: &'static str,
    },
    /// Nothing fills the key.
    #[error(
        "no column is mapped to `platformCustomerId`, the platform's own id of its users: \
         say which one is it in [fields]: platformCustomerId = \"user_id\""
    )]
    NoKey,
    /// Some rows, or all, would have the same key.
    #[error(
        "[fields] `platformCustomerId`: must be read from a column, without a default: no two users may share a key"
    )]
    ConstantKey,
    /// Nothing fills the customer type.
    #[error(
        "no column is mapped to `customerType`: map one in [fields], or if all users are people: \
         customerType = {{ value = \"INDIVIDUAL\" }}"
    )]
    NoCustomerType,
    /// Only constants, and columns of the customer, fill the account: no row would have one.
    #[error(
        "[fields] `{field}`: no column says which users have a bank account, and constants make none: \
         map a column to a field of `externalAccount.accountInfo`, or drop the rule"
    )]
    NoAccountColumn {
        /// The first field of the account that is filled.
        field: String,
    },
    /// A rule whose setting cannot work.
    #[error("[fields] `{field}`: `{setting}` {problem}")]
    BadSetting {
        /// The field's path.
        field: String,
        /// The setting's name in the file.
        setting: &'static str,
        /// What is wrong with it, and what would do.
        problem: String,
    },
}

/// Worth saying once, and no reason to stop: a column whose content goes nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The column's name.
    pub column: String,
    /// Its number, from 1.
    pub number: usize,
    /// Why it is not read.
    pub reason: Unused,
}

/// Why a column is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unused {
    /// It is no field's name, and no rule reads it.
    NotMapped,
    /// It is a field's name, and a rule fills that field from elsewhere.
    RuleWins,
    /// It is the name of a field that only the other edition has.
    OtherEdition(Edition),
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "column `{}` (number {}) is not used: ",
            self.column, self.number
        )?;
        match self.reason {
            Unused::NotMapped => f.write_str("no field has this name and no rule reads it"),
            Unused::RuleWins => f.write_str("a rule in [fields] fills its field from elsewhere"),
            Unused::OtherEdition(other) => write!(f, "only edition {other} has this field"),
        }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}
