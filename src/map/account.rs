//! Whether a row has an account, and what the configuration may add to it.

use super::rule::BoundRule;
use crate::model::account::{AccountKind, Place};
use crate::model::field::Field;
use crate::model::{CustomerType, Row};

/// What a row is, as far as it is known.
#[derive(Clone, Copy, Default)]
pub(super) struct RowType {
    /// Its customer.
    pub(super) customer: Option<CustomerType>,
    /// Its account.
    pub(super) account: Option<&'static AccountKind>,
    /// Its account's beneficiary.
    pub(super) beneficiary: Option<CustomerType>,
}

impl RowType {
    /// Whether a row like this has the field; `true` where that is not known.
    pub(super) fn has(self, field: &Field) -> bool {
        if field.is_account() {
            let kind = self.account;
            kind.is_none_or(|kind| kind.has(field, self.beneficiary.or(self.customer)))
        } else {
            self.customer.is_none_or(|of| field.is_for(of))
        }
    }
}

/// The rules, by place among all, whose value in a row makes it a row with an account.
///
/// A column that only account fields read belongs to the account. One that the customer's fields
/// read as well is filled for every customer, and makes no account, unless the account's details
/// have no other: of a mobile wallet the customer's telephone number may be all there is.
pub(super) fn marks(rules: &[BoundRule]) -> Vec<usize> {
    let is_own = |rule: &BoundRule| {
        let columns = rule.columns();
        !columns.is_empty() && !columns.iter().any(|&column| is_shared(rules, column))
    };
    let of_account = || {
        let places = rules.iter().enumerate();
        places.filter(|(_, rule)| rule.slot.field().is_account())
    };
    let has_own_details = of_account().any(|(_, rule)| is_detail(rule) && is_own(rule));
    let marks = of_account().filter(|(_, rule)| {
        is_own(rule) || !has_own_details && is_detail(rule) && !rule.columns().is_empty()
    });
    marks.map(|(place, _)| place).collect()
}

/// Whether a row says one of these things.
pub(super) fn is_marked(rules: &[BoundRule], marks: &[usize], row: &Row) -> bool {
    marks.iter().any(|&place| rules[place].is_said(row))
}

fn is_shared(rules: &[BoundRule], column: usize) -> bool {
    let mut others = rules.iter().filter(|rule| !rule.slot.field().is_account());
    others.any(|rule| rule.reads(column))
}

/// Whether the rule fills a field of `accountInfo` that is not the beneficiary's.
fn is_detail(rule: &BoundRule) -> bool {
    matches!(Place::of(rule.slot.field()), Place::Info(_))
}
