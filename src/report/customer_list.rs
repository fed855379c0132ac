//! The list of customers as CSV, NDJSON or JSON, one customer at a time.

use std::io::{self, Write};

use super::safe::safe;
use crate::plan::KnownCustomer;

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// A header and one record a customer. A cell that a spreadsheet would take for a formula is
    /// marked as text.
    Csv,
    /// One object a line, every value exactly as it is.
    Ndjson,
    /// One array of the same objects.
    Json,
}

/// A list that is being written.
pub struct CustomerList<W> {
    out: W,
    format: ListFormat,
    /// Whether somebody's terminal shows it, on which nothing may act.
    for_terminal: bool,
    customers: u64,
}

impl<W: Write> CustomerList<W> {
    /// Begins the list.
    pub fn begin(mut out: W, format: ListFormat, for_terminal: bool) -> io::Result<Self> {
        match format {
            ListFormat::Csv => writeln!(out, "{}", KnownCustomer::COLUMNS.join(","))?,
            ListFormat::Ndjson => {}
            ListFormat::Json => out.write_all(b"[")?,
        }
        Ok(Self {
            out,
            format,
            for_terminal,
            customers: 0,
        })
    }

    /// Adds a customer.
    pub fn add(&mut self, customer: &KnownCustomer) -> io::Result<()> {
        let text = match self.format {
            ListFormat::Csv => record(customer),
            ListFormat::Ndjson | ListFormat::Json => serde_json::to_string(customer)?,
        };
        let before = match (self.format, self.customers) {
            (ListFormat::Json, 0) => "\n",
            (ListFormat::Json, _) => ",\n",
            (ListFormat::Csv | ListFormat::Ndjson, _) => "",
        };
        let after = match self.format {
            ListFormat::Json => "",
            ListFormat::Csv | ListFormat::Ndjson => "\n",
        };
        self.customers += 1;
        if self.for_terminal {
            write!(self.out, "{before}{}{after}", safe(&text))
        } else {
            write!(self.out, "{before}{text}{after}")
        }
    }

    /// Ends the list and says how many customers are in it.
    pub fn finish(mut self) -> io::Result<u64> {
        match (self.format, self.customers) {
            (ListFormat::Json, 0) => self.out.write_all(b"]\n")?,
            (ListFormat::Json, _) => self.out.write_all(b"\n]\n")?,
            (ListFormat::Csv | ListFormat::Ndjson, _) => {}
        }
        self.out.flush()?;
        Ok(self.customers)
    }
}

fn record(customer: &KnownCustomer) -> String {
    customer.cells().map(cell).join(",")
}

/// A cell as CSV has it: in quotes where it holds what would end it, or white space at an end,
/// which some readers drop.
fn cell(text: &str) -> String {
    let text = neutral(text);
    let ends_matter = text.trim() != text;
    if ends_matter || text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn neutral(text: &str) -> String {
    text.to_owned()
}
