//! The source with the mapping that fits its header: opened the same way for every pass.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use jiff::civil::Date;

use super::error::EngineError;
use crate::map::{BindFault, Bound, Mapping, Notice};
use crate::model::field::{MAX_INDEX, Slot};
use crate::model::json::close_gaps;
use crate::model::{Edition, Fault, Key, MappingSpec, Reject, Row, Scope, User, Values, Warning};
use crate::source::{Rows, Source};
use crate::validate::{Checker, PlatformRules};

/// Where users come from, and how a row becomes one.
#[derive(Clone)]
pub struct Feed {
    /// The source.
    pub source: Arc<dyn Source>,
    /// `[fields]`.
    pub spec: MappingSpec,
    /// The edition whose fields they are.
    pub edition: Edition,
    /// Which users are meant.
    pub scope: Scope,
    /// Today, for dates that cannot lie in the future.
    pub today: Date,
}

/// One pass that is about to begin.
pub struct Pass {
    /// The rows.
    pub rows: Box<dyn Rows>,
    /// The mapping, bound to their header.
    pub reading: Reading,
    /// Columns that are not read.
    pub notices: Vec<Notice>,
}

/// How a row of one header becomes a user.
pub struct Reading {
    mapping: Mapping,
    checker: Checker,
    slots: Vec<Slot>,
    scope: Scope,
}

/// What a row is.
pub enum Judged<'r> {
    /// A user.
    User(User<'r>),
    /// A row that cannot be sent.
    Rejected(Reject),
    /// A row that is not meant, by its key.
    OutOfScope(Key),
}

impl Feed {
    /// Begins a pass.
    pub fn open(&self) -> Result<Pass, EngineError> {
        let rows = self.source.rows()?;
        let (mut reading, notices) =
            Reading::bind(&self.spec, self.edition, self.today, rows.header())
                .map_err(EngineError::Mapping)?;
        reading.set_scope(self.scope.clone())?;
        Ok(Pass {
            rows,
            reading,
            notices,
        })
    }

    /// Begins a pass that must read what an earlier one read, to send it.
    pub fn open_again(&self, mapping: &str) -> Result<Pass, EngineError> {
        let pass = self.open().map_err(|error| match error {
            EngineError::Source(error) => EngineError::while_applying(error),
            error => error,
        })?;
        if pass.reading.mapping_hash() == mapping {
            Ok(pass)
        } else {
            Err(EngineError::MappingMoved)
        }
    }
}

impl Reading {
    /// Brings rules and header together; also tells the columns that are not read.
    pub(super) fn bind(
        spec: &MappingSpec,
        edition: Edition,
        today: Date,
        header: &[String],
    ) -> Result<(Self, Vec<Notice>), Vec<BindFault>> {
        let Bound { mapping, notices } = Mapping::bind(spec, edition, header)?;
        let reading = Self {
            checker: Checker::new(edition, today),
            slots: without_gaps(mapping.slots()),
            scope: Scope::default(),
            mapping,
        };
        Ok((reading, notices))
    }

    /// From now on rows are held against the rules of the platform too.
    pub fn set_platform(&mut self, rules: PlatformRules) {
        self.checker.set_platform(rules);
    }

    /// From now on only these rows are meant. Refuses a field that nothing fills: no row would be meant.
    fn set_scope(&mut self, scope: Scope) -> Result<(), EngineError> {
        let unmapped = scope.slots().find(|slot| !self.slots.contains(slot));
        if let Some(slot) = unmapped {
            return Err(EngineError::ScopeUnmapped(slot.path().into_owned()));
        }
        self.scope = scope;
        Ok(())
    }

    /// The fields that users can have, ascending: those that are mapped, owners numbered as in a
    /// user's values.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// SHA-256 over what is mapped from where.
    pub fn mapping_hash(&self) -> String {
        use sha2::{Digest, Sha256};
        let hash = Sha256::digest(self.mapping.fingerprint_text());
        hash.iter().take(16).fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string cannot fail");
            text
        })
    }

    /// The column of the key, by name and number from 1.
    pub fn key_column(&self) -> Option<(String, usize)> {
        self.mapping
            .column_of(Slot::KEY)
            .map(|(name, number)| (name.to_owned(), number))
    }

    /// The key of a row, whatever else is wrong with it.
    pub fn key(&self, row: &Row) -> Option<Key> {
        self.mapping.key(row)
    }

    /// What a row is. Adds warnings, of users alone.
    ///
    /// A bad row is out of scope only where that is certain: its key can be read, and that or a good value
    /// rules it out. Else it is rejected, for its user may be one of those that are meant.
    pub fn judge<'r>(&'r self, row: &'r Row, warnings: &mut Vec<Warning>) -> Judged<'r> {
        let key = self.mapping.key(row);
        if let Some(key) = key
            .as_ref()
            .filter(|key| !self.scope.takes_key(key.as_str()))
        {
            return Judged::OutOfScope(key.clone());
        }
        let filled = self.filled(key, row);
        if let Some(key) = filled
            .key
            .as_ref()
            .filter(|_| self.scope.rules_out(&filled.values))
        {
            return Judged::OutOfScope(key.clone());
        }
        let told = warnings.len();
        match self.checked(row, filled, warnings) {
            Ok(user) if self.scope.takes_values(&user.values) => Judged::User(user),
            Ok(user) => {
                warnings.truncate(told);
                Judged::OutOfScope(user.key)
            }
            Err(reject) => Judged::Rejected(reject),
        }
    }

    /// The user of a row, or everything that is wrong with it, whatever the scope. Adds warnings.
    pub fn user<'r>(
        &'r self,
        row: &'r Row,
        warnings: &mut Vec<Warning>,
    ) -> Result<User<'r>, Reject> {
        self.checked(row, self.filled(self.mapping.key(row), row), warnings)
    }

    fn filled<'r>(&'r self, key: Option<Key>, row: &'r Row) -> Filled<'r> {
        let mut values = Vec::with_capacity(self.mapping.slots().len());
        let mut faults = Vec::new();
        Filled {
            key,
            is_readable: self.mapping.fill(row, &mut values, &mut faults),
            values,
            faults,
        }
    }

    fn checked<'r>(
        &'r self,
        row: &Row,
        filled: Filled<'r>,
        warnings: &mut Vec<Warning>,
    ) -> Result<User<'r>, Reject> {
        let Filled {
            key,
            is_readable,
            mut values,
            mut faults,
        } = filled;
        let customer_type = is_readable.then(|| {
            let column_of = |slot| self.mapping.column_of(slot);
            self.checker
                .check(&values, &column_of, &mut faults, warnings)
        });
        match (key, customer_type.flatten()) {
            (Some(key), Some(customer_type)) if faults.is_empty() => {
                // Grid numbers a business's owners without gaps, and so must the hashes.
                close_gaps(&mut values);
                Ok(User {
                    key,
                    customer_type,
                    position: row.position(),
                    values,
                })
            }
            (key, _) => Err(Reject {
                key,
                position: row.position(),
                faults,
            }),
        }
    }
}

/// What a row's cells say, before it is checked.
struct Filled<'r> {
    key: Option<Key>,
    /// Whether the row could be read as cells at all.
    is_readable: bool,
    values: Values<'r>,
    faults: Vec<Fault>,
}

/// Where the mapped fields of owners can stand once [`close_gaps`] has numbered them: a user that
/// lacks the first owners has the others in their places.
fn without_gaps(mapped: &[Slot]) -> Vec<Slot> {
    let owned = mapped.iter().filter(|slot| slot.field().is_indexed());
    let owners: BTreeSet<u16> = owned.map(|slot| slot.index()).collect();
    let places = |slot: &Slot| {
        let field = slot.field();
        let count = if field.is_indexed() { owners.len() } else { 1 };
        (0..=MAX_INDEX)
            .take(count)
            .filter_map(|index| Slot::new(field, index))
    };
    let all: BTreeSet<Slot> = mapped.iter().flat_map(places).collect();
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::{slot, values};

    #[test]
    fn owners_are_compared_where_their_values_stand() {
        let mapped = [
            "businessInfo.legalName",
            "beneficialOwners[1].fullName",
            "beneficialOwners[4].fullName",
            "beneficialOwners[4].title",
        ]
        .map(slot);
        let compared = without_gaps(&mapped);
        assert_eq!(
            compared,
            [
                "businessInfo.legalName",
                "beneficialOwners[0].fullName",
                "beneficialOwners[0].title",
                "beneficialOwners[1].fullName",
                "beneficialOwners[1].title",
            ]
            .map(slot)
        );
        let mut second_only = values(&[
            ("beneficialOwners[4].fullName", "Ada"),
            ("beneficialOwners[4].title", "CEO"),
        ]);
        close_gaps(&mut second_only);
        assert!(second_only.iter().all(|(slot, _)| compared.contains(slot)));
    }
}
