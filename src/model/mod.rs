//! What the rest of the crate talks about: ids, positions, fields, users, customers, rejects.
//!
//! Pure: no I/O, no clock. Every other layer may import this one; it imports none of them.

pub mod account;
mod canonical;
mod code;
mod customer;
mod edition;
pub mod field;
mod ids;
pub mod json;
mod key_pattern;
mod limit;
mod mapping;
mod personal;
mod platform;
mod position;
mod proposal;
mod query;
mod reject;
mod row;
mod scope;
pub mod sheet;
mod user;
mod visible;
pub mod write_back;

pub use canonical::{canonical_date_time, canonical_number};
pub use customer::Customer;
pub use edition::{CustomerType, Edition, ParseEditionError};
pub use ids::{AccountId, CustomerId, Key};
pub use key_pattern::{KeyPattern, ParseKeyPatternError};
pub use limit::{Limit, ParseLimitError};
pub use mapping::{FieldRule, MappingSpec, Origin};
pub use personal::{Personal, Secret};
pub use platform::{Platform, PlatformCurrency};
pub use position::Position;
pub use proposal::{Entry, Proposal};
pub use query::Query;
pub use reject::{Fault, FaultCode, Reject, Warning, WarningCode};
pub use row::{Row, RowFault};
pub use scope::{ParseWantedError, Scope, Wanted};
pub use user::{User, Value, Values};
pub use visible::{is_deceptive, visible_json};
