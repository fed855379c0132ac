//! What Grid takes and nobody may have meant.

use super::checker::RowValues;
use super::digits;
use super::form;
use crate::model::account::{Account, Place};
use crate::model::field::{Rule, Slot};
use crate::model::{CustomerType, Edition, Value, Warning, WarningCode};

/// Endings of names and registration numbers that Grid's sandbox reacts to.
const MAGIC: [&str; 3] = ["001", "002", "003"];

/// Adds what is odd about a value that has no fault.
pub(super) fn suspect(
    slot: Slot,
    value: &Value<'_>,
    row: RowValues<'_>,
    edition: Edition,
    warnings: &mut Vec<Warning>,
) {
    let Value::Text(text) = value else { return };
    let mut warn_if = |is_odd: bool, code| {
        if is_odd {
            warnings.push(Warning { code, slot });
        }
    };
    if slot.field().rule == Rule::Email {
        warn_if(form::is_reserved_domain(text), WarningCode::ReservedDomain);
    }
    match slot.field().path {
        "fullName" => {
            let is_one_word = !text.trim().contains(char::is_whitespace);
            warn_if(
                is_one_word && edition == Edition::E2026_08,
                WarningCode::OneWordName,
            );
            warn_if(is_magic(text), WarningCode::SandboxSuffix);
        }
        "businessInfo.registrationNumber" => warn_if(is_magic(text), WarningCode::SandboxSuffix),
        path => {
            warn_if(has_wrong_digits(slot, text, row), WarningCode::CheckDigit);
            warn_if(is_refused(path, text, row), WarningCode::LikelyRefused);
        }
    }
}

/// Adds what is odd about an account as a whole.
pub(super) fn suspect_account(account: Account<'_>, warnings: &mut Vec<Warning>) {
    let named = account.kind().and_then(|kind| kind.currency);
    if named.is_some() && named != account.currency() {
        warnings.push(Warning {
            code: WarningCode::OtherCurrency,
            slot: Slot::ACCOUNT_CURRENCY,
        });
    }
}

/// Adds what is odd for not being there.
pub(super) fn suspect_absence(
    row: RowValues<'_>,
    customer_type: Option<CustomerType>,
    edition: Edition,
    warnings: &mut Vec<Warning>,
) {
    if customer_type != Some(CustomerType::Business) {
        return;
    }
    let slot = slot("businessInfo.businessType");
    if slot.field().in_edition(edition) && row.get(slot).is_none() {
        let code = WarningCode::NoBusinessType;
        warnings.push(Warning { code, slot });
    }
}

fn is_magic(text: &str) -> bool {
    MAGIC.iter().any(|ending| text.ends_with(ending))
}

fn has_wrong_digits(slot: Slot, text: &str, row: RowValues<'_>) -> bool {
    let field = slot.field();
    let (name, key_type) = match (
        field.path.strip_prefix("bankAccountInfo."),
        Place::of(field),
    ) {
        (Some(name), _) => (name, OLD_KEY_TYPE),
        (None, Place::Info(name)) => (name, KEY_TYPE),
        _ => return false,
    };
    match name {
        "routingNumber" | "intermediaryRoutingNumber" => !digits::is_routing(text),
        "clabeNumber" => !digits::is_clabe(text),
        "iban" => !digits::is_iban(text),
        // Of a company whose number has letters the digits alone would not do.
        "taxId" => !digits::is_cpf(text) && !digits::is_cnpj(text),
        "pixKey" => match row.text(key_type) {
            Some("CPF") => !digits::is_cpf(text),
            Some("CNPJ") => !digits::is_cnpj(text),
            _ => false,
        },
        _ => false,
    }
}

const OLD_KEY_TYPE: Slot = Slot::of_path("bankAccountInfo.pixKeyType");
const KEY_TYPE: Slot = Slot::of_path("externalAccount.accountInfo.pixKeyType");

/// Of individuals Grid takes only an SSN or ITIN, issued by the US, an SSN as `###-##-####`: so
/// its documentation says; its schema takes more.
fn is_refused(path: &str, text: &str, row: RowValues<'_>) -> bool {
    match path {
        "idType" => !matches!(text, "SSN" | "ITIN"),
        "countryOfIssuance" => text != "US",
        "identifier" => row.text(slot("idType")) == Some("SSN") && !is_ssn(text),
        _ => false,
    }
}

fn is_ssn(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let lengths = [3, 2, 4];
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| form::is_digits(part, length, length))
}

fn slot(path: &str) -> Slot {
    Slot::parse(path).expect("a path of the table")
}
