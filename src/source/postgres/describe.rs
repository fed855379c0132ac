//! The columns of a query, with their types.

use std::collections::HashMap;

use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::Type;

use super::fault::Asked;
use super::form::Form;
use super::statement::Select;
use crate::source::DatabaseFault;

/// A column of a query.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) form: Form,
}

/// Asks the server. Nothing is left behind on it: what is prepared ends at once.
pub(super) async fn describe(
    asked: &Asked<'_>,
    select: &Select,
) -> Result<Vec<Column>, DatabaseFault> {
    asked.prepare(&select.alone()).await?;
    let names = names(&asked.ask(&select.nothing()).await?);
    if names.is_empty() {
        return Err(DatabaseFault::NoColumns);
    }
    let types = cells(&asked.ask(&select.types(names.len())).await?);
    let oids: Vec<u32> = types
        .iter()
        .flatten()
        .map(|oid| number(oid.as_deref()))
        .collect();
    let catalog = Catalog::of(&asked.ask(&catalog(&oids)).await?);
    let columns = names.into_iter().zip(oids).map(|(name, oid)| {
        let form = catalog.form(oid).map_err(|kind| binary(&name, kind))?;
        Ok(Column { name, form })
    });
    columns.collect()
}

fn names(answer: &[SimpleQueryMessage]) -> Vec<String> {
    let columns = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::RowDescription(columns) => Some(columns),
        _ => None,
    });
    let names = columns.into_iter().flat_map(|columns| columns.iter());
    names.map(|column| column.name().to_owned()).collect()
}

/// The rows of an answer.
pub(super) fn cells(answer: &[SimpleQueryMessage]) -> Vec<Vec<Option<String>>> {
    let rows = answer.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let cells = rows.map(|row| {
        (0..row.len())
            .map(|at| row.get(at).map(str::to_owned))
            .collect()
    });
    cells.collect()
}

fn number(text: Option<&str>) -> u32 {
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn binary(column: &str, kind: String) -> DatabaseFault {
    DatabaseFault::Binary {
        column: column.to_owned(),
        advice: format!("encode({column}, 'hex') AS {column}"),
        kind,
    }
}

/// These types, those that they are made of, and so on.
fn catalog(oids: &[u32]) -> String {
    let oids: Vec<_> = oids.iter().map(u32::to_string).collect();
    format!(
        "WITH RECURSIVE made_of AS ( \
         SELECT oid, typtype, typbasetype, typelem, typlen FROM pg_catalog.pg_type \
         WHERE oid IN ({}) UNION \
         SELECT t.oid, t.typtype, t.typbasetype, t.typelem, t.typlen \
         FROM made_of m JOIN pg_catalog.pg_type t ON t.oid IN (m.typbasetype, m.typelem)) \
         SELECT oid, typtype, typbasetype, typelem, typlen, pg_catalog.format_type(oid, NULL) \
         FROM made_of",
        oids.join(", ")
    )
}

/// What a type is made of.
struct Made {
    of: Of,
    name: String,
}

enum Of {
    Itself,
    /// A domain over that type.
    Domain(u32),
    /// An array of that type.
    Array(u32),
}

struct Catalog(HashMap<u32, Made>);

impl Catalog {
    fn of(answer: &[SimpleQueryMessage]) -> Self {
        let made = cells(answer).into_iter().map(|row| {
            let cell = |at: usize| row.get(at).and_then(Option::as_deref);
            let of = match (cell(1), number(cell(2)), number(cell(3)), cell(4)) {
                (Some("d"), base, _, _) => Of::Domain(base),
                // What has items and a fixed size is a point, or a name: no array.
                (_, _, item, Some("-1")) if item != 0 => Of::Array(item),
                _ => Of::Itself,
            };
            let name = cell(5).unwrap_or_default().to_owned();
            (number(cell(0)), Made { of, name })
        });
        Self(made.collect())
    }

    /// The form of a type's text, or the name of the type that has none.
    fn form(&self, oid: u32) -> Result<Form, String> {
        let made = self.0.get(&oid);
        match made.map(|made| &made.of) {
            Some(Of::Domain(base)) => self.form(*base),
            Some(Of::Array(item)) => Ok(Form::List(Box::new(self.form(*item)?))),
            Some(Of::Itself) | None => {
                if oid == Type::BYTEA.oid() {
                    return Err(made.map_or_else(|| "bytea".to_owned(), |made| made.name.clone()));
                }
                Ok(own(oid))
            }
        }
    }
}

fn own(oid: u32) -> Form {
    let forms = [
        (Type::BOOL, Form::Boolean),
        (Type::BPCHAR, Form::Padded),
        (Type::FLOAT4, Form::Float4),
        (Type::FLOAT8, Form::Float8),
        (Type::TIMESTAMP, Form::Moment),
        (Type::TIMESTAMPTZ, Form::Moment),
    ];
    let mut forms = forms.into_iter();
    forms
        .find_map(|(of, form)| (of.oid() == oid).then_some(form))
        .unwrap_or(Form::Plain)
}
