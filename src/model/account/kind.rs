//! What the table says of one account type.

use super::KINDS;
use crate::model::CustomerType;
use crate::model::field::{Field, Rule};

/// One account type.
#[derive(Debug)]
pub struct AccountKind {
    /// Grid's name of it.
    pub name: &'static str,
    /// The one currency that its name stands for, where it does.
    pub currency: Option<&'static str>,
    /// Fields of `accountInfo` that must be there.
    pub needs: &'static [Part],
    /// Fields of `accountInfo` that may be there.
    pub takes: &'static [Part],
    /// Groups of fields of which one must be there as a whole; none, where the list is empty. The
    /// schema does not say so: without one of them the account could not be paid.
    pub one_of: &'static [&'static [&'static str]],
    /// Whose account it is; `None` where Grid does not ask.
    pub beneficiary: Option<Beneficiary>,
}

/// A field of an account type, with the rule that it has there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name within `accountInfo`, or within the beneficiary.
    pub name: &'static str,
    /// What a value must look like.
    pub rule: Rule,
}

/// What an account type wants to know of the beneficiary.
#[derive(Debug)]
pub struct Beneficiary {
    /// Whether there must be one.
    pub is_required: bool,
    /// Of a person.
    pub person: Holder,
    /// Of a company.
    pub company: Holder,
}

/// What a beneficiary is described by.
#[derive(Debug)]
pub struct Holder {
    /// Fields that must be there, by name.
    pub needs: &'static [&'static str],
    /// Every field that may be there.
    pub takes: &'static [Part],
}

/// The account type that Grid calls so.
pub fn kind(name: &str) -> Option<&'static AccountKind> {
    KINDS.iter().find(|kind| kind.name == name)
}

impl AccountKind {
    /// The field of `accountInfo`, where this type has it.
    pub fn part(&self, name: &str) -> Option<&'static Part> {
        find(self.needs, name).or_else(|| find(self.takes, name))
    }

    /// What a beneficiary of this kind is described by; `None` where the type has no beneficiary.
    pub fn holder(&self, of: CustomerType) -> Option<&Holder> {
        let beneficiary = self.beneficiary.as_ref()?;
        Some(match of {
            CustomerType::Individual => &beneficiary.person,
            CustomerType::Business => &beneficiary.company,
        })
    }

    /// Whether the type has the field, for a beneficiary of this kind where one is known.
    pub fn has(&self, field: &Field, of: Option<CustomerType>) -> bool {
        let holds = |of| self.holder(of).is_some_and(|holder| holder.has(field));
        match Place::of(field) {
            Place::Account => true,
            Place::Info(name) => name == "accountType" || self.part(name).is_some(),
            Place::Beneficiary("beneficiaryType") => self.beneficiary.is_some(),
            Place::Beneficiary(_) => match of {
                Some(of) => holds(of),
                None => CustomerType::ALL.into_iter().any(holds),
            },
        }
    }
}

impl Holder {
    /// The field of the beneficiary, where this kind of beneficiary has it.
    pub fn part(&self, name: &str) -> Option<&'static Part> {
        find(self.takes, name)
    }

    fn has(&self, field: &Field) -> bool {
        matches!(Place::of(field), Place::Beneficiary(name) if self.part(name).is_some())
    }
}

fn find(parts: &'static [Part], name: &str) -> Option<&'static Part> {
    parts.iter().find(|part| part.name == name)
}

/// Where in the account a field stands, with its name there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Beside `accountInfo`.
    Account,
    /// In `accountInfo`.
    Info(&'static str),
    /// In `accountInfo.beneficiary`; `address.line1` of its address.
    Beneficiary(&'static str),
}

impl Place {
    /// The place of a field of the account; of another field's place nothing is said.
    pub fn of(field: &Field) -> Self {
        let Some(info) = field.path.strip_prefix("externalAccount.accountInfo.") else {
            return Self::Account;
        };
        match info.strip_prefix("beneficiary.") {
            Some(name) => Self::Beneficiary(name),
            None => Self::Info(info),
        }
    }
}
