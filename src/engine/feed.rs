//! The source with the mapping that fits its header: opened the same way for every pass.

use std::fmt::Write;
use std::sync::Arc;

use jiff::civil::Date;

use super::error::EngineError;
use crate::map::{Bound, Mapping, Notice};
use crate::model::field::Slot;
use crate::model::json::close_gaps;
use crate::model::{Edition, Key, MappingSpec, Reject, Row, User, Warning};
use crate::source::{Rows, Source};
use crate::validate::Checker;

/// Where users come from, and how a row becomes one.
#[derive(Clone)]
pub struct Feed {
    /// The source.
    pub source: Arc<dyn Source>,
    /// `[fields]`.
    pub spec: MappingSpec,
    /// The edition whose fields they are.
    pub edition: Edition,
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
}

impl Feed {
    /// Begins a pass.
    pub fn open(&self) -> Result<Pass, EngineError> {
        let rows = self.source.rows()?;
        let Bound { mapping, notices } =
            Mapping::bind(&self.spec, self.edition, rows.header()).map_err(EngineError::Mapping)?;
        let checker = Checker::new(self.edition, self.today);
        Ok(Pass {
            rows,
            reading: Reading { mapping, checker },
            notices,
        })
    }

    /// Begins a pass that must read what an earlier one read.
    pub fn open_again(&self, mapping: &str) -> Result<Pass, EngineError> {
        let pass = self.open()?;
        if pass.reading.mapping_hash() == mapping {
            Ok(pass)
        } else {
            Err(EngineError::MappingMoved)
        }
    }
}

impl Reading {
    /// The fields that are mapped.
    pub fn slots(&self) -> &[Slot] {
        self.mapping.slots()
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

    /// The key of a row, whatever else is wrong with it.
    pub fn key(&self, row: &Row) -> Option<Key> {
        self.mapping.key(row)
    }

    /// The user of a row, or everything that is wrong with it. Adds warnings.
    pub fn user<'r>(
        &'r self,
        row: &'r Row,
        warnings: &mut Vec<Warning>,
    ) -> Result<User<'r>, Reject> {
        let mut values = Vec::with_capacity(self.mapping.slots().len());
        let mut faults = Vec::new();
        let customer_type = if self.mapping.fill(row, &mut values, &mut faults) {
            self.checker.check(
                &values,
                &|slot| self.mapping.column_of(slot),
                &mut faults,
                warnings,
            )
        } else {
            None
        };
        match (self.mapping.key(row), customer_type) {
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
