//! All rules of an edition, applied to one row at a time.

use jiff::civil::Date;

use super::account::{account_problem, check_account};
use super::platform::PlatformRules;
use super::presence::Requirements;
use super::suspect::{suspect, suspect_absence, suspect_account};
use super::value::{Problem, check_value};
use crate::model::account::Account;
use crate::model::field::Slot;
use crate::model::{CustomerType, Edition, Fault, FaultCode, Personal, Value, Values, Warning};

/// The rules of one edition on one day.
pub struct Checker {
    edition: Edition,
    today: Date,
    individual: Requirements,
    business: Requirements,
    platform: Option<PlatformRules>,
}

/// Tells which column fills a field, by name and number from 1.
pub type Columns<'c> = dyn Fn(Slot) -> Option<(&'c str, usize)> + 'c;

impl Checker {
    /// Reads the table. `today` is what no date of birth may lie after.
    pub fn new(edition: Edition, today: Date) -> Self {
        Self {
            edition,
            today,
            individual: Requirements::new(edition, CustomerType::Individual),
            business: Requirements::new(edition, CustomerType::Business),
            platform: None,
        }
    }

    /// Adds the rules of the platform.
    pub fn set_platform(&mut self, rules: PlatformRules) {
        self.platform = Some(rules);
    }

    /// Judges one row: adds what is wrong with it to `faults`, and sorts them by column; adds what
    /// may not be meant to `warnings`. Answers the row's customer type, if it names one.
    ///
    /// `values` are sorted by slot. `faults` holds the faults of this row alone, those of the
    /// mapping: a field that was refused there is not called absent here.
    pub fn check(
        &self,
        values: &Values<'_>,
        columns: &Columns<'_>,
        faults: &mut Vec<Fault>,
        warnings: &mut Vec<Warning>,
    ) -> Option<CustomerType> {
        let row = RowValues(values);
        let customer_type = row
            .text(Slot::CUSTOMER_TYPE)
            .and_then(CustomerType::from_grid);
        let account = Account::of(values);
        let mut add = |slot: Slot, problem| faults.push(fault(slot, columns, problem));
        for (slot, value) in values {
            let problem = match account {
                Some(account) if slot.field().is_account() => {
                    account_problem(account, *slot, value.expose(), self.today)
                }
                _ => self.problem(*slot, value.expose(), customer_type),
            };
            match problem {
                Some(problem) => add(*slot, problem),
                None => suspect(*slot, value.expose(), row, self.edition, warnings),
            }
        }
        self.check_presence(row, customer_type, columns, faults);
        if let Some(account) = account {
            check_account(account, &mut |slot, problem| {
                add_unless_faulty(slot, columns, problem, faults);
            });
            suspect_account(account, warnings);
        }
        if let Some(platform) = &self.platform {
            let mut add = |slot, problem| add_unless_faulty(slot, columns, problem, faults);
            platform.check(row, customer_type, account, &mut add, warnings);
        }
        suspect_absence(row, customer_type, self.edition, warnings);
        faults.sort_by_key(|fault| fault.column_number.unwrap_or(usize::MAX));
        customer_type
    }

    fn problem(&self, slot: Slot, value: &Value<'_>, of: Option<CustomerType>) -> Option<Problem> {
        let field = slot.field();
        match of {
            Some(of) if !field.is_for(of) => Some(Problem {
                code: FaultCode::WrongType,
                expected: format!("no value: {of} customers do not have this field").into(),
            }),
            _ => check_value(field, value, self.today),
        }
    }

    fn check_presence(
        &self,
        row: RowValues<'_>,
        customer_type: Option<CustomerType>,
        columns: &Columns<'_>,
        faults: &mut Vec<Fault>,
    ) {
        let requirements = match customer_type {
            Some(CustomerType::Business) => &self.business,
            // Without a type, what every customer needs is still known.
            Some(CustomerType::Individual) | None => &self.individual,
        };
        requirements.check(row, customer_type.is_some(), &mut |slot, problem| {
            add_unless_faulty(slot, columns, problem, faults);
        });
    }
}

/// A field that was refused is not called absent.
fn add_unless_faulty(slot: Slot, columns: &Columns<'_>, problem: Problem, faults: &mut Vec<Fault>) {
    let path = slot.path();
    let mut fields = faults.iter().map(|fault| fault.field.as_deref());
    if !fields.any(|field| field == Some(&path)) {
        faults.push(fault(slot, columns, problem));
    }
}

fn fault(slot: Slot, columns: &Columns<'_>, problem: Problem) -> Fault {
    let column = columns(slot);
    Fault {
        code: problem.code,
        field: Some(slot.path().into_owned()),
        column: column.map(|(name, _)| name.to_owned()),
        column_number: column.map(|(_, number)| number),
        expected: problem.expected.into_owned(),
    }
}

/// A row's values, looked up by slot.
#[derive(Clone, Copy)]
pub(super) struct RowValues<'v>(pub(super) &'v [(Slot, Personal<Value<'v>>)]);

impl<'v> RowValues<'v> {
    /// The value of the slot, if the row has one.
    pub(super) fn get(self, slot: Slot) -> Option<&'v Value<'v>> {
        let place = self.0.binary_search_by_key(&slot, |(slot, _)| *slot).ok()?;
        Some(self.0[place].1.expose())
    }

    /// The same, where it is one text.
    pub(super) fn text(self, slot: Slot) -> Option<&'v str> {
        match self.get(slot)? {
            Value::Text(text) => Some(text),
            Value::List(_) => None,
        }
    }
}
