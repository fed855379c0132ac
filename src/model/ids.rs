//! The two ids of a customer, and that of its bank account. Never a bare `id`: one is theirs, the
//! others are Grid's.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Wraps the text as it is.
            pub fn new(text: impl Into<Box<str>>) -> Self {
                Self(text.into())
            }

            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id_type! {
    /// The platform customer id: the platform's own id of its user, and the only key that joins
    /// a user to a customer. Ordered by its bytes.
    Key
}

id_type! {
    /// The customer id that Grid assigned, like `Customer:019542f5-…`.
    CustomerId
}

id_type! {
    /// The id that Grid assigned to a bank account of a customer, like `ExternalAccount:019542f5-…`.
    AccountId
}
