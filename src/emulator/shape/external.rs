//! The body of `POST /customers/external-accounts`. For `2026-08` each account type has its required
//! fields and the patterns of those that a bulk import would get wrong; the other patterns are left out.

use serde_json::{Map, Value, json};

use crate::emulator::edition::Edition;
use crate::emulator::error::Problem;

use super::bank::BANK_ACCOUNT_TYPES;
use super::check::{check, check_object};
use super::customer::ADDRESS;
use super::patterns::digits;
use super::rule::{Field, Rule, TEXT, optional, required};

static OLD: &[Field] = &[
    optional("customerId", TEXT),
    required("currency", TEXT),
    required(
        "accountInfo",
        Rule::Variant {
            tag: "accountType",
            of: OLD_TYPES,
        },
    ),
];
/// All but `FBO`, which stands last.
const OLD_TYPES: &[(&str, &[Field])] = BANK_ACCOUNT_TYPES.split_at(6).0;

static NEW: &[Field] = &[
    optional("customerId", TEXT),
    required("currency", TEXT),
    optional("platformAccountId", TEXT),
    optional(
        "ownershipType",
        Rule::OneOf(&["FIRST_PARTY", "THIRD_PARTY"]),
    ),
    optional("defaultUmaDepositAccount", Rule::Flag),
    required(
        "accountInfo",
        Rule::Object(&[required("accountType", TEXT)]),
    ),
];

const BENEFICIARY: Rule = Rule::Variant {
    tag: "beneficiaryType",
    of: &[
        (
            "INDIVIDUAL",
            &[
                required("fullName", Rule::Name),
                optional("address", ADDRESS),
            ],
        ),
        (
            "BUSINESS",
            &[
                required("legalName", Rule::Name),
                optional("address", ADDRESS),
            ],
        ),
    ],
};
static WITH_BENEFICIARY: &[Field] = &[required("beneficiary", BENEFICIARY)];
static MAYBE_BENEFICIARY: &[Field] = &[optional("beneficiary", BENEFICIARY)];

/// Account types with their required fields, the beneficiary left out.
const TYPES: &[(&str, &str)] = &[
    ("AED_ACCOUNT", "iban"),
    ("BDT_ACCOUNT", "bankName"),
    ("BRL_ACCOUNT", "pixKey pixKeyType taxId"),
    ("BWP_ACCOUNT", "phoneNumber provider"),
    ("CAD_ACCOUNT", "bankCode branchCode accountNumber"),
    ("CNY_ACCOUNT", "bankName"),
    ("COP_ACCOUNT", "bankName"),
    ("DKK_ACCOUNT", "iban"),
    ("EGP_ACCOUNT", "bankName"),
    ("EUR_ACCOUNT", "iban"),
    ("GBP_ACCOUNT", "sortCode accountNumber"),
    ("GHS_ACCOUNT", "bankName"),
    ("GTQ_ACCOUNT", "accountNumber bankAccountType bankName"),
    ("HKD_ACCOUNT", "bankName accountNumber swiftCode"),
    ("HTG_ACCOUNT", "phoneNumber"),
    (
        "IDR_ACCOUNT",
        "bankName accountNumber swiftCode phoneNumber",
    ),
    ("INR_ACCOUNT", ""),
    (
        "JMD_ACCOUNT",
        "accountNumber branchCode bankAccountType bankName",
    ),
    ("KES_ACCOUNT", "phoneNumber provider"),
    ("MWK_ACCOUNT", "phoneNumber provider"),
    ("MXN_ACCOUNT", "clabeNumber"),
    ("MYR_ACCOUNT", "bankName accountNumber swiftCode"),
    ("NGN_ACCOUNT", "accountNumber bankName"),
    ("PHP_ACCOUNT", "bankName accountNumber"),
    ("PKR_ACCOUNT", "bankName"),
    ("RWF_ACCOUNT", "phoneNumber provider"),
    ("SGD_ACCOUNT", "accountNumber swiftCode"),
    ("SLV_ACCOUNT", ""),
    ("SWIFT_ACCOUNT", "country swiftCode bankName"),
    ("THB_ACCOUNT", "bankName accountNumber swiftCode"),
    ("TZS_ACCOUNT", "phoneNumber provider"),
    ("UGX_ACCOUNT", "phoneNumber provider"),
    ("USD_ACCOUNT", "accountNumber routingNumber"),
    ("VND_ACCOUNT", "bankName accountNumber swiftCode"),
    ("XAF_ACCOUNT", "phoneNumber provider region"),
    ("XOF_ACCOUNT", "phoneNumber provider region"),
    ("ZAR_ACCOUNT", "accountNumber bankName"),
    ("ZMW_ACCOUNT", "phoneNumber provider"),
    ("BASE_WALLET", "address"),
    ("ETHEREUM_WALLET", "address"),
    ("PLASMA_WALLET", "address"),
    ("POLYGON_WALLET", "address"),
    ("SOLANA_WALLET", "address"),
    ("SPARK_WALLET", "address"),
    ("TRON_WALLET", "address"),
    ("LIGHTNING", ""),
];

/// Fields that are so many digits: type, field, least, most.
const DIGITS: &[(&str, &str, usize, usize)] = &[
    ("USD_ACCOUNT", "routingNumber", 9, 9),
    ("MXN_ACCOUNT", "clabeNumber", 18, 18),
    ("BRL_ACCOUNT", "taxId", 11, 14),
    ("GBP_ACCOUNT", "sortCode", 6, 6),
    ("GBP_ACCOUNT", "accountNumber", 8, 8),
    ("NGN_ACCOUNT", "accountNumber", 10, 10),
    ("PHP_ACCOUNT", "accountNumber", 8, 16),
    ("CAD_ACCOUNT", "bankCode", 3, 3),
    ("CAD_ACCOUNT", "branchCode", 5, 5),
    ("CAD_ACCOUNT", "accountNumber", 7, 12),
    ("INR_ACCOUNT", "accountNumber", 9, 18),
];

/// Every bad field of the body that makes an external account.
pub(crate) fn external_account_problems(
    edition: Edition,
    body: &Map<String, Value>,
) -> Vec<Problem> {
    if edition == Edition::Y2025M10 {
        return check(OLD, body);
    }
    let mut problems = check(NEW, body);
    if let Some(info) = body.get("accountInfo").and_then(Value::as_object) {
        check_account(info, &mut problems);
    }
    problems
}

fn check_account(info: &Map<String, Value>, problems: &mut Vec<Problem>) {
    let Some(account_type) = info.get("accountType").and_then(Value::as_str) else {
        return;
    };
    let Some((_, needed)) = TYPES.iter().find(|(name, _)| *name == account_type) else {
        let names: Vec<_> = TYPES.iter().map(|(name, _)| *name).collect();
        problems.push(bad(
            "accountType",
            "is not one of the accepted values",
            Some(json!({ "enum": names })),
        ));
        return;
    };
    for field in needed
        .split_whitespace()
        .filter(|field| !is_text(info, field))
    {
        problems.push(bad(field, "is required and must be a string", None));
    }
    problems.extend(bad_digits(account_type, info));
    let is_bank = account_type.ends_with("_ACCOUNT");
    let beneficiary = if is_bank {
        WITH_BENEFICIARY
    } else {
        MAYBE_BENEFICIARY
    };
    check_object(beneficiary, info, "accountInfo", problems);
}

fn bad_digits(account_type: &str, info: &Map<String, Value>) -> Vec<Problem> {
    let rules = DIGITS.iter().filter(|(name, ..)| *name == account_type);
    rules
        .filter_map(|&(_, field, min, max)| {
            let text = info.get(field)?.as_str()?;
            let pattern = format!("^[0-9]{{{min},{max}}}$");
            (!digits(text, min, max)).then(|| {
                bad(
                    field,
                    "does not match the pattern",
                    Some(json!({ "pattern": pattern })),
                )
            })
        })
        .collect()
}

fn is_text(info: &Map<String, Value>, field: &str) -> bool {
    info.get(field)
        .and_then(Value::as_str)
        .is_some_and(|text| !text.is_empty())
}

fn bad(field: &str, message: &str, constraint: Option<Value>) -> Problem {
    Problem {
        field: format!("accountInfo.{field}"),
        message: message.to_owned(),
        constraint,
    }
}
