//! Two columns of a table: the key's and the id's.

use std::borrow::Cow;

use mysql::prelude::Queryable;
use mysql::{Conn, Params, Transaction, Value};

use super::fault::{fault, of_row};
use crate::model::write_back::IdColumns;
use crate::model::{CustomerId, Key};
use crate::source::names;
use crate::source::write_back::key_form::KeyForm;
use crate::source::write_back::stored::{Stored, fits};
use crate::source::write_back::{Fate, WriteBackFault};

const LOOK: &str = "SELECT column_name, data_type, column_type, character_maximum_length, character_set_name, \
     collation_name      FROM information_schema.columns WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ?";

/// What is asked and said for each batch.
pub(super) struct Columns {
    names: IdColumns,
    form: KeyForm,
    /// Characters that the id's column takes, if that is limited.
    limit: Option<u64>,
    /// Up to the keys, which follow in parentheses.
    find: String,
    /// How a key stands in a statement.
    value: String,
    update: String,
}

/// A column as the catalogue has it.
struct Column {
    name: String,
    kind: String,
    shown: String,
    limit: Option<u64>,
    /// The character set and the collation; bytes have none.
    charset: Option<(String, String)>,
}

impl Columns {
    /// Looks at the table.
    pub(super) fn look(conn: &mut Conn, names: &IdColumns) -> Result<Self, WriteBackFault> {
        let mut parts = names::parts(&names.table, '`').into_iter().rev();
        let (bare, schema) = (parts.next(), parts.next());
        let row = |(name, kind, shown, limit, charset, collation)| Column {
            name,
            kind,
            shown,
            limit,
            charset: Option::zip(charset, collation),
        };
        let columns = conn
            .exec_map(LOOK, (schema, bare), row)
            .map_err(|error| fault(&error))?;
        let key = found(&columns, names, &names.key)?;
        let id = found(&columns, names, &names.id)?;
        if !id.is_text() {
            return Err(id.unfit(names, "text for Grid's ids, such as VARCHAR(64)"));
        }
        let form = key.form().ok_or_else(|| {
            key.unfit(
                names,
                "text, a whole number or a UUID, or a `statement` that converts the key",
            )
        })?;
        let value = key.placeholder();
        let update = update(names, &value);
        Ok(Self {
            form,
            limit: id.limit,
            names: names.clone(),
            find: find(names),
            value,
            update,
        })
    }

    /// Writes a batch within the transaction.
    pub(super) fn write(
        &self,
        transaction: &mut Transaction<'_>,
        batch: &[(Key, CustomerId)],
    ) -> Result<Vec<Fate>, WriteBackFault> {
        fits(self.limit, &self.names, batch)?;
        let spelt: Vec<_> = batch.iter().map(|(key, _)| self.form.spelt(key)).collect();
        let there = self.stored(transaction, &spelt)?;
        let mut fates = Vec::with_capacity(batch.len());
        for ((key, customer_id), spelt) in batch.iter().zip(&spelt) {
            let fate = there.fate(key, spelt.as_deref(), customer_id)?;
            if let (Fate::Written, Some(spelt)) = (fate, spelt) {
                let values = (customer_id.as_str(), self.value(spelt), spelt.as_ref());
                transaction
                    .exec_drop(&self.update, values)
                    .map_err(|error| of_row(key, &error))?;
                if transaction.affected_rows() != 1 {
                    return Err(WriteBackFault::Kept);
                }
            }
            fates.push(fate);
        }
        Ok(fates)
    }

    fn stored(
        &self,
        transaction: &mut Transaction<'_>,
        keys: &[Option<Cow<'_, str>>],
    ) -> Result<Stored, WriteBackFault> {
        let mut there = Stored::default();
        let values: Vec<Value> = keys.iter().flatten().map(|key| self.value(key)).collect();
        if values.is_empty() {
            return Ok(there);
        }
        let find = format!(
            "{} ({}) FOR UPDATE",
            self.find,
            vec![self.value.as_str(); values.len()].join(", ")
        );
        transaction
            .exec_iter(find, Params::Positional(values))
            .and_then(|rows| {
                for row in rows {
                    let (key, id): (String, Option<String>) = mysql::from_row_opt(row?)?;
                    there.add(key, id);
                }
                Ok(there)
            })
            .map_err(|error| fault(&error))
    }

    /// As the column's own type has it: a number that is compared with a text is compared as an inexact
    /// one.
    fn value(&self, spelt: &str) -> Value {
        let number = match self.form {
            KeyForm::Whole(_) => spelt
                .parse()
                .map(Value::Int)
                .or_else(|_| spelt.parse().map(Value::UInt))
                .ok(),
            KeyForm::Text | KeyForm::Uuid => None,
        };
        number.unwrap_or_else(|| Value::from(spelt))
    }
}

impl Column {
    fn is_text(&self) -> bool {
        let kinds = [
            "char",
            "varchar",
            "tinytext",
            "text",
            "mediumtext",
            "longtext",
        ];
        self.charset.is_some() && kinds.contains(&self.kind.as_str())
    }

    /// What the column takes for a key; `None` if that is none of the forms.
    fn form(&self) -> Option<KeyForm> {
        let bits = match self.kind.as_str() {
            "tinyint" => 8,
            "smallint" => 16,
            "mediumint" => 24,
            "int" => 32,
            "bigint" => 64,
            "decimal" => return Some(KeyForm::Whole(i128::MIN..=i128::MAX)),
            "uuid" => return Some(KeyForm::Uuid),
            _ => return self.is_text().then_some(KeyForm::Text),
        };
        Some(KeyForm::Whole(if self.shown.contains("unsigned") {
            0..=(1 << bits) - 1
        } else {
            -(1 << (bits - 1))..=(1 << (bits - 1)) - 1
        }))
    }

    /// In the column's own character set and collation: else a key that has a character which the
    /// column cannot hold is no mere stranger there, but an error, and the index may be of no use.
    fn placeholder(&self) -> String {
        match &self.charset {
            Some((charset, collation)) => format!("CONVERT(? USING {charset}) COLLATE {collation}"),
            None => "?".to_owned(),
        }
    }

    fn unfit(&self, IdColumns { table, .. }: &IdColumns, expected: &'static str) -> WriteBackFault {
        WriteBackFault::WrongType {
            table: table.clone(),
            column: self.name.clone(),
            found: self.shown.clone(),
            expected,
        }
    }
}

fn found<'a>(
    columns: &'a [Column],
    IdColumns { table, .. }: &IdColumns,
    name: &str,
) -> Result<&'a Column, WriteBackFault> {
    let table = table.clone();
    match columns
        .iter()
        .find(|column| column.name.eq_ignore_ascii_case(name))
    {
        Some(column) => Ok(column),
        None if columns.is_empty() => Err(WriteBackFault::NoTable { table }),
        None => Err(WriteBackFault::NoColumn {
            table,
            column: name.to_owned(),
        }),
    }
}

fn find(IdColumns { table, key, id }: &IdColumns) -> String {
    let (table, key, id) = (
        names::table(table, '`'),
        names::quoted(key, '`'),
        names::quoted(id, '`'),
    );
    format!("SELECT CAST({key} AS CHAR), CAST({id} AS CHAR) FROM {table} WHERE {key} IN")
}

fn update(IdColumns { table, key, id }: &IdColumns, value: &str) -> String {
    let (table, key, id) = (
        names::table(table, '`'),
        names::quoted(key, '`'),
        names::quoted(id, '`'),
    );
    format!(
        "UPDATE {table} SET {id} = ? WHERE {key} = {value} \
         AND CAST(CAST({key} AS CHAR) AS BINARY) = CAST(? AS BINARY)"
    )
}
