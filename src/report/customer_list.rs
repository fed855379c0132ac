//! The list of customers as CSV, NDJSON or JSON, one customer at a time.

use std::io::{self, Write};

use super::safe::safe;
use crate::model::sheet::marked;
use crate::model::visible_json;
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
            ListFormat::Ndjson | ListFormat::Json => visible_json(serde_json::to_string(customer)?),
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

/// A cell as CSV has it, and as no spreadsheet runs it: in quotes where it holds what would end it, or
/// white space at an end, which some readers drop.
fn cell(text: &str) -> String {
    let marked = marked(text.as_bytes());
    let text = String::from_utf8_lossy(&marked);
    let ends_matter = text.trim() != text;
    if ends_matter || text.contains(['"', ',', ';', '\t', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CustomerId, Key};
    use crate::plan::Owned;

    fn customer(key: &str) -> KnownCustomer {
        KnownCustomer {
            key: Key::new(key),
            customer_id: CustomerId::new("Customer:1"),
            customer_type: Some("INDIVIDUAL".into()),
            status: Some("APPROVED".into()),
            created_at: Some("2026-02-01T00:00:00Z".into()),
            updated_at: None,
            owned: Some(Owned::Created),
        }
    }

    fn written(format: ListFormat, for_terminal: bool, keys: &[&str]) -> String {
        let mut out = Vec::new();
        let mut list =
            CustomerList::begin(&mut out, format, for_terminal).expect("a vector takes all");
        for key in keys {
            list.add(&customer(key)).expect("a vector takes all");
        }
        let customers = list.finish().expect("a vector takes all");
        assert_eq!(customers, keys.len() as u64);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn csv_has_a_header_and_runs_in_no_spreadsheet() {
        let keys = [
            "usr_1",
            "=HYPERLINK(\"http://x\")",
            "a,\"b\"\nc",
            " padded",
            "-5",
        ];
        insta::assert_snapshot!(written(ListFormat::Csv, false, &keys), @r#"
        platform_customer_id,customer_id,customer_type,status,created_at,updated_at,owned
        usr_1,Customer:1,INDIVIDUAL,APPROVED,2026-02-01T00:00:00Z,,created
        "'=HYPERLINK(""http://x"")",Customer:1,INDIVIDUAL,APPROVED,2026-02-01T00:00:00Z,,created
        "a,""b""
        c",Customer:1,INDIVIDUAL,APPROVED,2026-02-01T00:00:00Z,,created
        " padded",Customer:1,INDIVIDUAL,APPROVED,2026-02-01T00:00:00Z,,created
        '-5,Customer:1,INDIVIDUAL,APPROVED,2026-02-01T00:00:00Z,,created
        "#);
    }

    #[test]
    fn ndjson_and_json_are_exact() {
        let keys = ["=1", "a\n\u{1b}[2J"];
        insta::assert_snapshot!(written(ListFormat::Ndjson, false, &keys), @r#"
        {"platform_customer_id":"=1","customer_id":"Customer:1","customer_type":"INDIVIDUAL","status":"APPROVED","created_at":"2026-02-01T00:00:00Z","updated_at":null,"owned":"created"}
        {"platform_customer_id":"a\n\u001b[2J","customer_id":"Customer:1","customer_type":"INDIVIDUAL","status":"APPROVED","created_at":"2026-02-01T00:00:00Z","updated_at":null,"owned":"created"}
        "#);
        let parsed: Vec<serde_json::Value> =
            serde_json::from_str(&written(ListFormat::Json, false, &keys)).expect("JSON");
        assert_eq!(parsed[1]["platform_customer_id"], keys[1]);
    }

    #[test]
    fn a_list_of_nobody_is_still_one() {
        assert_eq!(written(ListFormat::Json, false, &[]), "[]\n");
        assert_eq!(written(ListFormat::Ndjson, false, &[]), "");
        assert_eq!(written(ListFormat::Csv, false, &[]).lines().count(), 1);
    }

    #[test]
    fn a_terminal_is_told_of_control_characters_and_does_not_act_on_them() {
        let text = written(ListFormat::Csv, true, &["a\u{1b}[2J\nb"]);
        assert!(text.contains(r#""a\u{1b}[2J\u{a}b","#), "{text}");
    }
}
