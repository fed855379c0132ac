//! The platform as Grid describes it: what it supports, and what its providers ask of customers.

/// What `GET /config` says, as far as it bears on customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Platform {
    /// The domain of the platform's UMA addresses.
    pub uma_domain: Option<String>,
    /// Whether the platform is a regulated financial institution, where Grid says so.
    pub is_regulated: Option<bool>,
    /// Whether it offers embedded wallets.
    pub has_embedded_wallets: bool,
    /// The currencies that it supports; empty where Grid names none.
    pub currencies: Vec<PlatformCurrency>,
}

/// A currency that the platform supports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformCurrency {
    /// Its code.
    pub code: String,
    /// What its provider must know of a customer, in Grid's names: an open set.
    pub customer_fields: Vec<String>,
}
