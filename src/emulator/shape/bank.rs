//! `bankAccountInfo` as the edition `2025-10` has it inline, and the account types of that edition's
//! external accounts, which are the same without `FBO`.

use super::patterns::{EIGHTEEN_DIGITS, NINE_DIGITS};
use super::rule::{Field, Rule, TEXT, optional, required};

/// The inline bank account of a create.
pub(super) const BANK_ACCOUNTS: Rule = Rule::Variant {
    tag: "accountType",
    of: BANK_ACCOUNT_TYPES,
};

const PIX_KEYS: Rule = Rule::OneOf(&["CPF", "CNPJ", "EMAIL", "PHONE", "RANDOM"]);
const CURRENCY: Field = optional("currency", TEXT);
const ACCOUNT_ID: Field = optional("platformAccountId", TEXT);
const BANK_NAME: Field = optional("bankName", TEXT);

pub(super) const BANK_ACCOUNT_TYPES: &[(&str, &[Field])] = &[
    (
        "US_ACCOUNT",
        &[
            required("accountNumber", TEXT),
            required("routingNumber", Rule::Matching(&NINE_DIGITS)),
            required("accountCategory", Rule::OneOf(&["CHECKING", "SAVINGS"])),
            BANK_NAME,
            CURRENCY,
            ACCOUNT_ID,
        ],
    ),
    (
        "CLABE",
        &[
            required("clabeNumber", Rule::Matching(&EIGHTEEN_DIGITS)),
            required("bankName", TEXT),
            CURRENCY,
            ACCOUNT_ID,
        ],
    ),
    (
        "PIX",
        &[
            required("pixKey", TEXT),
            required("pixKeyType", PIX_KEYS),
            BANK_NAME,
            CURRENCY,
            ACCOUNT_ID,
        ],
    ),
    (
        "IBAN",
        &[
            required("iban", Rule::Text { min: 15, max: 34 }),
            required("bankName", TEXT),
            optional("swiftBic", Rule::Text { min: 8, max: 11 }),
            CURRENCY,
            ACCOUNT_ID,
        ],
    ),
    ("UPI", &[required("vpa", TEXT), CURRENCY, ACCOUNT_ID]),
    (
        "SPARK_WALLET",
        &[required("address", TEXT), CURRENCY, ACCOUNT_ID],
    ),
    (
        "FBO",
        &[required("currencyCode", TEXT), CURRENCY, ACCOUNT_ID],
    ),
];
