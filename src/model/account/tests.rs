use serde_json::{Value as Json, json};

use super::*;
use crate::model::field::{FIELDS, Field, Rule, Slot};
use crate::model::json::to_account_body;
use crate::model::{CustomerId, CustomerType, Personal, Value, Values};

const INFO: &str = "externalAccount.accountInfo.";

fn values(entries: &[(&str, &str)]) -> Values<'static> {
    let entry = |(path, text): &(&str, &str)| {
        let slot = Slot::parse(path).expect("a field of the table");
        (slot, Personal::new(Value::Text((*text).to_owned().into())))
    };
    let mut values: Values<'static> = entries.iter().map(entry).collect();
    values.sort_by_key(|(slot, _)| *slot);
    values
}

/// The body of a row of this customer; names of account fields are shortened to what follows
/// `accountInfo.`.
fn body(customer: &[(&str, &str)], info: &[(&str, &str)]) -> Json {
    let info: Vec<_> = info
        .iter()
        .map(|(name, text)| (format!("{INFO}{name}"), *text))
        .collect();
    let mut all: Vec<_> = info
        .iter()
        .map(|(path, text)| (path.as_str(), *text))
        .collect();
    all.extend(customer);
    to_account_body(&values(&all), &CustomerId::new("Customer:1")).expect("there is an account")
}

const ADA: &[(&str, &str)] = &[
    ("customerType", "INDIVIDUAL"),
    ("fullName", "Ada Lovelace"),
    ("birthDate", "1990-01-15"),
    ("address.line1", "1 Elm"),
    ("address.postalCode", "W1"),
    ("address.country", "GB"),
];
const ENGINES: &[(&str, &str)] = &[
    ("customerType", "BUSINESS"),
    ("businessInfo.legalName", "Engines Ltd"),
    ("businessInfo.taxId", "7"),
    ("email", "desk@engines.dev"),
];

#[test]
fn every_part_is_a_field_with_the_same_rule_or_with_none() {
    assert_eq!(KINDS.len(), 46);
    let field_of = |place| {
        let is_it = |field: &&Field| field.is_account() && Place::of(field) == place;
        FIELDS.iter().find(is_it).expect("a field of the table")
    };
    for kind in KINDS {
        let infos = kind.needs.iter().chain(kind.takes);
        let info = infos.map(|part| (Place::Info(part.name), part.rule));
        let holders = CustomerType::ALL
            .into_iter()
            .filter_map(|of| kind.holder(of));
        let parts = holders.flat_map(|holder| holder.takes);
        let of_beneficiary = parts.map(|part| (Place::Beneficiary(part.name), part.rule));
        for (place, rule) in info.chain(of_beneficiary) {
            let field = field_of(place);
            let is_told = field.rule == rule || field.rule == Rule::Any;
            assert!(is_told, "{} {place:?}", kind.name);
        }
    }
}

#[test]
fn every_field_of_the_account_belongs_to_a_type() {
    for field in FIELDS.iter().filter(|field| field.is_account()) {
        assert!(
            KINDS.iter().any(|kind| kind.has(field, None)),
            "{}",
            field.path
        );
    }
    assert!(NAMES.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(
        NAMES
            .iter()
            .all(|name| kind(name).is_some_and(|kind| kind.name == *name))
    );
}

#[test]
fn the_customer_is_the_beneficiary_and_the_type_names_the_currency() {
    let iban = [
        ("accountType", "EUR_ACCOUNT"),
        ("iban", "DE89370400440532013000"),
    ];
    assert_eq!(
        body(ADA, &iban),
        json!({
            "customerId": "Customer:1",
            "currency": "EUR",
            "accountInfo": {
                "accountType": "EUR_ACCOUNT",
                "iban": "DE89370400440532013000",
                "beneficiary": {
                    "beneficiaryType": "INDIVIDUAL",
                    "fullName": "Ada Lovelace",
                    "birthDate": "1990-01-15",
                    "countryOfResidence": "GB",
                    "address": {"line1": "1 Elm", "postalCode": "W1", "country": "GB"},
                },
            },
        })
    );
    assert_eq!(
        body(ENGINES, &iban)["accountInfo"]["beneficiary"],
        json!({
            "beneficiaryType": "BUSINESS",
            "legalName": "Engines Ltd",
            "taxId": "7",
            "email": "desk@engines.dev",
        })
    );
}

#[test]
fn what_the_row_says_of_the_beneficiary_goes_before_the_customer() {
    let account = |more: &[(&'static str, &'static str)]| {
        let mut info = vec![("accountType", "EUR_ACCOUNT"), ("iban", "DE8937")];
        info.extend(more);
        body(ADA, &info)["accountInfo"]["beneficiary"].clone()
    };
    let country = account(&[("beneficiary.countryOfResidence", "FR")]);
    assert_eq!(country["countryOfResidence"], "FR");
    assert_eq!(
        country["fullName"], "Ada Lovelace",
        "she still is the beneficiary"
    );

    let street = account(&[("beneficiary.address.line1", "2 Oak")]);
    assert_eq!(
        street["address"],
        json!({"line1": "2 Oak"}),
        "addresses are not mixed"
    );

    let other = account(&[("beneficiary.fullName", "Mary Somerville")]);
    assert_eq!(
        other,
        json!({"beneficiaryType": "INDIVIDUAL", "fullName": "Mary Somerville"}),
        "nothing of Ada is said of Mary"
    );
    let company = account(&[("beneficiary.legalName", "Engines Ltd")]);
    assert_eq!(company["beneficiaryType"], "BUSINESS");
}

#[test]
fn whose_account_it_is() {
    let whose = |info: &[(&str, &str)]| {
        let paths: Vec<_> = info
            .iter()
            .map(|(name, text)| (format!("{INFO}{name}"), *text))
            .collect();
        let mut all: Vec<_> = paths
            .iter()
            .map(|(path, text)| (path.as_str(), *text))
            .collect();
        all.extend(ADA);
        Account::of(&values(&all)).and_then(Account::whose)
    };
    let person = CustomerType::Individual;
    for (info, expected) in [
        (
            &[("accountType", "MXN_ACCOUNT")][..],
            Some(Whose::Customers(person)),
        ),
        (
            &[
                ("accountType", "MXN_ACCOUNT"),
                ("beneficiary.beneficiaryType", "INDIVIDUAL"),
            ],
            Some(Whose::Customers(person)),
        ),
        (
            &[
                ("accountType", "MXN_ACCOUNT"),
                ("beneficiary.beneficiaryType", "BUSINESS"),
            ],
            Some(Whose::Others(CustomerType::Business)),
        ),
        (
            &[
                ("accountType", "MXN_ACCOUNT"),
                ("beneficiary.fullName", "M"),
                ("beneficiary.legalName", "E"),
            ],
            Some(Whose::Unclear),
        ),
        (&[("accountType", "SPARK_WALLET")], None),
        (
            &[
                ("accountType", "SPARK_WALLET"),
                ("beneficiary.countryOfResidence", "FR"),
            ],
            Some(Whose::Customers(person)),
        ),
        (
            &[("accountType", "LIGHTNING"), ("beneficiary.fullName", "M")],
            None,
        ),
        (&[("accountType", "robot")], None),
    ] {
        assert_eq!(whose(info), expected, "{info:?}");
    }
    assert!(Account::of(&values(ADA)).is_none());
}

#[test]
fn what_stands_beside_the_details_keeps_its_json_type() {
    let row = values(&[
        ("customerType", "INDIVIDUAL"),
        ("externalAccount.accountInfo.accountType", "SOLANA_WALLET"),
        ("externalAccount.accountInfo.address", "7vC"),
        ("externalAccount.currency", "USDC"),
        ("externalAccount.platformAccountId", "acct-1"),
        ("externalAccount.ownershipType", "FIRST_PARTY"),
        ("externalAccount.defaultUmaDepositAccount", "true"),
    ]);
    let expected = json!({
        "customerId": "Customer:1",
        "currency": "USDC",
        "platformAccountId": "acct-1",
        "ownershipType": "FIRST_PARTY",
        "defaultUmaDepositAccount": true,
        "accountInfo": {"accountType": "SOLANA_WALLET", "address": "7vC"},
    });
    let body = to_account_body(&row, &CustomerId::new("Customer:1"));
    assert!(body == Some(expected));
}

mod likenesses {
    use super::*;

    fn meant() -> Json {
        json!({
            "customerId": "Customer:1",
            "currency": "EUR",
            "accountInfo": {
                "accountType": "EUR_ACCOUNT",
                "iban": "DE89370400440532013000",
                "swiftCode": "COBADEFFXXX",
                "beneficiary": {"beneficiaryType": "INDIVIDUAL", "fullName": "Ada Lovelace"},
            },
        })
    }

    fn with(mut account: Json, pointer: &str, value: Json) -> Json {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        account.pointer_mut(parent).expect("is there")[name] = value;
        account
    }

    fn listed() -> Json {
        let account = with(meant(), "/id", json!("ExternalAccount:1"));
        let account = with(account, "/status", json!("ACTIVE"));
        with(account, "/accountInfo/paymentRails", json!(["SEPA"]))
    }

    #[track_caller]
    fn assert_like(listed: &Json, expected: Likeness) {
        assert_eq!(likeness(&meant(), listed), expected);
    }

    #[test]
    fn the_account_is_known_again_however_grid_writes_it() {
        assert_like(&listed(), Likeness::Same);
        for (pointer, echo) in [
            ("/accountInfo/iban", json!("DE89 3704 0044 0532 0130 00")),
            ("/accountInfo/iban", json!("de89370400440532013000")),
            ("/accountInfo/iban", json!("******************3000")),
            ("/accountInfo/iban", json!("•••• 3000")),
            ("/accountInfo/swiftCode", json!(null)),
            ("/accountInfo/swiftCode", json!("****XX")),
            ("/accountInfo/bankName", json!("Commerzbank")),
            (
                "/accountInfo/beneficiary",
                json!({"fullName": "LOVELACE ADA"}),
            ),
            ("/platformAccountId", json!("made-by-hand")),
        ] {
            assert_like(&with(listed(), pointer, echo), Likeness::Same);
        }
    }

    #[test]
    fn another_account_stays_another() {
        for (pointer, other) in [
            ("/customerId", json!("Customer:2")),
            ("/currency", json!("USD")),
            ("/accountInfo/accountType", json!("SWIFT_ACCOUNT")),
            ("/accountInfo/iban", json!("DE89370400440532013001")),
            ("/accountInfo/iban", json!("****3001")),
            ("/accountInfo/iban", json!("*3000")),
            ("/accountInfo/iban", json!("3000")),
            ("/accountInfo/swiftCode", json!("DEUTDEFFXXX")),
        ] {
            assert_like(&with(listed(), pointer, other), Likeness::Other);
        }
    }

    #[test]
    fn nothing_in_common_is_no_likeness() {
        for (pointer, hidden) in [
            ("/accountInfo/iban", json!(null)),
            ("/accountInfo/iban", json!("******************")),
            ("/accountInfo/iban", json!("****000")),
            ("/accountInfo", json!({"accountType": "EUR_ACCOUNT"})),
            ("/accountInfo", json!(null)),
        ] {
            assert_like(&with(listed(), pointer, hidden), Likeness::Other);
        }
        assert_like(&json!([]), Likeness::Other);
    }

    #[test]
    fn the_platforms_own_id_decides_where_both_have_one() {
        let meant = with(meant(), "/platformAccountId", json!("acct-1"));
        let ours = with(listed(), "/platformAccountId", json!("acct-1"));
        let like = |listed: &Json| likeness(&meant, listed);
        assert_eq!(like(&ours), Likeness::Same);
        assert_eq!(
            like(&with(ours.clone(), "/accountInfo", json!({}))),
            Likeness::Same
        );
        let moved = with(
            ours.clone(),
            "/accountInfo/iban",
            json!("FR7630006000011234567890189"),
        );
        assert_eq!(like(&moved), Likeness::OtherDetails);
        assert_eq!(
            like(&with(ours, "/platformAccountId", json!("ACCT-1"))),
            Likeness::Other
        );
        assert_eq!(
            like(&listed()),
            Likeness::Same,
            "an answer may leave it out"
        );
    }

    #[test]
    fn wallets_differ_in_case_and_hexadecimal_ones_do_not() {
        let wallet = |address: &str| {
            json!({
                "currency": "USDC",
                "accountInfo": {"accountType": "BASE_WALLET", "address": address},
            })
        };
        let like = |a: &str, b: &str| likeness(&wallet(a), &wallet(b));
        assert_eq!(like("0xAbC1", "0xabc1"), Likeness::Same);
        assert_eq!(like("7vCaBc", "7vCabc"), Likeness::Other);
        assert_eq!(like("7vCaBc", "7vCaBc"), Likeness::Same);
    }

    #[test]
    fn hyphens_count_in_addresses_and_not_in_numbers() {
        let account =
            |name: &str, value: &str| json!({"currency": "X", "accountInfo": {name: value}});
        let like = |name, a, b| likeness(&account(name, a), &account(name, b));
        assert_eq!(like("accountNumber", "12-34 5", "12345"), Likeness::Same);
        assert_eq!(like("vpa", "a-b@bank", "ab@bank"), Likeness::Other);
        assert_eq!(like("vpa", "A-b@bank", "a-b@Bank"), Likeness::Same);
    }
}
