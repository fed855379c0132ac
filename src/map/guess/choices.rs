//! The words of a column, for a field that takes few.

use std::collections::BTreeMap;

use super::column::Column;
use super::countries::country;
use super::synonyms;
use super::types::Types;
use crate::model::CustomerType;
use crate::model::field::{Kind, Rule, Slot};

/// A column with more different words than this is no closed list, unless it is one of countries.
const MOST: usize = 40;

/// The longest word of a closed list.
const LONGEST: usize = 40;

/// Separators of lists: those that a mapping tries by itself, and one more.
const SEPARATORS: [char; 4] = [',', ';', '|', '/'];

/// What becomes of a column's words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Choices {
    /// Those that Grid calls otherwise.
    pub(super) map: BTreeMap<String, String>,
    /// Those that nobody knows, as far as they may be shown.
    pub(super) unknown: Vec<String>,
    /// How many more nobody knows.
    pub(super) hidden: usize,
}

/// Reads the words of a column that fills a field with a closed list.
pub(super) fn choices(slot: Slot, column: &Column<'_>) -> Choices {
    let mut found = Choices::default();
    let words = Words::new(slot, column);
    for (word, count) in words.counts() {
        match words.code(word) {
            Some(code) if code == word => {}
            Some(code) => {
                found.map.insert(word.to_owned(), code.to_owned());
            }
            None if may_be_shown(word, count) && found.unknown.len() < MOST => {
                found.unknown.push(word.to_owned());
            }
            None => found.hidden += 1,
        }
    }
    found
}

/// Which part of the words is known, from 0 to 1; 0 where they are too many to be words.
pub(super) fn known(slot: Slot, column: &Column<'_>) -> Option<f64> {
    let words = Words::new(slot, column);
    if slot.field().rule != Rule::Country && words.counts().len() > MOST {
        return Some(0.0);
    }
    column.part(|value| words.items(value).all(|item| words.code(item).is_some()))
}

/// What separates the items of a list, if it is one character in all cells.
pub(super) fn separator(column: &Column<'_>) -> Option<char> {
    let occurs = |separator: &char| column.values().any(|value| value.contains(*separator));
    let mut occurring = SEPARATORS.into_iter().filter(occurs);
    occurring.next().filter(|_| occurring.next().is_none())
}

/// A word that no list has may be anything, also somebody's. In several rows it is none's.
fn may_be_shown(word: &str, count: usize) -> bool {
    let is_word = |c: char| c.is_alphabetic() || " -_&/.'".contains(c);
    count > 1 && word.chars().count() <= LONGEST && word.chars().all(is_word)
}

/// A column's words and what they can mean.
struct Words<'c, 'r> {
    slot: Slot,
    column: &'c Column<'r>,
    types: Types,
    /// How lists are separated; cells of other fields are one item each.
    separator: Option<Separator>,
}

#[derive(Clone, Copy)]
enum Separator {
    /// In all cells so.
    Same(char),
    /// In each cell by the first of the usual ones that it has.
    Each,
}

impl<'c, 'r> Words<'c, 'r> {
    fn new(slot: Slot, column: &'c Column<'r>) -> Self {
        let is_list = slot.field().kind == Kind::List;
        Self {
            slot,
            column,
            types: Types::of(column),
            separator: is_list.then(|| separator(column).map_or(Separator::Each, Separator::Same)),
        }
    }

    fn items<'t>(&self, value: &'t str) -> impl Iterator<Item = &'t str> + use<'t> {
        let separator = match self.separator {
            None => None,
            Some(Separator::Same(separator)) => Some(separator),
            Some(Separator::Each) => SEPARATORS.into_iter().find(|one| value.contains(*one)),
        };
        let items = value.split(move |c| Some(c) == separator).map(str::trim);
        items.filter(|item| !item.is_empty())
    }

    fn counts(&self) -> BTreeMap<&'r str, usize> {
        let mut counts = BTreeMap::new();
        for (value, count) in self.column.counts() {
            for item in self.items(value) {
                *counts.entry(item).or_default() += count;
            }
        }
        counts
    }

    fn code(&self, word: &str) -> Option<&'static str> {
        match self.slot.field().rule {
            Rule::Country => country(word),
            Rule::OneOf(_) if self.slot == Slot::CUSTOMER_TYPE => {
                self.types.get(word).map(CustomerType::as_str)
            }
            Rule::OneOf(accepted) => synonyms::meant(accepted, word),
            _ => None,
        }
    }
}
