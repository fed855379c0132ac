//! The account types as `fields` shows them: which needs what, from the table itself.

use serde_json::{Value, json};

use crate::model::CustomerType;
use crate::model::account::{AccountKind, Holder, KINDS, Part, Place};
use crate::model::field::{Field, Rule};
use crate::report::Table;

/// What the table of account types leaves unsaid.
const NOTE: &str = "\
A row has an account when one of its own columns is filled: one that only account fields read.
The beneficiary is the customer, unless the row names another; a person needs a fullName, a company a
legalName. The currency follows from the account type, or must be said.
";

/// The table of account types, with a heading.
pub(super) fn as_text() -> String {
    let mut table = Table::with_header([
        "account type",
        "currency",
        "needs",
        "takes",
        "of a person also",
    ]);
    for kind in KINDS {
        table.row(columns(kind));
    }
    format!("Account types (fields of externalAccount.accountInfo)\n\n{table}\n{NOTE}")
}

/// The same for a page.
pub(super) fn as_markdown() -> String {
    let head =
        "\n| account type | currency | needs | takes | of a person also |\n|---|---|---|---|---|\n";
    KINDS.iter().fold(head.to_owned(), |text, kind| {
        let [name, currency, needs, takes, person] = columns(kind);
        format!("{text}| `{name}` | {currency} | {needs} | {takes} | {person} |\n")
    })
}

/// The same for programs, with every rule.
pub(super) fn as_json() -> Value {
    KINDS.iter().map(kind_as_json).collect()
}

/// What a field of an account accepts, where that depends on the account type.
pub(super) fn accepts(field: &Field) -> Option<String> {
    let rules: Vec<_> = KINDS
        .iter()
        .filter_map(|kind| Some((kind.name, rule(kind, Place::of(field))?)))
        .collect();
    let usual = most_frequent(rules.iter().map(|(_, rule)| *rule))?;
    let names: Vec<_> = rules.iter().map(|(name, _)| *name).collect();
    let others = rules.iter().filter(|(_, rule)| *rule != usual);
    let mut texts: Vec<_> = others
        .map(|(name, rule)| format!("{name}: {}", expected(*rule)))
        .collect();
    let usual = expected(usual);
    texts.push(match names[..] {
        [only] => format!("{only}: {usual}"),
        _ if texts.is_empty() => usual,
        _ => format!("else {usual}"),
    });
    Some(texts.join("; "))
}

/// The rule of the field in this account type, where it has it.
fn rule(kind: &AccountKind, place: Place) -> Option<Rule> {
    let part = match place {
        Place::Account => None,
        Place::Info(name) => kind.part(name),
        Place::Beneficiary(name) => {
            let mut holders = CustomerType::ALL
                .into_iter()
                .filter_map(|of| kind.holder(of));
            holders.find_map(|holder| holder.part(name))
        }
    };
    part.map(|part| part.rule)
}

fn most_frequent(rules: impl Iterator<Item = Rule>) -> Option<Rule> {
    let all: Vec<_> = rules.collect();
    let count = |rule: &&Rule| all.iter().filter(|other| other == rule).count();
    all.iter().max_by_key(count).copied()
}

fn expected(rule: Rule) -> String {
    rule.expected().unwrap_or("text".into()).into_owned()
}

fn columns(kind: &AccountKind) -> [String; 5] {
    let names = |parts: &[Part]| parts.iter().map(|part| part.name).collect::<Vec<_>>();
    let mut needs = names(kind.needs);
    let groups: Vec<_> = kind
        .one_of
        .iter()
        .map(|group| group.join(" with "))
        .collect();
    let groups = groups.join(" or ");
    if !groups.is_empty() {
        needs.push(&groups);
    }
    [
        kind.name.to_owned(),
        kind.currency.unwrap_or("to be said").to_owned(),
        needs.join(", "),
        names(kind.takes).join(", "),
        person(kind),
    ]
}

/// What a person needs as the beneficiary, the name aside.
fn person(kind: &AccountKind) -> String {
    let Some(beneficiary) = &kind.beneficiary else {
        return "no beneficiary".to_owned();
    };
    let needs = beneficiary.person.needs.iter();
    let mut more: Vec<_> = needs
        .filter(|name| **name != "fullName")
        .map(|name| name.split('.').next().unwrap_or(name))
        .collect();
    more.dedup();
    let more = more.join(", ");
    if beneficiary.is_required {
        more
    } else {
        format!("{more}, where a beneficiary is given")
    }
}

fn kind_as_json(kind: &AccountKind) -> Value {
    let parts = |parts: &[Part]| -> Value { parts.iter().map(part_as_json).collect() };
    json!({
        "account_type": kind.name,
        "currency": kind.currency,
        "needs": parts(kind.needs),
        "takes": parts(kind.takes),
        "one_of": kind.one_of,
        "beneficiary": kind.beneficiary.as_ref().map(|beneficiary| json!({
            "required": beneficiary.is_required,
            CustomerType::Individual.as_str(): holder_as_json(&beneficiary.person),
            CustomerType::Business.as_str(): holder_as_json(&beneficiary.company),
        })),
    })
}

fn holder_as_json(holder: &Holder) -> Value {
    let takes: Value = holder.takes.iter().map(part_as_json).collect();
    json!({ "needs": holder.needs, "takes": takes })
}

fn part_as_json(part: &Part) -> Value {
    json!({ "field": part.name, "accepts": part.rule.expected() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::account::kind;
    use crate::model::field::Slot;

    #[test]
    fn rules_that_differ_are_told_with_their_types() {
        let accepts = |name: &str| {
            let slot = Slot::parse(&format!("externalAccount.accountInfo.{name}"));
            accepts(slot.expect("a field of the table").field()).expect("it depends")
        };
        assert_eq!(
            accepts("accountNumber"),
            "CAD_ACCOUNT: 7 to 12 digits; GBP_ACCOUNT: 8 digits; INR_ACCOUNT: 9 to 18 digits; \
             NGN_ACCOUNT: 10 digits; PHP_ACCOUNT: 8 to 16 digits; ZAR_ACCOUNT: 9 to 13 digits; \
             else at most 34 characters"
        );
        assert_eq!(accepts("clabeNumber"), "MXN_ACCOUNT: 18 digits");
        assert_eq!(accepts("branchCode"), "5 digits");
        assert_eq!(
            accepts("beneficiary.documentNumber"),
            "COP_ACCOUNT: at most 50 characters"
        );
    }

    #[test]
    fn each_type_says_what_it_needs() {
        let row = |name: &str| columns(kind(name).expect("a type")).join(" | ");
        assert_eq!(
            row("SWIFT_ACCOUNT"),
            "SWIFT_ACCOUNT | to be said | swiftCode, bankName, country, accountNumber or iban | \
             accountNumber, iban | "
        );
        assert_eq!(
            row("JMD_ACCOUNT"),
            "JMD_ACCOUNT | JMD | accountNumber, branchCode, bankAccountType, bankName |  | \
             phoneNumber, address"
        );
        assert_eq!(
            row("TRON_WALLET"),
            "TRON_WALLET | to be said | address | vaspName | \
             countryOfResidence, where a beneficiary is given"
        );
        assert!(row("LIGHTNING").ends_with("| no beneficiary"));
    }
}
