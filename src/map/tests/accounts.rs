//! Which rows have an account, and what fills it.

use super::*;

const INFO: &str = "externalAccount.accountInfo.";

fn info(name: &str) -> String {
    format!("{INFO}{name}")
}

/// Fields of the account that a row got, their paths shortened.
fn account(spec: Spec, header: &[&str], cells: &[&str]) -> String {
    let found = spec.read(header, cells);
    assert_eq!(found.faults, []);
    let own = found.values.iter();
    let own = own.filter(|(path, _)| path.starts_with("externalAccount."));
    let texts: Vec<_> = own
        .map(|(path, text)| format!("{}={text}", path.replace(INFO, "")))
        .collect();
    texts.join(" ").replace("externalAccount.", "")
}

#[test]
fn columns_of_the_bulk_csv_are_the_editions_own_fields() {
    let header = [
        "platformCustomerId",
        "accountType",
        "accountNumber",
        "routingNumber",
        "accountCategory",
        "bankName",
        "clabeNumber",
        "pixKey",
        "pixKeyType",
        "iban",
        "swiftBic",
        "platformAccountId",
    ];
    let paths = |edition| {
        let bound = person().bind(edition, &header).expect("all are known");
        assert_eq!(bound.notices, []);
        let slots = bound.mapping.slots().iter().skip(2);
        slots
            .map(|slot| slot.path().into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        paths(E2026_08),
        [
            "externalAccount.platformAccountId",
            "externalAccount.accountInfo.accountType",
            "externalAccount.accountInfo.accountNumber",
            "externalAccount.accountInfo.routingNumber",
            "externalAccount.accountInfo.bankName",
            "externalAccount.accountInfo.bankAccountType",
            "externalAccount.accountInfo.clabeNumber",
            "externalAccount.accountInfo.pixKey",
            "externalAccount.accountInfo.pixKeyType",
            "externalAccount.accountInfo.iban",
            "externalAccount.accountInfo.swiftCode",
        ]
    );
    let old = paths(E2025_10);
    assert_eq!(old.len(), 11);
    assert!(
        old.iter().all(|path| path.starts_with("bankAccountInfo.")),
        "{old:?}"
    );
}

#[test]
fn a_rule_may_use_the_short_name_too() {
    let spec = || {
        Spec::default()
            .value("accountType", "EUR_ACCOUNT")
            .column("iban", "konto")
    };
    let read = |cells: &[&str]| account(spec(), &["konto"], cells);
    assert_eq!(
        read(&["DE89370400440532013000"]),
        "accountType=EUR_ACCOUNT iban=DE89370400440532013000"
    );
    assert_eq!(
        person()
            .column("externalAccount.accountInfo.iban", "iban")
            .faults(E2025_10, &["platformCustomerId", "iban"]),
        "[fields] `externalAccount.accountInfo.iban`: edition 2025-10 does not have this field, \
         edition 2026-08 does; drop the rule, or set `edition` in [grid]"
    );
}

#[test]
fn a_misspelt_column_of_an_account_is_named() {
    let told = person().faults(E2026_08, &["platformCustomerId", "routing_number"]);
    assert!(told.contains("almost Grid's `routingNumber`"), "{told}");
}

#[test]
fn constants_and_defaults_make_no_account() {
    let spec = || {
        let default = FieldRule {
            default: Some("CHECKING".to_owned()),
            ..FieldRule::column("kind")
        };
        Spec::default()
            .value(&info("accountType"), "USD_ACCOUNT")
            .rule(&info("bankAccountType"), default)
            .column(&info("accountNumber"), "number")
    };
    let header = ["number", "kind"];
    assert_eq!(account(spec(), &header, &["", " "]), "");
    assert_eq!(
        account(spec(), &header, &["7", ""]),
        "accountType=USD_ACCOUNT accountNumber=7 bankAccountType=CHECKING"
    );
    assert_eq!(
        account(spec(), &header, &["", "SAVINGS"]),
        "accountType=USD_ACCOUNT bankAccountType=SAVINGS",
        "a row that says half is not a row without an account"
    );
}

#[test]
fn a_map_may_say_that_there_is_none() {
    let spec = || {
        let map = [
            ("none".to_owned(), String::new()),
            ("mx".to_owned(), "MXN_ACCOUNT".to_owned()),
        ];
        let rule = FieldRule {
            map: map.into(),
            ..FieldRule::column("kind")
        };
        Spec::default().rule(&info("accountType"), rule)
    };
    assert_eq!(account(spec(), &["kind"], &["none"]), "");
    assert_eq!(
        account(spec(), &["kind"], &["mx"]),
        "accountType=MXN_ACCOUNT"
    );
    let unknown = spec().read(&["kind"], &["other"]);
    assert_eq!(
        unknown.only_fault().0,
        FaultCode::NotInMap,
        "it is no row without an account"
    );
}

#[test]
fn what_the_customer_shares_makes_no_account() {
    let spec = || {
        Spec::default()
            .column("fullName", "name")
            .column(&info("beneficiary.fullName"), "name")
            .column("externalAccount.platformAccountId", "platformCustomerId")
            .column(&info("clabeNumber"), "clabe")
            .value(&info("accountType"), "MXN_ACCOUNT")
    };
    let header = ["name", "clabe"];
    assert_eq!(account(spec(), &header, &["Ada", ""]), "");
    assert_eq!(
        account(spec(), &header, &["Ada", "1"]),
        "platformAccountId=u-1 accountType=MXN_ACCOUNT clabeNumber=1 beneficiary.fullName=Ada"
    );
}

#[test]
fn the_customers_telephone_number_may_be_all_of_a_mobile_wallet() {
    let spec = || {
        Spec::default()
            .column("phoneNumber", "phone")
            .column(&info("phoneNumber"), "phone")
            .value(&info("accountType"), "KES_ACCOUNT")
            .value(&info("provider"), "M-PESA")
    };
    assert_eq!(account(spec(), &["phone"], &[""]), "");
    assert_eq!(
        account(spec(), &["phone"], &["+254712345678"]),
        "accountType=KES_ACCOUNT phoneNumber=+254712345678 provider=M-PESA"
    );
}

#[test]
fn what_the_configuration_says_it_says_of_accounts_that_have_the_field() {
    let spec = || {
        let default = FieldRule {
            default: Some("First Bank".to_owned()),
            ..FieldRule::column("bank")
        };
        Spec::default()
            .column(&info("accountType"), "kind")
            .rule(&info("bankName"), default)
            .value(&info("country"), "GB")
            .value(&info("beneficiary.documentType"), "CC")
            .value(&info("beneficiary.legalName"), "Engines Ltd")
    };
    let header = ["kind", "bank"];
    assert_eq!(
        account(spec(), &header, &["MXN_ACCOUNT", ""]),
        "accountType=MXN_ACCOUNT"
    );
    assert_eq!(
        account(spec(), &header, &["SWIFT_ACCOUNT", ""]),
        "accountType=SWIFT_ACCOUNT bankName=First Bank country=GB"
    );
    assert_eq!(
        account(spec(), &header, &["COP_ACCOUNT", ""]),
        "accountType=COP_ACCOUNT bankName=First Bank beneficiary.documentType=CC"
    );
    assert_eq!(
        account(spec(), &header, &["MXN_ACCOUNT", "Second Bank"]),
        "accountType=MXN_ACCOUNT bankName=Second Bank",
        "the row says so, wrongly"
    );
}

#[test]
fn an_account_that_no_row_would_have_is_refused() {
    let idle = "no column says which users have a bank account";
    let constant = person().value(&info("accountType"), "MXN_ACCOUNT");
    let told = constant.faults(E2026_08, &["platformCustomerId"]);
    assert!(told.contains(idle), "{told}");
    let shared = person()
        .value(&info("accountType"), "MXN_ACCOUNT")
        .column("externalAccount.platformAccountId", "platformCustomerId");
    let told = shared.faults(E2026_08, &["platformCustomerId"]);
    assert!(told.contains(idle), "{told}");
}

#[test]
fn true_and_false_are_taken_as_files_and_databases_write_them() {
    let flag = |text: &str| {
        let spec = Spec::default().column("externalAccount.defaultUmaDepositAccount", "main");
        account(spec, &["main"], &[text])
    };
    for (text, value) in [
        ("TRUE", "true"),
        ("t", "true"),
        ("1", "true"),
        ("Yes", "true"),
        ("f", "false"),
        ("0", "false"),
        ("no", "false"),
        ("maybe", "maybe"),
    ] {
        assert_eq!(flag(text), format!("defaultUmaDepositAccount={value}"));
    }
    assert_eq!(flag(""), "");
}
