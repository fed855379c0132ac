//! The customers: kept compactly, found by id, by key, by UMA address, and by time.

mod customers;
mod ids;
mod index;
mod record;
mod select;
mod slots;
mod sorted;

pub(crate) use customers::{Clash, Customers, NewCustomer};
pub(crate) use ids::Ids;
pub(crate) use record::{CustomerType, Status, fields_text};
pub(crate) use select::{Page, Place, Select};
