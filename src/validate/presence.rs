//! Which fields a row must have, and which go together.

use super::checker::RowValues;
use super::value::Problem;
use crate::model::field::{FIELDS, Field, Required, Slot};
use crate::model::{CustomerType, Edition, FaultCode, Personal, Value};

/// A set of the customer's own fields, one bit for each place in the table. Those of the external
/// account stand behind them and have rules of their own.
type Fields = u128;

/// What one type of customer must have in one edition.
pub(super) struct Requirements {
    customer_type: CustomerType,
    edition: Edition,
    account_type: Slot,
    list: Vec<Requirement>,
}

/// The fields of the row, or of one owner, that a requirement is held against.
#[derive(Clone, Copy)]
struct Group<'v> {
    present: Fields,
    index: u8,
    row: RowValues<'v>,
    account: Option<&'static str>,
}

struct Requirement {
    field: &'static Field,
    bit: Fields,
    when: When,
}

/// [`Required`], with paths looked up.
enum When {
    Always,
    /// With any of these fields.
    WithAny(Fields),
    Account {
        needs: &'static [&'static str],
        takes: &'static [&'static str],
    },
    IfOther {
        cause: Slot,
        bit: Fields,
    },
}

/// Where faults go.
type Add<'a> = dyn FnMut(Slot, Problem) + 'a;

impl Requirements {
    pub(super) fn new(edition: Edition, customer_type: CustomerType) -> Self {
        let has = |field: &&Field| {
            field.in_edition(edition) && field.is_for(customer_type) && !field.is_account()
        };
        let requirement = |field| {
            let (bit, when) = (bit(field), when(field, edition)?);
            Some(Requirement { field, bit, when })
        };
        Self {
            customer_type,
            edition,
            account_type: slot("bankAccountInfo.accountType"),
            list: FIELDS.iter().filter(has).filter_map(requirement).collect(),
        }
    }

    /// Names what is missing and what does not go together. Where the type is not known, only
    /// what every customer has is asked for.
    pub(super) fn check(&self, row: RowValues<'_>, is_type_known: bool, add: &mut Add<'_>) {
        let (top, owners) = row
            .0
            .split_at(row.0.partition_point(|(slot, _)| slot.index() == 0));
        let account = row.text(self.account_type);
        let group = Group {
            present: present(top),
            index: 0,
            row,
            // An account type that Grid does not have is a fault of its own.
            account: account.and_then(|name| self.account_type.field().rule.listed(name)),
        };
        for requirement in &self.list {
            if is_type_known || requirement.field.who.is_none() {
                self.hold(requirement, group, add);
            }
        }
        for owner in owners.chunk_by(|a, b| a.0.index() == b.0.index()) {
            let index = u8::try_from(owner[0].0.index()).expect("a slot's index is at most 31");
            let group = Group {
                present: present(owner),
                index,
                ..group
            };
            for requirement in self.list.iter().filter(|one| one.field.is_indexed()) {
                self.hold(requirement, group, add);
            }
        }
    }

    fn hold(&self, requirement: &Requirement, group: Group<'_>, add: &mut Add<'_>) {
        let Requirement {
            field,
            bit,
            ref when,
        } = *requirement;
        let slot = || Slot::new(field, group.index).expect("the index is 0 or an owner's");
        let is_here = group.present & bit != 0;
        let problem = match *when {
            When::Account { needs, takes } => group
                .account
                .and_then(|account| account_problem(field, is_here, account, needs, takes)),
            _ if is_here => None,
            When::Always => Some(self.missing(field)),
            When::WithAny(others) => (group.present & others != 0).then(|| lonely(slot())),
            When::IfOther { bit, .. } if group.present & bit == 0 => None,
            When::IfOther { cause, .. } => says_other(group.row.get(cause)).then(|| {
                let why = format!("`{}` is OTHER", cause.path());
                needed(field, FaultCode::Condition, &why)
            }),
        };
        if let Some(problem) = problem {
            add(slot(), problem);
        }
    }

    fn missing(&self, field: &Field) -> Problem {
        if field.code == Slot::KEY.field().code {
            let expected = "the platform's own id of the user, 1 to 255 characters";
            return Problem::new(FaultCode::MissingKey, expected);
        }
        let who = match field.who {
            Some(_) => format!(
                "edition {} requires it of {}",
                self.edition, self.customer_type
            ),
            None => "Grid requires it of every customer".to_owned(),
        };
        needed(field, FaultCode::Missing, &who)
    }
}

fn when(field: &'static Field, edition: Edition) -> Option<When> {
    match field.required {
        Required::Never | Required::WithAccount | Required::ByAccountType => None,
        Required::Always => Some(When::Always),
        Required::In(only) => (only == edition).then_some(When::Always),
        Required::WithParent => Some(When::WithAny(siblings(field))),
        Required::Account { needs, takes } => Some(When::Account { needs, takes }),
        Required::WhenOther(path) => {
            let (cause, bit) = (slot(path), bit(slot(path).field()));
            Some(When::IfOther { cause, bit })
        }
        Required::With(path) => Some(When::WithAny(bit(slot(path).field()))),
    }
}

fn slot(path: &str) -> Slot {
    Slot::parse(path).expect("the table names its own fields")
}

fn bit(field: &Field) -> Fields {
    let place = FIELDS.iter().position(|one| one.code == field.code);
    1 << place.expect("the field is one of the table")
}

/// Every field of the same object, and of objects inside it.
fn siblings(field: &Field) -> Fields {
    let is_sibling = |one: &&Field| !one.is_account() && one.path.starts_with(field.parent());
    FIELDS
        .iter()
        .filter(is_sibling)
        .map(bit)
        .fold(0, |all, one| all | one)
}

fn present(values: &[(Slot, Personal<Value<'_>>)]) -> Fields {
    values
        .iter()
        .filter(|(slot, _)| !slot.field().is_account())
        .fold(0, |all, (slot, _)| all | (1 << slot.position()))
}

fn says_other(value: Option<&Value<'_>>) -> bool {
    match value {
        None => false,
        Some(Value::Text(text)) => text == "OTHER",
        Some(Value::List(items)) => items.iter().any(|item| item == "OTHER"),
    }
}

fn account_problem(
    field: &Field,
    is_here: bool,
    account: &'static str,
    needs: &[&str],
    takes: &[&str],
) -> Option<Problem> {
    match (is_here, needs.contains(&account), takes.contains(&account)) {
        (false, true, _) => {
            let why = format!("the account is a {account}");
            Some(needed(field, FaultCode::Condition, &why))
        }
        (true, false, false) => {
            let expected = format!("no value: a {account} does not have this field");
            Some(Problem::new(FaultCode::Condition, expected))
        }
        _ => None,
    }
}

/// Missing although the rest of its object is there, or the field that it belongs to.
fn lonely(slot: Slot) -> Problem {
    let field = slot.field();
    if let Required::With(other) = field.required {
        return needed(
            field,
            FaultCode::Condition,
            &format!("`{other}` goes only with it"),
        );
    }
    let path = slot.path();
    let object = path.rsplit_once('.').map_or("", |(object, _)| object);
    needed(
        field,
        FaultCode::Missing,
        &format!("the row has other fields of `{object}`"),
    )
}

pub(super) fn needed(field: &Field, code: FaultCode, why: &str) -> Problem {
    let what = field.rule.expected().unwrap_or("a value".into());
    Problem::new(code, format!("{what} (required: {why})"))
}
