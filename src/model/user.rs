//! A user as the platform wants it in Grid: mapped and normalised values, borrowed from the row.

use std::borrow::Cow;

use super::field::Slot;
use super::{CustomerType, Key, Personal, Position};

/// The value of one field.
#[derive(Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// One text, in the form in which Grid takes it (dates as `YYYY-MM-DD`, numbers as digits).
    Text(Cow<'a, str>),
    /// Several texts, in the source's order.
    List(Vec<Cow<'a, str>>),
}

impl Value<'_> {
    /// The same, free of the row that it was read from.
    pub fn to_static(&self) -> Value<'static> {
        let own = |text: &Cow<'_, str>| Cow::Owned(text.as_ref().to_owned());
        match self {
            Self::Text(text) => Value::Text(own(text)),
            Self::List(texts) => Value::List(texts.iter().map(own).collect()),
        }
    }
}

/// Values by slot, ascending, each slot at most once. An absent value has no entry.
pub type Values<'a> = Vec<(Slot, Personal<Value<'a>>)>;

/// One user: a row that was mapped and found valid.
pub struct User<'a> {
    /// The platform customer id.
    pub key: Key,
    /// What the user becomes.
    pub customer_type: CustomerType,
    /// Where in the source the user stands.
    pub position: Position,
    /// Every mapped value that is present, `platformCustomerId` and `customerType` among them.
    pub values: Values<'a>,
}
