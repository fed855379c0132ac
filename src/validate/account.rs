//! The external account of a row: what its type needs and takes, and whose it is.

use jiff::civil::Date;

use super::presence::needed;
use super::value::{Problem, check_text, check_value};
use crate::model::account::{Account, AccountKind, Holder, Part, Place, Whose, source_of};
use crate::model::field::{FIELDS, Field, Rule, Slot};
use crate::model::{FaultCode, Value};

/// Where faults go.
type Add<'a> = dyn FnMut(Slot, Problem) + 'a;

/// Names what the account lacks.
pub(super) fn check_account(account: Account<'_>, add: &mut Add<'_>) {
    check_type(account, add);
    if let Some(kind) = account.kind() {
        check_details(account, kind, add);
        check_beneficiary(account, kind, add);
    }
}

/// What is wrong with a value of the account by the rule that its account type has for it.
pub(super) fn account_problem(
    account: Account<'_>,
    slot: Slot,
    value: &Value<'_>,
    today: Date,
) -> Option<Problem> {
    let field = slot.field();
    let (Some(kind), Value::Text(text)) = (account.kind(), value) else {
        return check_value(field, value, today);
    };
    match rule_of(field, account, kind) {
        Ok(rule) => check_text(field.kind, rule, text, today),
        Err(why) => Some(Problem::new(
            FaultCode::Condition,
            format!("no value: {why}"),
        )),
    }
}

/// The rule of the field in an account of this type, or why it has no such field.
fn rule_of(field: &Field, account: Account<'_>, kind: &AccountKind) -> Result<Rule, String> {
    let name = kind.name;
    match (Place::of(field), account.whose()) {
        (Place::Info(part), _) if part != "accountType" => kind
            .part(part)
            .map(|part| part.rule)
            .ok_or_else(|| format!("a {name} does not have this field")),
        (Place::Beneficiary(_), None) => Err(format!("a {name} has no beneficiary")),
        (Place::Beneficiary(part), Some(Whose::Customers(of) | Whose::Others(of)))
            if part != "beneficiaryType" =>
        {
            let part = kind.holder(of).and_then(|holder| holder.part(part));
            part.map(|part| part.rule).ok_or_else(|| {
                format!("a beneficiary of type {of} does not have this field in a {name}")
            })
        }
        // What every type has; and that a beneficiary is unclear is a fault of its own.
        _ => Ok(field.rule),
    }
}

fn check_type(account: Account<'_>, add: &mut Add<'_>) {
    if !account.has(Place::Info("accountType")) {
        let expected = "an account type that `gridsync fields` lists, like USD_ACCOUNT \
             (required: the row has a bank account)";
        add(
            Slot::ACCOUNT_TYPE,
            Problem::new(FaultCode::Missing, expected),
        );
    }
    if account.currency().is_none() {
        let why = match account.kind() {
            Some(kind) => format!("a {} may be of several", kind.name),
            None => "the row has a bank account".to_owned(),
        };
        let field = Slot::ACCOUNT_CURRENCY.field();
        // The type, where it is missing or wrong, may be what names the currency.
        if account.kind().is_some() {
            add(
                Slot::ACCOUNT_CURRENCY,
                needed(field, FaultCode::Missing, &why),
            );
        }
    }
}

/// What the account type needs besides a beneficiary.
fn check_details(account: Account<'_>, kind: &AccountKind, add: &mut Add<'_>) {
    let why = format!("the account is a {}", kind.name);
    for part in kind.needs {
        if !account.has(Place::Info(part.name)) {
            add(slot_of(Place::Info(part.name)), lacking(part, &why));
        }
    }
    let is_whole =
        |group: &&[&'static str]| group.iter().all(|name| account.has(Place::Info(name)));
    if let Some(first) = kind
        .one_of
        .first()
        .filter(|_| !kind.one_of.iter().any(is_whole))
    {
        let groups: Vec<_> = kind
            .one_of
            .iter()
            .map(|group| group.join(" with "))
            .collect();
        let expected = format!(
            "a value (required: a {} needs {})",
            kind.name,
            groups.join(" or ")
        );
        add(
            slot_of(Place::Info(first[0])),
            Problem::new(FaultCode::Condition, expected),
        );
    }
}

fn check_beneficiary(account: Account<'_>, kind: &AccountKind, add: &mut Add<'_>) {
    match account.whose() {
        None => {}
        Some(Whose::Unclear) => {
            let expected = "INDIVIDUAL with a `fullName`, or BUSINESS with a `legalName`";
            add(
                Slot::BENEFICIARY_TYPE,
                Problem::new(FaultCode::Condition, expected),
            );
        }
        Some(Whose::Customers(of) | Whose::Others(of)) => {
            if let Some(holder) = kind.holder(of) {
                check_holder(account, kind, holder, add);
            }
        }
    }
}

fn check_holder(account: Account<'_>, kind: &AccountKind, holder: &Holder, add: &mut Add<'_>) {
    let derived = account.derived();
    for part in holder.takes {
        let place = Place::Beneficiary(part.name);
        let is_here = account.has(place)
            || derived
                .iter()
                .any(|(slot, ..)| Place::of(slot.field()) == place);
        if is_here {
            continue;
        }
        if holder.needs.contains(&part.name) {
            add(
                slot_of(place),
                lacking(part, &why_needed(account, kind, place)),
            );
        } else if is_core(part.name) && has_address(account) {
            let what = part.rule.expected().unwrap_or("a value".into());
            let expected = format!("{what} (required: the row has other fields of this address)");
            add(slot_of(place), Problem::new(FaultCode::Missing, expected));
        }
    }
}

fn why_needed(account: Account<'_>, kind: &AccountKind, place: Place) -> String {
    let source = match account.whose() {
        Some(Whose::Customers(of)) => source_of(place, of),
        _ => None,
    };
    match source {
        Some(source) => format!(
            "the beneficiary of a {} needs it, and the customer has no `{}`",
            kind.name,
            source.path()
        ),
        None => format!("the beneficiary of a {} needs it", kind.name),
    }
}

/// Whether an address is none without it.
fn is_core(name: &str) -> bool {
    matches!(
        name,
        "address.line1" | "address.postalCode" | "address.country"
    )
}

fn has_address(account: Account<'_>) -> bool {
    let mut given = account
        .values()
        .iter()
        .map(|(slot, _)| Place::of(slot.field()));
    given.any(|place| matches!(place, Place::Beneficiary(name) if name.starts_with("address.")))
}

fn lacking(part: &Part, why: &str) -> Problem {
    let what = part.rule.expected().unwrap_or("a value".into());
    Problem::new(FaultCode::Condition, format!("{what} (required: {why})"))
}

fn slot_of(place: Place) -> Slot {
    let is_it = |field: &&'static Field| field.is_account() && Place::of(field) == place;
    FIELDS
        .iter()
        .find(is_it)
        .and_then(|field| Slot::new(field, 0))
        .expect("every part of an account type is a field of the table")
}
