//! What a column's name may mean.

use super::vocabulary::{NAMES, OTHERS, OWNERS, PARTS};
use super::words::words;
use crate::model::Edition;
use crate::model::field::{Slot, near_header};

/// What a column may be for: a field, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Field(Slot),
    FirstName,
    MiddleName,
    LastName,
}

/// A target and how surely the name means it, from 0 to 100.
pub(super) type Meant = (Target, f64);

/// What a name may mean in an edition, the surest first.
pub(super) fn meant(name: &str, edition: Edition) -> Vec<Meant> {
    if let Ok(slot) = Slot::parse(name)
        && slot.field().in_edition(edition)
    {
        let own = Target::Field(slot);
        let mut all = by_words(name, edition);
        all.retain(|(target, _)| *target != own);
        all.insert(0, (own, 100.0));
        return all;
    }
    let mut all = by_words(name, edition);
    if let Some(slot) = near_header(name).and_then(|path| Slot::parse(path).ok())
        && slot.field().in_edition(edition)
    {
        let near = Target::Field(slot);
        // A word of its own is no slip of the fingers: `county` is not `country`.
        let sure = if all.is_empty() { 98.0 } else { 60.0 };
        if !all.iter().any(|(target, _)| *target == near) {
            all.push((near, sure));
        }
    }
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all
}

/// The same by the names above, with words in front taken away one by one.
fn by_words(name: &str, edition: Edition) -> Vec<Meant> {
    let words = words(name);
    let mut found: Vec<Meant> = Vec::new();
    let mut doubt = 0.0;
    for skip in 0..words.len() {
        let rest = words[skip..].concat();
        for (target, sure) in exact(&rest, edition) {
            if !found.iter().any(|(known, _)| *known == target) {
                found.push((target, sure - doubt));
            }
        }
        if is_in(OTHERS, &words[skip]) {
            // A last name is one; what was created last is none.
            break;
        }
        let owner = OWNERS
            .iter()
            .find(|(_, owners)| is_in(owners, &words[skip]));
        let Some((less, _)) = owner else { break };
        doubt += f64::from(*less);
    }
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    found
}

fn exact(name: &str, edition: Edition) -> Vec<Meant> {
    let fields = NAMES.iter().filter_map(|(path, names)| {
        let (sure, _) = names.iter().find(|(_, names)| is_in(names, name))?;
        let slot = Slot::parse(path).ok()?;
        let is_there = slot.field().in_edition(edition);
        is_there.then(|| (Target::Field(slot), f64::from(*sure)))
    });
    let parts = PARTS
        .iter()
        .filter(|(_, names)| is_in(names, name))
        .map(|(target, _)| (*target, 94.0));
    fields.chain(parts).collect()
}

fn is_in(names: &str, name: &str) -> bool {
    names.split(' ').any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_one_and_no_name_stands_twice_for_it() {
        for (path, names) in NAMES {
            assert_eq!(
                Slot::parse(path).map(|slot| slot.path().into_owned()),
                Ok((*path).to_owned())
            );
            let mut all: Vec<&str> = names
                .iter()
                .flat_map(|(_, names)| names.split(' '))
                .collect();
            all.sort_unstable();
            let count = all.len();
            all.dedup();
            assert_eq!(all.len(), count, "{path}");
            assert!(all.iter().all(|name| !name.is_empty()), "{path}");
        }
    }
}
