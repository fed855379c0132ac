//! A customer as Grid lists or answers it.

use super::{CustomerId, CustomerType, Key, Values};

/// One customer of Grid. The schema's promises are not relied on: pages in the wild lack fields.
pub struct Customer {
    /// Grid's id.
    pub customer_id: CustomerId,
    /// The platform customer id; absent only where Grid leaves it out.
    pub key: Option<Key>,
    /// The type, if Grid names one that is known.
    pub customer_type: Option<CustomerType>,
    /// `kycStatus` or `kybStatus`, as Grid spells it: an open set.
    pub status: Option<String>,
    /// Whether the customer was deleted. Deletes are soft: the record stays listed on request.
    pub is_deleted: bool,
    /// `createdAt` as Grid wrote it.
    pub created_at: Option<String>,
    /// `updatedAt` as Grid wrote it.
    pub updated_at: Option<String>,
    /// Every field of the table that the answer holds.
    pub values: Values<'static>,
}
