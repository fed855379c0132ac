//! A field as it is mapped and stored.

use std::borrow::Cow;
use std::fmt;

use super::table::{code_of, position};
use super::{FIELDS, Field, nearest};
use crate::model::Edition;

/// The list of objects whose fields take an index.
const OWNERS: &str = "beneficialOwners";

/// Highest index of a beneficial owner. Grid names no limit; a company whose law counts shares
/// from 10 % on has at most ten, and 32 columns of each field are more than a table bears.
pub const MAX_INDEX: u8 = 31;

/// Codes stay below this, so that a code and an index share one number.
const STRIDE: u16 = 1000;

/// Which entry of the table and, for a field of a beneficial owner, which owner. Stable: it is
/// what the state file stores. Ordered by index, then by code; the key comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u16);

impl Slot {
    /// `platformCustomerId`.
    pub const KEY: Self = Self(1);

    /// `customerType`.
    pub const CUSTOMER_TYPE: Self = Self(2);

    /// `externalAccount.currency`.
    pub const ACCOUNT_CURRENCY: Self = Self::of_path("externalAccount.currency");

    /// `externalAccount.accountInfo.accountType`.
    pub const ACCOUNT_TYPE: Self = Self::of_path("externalAccount.accountInfo.accountType");

    /// `externalAccount.accountInfo.beneficiary.beneficiaryType`.
    pub const BENEFICIARY_TYPE: Self =
        Self::of_path("externalAccount.accountInfo.beneficiary.beneficiaryType");

    /// The slot of this path, for paths that the code itself names.
    ///
    /// # Panics
    ///
    /// If no field has this path: while compiling, in a constant.
    pub const fn of_path(path: &str) -> Self {
        Self(code_of(path).expect("a path of the table"))
    }

    /// The slot of a field; `index` is 0 for every field outside of a list of objects.
    /// `None` where the field takes no such index.
    pub fn new(field: &'static Field, index: u8) -> Option<Self> {
        let highest = if field.is_indexed() { MAX_INDEX } else { 0 };
        (index <= highest).then_some(Self(field.code + STRIDE * u16::from(index)))
    }

    /// The stored form.
    pub const fn to_raw(self) -> u16 {
        self.0
    }

    /// The slot of a stored form; `None` for a field that this version does not know.
    pub fn from_raw(raw: u16) -> Option<Self> {
        let field = &FIELDS[position(raw % STRIDE)?];
        Self::new(field, u8::try_from(raw / STRIDE).ok()?)
    }

    /// Where in [`FIELDS`] its field stands.
    ///
    /// # Panics
    ///
    /// Never: a slot is only made of a field of the table.
    pub fn position(self) -> usize {
        position(self.0 % STRIDE).expect("a slot is only made of a code in the table")
    }

    /// Its entry of the table.
    pub fn field(self) -> &'static Field {
        &FIELDS[self.position()]
    }

    /// Which element of the list of objects; 0 for every other field.
    pub const fn index(self) -> u16 {
        self.0 / STRIDE
    }

    /// The path as an operator writes it: `address.line1`, `beneficialOwners[2].fullName`.
    pub fn path(self) -> Cow<'static, str> {
        let path = self.field().path;
        match path.split_once("[]") {
            None => Cow::Borrowed(path),
            Some((list, rest)) => Cow::Owned(format!("{list}[{}]{rest}", self.index())),
        }
    }

    /// The slot of a path, or of a column name of Grid's bulk CSV: of the edition where it has one,
    /// else of the other. An owner's index may be written `[0].` or `.0.`; case counts.
    pub fn parse_in(name: &str, edition: Edition) -> Result<Self, UnknownField> {
        let mut found = FIELDS.iter().filter(|field| has_name(field, name));
        let of_edition = found.clone().find(|field| field.in_edition(edition));
        match of_edition.or_else(|| found.next()) {
            Some(field) => Self::new(field, 0).ok_or_else(|| UnknownField::unknown(name)),
            None => Self::parse(name),
        }
    }

    /// The same, whatever the edition: of a bulk column that both editions have, the older field.
    pub fn parse(name: &str) -> Result<Self, UnknownField> {
        match name.strip_prefix(OWNERS) {
            Some(rest) => parse_owner(name, rest),
            None => FIELDS
                .iter()
                .find(|field| has_name(field, name))
                .and_then(|field| Self::new(field, 0))
                .ok_or_else(|| UnknownField::unknown(name)),
        }
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({})", self.path())
    }
}

/// Whether the name is this field's, where it takes no index.
fn has_name(field: &Field, name: &str) -> bool {
    !field.is_indexed() && (field.path == name || field.flat == Some(name))
}

/// `rest` is what follows the list's name.
fn parse_owner(name: &str, rest: &str) -> Result<Slot, UnknownField> {
    let unindexed = || UnknownField::Index {
        path: name.to_owned(),
    };
    let (index, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once("]."),
        None => rest.strip_prefix('.').and_then(|rest| rest.split_once('.')),
    }
    .ok_or_else(unindexed)?;
    let index: u8 = index.parse().map_err(|_| unindexed())?;
    FIELDS
        .iter()
        .filter(|field| field.is_indexed())
        .find(|field| field.path.strip_prefix("beneficialOwners[].") == Some(rest))
        .ok_or_else(|| UnknownField::unknown(name))
        .and_then(|field| Slot::new(field, index).ok_or_else(unindexed))
}

/// The name is no field's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownField {
    /// Neither a path nor a bulk column.
    #[error("Grid has no customer field `{path}`{}", hint(nearest(path)))]
    Unknown {
        /// What was asked for.
        path: String,
    },
    /// A field of a beneficial owner, and not which one.
    #[error(
        "`{path}` does not say which owner: write `beneficialOwners[0].fullName`, index 0 to {MAX_INDEX}"
    )]
    Index {
        /// What was asked for.
        path: String,
    },
}

impl UnknownField {
    fn unknown(path: &str) -> Self {
        Self::Unknown {
            path: path.to_owned(),
        }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}
