//! A CSV file in the hands of somebody with a spreadsheet: who sees the cells as they are in the file.

use std::path::Path;

use super::Place;

/// The file, cell by cell. Cells need not be UTF-8.
pub(crate) struct Sheet {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<Vec<u8>>>,
    delimiter: u8,
}

impl Sheet {
    #[track_caller]
    pub(crate) fn open(place: &Place, name: &str) -> Self {
        Self::with_delimiter(place.path(name), b',')
    }

    #[track_caller]
    pub(crate) fn with_delimiter(path: impl AsRef<Path>, delimiter: u8) -> Self {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .delimiter(delimiter)
            .from_path(path)
            .expect("a CSV file");
        let header = reader.headers().expect("a header");
        let header = header.iter().map(str::to_owned).collect();
        let rows = reader.byte_records().map(|row| {
            let row = row.expect("a row");
            row.iter().map(<[u8]>::to_vec).collect()
        });
        Self {
            header,
            rows: rows.collect(),
            delimiter,
        }
    }

    /// Saves it, with the cells of another country.
    pub(crate) fn saved_with(mut self, place: &Place, name: &str, delimiter: u8) {
        self.delimiter = delimiter;
        self.save(place, name);
    }

    pub(crate) fn save(&self, place: &Place, name: &str) {
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .delimiter(self.delimiter)
            .from_path(place.path(name))
            .expect("a file in a folder of our own");
        writer.write_record(&self.header).expect("written");
        for row in &self.rows {
            writer.write_record(row).expect("written");
        }
        writer.flush().expect("written");
    }

    #[track_caller]
    pub(crate) fn column(&self, name: &str) -> usize {
        let column = self.header.iter().position(|column| column == name);
        column.unwrap_or_else(|| panic!("there is no column {name}"))
    }

    #[track_caller]
    pub(crate) fn cell(&self, row: usize, column: &str) -> String {
        let cell = &self.rows[row][self.column(column)];
        String::from_utf8_lossy(cell).into_owned()
    }

    #[track_caller]
    pub(crate) fn set(&mut self, row: usize, column: &str, value: &str) {
        let column = self.column(column);
        self.rows[row][column] = value.into();
    }

    /// The cells of a column, in order.
    pub(crate) fn cells(&self, column: &str) -> Vec<String> {
        (0..self.rows.len())
            .map(|row| self.cell(row, column))
            .collect()
    }

    /// The row whose cell in the column is this.
    #[track_caller]
    pub(crate) fn row_where(&self, column: &str, value: &str) -> usize {
        let found = self.cells(column).iter().position(|cell| cell == value);
        found.unwrap_or_else(|| panic!("no row has {value} in {column}"))
    }
}
