//! What Grid would refuse, said before the first request. Pure.
//!
//! [`Checker`] holds the rules of one edition, read from the table of fields once, and judges row
//! after row: each value by itself, then which fields go together. It is stricter than the
//! published schemas where those would let a mistake through in silence, and only warns where
//! Grid's own examples break a rule. [`PlatformRules`] adds what one platform asks besides.

mod account;
mod checker;
mod digits;
mod form;
mod platform;
mod presence;
mod provider;
mod suspect;
mod value;

pub use checker::{Checker, Columns};
pub use platform::PlatformRules;

#[cfg(test)]
mod tests;
