//! A mapping that fits its source.

use std::fmt::Write as _;

use super::rule::{BoundRule, Source};
use crate::model::Edition;
use crate::model::field::Slot;

/// Which columns fill which fields, for the one header that it was bound to.
#[derive(Debug)]
pub struct Mapping {
    pub(super) edition: Edition,
    /// Column names, in the header's order.
    pub(super) columns: Vec<String>,
    /// Rules by slot, ascending; [`Slot::KEY`] is the first.
    pub(super) rules: Vec<BoundRule>,
    pub(super) slots: Vec<Slot>,
    /// Places in `rules` whose values make an account.
    pub(super) marks: Vec<usize>,
}

impl Mapping {
    /// Every field that is filled, ascending.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The rule that fills a field.
    pub(super) fn rule(&self, slot: Slot) -> Option<&BoundRule> {
        let place = self.rules.binary_search_by_key(&slot, |rule| rule.slot);
        place.ok().map(|place| &self.rules[place])
    }

    /// The edition whose fields they are.
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// The column that fills a field, by name and number from 1; of several the first. `None` for
    /// a constant, and for a field that nothing fills.
    pub fn column_of(&self, slot: Slot) -> Option<(&str, usize)> {
        let column = self.rule(slot)?.column()?;
        Some((&self.columns[column], column + 1))
    }

    /// Everything that decides which values a row gets, one line for each field: equal texts,
    /// equal mappings. Where a column stands decides nothing, so only its name is there.
    pub fn fingerprint_text(&self) -> String {
        let mut text = format!("edition {}\n", self.edition);
        for rule in &self.rules {
            let BoundRule {
                slot,
                source,
                trim,
                map,
                default,
                format,
                separator,
            } = rule;
            let source = self.source_text(source);
            writeln!(
                text,
                "{} {source} trim {trim} map {map:?} default {default:?} format {format:?} separator {separator:?}",
                slot.path(),
            )
            .expect("a string takes every write");
        }
        text
    }

    fn source_text(&self, source: &Source) -> String {
        match source {
            Source::Column(column) => format!("column {:?}", self.columns[*column]),
            Source::Columns(columns, join) => {
                let names: Vec<_> = columns
                    .iter()
                    .map(|&column| &self.columns[column])
                    .collect();
                format!("columns {names:?} join {join:?}")
            }
            Source::Constant(text) => format!("value {text:?}"),
        }
    }
}
