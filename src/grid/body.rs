//! The body of a create, made once and owned.

use bytes::Bytes;

use crate::model::{Edition, Personal, User, json};

/// What `POST /customers` carries for one user. Cheap to clone, free of borrows, unprintable.
#[derive(Clone, Debug)]
pub struct CreateBody(Personal<Bytes>);

impl CreateBody {
    /// The user's values as the edition spells them.
    pub fn new(user: &User<'_>, edition: Edition) -> Self {
        let body = json::to_body(&user.values, edition).to_string();
        Self(Personal::new(body.into()))
    }

    pub(super) fn bytes(&self) -> Personal<Bytes> {
        self.0.clone()
    }
}
