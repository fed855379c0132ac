//! One field's rule, its columns found.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::account::RowType;
use super::moment::{date_from, example, moment_from};
use crate::model::field::{Kind, Slot};
use crate::model::{FaultCode, Row, Value, canonical_date_time, canonical_number};

/// What separates the items of a list if nothing is said: the first of these that occurs.
const SEPARATORS: [&str; 3] = [",", ";", "|"];

/// Where a value comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// A column, from 0.
    Column(usize),
    /// Columns, from 0, and what joins those that are not blank.
    Columns(Vec<usize>, String),
    /// The same text for each row.
    Constant(String),
}

/// How one field is filled, in the order trim, map, default, shape.
#[derive(Debug)]
pub(super) struct BoundRule {
    pub(super) slot: Slot,
    pub(super) source: Source,
    pub(super) trim: bool,
    pub(super) map: BTreeMap<String, String>,
    pub(super) default: Option<String>,
    pub(super) format: Option<String>,
    pub(super) separator: Option<String>,
}

/// Why a cell could not be turned into a value.
#[derive(Debug)]
pub(super) struct Unfit {
    pub(super) code: FaultCode,
    pub(super) expected: String,
}

impl BoundRule {
    /// The rule of a column that has the field's own name.
    pub(super) fn own_name(slot: Slot, column: usize) -> Self {
        Self {
            slot,
            source: Source::Column(column),
            trim: true,
            map: BTreeMap::new(),
            default: None,
            format: None,
            separator: None,
        }
    }

    /// The field's value in this row; `None` where it is blank. Nothing is copied that need not be.
    ///
    /// `of` is what the row is, where it is known: what the configuration says for every row it
    /// says only for those that have the field, so that a file may hold customers and accounts of
    /// several types.
    pub(super) fn value<'r>(
        &'r self,
        row: &'r Row,
        of: RowType,
    ) -> Result<Option<Value<'r>>, Unfit> {
        let is_theirs = of.has(self.slot.field());
        let mapped = match self.read(row, is_theirs).filter(is_filled) {
            Some(text) if !self.map.is_empty() => Some(self.mapped(text)?).filter(is_filled),
            text => text,
        };
        let default = self.default.as_deref().filter(|_| is_theirs);
        match mapped.or_else(|| default.map(Cow::Borrowed)) {
            None => Ok(None),
            Some(text) => self.shape(text),
        }
    }

    /// Whether the row itself says something here, be it right or wrong: a constant or a default
    /// does not count.
    pub(super) fn is_said(&self, row: &Row) -> bool {
        let text = match &self.source {
            Source::Constant(_) => None,
            _ => self.read(row, true).filter(is_filled),
        };
        // A map may turn a text such as "none" into nothing.
        text.is_some_and(|text| {
            self.map.is_empty() || self.mapped(text).map_or(true, |text| is_filled(&text))
        })
    }

    /// Every column that it reads, from 0.
    pub(super) fn columns(&self) -> &[usize] {
        match &self.source {
            Source::Column(column) => std::slice::from_ref(column),
            Source::Columns(columns, _) => columns,
            Source::Constant(_) => &[],
        }
    }

    /// The first column that it reads, from 0.
    pub(super) fn column(&self) -> Option<usize> {
        self.columns().first().copied()
    }

    /// Whether it reads this column, from 0.
    pub(super) fn reads(&self, place: usize) -> bool {
        self.columns().contains(&place)
    }

    /// Whether a cell that it reads is not one text.
    pub(super) fn reads_unfit(&self, row: &Row) -> bool {
        match &self.source {
            Source::Column(column) => row.is_unfit(*column),
            Source::Columns(columns, _) => columns.iter().any(|&column| row.is_unfit(column)),
            Source::Constant(_) => false,
        }
    }

    fn read<'r>(&'r self, row: &'r Row, is_theirs: bool) -> Option<Cow<'r, str>> {
        match &self.source {
            Source::Column(column) => self.cell(row, *column).map(Cow::Borrowed),
            Source::Columns(columns, join) => self.joined(row, columns, join),
            Source::Constant(text) => is_theirs.then_some(Cow::Borrowed(text)),
        }
    }

    fn cell<'r>(&self, row: &'r Row, column: usize) -> Option<&'r str> {
        let text = row.text(column)?;
        Some(if self.trim { text.trim() } else { text })
    }

    fn joined<'r>(&self, row: &'r Row, columns: &[usize], join: &str) -> Option<Cow<'r, str>> {
        let mut filled = columns
            .iter()
            .filter_map(|&column| self.cell(row, column))
            .filter(is_filled);
        let mut text = Cow::Borrowed(filled.next()?);
        for more in filled {
            let text = text.to_mut();
            text.push_str(join);
            text.push_str(more);
        }
        Some(text)
    }

    /// The whole text where the map has it; of a list, each item for itself.
    fn mapped<'r>(&'r self, text: Cow<'r, str>) -> Result<Cow<'r, str>, Unfit> {
        if let Some(target) = self.map.get(text.as_ref()) {
            return Ok(Cow::Borrowed(target));
        }
        if self.slot.field().kind == Kind::List {
            let items: Result<Vec<&str>, Unfit> = self
                .items(&text)
                .map(|item| self.mapped_item(item))
                .collect();
            return Ok(Cow::Owned(items?.join(self.separator_in(&text))));
        }
        if self.is_accepted(&text) {
            Ok(text)
        } else {
            Err(self.not_in_map())
        }
    }

    fn mapped_item<'a>(&'a self, item: &'a str) -> Result<&'a str, Unfit> {
        match self.map.get(item) {
            Some(target) => Ok(target),
            None if self.is_accepted(item) => Ok(item),
            None => Err(self.not_in_map()),
        }
    }

    /// Whether the text is what the map could have led to.
    fn is_accepted(&self, text: &str) -> bool {
        self.slot.field().rule.lists(text) || self.map.values().any(|target| target == text)
    }

    fn not_in_map(&self) -> Unfit {
        Unfit {
            code: FaultCode::NotInMap,
            expected: self.expected_by_map(),
        }
    }

    /// Names the left-hand sides: they come from the configuration, not from the row.
    fn expected_by_map(&self) -> String {
        const SHOWN: usize = 12;
        let names: Vec<_> = self.map.keys().take(SHOWN).map(String::as_str).collect();
        let more = self.map.len().saturating_sub(SHOWN);
        let more = if more == 0 {
            String::new()
        } else {
            format!(" or {more} more")
        };
        format!(
            "one of the map's {}{more}; or add the value to the map",
            names.join(", ")
        )
    }

    /// The text as Grid takes it. A date, moment or number that is none stays as it is, for the
    /// validation to name, unless a format says how the source writes it.
    fn shape<'r>(&'r self, text: Cow<'r, str>) -> Result<Option<Value<'r>>, Unfit> {
        let text = match (self.slot.field().kind, &self.format) {
            (Kind::List, _) => return Ok(self.list(text)),
            (Kind::Date, Some(format)) => {
                self.parsed(FaultCode::BadDate, format, date_from(format, &text))?
            }
            (Kind::DateTime, Some(format)) => {
                self.parsed(FaultCode::BadDateTime, format, moment_from(format, &text))?
            }
            (Kind::DateTime, None) => canonical_date_time(text),
            (Kind::Number, _) => canonical(text),
            (Kind::Flag, _) => flag(text),
            (Kind::Text | Kind::Date, _) => text,
        };
        Ok(Some(Value::Text(text)))
    }

    fn parsed(
        &self,
        code: FaultCode,
        format: &str,
        parsed: Option<String>,
    ) -> Result<Cow<'static, str>, Unfit> {
        parsed.map(Cow::Owned).ok_or_else(|| {
            let example = example(self.slot.field().kind, format);
            let expected = format!("a real date written as {format}, like {example}");
            Unfit { code, expected }
        })
    }

    fn list<'r>(&self, text: Cow<'r, str>) -> Option<Value<'r>> {
        let items: Vec<_> = match text {
            Cow::Borrowed(text) => self.items(text).map(Cow::Borrowed).collect(),
            Cow::Owned(text) => self
                .items(&text)
                .map(|item| item.to_owned().into())
                .collect(),
        };
        (!items.is_empty()).then_some(Value::List(items))
    }

    fn items<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> + use<'t, '_> {
        let separator = self.separator_in(text);
        text.split(separator).map(str::trim).filter(is_filled)
    }

    fn separator_in(&self, text: &str) -> &str {
        self.separator.as_deref().unwrap_or_else(|| {
            let occurring = SEPARATORS
                .into_iter()
                .find(|separator| text.contains(separator));
            occurring.unwrap_or(SEPARATORS[0])
        })
    }
}

fn is_filled(text: &impl AsRef<str>) -> bool {
    !text.as_ref().trim().is_empty()
}

/// What files and databases write for true and false; anything else is left for the validation.
fn flag(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Cow::Borrowed("true"),
        "false" | "f" | "no" | "n" | "0" => Cow::Borrowed("false"),
        _ => text,
    }
}

fn canonical(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.parse().ok().and_then(canonical_number) {
        Some(number) if number != text => Cow::Owned(number),
        _ => text,
    }
}
