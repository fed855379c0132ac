//! Rules and header, brought together once.

use std::collections::BTreeMap;

use super::account::marks;
use super::fault::{BindFault, Notice, Unused};
use super::header::Header;
use super::mapping::Mapping;
use super::rule::{BoundRule, Source};
use super::setting::problems;
use crate::model::field::{Slot, for_header, near_header};
use crate::model::{Edition, FieldRule, MappingSpec, Origin};

/// A mapping that fits, and what is worth a word about it.
#[derive(Debug)]
pub struct Bound {
    /// The mapping.
    pub mapping: Mapping,
    /// Columns that are not read, in the header's order.
    pub notices: Vec<Notice>,
}

impl Mapping {
    /// Brings rules and header together. A column is read by the rule that names it, or for having
    /// the exact name of a field that no rule fills.
    ///
    /// All faults come at once: rules in the order of their fields, then columns in theirs.
    pub fn bind(
        spec: &MappingSpec,
        edition: Edition,
        header: &[String],
    ) -> Result<Bound, Vec<BindFault>> {
        let mut binding = Binding::new(edition, Header::new(header));
        for (name, rule) in &spec.rules {
            binding.add_rule(name, rule);
        }
        binding.add_own_names();
        binding.find_near_misses();
        binding.find_missing();
        binding.finish()
    }
}

/// The work in progress.
struct Binding {
    edition: Edition,
    header: Header,
    rules: BTreeMap<Slot, BoundRule>,
    /// By slot: how the operator knows what fills it. A rule with a fault stands here too, so
    /// that its field does not count as forgotten.
    names: BTreeMap<Slot, (String, ByWhat)>,
    faults: Vec<BindFault>,
}

/// What fills a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ByWhat {
    Rule,
    Column,
}

impl Binding {
    fn new(edition: Edition, header: Header) -> Self {
        Self {
            edition,
            header,
            rules: BTreeMap::new(),
            names: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    fn add_rule(&mut self, name: &str, rule: &FieldRule) {
        let slot = match Slot::parse_in(name, self.edition) {
            Ok(slot) => slot,
            Err(unknown) => return self.faults.push(BindFault::UnknownField(unknown)),
        };
        if let Some(other) = self.other_edition(slot) {
            return self.faults.push(BindFault::OtherEdition {
                field: name.to_owned(),
                edition: self.edition,
                other,
            });
        }
        if !self.claim(slot, name, ByWhat::Rule) {
            return;
        }
        self.faults.extend(problems(slot, rule));
        match self.source(name, &rule.origin) {
            Ok(source) => self.insert(slot, source, rule),
            Err(mut faults) => self.faults.append(&mut faults),
        }
    }

    /// The other edition, if it alone has the field.
    fn other_edition(&self, slot: Slot) -> Option<Edition> {
        slot.field().edition.filter(|only| *only != self.edition)
    }

    /// Notes what fills the slot; `false` and a fault if something does already.
    fn claim(&mut self, slot: Slot, name: &str, what: ByWhat) -> bool {
        let Some((first, _)) = self.names.get(&slot) else {
            self.names.insert(slot, (name.to_owned(), what));
            return true;
        };
        let fault = if first == name {
            let same = self.header.columns().filter(|(_, other)| *other == name);
            let (column, count) = (name.to_owned(), same.count());
            BindFault::DuplicateColumn { column, count }
        } else {
            BindFault::FilledTwice {
                field: slot.path().into_owned(),
                first: first.clone(),
                second: name.to_owned(),
            }
        };
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
        false
    }

    fn source(&self, field: &str, origin: &Origin) -> Result<Source, Vec<BindFault>> {
        let find = |name: &String| self.header.find(field, name);
        match origin {
            Origin::Constant(text) => Ok(Source::Constant(text.clone())),
            Origin::Column(name) => find(name).map(Source::Column).map_err(|fault| vec![fault]),
            Origin::Columns { columns, join } => {
                let (found, lost): (Vec<_>, Vec<_>) =
                    columns.iter().map(find).partition(Result::is_ok);
                let faults: Vec<_> = lost.into_iter().filter_map(Result::err).collect();
                let found = found.into_iter().flatten().collect();
                if faults.is_empty() {
                    Ok(Source::Columns(found, join.clone()))
                } else {
                    Err(faults)
                }
            }
        }
    }

    fn insert(&mut self, slot: Slot, source: Source, rule: &FieldRule) {
        let bound = BoundRule {
            slot,
            source,
            trim: rule.trim,
            map: rule.map.clone(),
            default: rule.default.clone(),
            format: rule.format.clone(),
            separator: rule.separator.clone(),
        };
        self.rules.insert(slot, bound);
    }

    fn add_own_names(&mut self) {
        let own: Vec<_> = self
            .header
            .columns()
            .filter_map(|(place, name)| {
                Some((place, name.to_owned(), for_header(name, self.edition)?))
            })
            .collect();
        for (place, name, slot) in own {
            let ruled = matches!(self.names.get(&slot), Some((_, ByWhat::Rule)));
            if !ruled && self.claim(slot, &name, ByWhat::Column) {
                self.rules.insert(slot, BoundRule::own_name(slot, place));
            }
        }
    }

    fn find_near_misses(&mut self) {
        let unread = self.unread();
        for (place, name) in unread {
            let Some(field) = near_header(&name) else {
                continue;
            };
            let meant = Slot::parse_in(field, self.edition);
            let settled = meant.is_ok_and(|slot| {
                self.names.contains_key(&slot) || self.other_edition(slot).is_some()
            });
            if !settled {
                self.faults.push(BindFault::NearMiss {
                    column: name,
                    number: place + 1,
                    field,
                });
            }
        }
    }

    fn find_missing(&mut self) {
        let meant = |faults: &[BindFault], wanted: Slot| {
            faults.iter().any(|fault| {
                matches!(fault, BindFault::NearMiss { field, .. } if Slot::parse(field) == Ok(wanted))
            })
        };
        for (slot, fault) in [
            (Slot::KEY, BindFault::NoKey),
            (Slot::CUSTOMER_TYPE, BindFault::NoCustomerType),
        ] {
            if !self.names.contains_key(&slot) && !meant(&self.faults, slot) {
                self.faults.push(fault);
            }
        }
    }

    /// Columns that nothing reads.
    fn unread(&self) -> Vec<(usize, String)> {
        let reads = |place| self.rules.values().any(|rule| rule.reads(place));
        let columns = self.header.columns().filter(|(place, _)| !reads(*place));
        columns
            .map(|(place, name)| (place, name.to_owned()))
            .collect()
    }

    fn notices(&self) -> Vec<Notice> {
        let unread = self.unread().into_iter();
        let notice = |(place, column): (usize, String)| {
            let reason = self.reason(&column);
            Notice {
                column,
                number: place + 1,
                reason,
            }
        };
        unread.map(notice).collect()
    }

    fn reason(&self, column: &str) -> Unused {
        match Slot::parse_in(column, self.edition) {
            Err(_) => Unused::NotMapped,
            Ok(slot) => self
                .other_edition(slot)
                .map_or(Unused::RuleWins, Unused::OtherEdition),
        }
    }

    fn finish(self) -> Result<Bound, Vec<BindFault>> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let notices = self.notices();
        let slots = self.rules.keys().copied().collect();
        let rules: Vec<_> = self.rules.into_values().collect();
        let marks = marks(&rules);
        if let Some(fault) = idle_account(&rules).filter(|_| marks.is_empty()) {
            return Err(vec![fault]);
        }
        let mapping = Mapping {
            edition: self.edition,
            columns: self.header.into_names(),
            rules,
            slots,
            marks,
        };
        Ok(Bound { mapping, notices })
    }
}

/// What to say of an account that no row would have.
fn idle_account(rules: &[BoundRule]) -> Option<BindFault> {
    let first = rules.iter().find(|rule| rule.slot.field().is_account())?;
    let field = first.slot.path().into_owned();
    Some(BindFault::NoAccountColumn { field })
}
