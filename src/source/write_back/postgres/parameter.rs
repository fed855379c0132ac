//! A parameter as text, whatever type the server wants it to be.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};

use crate::source::write_back::key_form::KeyForm;

/// A value that the server reads out of its text.
#[derive(Debug)]
pub(super) struct Spelt<'a>(pub(super) &'a str);

impl ToSql for Spelt<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// What a parameter of this type takes for a key.
pub(super) fn form_of(kind: Option<&Type>) -> KeyForm {
    form_named(kind.map_or("text", Type::name))
}

/// The same by the type's name in the catalogue.
pub(super) fn form_named(name: &str) -> KeyForm {
    match name {
        "int2" => KeyForm::Whole(i16::MIN.into()..=i16::MAX.into()),
        "int4" => KeyForm::Whole(i32::MIN.into()..=i32::MAX.into()),
        "int8" => KeyForm::Whole(i64::MIN.into()..=i64::MAX.into()),
        "numeric" => KeyForm::Whole(i128::MIN..=i128::MAX),
        "uuid" => KeyForm::Uuid,
        _ => KeyForm::Text,
    }
}
