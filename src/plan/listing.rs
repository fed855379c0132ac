//! A customer as a list for other programs shows it.

use serde::Serialize;

use super::Owned;
use crate::model::{CustomerId, Key};

/// What is known of an active customer, without any of its values. Serialised as a list writes it:
/// the names are stable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownCustomer {
    /// The platform customer id; empty where Grid leaves it out.
    #[serde(rename = "platform_customer_id")]
    pub key: Key,
    /// Grid's id.
    pub customer_id: CustomerId,
    /// `INDIVIDUAL` or `BUSINESS`, if Grid said so.
    pub customer_type: Option<String>,
    /// KYC or KYB status as Grid spelled it last: an open set.
    pub status: Option<String>,
    /// When Grid says it was created.
    pub created_at: Option<String>,
    /// When Grid says it was last changed.
    pub updated_at: Option<String>,
    /// How it came to be this state's own, if it is.
    pub owned: Option<Owned>,
}

impl KnownCustomer {
    /// The names of the columns, in order.
    pub const COLUMNS: [&str; 7] = [
        "platform_customer_id",
        "customer_id",
        "customer_type",
        "status",
        "created_at",
        "updated_at",
        "owned",
    ];

    /// The cells, in the order of the columns. What is not known is empty.
    pub fn cells(&self) -> [&str; 7] {
        let Self {
            key,
            customer_id,
            customer_type,
            status,
            created_at,
            updated_at,
            owned,
        } = self;
        [
            key.as_str(),
            customer_id.as_str(),
            customer_type.as_deref().unwrap_or_default(),
            status.as_deref().unwrap_or_default(),
            created_at.as_deref().unwrap_or_default(),
            updated_at.as_deref().unwrap_or_default(),
            owned.map_or("", Owned::as_str),
        ]
    }
}
