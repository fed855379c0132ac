//! What one platform asks besides.

use super::accounts::known;
use super::*;
use crate::model::{Platform, PlatformCurrency};

fn currency(code: &str, fields: &str) -> PlatformCurrency {
    PlatformCurrency {
        code: code.to_owned(),
        customer_fields: fields.split_whitespace().map(str::to_owned).collect(),
    }
}

/// A regulated platform with two currencies that need something, and one that needs nothing.
fn platform() -> Platform {
    Platform {
        uma_domain: Some("pay.lovelace.dev".to_owned()),
        is_regulated: Some(true),
        has_embedded_wallets: false,
        currencies: vec![
            currency("USD", "FULL_NAME BIRTH_DATE"),
            currency("EUR", "FULL_NAME NATIONALITY TAX_ID USER_TYPE"),
        ],
    }
}

fn found(row: &Fields, edition: Edition, platform: &Platform) -> Found {
    let (mut faults, mut warnings) = (Vec::new(), Vec::new());
    let mut checker = Checker::new(edition, TODAY);
    checker.set_platform(PlatformRules::new(platform, edition));
    let of = checker.check(&row.values(), &|_| None, &mut faults, &mut warnings);
    Found {
        of,
        faults,
        warnings,
    }
}

/// `CODE field` of each fault, then of each warning with `?`.
fn told_in(row: &Fields, edition: Edition, platform: &Platform) -> Vec<String> {
    let found = found(row, edition, platform);
    let warning = |one: &Warning| format!("{}? {}", one.code, one.slot.path());
    let faults = found.faults.iter().map(short);
    faults.chain(found.warnings.iter().map(warning)).collect()
}

fn told(row: &Fields, platform: &Platform) -> Vec<String> {
    told_in(row, E2026_08, platform)
}

fn nobody() -> Fields {
    person().without("fullName")
}

#[test]
fn a_currency_of_the_row_needs_what_its_provider_needs() {
    let usd = nobody().with("currencies", "USD");
    assert_eq!(
        told(&usd, &platform()),
        ["MISSING fullName", "MISSING birthDate"]
    );
    assert_eq!(
        found(&usd, E2026_08, &platform()).faults[1].expected,
        "a date, YYYY-MM-DD, not in the future (required: the platform's provider of USD needs it)"
    );
    let both = person().with("currencies", "USD,EUR");
    assert_eq!(
        told(&both, &platform()),
        [
            "MISSING birthDate",
            "MISSING nationality",
            "MISSING identifier"
        ]
    );
    let whole = person()
        .with("currencies", "USD")
        .with("birthDate", "1990-01-15");
    assert_eq!(told(&whole, &platform()), [""; 0]);
}

#[test]
fn a_row_that_names_no_currency_needs_what_every_one_needs() {
    assert_eq!(
        told(&nobody(), &platform()),
        [
            "MISSING fullName",
            "PROVIDER_FIELD? birthDate",
            "PROVIDER_FIELD? nationality",
            "PROVIDER_FIELD? identifier",
        ]
    );
    let mut needless = platform();
    needless.currencies.push(currency("BTC", ""));
    assert!(
        told(&nobody(), &needless)
            .iter()
            .all(|told| told.contains('?')),
        "a customer may do with BTC alone"
    );
}

#[test]
fn the_currency_of_an_account_is_one_that_the_row_uses() {
    let row = known(CustomerType::Individual)
        .without("birthDate")
        .with("externalAccount.accountInfo.accountType", "USD_ACCOUNT")
        .with("externalAccount.accountInfo.accountNumber", "1")
        .with("externalAccount.accountInfo.routingNumber", "021000021");
    assert_eq!(told(&row, &platform()), ["MISSING birthDate"]);

    let old = person()
        .with("bankAccountInfo.accountType", "FBO")
        .with("bankAccountInfo.currencyCode", "USD");
    assert_eq!(told_in(&old, E2025_10, &platform()), ["MISSING birthDate"]);
}

#[test]
fn a_currency_that_the_platform_lacks_is_refused_wherever_it_stands() {
    let row = person().with("currencies", "GBP,BTC");
    assert_eq!(told(&row, &platform()), ["UNSUPPORTED_CURRENCY currencies"]);
    assert_eq!(
        found(&row, E2026_08, &platform()).faults[0].expected,
        "a currency of the platform: USD, EUR"
    );
    let mexican = known(CustomerType::Individual)
        .with("externalAccount.accountInfo.accountType", "MXN_ACCOUNT")
        .with(
            "externalAccount.accountInfo.clabeNumber",
            "032180000118359719",
        );
    assert_eq!(
        told(&mexican, &platform()),
        ["UNSUPPORTED_CURRENCY externalAccount.currency"]
    );
    let old = account("UPI")
        .with("bankAccountInfo.vpa", "ada@bank")
        .with("bankAccountInfo.currency", "INR");
    assert_eq!(
        told_in(&old, E2025_10, &platform()),
        ["UNSUPPORTED_CURRENCY bankAccountInfo.currency"]
    );
    let silent = Platform {
        currencies: Vec::new(),
        ..platform()
    };
    assert_eq!(
        told(&row, &silent),
        [""; 0],
        "nothing is known of its currencies"
    );
}

#[test]
fn each_name_is_a_field_of_whoever_has_it() {
    let needs = |of: CustomerType, name: &str| {
        let one = Platform {
            currencies: vec![currency("USD", name)],
            ..platform()
        };
        let row = Fields::default()
            .with("platformCustomerId", "u-1")
            .with("customerType", of.as_str())
            .with("businessInfo.incorporatedOn", "1990-01-15");
        let of_checker = |row: &Fields| {
            row.check(E2026_08)
                .faults
                .iter()
                .map(short)
                .collect::<Vec<_>>()
        };
        let before = of_checker(&row);
        let more: Vec<_> = found(&row, E2026_08, &one)
            .faults
            .iter()
            .map(short)
            .collect();
        let more = more.into_iter().filter(|fault| !before.contains(fault));
        more.map(|fault| fault.replace("MISSING ", ""))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let address = "address.line1 address.postalCode address.country";
    for (name, person, company) in [
        ("FULL_NAME", "fullName", ""),
        ("BIRTH_DATE", "birthDate", ""),
        ("NATIONALITY", "nationality", ""),
        ("POSTAL_ADDRESS", address, address),
        ("ADDRESS", address, address),
        ("COUNTRY_OF_RESIDENCE", "address.country", "address.country"),
        ("EMAIL", "email", "email"),
        ("PHONE_NUMBER", "phoneNumber", "phoneNumber"),
        ("ID_TYPE", "idType", ""),
        ("ID_NUMBER", "identifier", ""),
        ("IDENTIFIER", "identifier", ""),
        ("TAX_ID", "identifier", ""),
        ("REGISTRATION_NUMBER", "", "businessInfo.registrationNumber"),
        ("BUSINESS_TYPE", "", "businessInfo.businessType"),
        // A company without these is refused in any case.
        ("COMPANY_LEGAL_NAME", "", ""),
        ("USER_TYPE", "", ""),
        ("PURPOSE_OF_PAYMENT", "", ""),
        ("SOMETHING_NEW", "", ""),
    ] {
        assert_eq!(needs(CustomerType::Individual, name), person, "{name}");
        assert_eq!(needs(CustomerType::Business, name), company, "{name}");
    }
    let bare = Fields::default()
        .with("platformCustomerId", "c-1")
        .with("customerType", "BUSINESS");
    let one = Platform {
        currencies: vec![currency("USD", "FULL_NAME TAX_ID EMAIL")],
        ..platform()
    };
    assert_eq!(
        told_in(&bare, E2025_10, &one),
        [
            "MISSING businessInfo.legalName",
            "MISSING businessInfo.taxId"
        ],
        "the old edition asks for neither, and has no e-mail address"
    );
}

#[test]
fn a_uma_address_is_at_the_platforms_domain() {
    let at = |domain: &str| {
        let row = person()
            .with("umaAddress", &format!("$ada@{domain}"))
            .with("currencies", "USD");
        told(&row.with("birthDate", "1990-01-15"), &platform())
    };
    assert_eq!(at("pay.lovelace.dev"), [""; 0]);
    assert_eq!(at("Pay.Lovelace.dev"), [""; 0]);
    assert_eq!(at("lovelace.dev"), ["OTHER_UMA_DOMAIN umaAddress"]);
    assert_eq!(
        at("lovelace"),
        ["BAD_UMA umaAddress"],
        "one fault is enough"
    );
}

#[test]
fn wallets_need_an_address_and_a_platform_that_is_not_regulated_needs_consent() {
    let loose = Platform {
        is_regulated: Some(false),
        has_embedded_wallets: true,
        currencies: Vec::new(),
        uma_domain: None,
    };
    assert_eq!(
        told(&person(), &loose),
        [
            "MISSING email",
            "NO_CONSENT? endUserTermsConsent.acceptedAt"
        ]
    );
    let whole = [
        "acceptedAt",
        "ipAddress",
        "termsVersion",
        "acceptanceMethod",
    ]
    .iter()
    .map(|name| format!("endUserTermsConsent.{name}"))
    .fold(person().with("email", "ada@lovelace.dev"), |row, path| {
        row.with(&path, good_of(&path))
    });
    assert_eq!(told(&whole, &loose), [""; 0]);
    assert_eq!(
        told_in(&person(), E2025_10, &loose),
        [""; 0],
        "the old edition has neither"
    );
    assert_eq!(
        told(&person(), &Platform::default()),
        [""; 0],
        "nothing was said"
    );
}

#[test]
fn what_cannot_be_checked_is_said_once() {
    let notices = |platform: &Platform, edition| {
        let rules = PlatformRules::new(platform, edition);
        rules.notices().join("\n")
    };
    let twice = Platform {
        currencies: vec![
            currency("USD", "SHOE_SIZE EMAIL"),
            currency("EUR", "SHOE_SIZE"),
        ],
        ..platform()
    };
    insta::assert_snapshot!(notices(&twice, E2026_08), @"a provider needs `SHOE_SIZE` of customers, which this version does not know: it was not checked");
    insta::assert_snapshot!(notices(&twice, E2025_10), @r"
    a provider needs `EMAIL` of customers, for which edition 2025-10 has no field: it was not checked of all
    a provider needs `SHOE_SIZE` of customers, which this version does not know: it was not checked
    ");
    let loose = Platform {
        is_regulated: Some(false),
        ..Platform::default()
    };
    insta::assert_snapshot!(notices(&loose, E2026_08), @r"
    Grid names no currencies of this platform: neither currencies nor what their providers need were checked
    this platform is not regulated: personal data of customers cannot be changed later, so mend it before it is sent
    ");
    assert_eq!(notices(&platform(), E2026_08), "");
}
