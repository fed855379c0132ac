//! The hot path: a row's values.

use super::mapping::Mapping;
use super::rule::{BoundRule, Unfit};
use crate::model::field::Slot;
use crate::model::{CustomerType, Fault, FaultCode, Key, Personal, Row, RowFault, Value, Values};

impl Mapping {
    /// Fills `values` with what the row holds, ascending by slot, and names every cell that cannot
    /// be read as its rule says. Both are added to what is there already.
    ///
    /// `false` if the row could not be read as cells at all: then its one fault says everything,
    /// there are no values, and validating them would only add noise.
    #[must_use]
    pub fn fill<'r>(
        &'r self,
        row: &'r Row,
        values: &mut Values<'r>,
        faults: &mut Vec<Fault>,
    ) -> bool {
        if let Some(fault) = row.fault() {
            faults.push(self.row_fault(fault));
            return false;
        }
        let of = self.customer_type(row);
        for rule in &self.rules {
            if row.has_unfit() && rule.reads_unfit(row) {
                faults.push(self.cell_fault(rule, unfit()));
                continue;
            }
            match rule.value(row, of) {
                Ok(Some(value)) => values.push((rule.slot, Personal::new(value))),
                Ok(None) => {}
                Err(unfit) => faults.push(self.cell_fault(rule, unfit)),
            }
        }
        true
    }

    /// The key, also of a row that is bad otherwise. `None` where it is blank or not certain: in a
    /// row with too many or too few cells, any cell may be another column's, or half of one; and
    /// of two members of one name, either may be meant.
    pub fn key(&self, row: &Row) -> Option<Key> {
        let rule = self.rules.first().filter(|rule| rule.slot == Slot::KEY)?;
        match row.fault() {
            Some(RowFault::Ragged { .. } | RowFault::Twice { column: None }) => return None,
            Some(RowFault::Twice { column: Some(one) }) if rule.reads(one) => return None,
            _ if rule.reads_unfit(row) => return None,
            _ => {}
        }
        match rule.value(row, None) {
            Ok(Some(Value::Text(text))) => Some(Key::new(text)),
            _ => None,
        }
    }

    fn customer_type(&self, row: &Row) -> Option<CustomerType> {
        let rule = self
            .rules
            .get(1)
            .filter(|rule| rule.slot == Slot::CUSTOMER_TYPE)?;
        match rule.value(row, None) {
            Ok(Some(Value::Text(text))) => CustomerType::from_grid(&text),
            _ => None,
        }
    }

    fn row_fault(&self, fault: RowFault) -> Fault {
        let (code, column, expected) = match fault {
            RowFault::Ragged { expected, found } => {
                let expected = format!("{expected} cells, as the header has; the row has {found}");
                (FaultCode::RowRagged, None, expected)
            }
            RowFault::NotUtf8 { column, byte } => {
                let expected = format!("UTF-8 text; byte {byte} of the file is not");
                (FaultCode::RowNotUtf8, Some(column), expected)
            }
            RowFault::NotObject { byte } => {
                let expected = format!(
                    "one JSON object on the line; byte {byte} of the file does not fit one"
                );
                (FaultCode::RowNotObject, None, expected)
            }
            RowFault::Twice { column } => {
                let expected = "each member of an object once".to_owned();
                (FaultCode::RowMemberTwice, column, expected)
            }
        };
        Fault {
            code,
            field: None,
            column: column.and_then(|column| self.columns.get(column)).cloned(),
            column_number: column.map(|column| column + 1),
            expected,
        }
    }

    fn cell_fault(&self, rule: &BoundRule, unfit: Unfit) -> Fault {
        let column = self.column_of(rule.slot);
        Fault {
            code: unfit.code,
            field: Some(rule.slot.path().into_owned()),
            column: column.map(|(name, _)| name.to_owned()),
            column_number: column.map(|(_, number)| number),
            expected: unfit.expected,
        }
    }
}

/// A cell that is JSON which no cell can hold.
fn unfit() -> Unfit {
    Unfit {
        code: FaultCode::BadList,
        expected: "a text, a number, a boolean, or a list of them without `;` in an item"
            .to_owned(),
    }
}
