//! What a row says of its account, and whose account it is.

use super::kind::{AccountKind, Holder, Place, kind};
use crate::model::field::Slot;
use crate::model::{CustomerType, Personal, Value};

/// What says of a beneficiary who it is.
const IDENTITY: &[&str] = &[
    "fullName",
    "legalName",
    "birthDate",
    "nationality",
    "registrationNumber",
    "taxId",
    "email",
    "phoneNumber",
];

type Entry<'v> = (Slot, Personal<Value<'v>>);

/// The account of a row: its own fields, and those of the customer, who is the beneficiary unless
/// the row names another.
#[derive(Clone, Copy)]
pub struct Account<'v> {
    row: &'v [Entry<'v>],
    own: &'v [Entry<'v>],
    kind: Option<&'static AccountKind>,
    whose: Option<Whose>,
}

/// Whose account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The customer's: what the row does not say of the beneficiary is taken from the customer.
    Customers(CustomerType),
    /// Somebody else's: the row says it all.
    Others(CustomerType),
    /// It cannot be told: the row names both a person and a company, or neither customer nor
    /// beneficiary has a type.
    Unclear,
}

impl<'v> Account<'v> {
    /// The account of a row whose values are ascending by slot; `None` if it has no field of one.
    pub fn of(row: &'v [Entry<'v>]) -> Option<Self> {
        let top = &row[..row.partition_point(|(slot, _)| slot.index() == 0)];
        // The fields of the account are the last of the table.
        let own = &top[top.partition_point(|(slot, _)| !slot.field().is_account())..];
        if own.is_empty() {
            return None;
        }
        let mut account = Self {
            row,
            own,
            kind: text(own, Slot::ACCOUNT_TYPE).and_then(kind),
            whose: None,
        };
        account.whose = account.find_whose();
        Some(account)
    }

    /// Its type; `None` where the row names none that Grid has.
    pub fn kind(self) -> Option<&'static AccountKind> {
        self.kind
    }

    /// Every value that the row gives of the account, ascending.
    pub fn values(self) -> &'v [Entry<'v>] {
        self.own
    }

    /// Whether the row gives a field of this place.
    pub fn has(self, place: Place) -> bool {
        self.own
            .iter()
            .any(|(slot, _)| Place::of(slot.field()) == place)
    }

    /// The currency that the row gives, else the one that the account type names.
    pub fn currency(self) -> Option<&'v str> {
        text(self.own, Slot::ACCOUNT_CURRENCY).or_else(|| self.kind()?.currency)
    }

    /// Whose account it is. `None` if it has no beneficiary: the type has none, or asks for none
    /// and the row gives nothing of one.
    ///
    /// The beneficiary is the customer, unless the row says of one who that is, or gives a type that
    /// is not the customer's. Where somebody lives and what document they hold may be said of the
    /// customer too.
    pub fn whose(self) -> Option<Whose> {
        self.whose
    }

    fn find_whose(self) -> Option<Whose> {
        let beneficiary = self.kind()?.beneficiary.as_ref()?;
        if !beneficiary.is_required && self.beneficiary_fields().next().is_none() {
            return None;
        }
        let customer = self.customer_type();
        let typed = text(self.own, Slot::BENEFICIARY_TYPE).map(CustomerType::from_grid);
        let person = self.has(Place::Beneficiary("fullName"));
        let company = self.has(Place::Beneficiary("legalName"));
        let of = match (typed, person, company) {
            (Some(typed), ..) => typed,
            (None, true, true) => None,
            (None, true, false) => Some(CustomerType::Individual),
            (None, false, true) => Some(CustomerType::Business),
            (None, false, false) => customer,
        };
        let is_somebody = self
            .beneficiary_fields()
            .any(|name| IDENTITY.contains(&name));
        Some(match of {
            None => Whose::Unclear,
            Some(of) if is_somebody || customer != Some(of) => Whose::Others(of),
            Some(of) => Whose::Customers(of),
        })
    }

    fn beneficiary_fields(self) -> impl Iterator<Item = &'static str> {
        let places = self.own.iter().map(|(slot, _)| Place::of(slot.field()));
        places.filter_map(|place| match place {
            Place::Beneficiary(name) => Some(name),
            _ => None,
        })
    }

    /// What the row does not say of the beneficiary and the customer has: the beneficiary's slot,
    /// the customer's, and the value. Only what this kind of beneficiary takes.
    pub fn derived(self) -> Vec<(Slot, Slot, &'v Value<'v>)> {
        let Some(Whose::Customers(of)) = self.whose() else {
            return Vec::new();
        };
        let Some(holder) = self.kind().and_then(|kind| kind.holder(of)) else {
            return Vec::new();
        };
        let taken = sources(of)
            .iter()
            .filter(|&&(slot, _)| self.lacks(slot, holder));
        taken
            .filter_map(|&(slot, from)| Some((slot, from, get(self.row, from)?)))
            .collect()
    }

    /// Whether the beneficiary takes the field and the row does not give it. Two addresses are
    /// never mixed.
    fn lacks(self, slot: Slot, holder: &Holder) -> bool {
        let Place::Beneficiary(name) = Place::of(slot.field()) else {
            return false;
        };
        let is_address = name.starts_with("address.");
        let is_given = |(own, _): &Entry<'_>| {
            *own == slot || is_address && own.field().parent() == slot.field().parent()
        };
        holder.part(name).is_some() && !self.own.iter().any(is_given)
    }

    fn customer_type(self) -> Option<CustomerType> {
        text(self.row, Slot::CUSTOMER_TYPE).and_then(CustomerType::from_grid)
    }
}

fn get<'v>(values: &'v [Entry<'v>], slot: Slot) -> Option<&'v Value<'v>> {
    let at = values.binary_search_by_key(&slot, |(slot, _)| *slot).ok()?;
    Some(values[at].1.expose())
}

fn text<'v>(values: &'v [Entry<'v>], slot: Slot) -> Option<&'v str> {
    match get(values, slot)? {
        Value::Text(text) => Some(text),
        Value::List(_) => None,
    }
}

/// The customer's field that a field of the beneficiary is taken from, if it is.
pub fn source_of(beneficiary: Place, of: CustomerType) -> Option<Slot> {
    let is_it = |slot: Slot| Place::of(slot.field()) == beneficiary;
    let found = sources(of).iter().find(|(slot, _)| is_it(*slot));
    found.map(|(_, from)| *from)
}

/// Pairs of the beneficiary's field and the customer's.
const fn sources(of: CustomerType) -> &'static [(Slot, Slot)] {
    match of {
        CustomerType::Individual => PERSON,
        CustomerType::Business => COMPANY,
    }
}

macro_rules! sources {
    ($($of_beneficiary:literal from $of_customer:literal,)+) => {
        &[$((
            Slot::of_path(concat!("externalAccount.accountInfo.beneficiary.", $of_beneficiary)),
            Slot::of_path($of_customer),
        ),)+]
    };
}

const PERSON: &[(Slot, Slot)] = sources![
    "fullName" from "fullName",
    "birthDate" from "birthDate",
    "nationality" from "nationality",
    "email" from "email",
    "phoneNumber" from "phoneNumber",
    "countryOfResidence" from "address.country",
    "address.line1" from "address.line1",
    "address.line2" from "address.line2",
    "address.city" from "address.city",
    "address.state" from "address.state",
    "address.postalCode" from "address.postalCode",
    "address.country" from "address.country",
];

const COMPANY: &[(Slot, Slot)] = sources![
    "legalName" from "businessInfo.legalName",
    "registrationNumber" from "businessInfo.registrationNumber",
    "taxId" from "businessInfo.taxId",
    "email" from "email",
    "phoneNumber" from "phoneNumber",
    "countryOfResidence" from "address.country",
    "address.line1" from "address.line1",
    "address.line2" from "address.line2",
    "address.city" from "address.city",
    "address.state" from "address.state",
    "address.postalCode" from "address.postalCode",
    "address.country" from "address.country",
];
