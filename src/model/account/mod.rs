//! External accounts of 2026-08: what each account type is made of, what a row says of its
//! account, and whether an account that Grid lists is the one that is meant.
//!
//! [`KINDS`] is the only place that knows the account types. Source: Grid's OpenAPI, 2026-08.

mod kind;
mod likeness;
mod row;
mod table;

pub use kind::{AccountKind, Beneficiary, Holder, Part, Place, kind};
pub use likeness::{Likeness, likeness};
pub use row::{Account, Whose, source_of};
pub use table::{KINDS, NAMES};

#[cfg(test)]
mod tests;
