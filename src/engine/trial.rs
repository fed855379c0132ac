//! A mapping tried on a few rows, without a source.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::feed::Reading;
use crate::map::BindFault;
use crate::model::{Edition, FaultCode, MappingSpec, Row};

/// What came of it. Holds no value of a row.
#[derive(Debug)]
pub enum Trial {
    /// The mapping does not go with the header.
    NotBound(Vec<BindFault>),
    /// It was tried on rows.
    Rows {
        /// How many.
        rows: usize,
        /// How many of them are no users.
        rejected: usize,
        /// Rows by field and kind of fault.
        faults: BTreeMap<(String, FaultCode), usize>,
    },
}

/// Binds a mapping to a header, and reads each row by it.
pub fn try_rows(
    spec: &MappingSpec,
    edition: Edition,
    today: Date,
    header: &[String],
    rows: &[Row],
) -> Trial {
    let reading = match Reading::bind(spec, edition, today, header) {
        Ok((reading, _)) => reading,
        Err(faults) => return Trial::NotBound(faults),
    };
    let (mut rejected, mut faults) = (0, BTreeMap::new());
    for row in rows {
        let Err(reject) = reading.user(row, &mut Vec::new()) else {
            continue;
        };
        rejected += 1;
        let mut kinds: Vec<_> = reject
            .faults
            .into_iter()
            .map(|fault| (fault.field.unwrap_or_default(), fault.code))
            .collect();
        kinds.sort();
        kinds.dedup();
        for kind in kinds {
            *faults.entry(kind).or_default() += 1;
        }
    }
    Trial::Rows {
        rows: rows.len(),
        rejected,
        faults,
    }
}

impl Trial {
    /// As the summary has it.
    pub fn as_json(&self) -> serde_json::Value {
        match self {
            Self::NotBound(faults) => {
                let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
                serde_json::json!({ "not_bound": faults })
            }
            Self::Rows {
                rows,
                rejected,
                faults,
            } => {
                let faults: Vec<_> = faults
                    .iter()
                    .map(|((field, code), rows)| {
                        serde_json::json!({ "field": field, "code": code.as_str(), "rows": rows })
                    })
                    .collect();
                serde_json::json!({ "rows": rows, "rejected": rejected, "faults": faults })
            }
        }
    }
}
