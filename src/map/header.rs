//! The source's header, as it is looked up.

use super::fault::BindFault;

/// Columns that the rejects file adds. They are ignored, so that the file can be fed back as it is.
const OURS: [&str; 3] = ["_error_code", "_error", "_line"];

/// Column names, trimmed and without a byte order mark.
pub(super) struct Header(Vec<String>);

impl Header {
    pub(super) fn new(cells: &[String]) -> Self {
        Self(cells.iter().map(|cell| clean(cell).to_owned()).collect())
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.0
    }

    /// Columns that may fill a field, with their places from 0.
    pub(super) fn columns(&self) -> impl Iterator<Item = (usize, &str)> {
        let names = self.0.iter().map(String::as_str).enumerate();
        names.filter(|(_, name)| !name.is_empty() && !OURS.contains(name))
    }

    /// Where the one column of this name stands, from 0.
    pub(super) fn find(&self, field: &str, name: &str) -> Result<usize, BindFault> {
        let name = clean(name);
        let places: Vec<_> = (0..self.0.len())
            .filter(|&place| self.0[place] == name)
            .collect();
        match places[..] {
            [place] => Ok(place),
            [] => Err(BindFault::UnknownColumn {
                field: field.to_owned(),
                column: name.to_owned(),
                nearest: self.nearest(name),
            }),
            _ => Err(BindFault::DuplicateColumn {
                column: name.to_owned(),
                count: places.len(),
            }),
        }
    }

    fn nearest(&self, name: &str) -> Option<String> {
        let wanted = name.to_lowercase();
        let limit = 2.max(name.len() / 3);
        // A column's name may have millions of letters.
        let may_be = |known: &str| known.len() <= 4 * (name.len() + limit);
        let distance = |known: &str| strsim::osa_distance(&wanted, &known.to_lowercase());
        let (known, distance) = self
            .columns()
            .filter(|(_, known)| may_be(known))
            .map(|(_, known)| (known, distance(known)))
            .min_by_key(|&(_, distance)| distance)?;
        (distance <= limit).then(|| known.to_owned())
    }
}

fn clean(cell: &str) -> &str {
    cell.trim_start_matches('\u{feff}').trim()
}
