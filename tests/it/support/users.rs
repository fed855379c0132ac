//! A source of users, changed one thing at a time.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

/// Columns that every user has.
const COLUMNS: [&str; 13] = [
    "platformCustomerId",
    "customerType",
    "fullName",
    "birthDate",
    "email",
    "address.line1",
    "address.city",
    "address.postalCode",
    "address.country",
    "businessInfo.legalName",
    "businessInfo.country",
    "businessInfo.taxId",
    "businessInfo.incorporatedOn",
];

/// Users, in the order of the file.
#[derive(Clone, Default)]
pub(crate) struct Users {
    columns: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Clone)]
enum Row {
    User(BTreeMap<String, String>),
    Raw(String),
}

/// The key of the `number`-th user of [`Users::some`].
pub(crate) fn key(number: usize) -> String {
    format!("usr_{number:05}")
}

impl Users {
    /// No header yet: it grows with the users.
    pub(crate) fn empty() -> Self {
        Self::default()
    }

    /// A header, and nobody.
    pub(crate) fn none() -> Self {
        Self {
            columns: COLUMNS.map(str::to_owned).to_vec(),
            rows: Vec::new(),
        }
    }

    /// Persons with the keys `usr_00001` and so on.
    pub(crate) fn some(count: usize) -> Self {
        (1..=count).fold(Self::none(), |users, number| users.and(&key(number)))
    }

    /// One more person.
    pub(crate) fn and(self, key: &str) -> Self {
        let name = format!("Ada {}", name_of(key));
        self.user(&[
            ("platformCustomerId", key),
            ("customerType", "INDIVIDUAL"),
            ("fullName", &name),
            ("birthDate", "1984-02-29"),
            (
                "email",
                &format!("{}@mail.fairwind-post.net", key.to_lowercase()),
            ),
            ("address.line1", "12 Alder Street"),
            ("address.city", "Chicago"),
            ("address.postalCode", "60601"),
            ("address.country", "US"),
        ])
    }

    /// One more company.
    pub(crate) fn and_business(self, key: &str) -> Self {
        self.user(&[
            ("platformCustomerId", key),
            ("customerType", "BUSINESS"),
            (
                "email",
                &format!("{}@mail.fairwind-post.net", key.to_lowercase()),
            ),
            ("address.line1", "7 Harbour Road"),
            ("address.postalCode", "20457"),
            ("address.country", "DE"),
            ("businessInfo.legalName", "Brightwater Freight AG"),
            ("businessInfo.country", "DE"),
            ("businessInfo.taxId", "DE125570114"),
            ("businessInfo.incorporatedOn", "2008-05-11"),
        ])
    }

    /// One more user, cell by cell.
    pub(crate) fn user(mut self, cells: &[(&str, &str)]) -> Self {
        let cell = |(column, value): &(&str, &str)| ((*column).to_owned(), (*value).to_owned());
        for (column, _) in cells {
            self.add_column(column);
        }
        self.rows.push(Row::User(cells.iter().map(cell).collect()));
        self
    }

    /// One more line, as it is.
    pub(crate) fn raw(mut self, line: &str) -> Self {
        self.rows.push(Row::Raw(line.to_owned()));
        self
    }

    /// Another value in one cell.
    #[track_caller]
    pub(crate) fn with(mut self, key: &str, column: &str, value: &str) -> Self {
        self.add_column(column);
        let cells = self.rows.iter_mut().find_map(|row| match row {
            Row::User(cells) if cells["platformCustomerId"] == key => Some(cells),
            _ => None,
        });
        let cells = cells.unwrap_or_else(|| panic!("there is no user {key}"));
        cells.insert(column.to_owned(), value.to_owned());
        self
    }

    /// Without this user.
    #[track_caller]
    pub(crate) fn without(mut self, key: &str) -> Self {
        let before = self.rows.len();
        let gone =
            |row: &Row| matches!(row, Row::User(cells) if cells["platformCustomerId"] == key);
        self.rows.retain(|row| !gone(row));
        assert_eq!(self.rows.len(), before - 1, "{key} is not there once");
        self
    }

    /// Under another name, a column is another column.
    pub(crate) fn rename_column(mut self, from: &str, to: &str) -> Self {
        for column in self.columns.iter_mut().filter(|column| *column == from) {
            to.clone_into(column);
        }
        for row in &mut self.rows {
            if let Row::User(cells) = row
                && let Some(cell) = cells.remove(from)
            {
                cells.insert(to.to_owned(), cell);
            }
        }
        self
    }

    /// The keys, raw lines left out.
    pub(crate) fn keys(&self) -> Vec<String> {
        let key = |row: &Row| match row {
            Row::User(cells) => Some(cells["platformCustomerId"].clone()),
            Row::Raw(_) => None,
        };
        self.rows.iter().filter_map(key).collect()
    }

    /// The file.
    pub(crate) fn csv(&self) -> String {
        let mut text = self.columns.join(",");
        text.push('\n');
        for row in &self.rows {
            match row {
                Row::Raw(line) => text.push_str(line),
                Row::User(cells) => {
                    let cell = |column: &String| cells.get(column).map_or("", String::as_str);
                    let line: Vec<String> = self
                        .columns
                        .iter()
                        .map(|column| quoted(cell(column)))
                        .collect();
                    text.push_str(&line.join(","));
                }
            }
            text.push('\n');
        }
        text
    }

    /// The same as customers of an emulator's seed.
    pub(crate) fn ndjson(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            if let Row::User(cells) = row {
                writeln!(text, "{}", nested(cells)).expect("text can be written to");
            }
        }
        text
    }

    fn add_column(&mut self, column: &str) {
        if !self.columns.iter().any(|known| known == column) {
            self.columns.push(column.to_owned());
        }
    }
}

/// `address.city` is `city` in `address`.
fn nested(cells: &BTreeMap<String, String>) -> Value {
    let mut customer = json!({});
    for (column, value) in cells {
        let pointer = column
            .split('.')
            .fold(&mut customer, |object, part| &mut object[part]);
        *pointer = json!(value);
    }
    customer
}

fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

/// A family name out of a key: letters only, and different for every key.
fn name_of(key: &str) -> String {
    key.bytes().fold("Vey".to_owned(), |mut name, byte| {
        let letter = |part: u8| char::from(b'a' + part);
        write!(name, "{}{}", letter(byte >> 4), letter(byte & 15)).expect("text can be written to");
        name
    })
}
