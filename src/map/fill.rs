//! The hot path: a row's values.

use std::borrow::Cow;

use super::account::{RowType, is_marked};
use super::mapping::Mapping;
use super::rule::{BoundRule, Unfit};
use crate::model::account::kind;
use crate::model::field::Slot;
use crate::model::{
    CustomerType, Fault, FaultCode, Key, Personal, Position, Row, RowFault, Value, Values,
};

impl Mapping {
    /// Fills `values` with what the row holds, ascending by slot, and names every cell that cannot
    /// be read as its rule says. Both are added to what is there already.
    ///
    /// A row that says nothing of an account has none, whatever constants and defaults there are.
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
            faults.push(self.row_fault(fault, row.position()));
            return false;
        }
        let has_account = is_marked(&self.rules, &self.marks, row);
        let of = self.row_type(row, has_account);
        let is_filled = |rule: &&BoundRule| has_account || !rule.slot.field().is_account();
        for rule in self.rules.iter().filter(is_filled) {
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
        text(row, rule).map(Key::new)
    }

    fn row_type(&self, row: &Row, has_account: bool) -> RowType {
        let find = |slot| text(row, self.rule(slot)?);
        let type_of = |slot| CustomerType::from_grid(&find(slot)?);
        let customer = type_of(Slot::CUSTOMER_TYPE);
        if !has_account {
            return RowType {
                customer,
                ..RowType::default()
            };
        }
        RowType {
            customer,
            account: find(Slot::ACCOUNT_TYPE).and_then(|name| kind(&name)),
            beneficiary: type_of(Slot::BENEFICIARY_TYPE),
        }
    }

    fn row_fault(&self, fault: RowFault, position: Position) -> Fault {
        let (code, column, expected) = match fault {
            RowFault::Ragged { expected, found } => {
                let expected = format!("{expected} cells, as the header has; the row has {found}");
                (FaultCode::RowRagged, None, expected)
            }
            RowFault::NotUtf8 { column, byte } => {
                let whole = if position.line == 0 { "cell" } else { "file" };
                let expected = format!("UTF-8 text; byte {byte} of the {whole} is not");
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

/// What a rule makes of the row, whatever the row is.
fn text<'r>(row: &'r Row, rule: &'r BoundRule) -> Option<Cow<'r, str>> {
    match rule.value(row, RowType::default()) {
        Ok(Some(Value::Text(text))) => Some(text),
        _ => None,
    }
}
