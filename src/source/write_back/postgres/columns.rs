//! Two columns of a table: the key's and the id's.

use std::collections::HashMap;

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row, Transaction};

use super::fault::{fault, of_rows};
use super::parameter::form_named;
use crate::model::write_back::IdColumns;
use crate::model::{CustomerId, Key};
use crate::source::names;
use crate::source::write_back::key_form::KeyForm;
use crate::source::write_back::stored::{Stored, fits};
use crate::source::write_back::{Fate, WriteBackFault};

/// The columns of a table, with the types below their domains.
const LOOK: &str = "SELECT a.attname::text, b.typname::text, b.typcategory::text, \
     pg_catalog.format_type(b.oid, NULL), a.atttypmod \
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
     JOIN pg_catalog.pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END \
     WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped";

/// Types whose own equality is used, so that their index is: the key is cast to the column's type,
/// never the column to text.
const COMPARED: [&str; 7] = ["text", "varchar", "int2", "int4", "int8", "numeric", "uuid"];

/// What is asked and said for each batch.
pub(super) struct Columns {
    names: IdColumns,
    form: KeyForm,
    /// Characters that the id's column takes, if that is limited.
    limit: Option<u64>,
    find: String,
    update: String,
}

/// A column as the catalogue has it.
struct Column {
    typname: String,
    is_text: bool,
    shown: String,
    limit: Option<u64>,
}

impl Columns {
    /// Looks at the table.
    pub(super) async fn look(client: &Client, names: &IdColumns) -> Result<Self, WriteBackFault> {
        let table = names::table(&names.table, '"');
        let rows = client
            .query_typed(LOOK, &[(&table, Type::TEXT)])
            .await
            .map_err(|error| fault(&error))?;
        let columns: HashMap<String, Column> = rows.iter().map(column).collect();
        let (key, id) = (
            found(&columns, names, &names.key)?,
            found(&columns, names, &names.id)?,
        );
        if !id.is_text {
            return Err(WriteBackFault::WrongType {
                table: names.table.clone(),
                column: names.id.clone(),
                found: id.shown.clone(),
                expected: "text for Grid's ids, such as varchar(64)",
            });
        }
        let (find, update) = sql(&table, key, names);
        Ok(Self {
            form: form_named(&key.typname),
            limit: id.limit,
            names: names.clone(),
            find,
            update,
        })
    }

    /// Writes a batch within the transaction.
    pub(super) async fn write(
        &self,
        transaction: &Transaction<'_>,
        batch: &[(Key, CustomerId)],
    ) -> Result<Vec<Fate>, WriteBackFault> {
        fits(self.limit, &self.names, batch)?;
        let spelt: Vec<_> = batch.iter().map(|(key, _)| self.form.spelt(key)).collect();
        let keys: Vec<&str> = spelt.iter().flatten().map(AsRef::as_ref).collect();
        let rows = transaction
            .query_typed(&self.find, &[(&keys, Type::TEXT_ARRAY)])
            .await
            .map_err(|error| fault(&error))?;
        let mut there = Stored::default();
        for row in &rows {
            there.add(row.get(0), row.get(1));
        }
        let mut fates = Vec::with_capacity(batch.len());
        let mut wanted = Vec::new();
        for ((key, customer_id), spelt) in batch.iter().zip(&spelt) {
            let fate = there.fate(key, spelt.as_deref(), customer_id)?;
            if let (Fate::Written, Some(spelt)) = (fate, spelt) {
                wanted.push((spelt.as_ref(), customer_id.as_str()));
            }
            fates.push(fate);
        }
        if !wanted.is_empty() {
            let (first, last) = (&batch[0].0, &batch[batch.len() - 1].0);
            self.update(transaction, &wanted)
                .await
                .map_err(|error| of_rows(first, last, &error))?
                .then_some(())
                .ok_or(WriteBackFault::Kept)?;
        }
        Ok(fates)
    }

    /// Whether all of them were taken.
    async fn update(
        &self,
        transaction: &Transaction<'_>,
        wanted: &[(&str, &str)],
    ) -> Result<bool, tokio_postgres::Error> {
        let (keys, ids): (Vec<&str>, Vec<&str>) = wanted.iter().copied().unzip();
        let parameters = [
            (&keys as _, Type::TEXT_ARRAY),
            (&ids as _, Type::TEXT_ARRAY),
        ];
        let taken = transaction.execute_typed(&self.update, &parameters).await?;
        Ok(taken == wanted.len() as u64)
    }
}

fn column(row: &Row) -> (String, Column) {
    let (typname, category): (String, String) = (row.get(1), row.get(2));
    let modifier: i32 = row.get(4);
    let is_limited = ["varchar", "bpchar"].contains(&typname.as_str());
    let column = Column {
        is_text: category == "S",
        shown: row.get(3),
        // The catalogue counts four bytes of its own.
        limit: u64::try_from(modifier - 4).ok().filter(|_| is_limited),
        typname,
    };
    (row.get(0), column)
}

fn found<'a>(
    columns: &'a HashMap<String, Column>,
    IdColumns { table, .. }: &IdColumns,
    name: &str,
) -> Result<&'a Column, WriteBackFault> {
    let table = table.clone();
    match columns.get(name) {
        Some(column) => Ok(column),
        None if columns.is_empty() => Err(WriteBackFault::NoTable { table }),
        None => Err(WriteBackFault::NoColumn {
            table,
            column: name.to_owned(),
        }),
    }
}

/// The question and the update. The text of the key is compared too: a collation of its own may take
/// other keys for the same one. In one order, so that two writers do not wait for each other.
fn sql(table: &str, key_column: &Column, names: &IdColumns) -> (String, String) {
    let (key, id) = (
        names::quoted(&names.key, '"'),
        names::quoted(&names.id, '"'),
    );
    let (key, id) = (format!("{table}.{key}"), format!("{table}.{id}"));
    let (typname, shown) = (key_column.typname.as_str(), &key_column.shown);
    // A cast has its own ideas of some types (an `inet` with its mask), and of `char(n)` the right one.
    let text = if typname == "bpchar" || COMPARED.contains(&typname) {
        format!("{key}::text")
    } else {
        format!("pg_catalog.format('%s', {key})")
    };
    let (compared, kind) = if COMPARED.contains(&typname) {
        (&key, shown.as_str())
    } else {
        (&text, "text")
    };
    let find = format!(
        "SELECT {text}, {id}::text FROM {table} WHERE {compared} = ANY (CAST($1::text[] AS {kind}[])) \
         ORDER BY {key} FOR NO KEY UPDATE"
    );
    let column = names::quoted(&names.id, '"');
    let update = format!(
        "UPDATE {table} SET {column} = v.id FROM unnest($1::text[], $2::text[]) AS v (k, id) \
         WHERE {compared} = CAST(v.k AS {kind}) AND {text} = v.k AND {id}::text IS DISTINCT FROM v.id"
    );
    (find, update)
}
