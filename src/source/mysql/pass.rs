//! One pass: a transaction of its own, from the first row to the last.

use std::sync::Arc;

use mysql::prelude::Queryable;
use mysql::{Column, Conn, QueryResult, Row as DriverRow, Text, Value};

use super::address::Address;
use super::connect::connect;
use super::fault::running;
use super::form::{Form, NoText};
use super::index::index_for;
use super::killer::Killer;
use super::sql::{self, Escapes, Index};
use crate::model::{Query, Row, RowFault};
use crate::source::database::nearest;
use crate::source::pump::{Ended, Outlet};
use crate::source::{DatabaseFault as Fault, ServerSettings};

/// Reads header and rows, until all are read or the reader goes.
pub(in crate::source) fn pass(settings: &ServerSettings, outlet: &mut Outlet) -> Result<(), Ended> {
    Pass::of(settings)?.run(outlet)
}

/// All that a pass needs to know.
pub(super) struct Pass {
    pub(super) address: Arc<Address>,
    query: Query,
    order: Vec<String>,
}

impl Pass {
    pub(super) fn of(settings: &ServerSettings) -> Result<Self, Fault> {
        Ok(Self {
            address: Arc::new(Address::of(&settings.url)?),
            query: settings.query.clone(),
            order: settings.order.clone(),
        })
    }

    /// Gives the header and every row.
    fn run(&self, outlet: &mut Outlet) -> Result<(), Ended> {
        let mut conn = connect(&self.address)?;
        let killer = Killer::of(conn.connection_id(), &self.address);
        let on_stop = killer.clone();
        outlet.on_stop(move || on_stop.strike());
        let read = self.read(&mut conn, outlet);
        killer.is_over();
        read
    }

    fn read(&self, conn: &mut Conn, outlet: &mut Outlet) -> Result<(), Ended> {
        let statement = self.begin(conn)?;
        let result = conn
            .query_iter(statement)
            .map_err(|error| running(0, error))?;
        let columns = Vec::from(result.columns().as_ref());
        let forms = forms(&columns)?;
        outlet.header(names(&columns))?;
        give(result, &forms, outlet)
    }

    /// Begins the transaction; the statement that gives the rows.
    pub(super) fn begin(&self, conn: &mut Conn) -> Result<String, Fault> {
        for statement in sql::SESSION.into_iter().chain([sql::BEGIN]) {
            conn.query_drop(statement).map_err(at_start)?;
        }
        let escapes = if conn.no_backslash_escape() {
            Escapes::Doubling
        } else {
            Escapes::Backslash
        };
        let select = sql::select(&self.query, escapes);
        // Only one statement can be prepared, which tells a query from several; and its columns are
        // known before the server has looked at a row.
        let prepared = match conn.prep(&select) {
            Ok(prepared) => prepared,
            Err(error) => return Err(with_nearest(conn, at_start(error))),
        };
        let columns = prepared.columns();
        forms(&columns)?;
        let order = self.order_among(&columns);
        conn.close(prepared).map_err(at_start)?;
        let index = self.index(conn, &order);
        Ok(sql::in_order(&select, index.as_ref(), &order))
    }

    /// The columns of the key that the result has, spelt as there.
    fn order_among(&self, columns: &[Column]) -> Vec<String> {
        let names = names(columns);
        self.order
            .iter()
            .filter_map(|key| names.iter().find(|name| name.eq_ignore_ascii_case(key)))
            .cloned()
            .collect()
    }

    /// None for a query, a view, and for who may not see it.
    fn index(&self, conn: &mut Conn, order: &[String]) -> Option<Index> {
        let Query::Table(table) = &self.query else {
            return None;
        };
        let shown = conn.query(format!("SHOW INDEX FROM {}", sql::table(table)));
        index_for(order, &shown.ok()?)
    }
}

fn give(
    mut result: QueryResult<'_, '_, '_, Text>,
    forms: &[Form],
    outlet: &mut Outlet,
) -> Result<(), Ended> {
    let mut own = Vec::new();
    while let Some(row) = result.next() {
        let row = row.map_err(|error| running(outlet.records(), error))?;
        if let Err(error) = outlet.row(|place| fill(place, &row, forms, &mut own)) {
            // Dropped, it would read on to the last row. So it is the connection that goes.
            std::mem::forget(result);
            return Err(error.into());
        }
    }
    Ok(())
}

fn at_start(error: mysql::Error) -> Fault {
    running(0, error)
}

/// With the table that may have been meant, if it was a table that is not there.
fn with_nearest(conn: &mut Conn, fault: Fault) -> Fault {
    let Fault::NoTable { table, code, .. } = fault else {
        return fault;
    };
    let (database, name) = table.split_once('.').unwrap_or(("", &table));
    let known = conn.exec(sql::TABLES, (database,)).unwrap_or_default();
    Fault::NoTable {
        nearest: nearest(name, known),
        table,
        code,
    }
}

fn names(columns: &[Column]) -> Vec<String> {
    columns
        .iter()
        .map(|column| column.name_str().into_owned())
        .collect()
}

/// How each column is written, or the first that cannot be.
fn forms(columns: &[Column]) -> Result<Vec<Form>, Fault> {
    let form = |column: &Column| {
        Form::of(column).map_err(|NoText { kind, advice }| Fault::Binary {
            column: column.name_str().into_owned(),
            kind,
            advice,
        })
    };
    columns.iter().map(form).collect()
}

fn fill(place: &mut Row, row: &DriverRow, forms: &[Form], own: &mut Vec<u8>) {
    for (column, form) in forms.iter().enumerate() {
        let cell = match row.as_ref(column) {
            Some(Value::Bytes(cell)) => form.write(cell, own),
            // The text protocol has nothing else but NULL.
            Some(_) | None => None,
        };
        let is_text = cell.is_none_or(|cell| str::from_utf8(cell).is_ok());
        place.push(cell);
        if !is_text && place.fault().is_none() {
            place.fail(RowFault::NotUtf8 { column, byte: 0 });
        }
    }
}
