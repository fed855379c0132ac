//! From names that people write to fields.

use std::sync::LazyLock;

use super::{FIELDS, Slot};
use crate::model::Edition;

/// The slot that a header cell names by itself, exactly: a path, or a column of Grid's bulk CSV.
/// `None` too for a field that the edition lacks.
pub fn for_header(header: &str, edition: Edition) -> Option<Slot> {
    Slot::parse_in(header, edition)
        .ok()
        .filter(|slot| slot.field().in_edition(edition))
}

/// The field name that a header cell almost is: the same but for case, white space, `_` and `-`,
/// or a slip of the fingers away. `None` for an exact name and for anything else.
pub fn near_header(header: &str) -> Option<&'static str> {
    if Slot::parse(header).is_ok() {
        return None;
    }
    closest(header, slips)
}

/// The field name that was most likely meant; `None` if none is alike.
pub fn nearest(name: &str) -> Option<&'static str> {
    closest(name, |found| 2.max(found.len() / 4))
}

/// Every name of a field, and the same folded.
static KNOWN: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let names = FIELDS
        .iter()
        .flat_map(|field| [Some(field.path), field.flat]);
    names.flatten().map(|name| (name, fold(name))).collect()
});

/// How many slips turn a header into a misspelt field and not into a word of its own. A short
/// name is one letter from too many words: `status` is not `state`.
const fn slips(name: &str) -> usize {
    match name.len() {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    }
}

/// The name with the least distance, if that is no more than its own limit; among equals the first of the
/// table. Names that differ more in their lengths are not looked at: a header may hold thousands of names, and
/// each of them millions of letters.
fn closest(name: &str, limit: impl Fn(&str) -> usize) -> Option<&'static str> {
    let folded = fold(name);
    let letters = folded.chars().count();
    KNOWN
        .iter()
        .filter(|(known, plain)| plain.len().abs_diff(letters) <= limit(known))
        .map(|(known, plain)| (*known, strsim::osa_distance(&folded, plain)))
        .min_by_key(|&(_, distance)| distance)
        .filter(|&(known, distance)| distance <= limit(known))
        .map(|(known, _)| known)
}

/// Only what tells names apart: letters and digits in lower case, and the dots between names.
/// An index is dropped, so that `beneficialowners[0].fullName` still finds its field.
fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric() || *c == '.')
        .flat_map(char::to_lowercase)
        .collect()
}
