//! External accounts of 2026-08.

use super::*;
use crate::model::CustomerId;
use crate::model::account::{AccountKind, KINDS, Part};
use crate::model::field::{Run, Set, Shape};
use crate::model::json::to_account_body;

const INFO: &str = "externalAccount.accountInfo.";
const BENEFICIARY: &str = "externalAccount.accountInfo.beneficiary.";

impl Fields {
    fn info(self, name: &str, text: &str) -> Self {
        self.with(&format!("{INFO}{name}"), text)
    }

    fn beneficiary(self, name: &str, text: &str) -> Self {
        self.with(&format!("{BENEFICIARY}{name}"), text)
    }

    /// Faults of edition 2026-08, the account's paths shortened.
    fn told(&self) -> Vec<String> {
        let faults = self.faults(E2026_08).into_iter();
        faults
            .map(|fault| fault.replace(BENEFICIARY, "b.").replace(INFO, ""))
            .collect()
    }
}

/// A customer of whom everything is known that a beneficiary may have.
pub(super) fn known(of: CustomerType) -> Fields {
    let customer = match of {
        CustomerType::Individual => person()
            .with("birthDate", "1990-01-15")
            .with("nationality", "GB"),
        CustomerType::Business => company().with("businessInfo.registrationNumber", "HRB 77"),
    };
    customer
        .with("email", "ada@lovelace.dev")
        .with("phoneNumber", "+14155550123")
        .with("address.line1", "1 Elm")
        .with("address.line2", "Flat 2")
        .with("address.city", "London")
        .with("address.state", "London")
        .with("address.postalCode", "W1")
        .with("address.country", "GB")
}

/// A text that the rule takes and that raises no eyebrow where it can be helped.
fn good_part(part: &Part) -> String {
    match (part.name, part.rule) {
        ("routingNumber" | "intermediaryRoutingNumber", _) => "021000021".to_owned(),
        ("clabeNumber", _) => "032180000118359719".to_owned(),
        ("taxId", Rule::Digits { .. }) => "52998224725".to_owned(),
        ("pixKey", _) => "529.982.247-25".to_owned(),
        ("pixKeyType", _) => "CPF".to_owned(),
        (_, Rule::Digits { max, .. }) => "7".repeat(max),
        (_, Rule::Length { .. }) => "Ada".to_owned(),
        (_, Rule::Dial { start, max, .. }) => format!("{start}{}", "7".repeat(max)),
        (_, Rule::Bic) => "COBADEFFXXX".to_owned(),
        (_, Rule::Vpa) => "ada.l-1@okbank".to_owned(),
        (_, Rule::Shape(shape)) => of_shape(shape),
        (_, Rule::OneOf(accepted)) => accepted[0].to_owned(),
        (_, Rule::Country) => "GB".to_owned(),
        (_, Rule::Past) => "1990-01-15".to_owned(),
        (_, Rule::Email) => "mary@somerville.dev".to_owned(),
        (_, Rule::Phone) => "+14155550199".to_owned(),
        _ => "Mary Somerville".to_owned(),
    }
}

fn of_shape(shape: &Shape) -> String {
    let run = |run: &Run| {
        let one = match run.set {
            Set::Zero => "0",
            Set::Digit | Set::CapitalOrDigit | Set::LetterOrDigit => "7",
            Set::Capital => "K",
        };
        one.repeat(run.max)
    };
    shape
        .runs
        .iter()
        .map(run)
        .fold(shape.start.to_owned(), |all, run| all + &run)
}

/// The least that makes an account of this type of a customer of whom all is known.
fn least(of: CustomerType, kind: &AccountKind) -> Fields {
    let account = known(of).info("accountType", kind.name);
    let account = match kind.currency {
        Some(_) => account,
        None => account.with("externalAccount.currency", "USD"),
    };
    let group = kind.one_of.first().copied().unwrap_or_default();
    let needed = kind
        .needs
        .iter()
        .map(|part| part.name)
        .chain(group.iter().copied());
    needed.fold(account, |account, name| {
        let part = kind.part(name).expect("the type has what it needs");
        account.info(name, &good_part(part))
    })
}

/// Every field that an account of this type can have; the beneficiary is somebody else.
fn whole(of: CustomerType, kind: &AccountKind) -> Fields {
    let account = least(of, kind)
        .with("externalAccount.currency", kind.currency.unwrap_or("USD"))
        .with("externalAccount.platformAccountId", "acct-1")
        .with("externalAccount.ownershipType", "THIRD_PARTY")
        .with("externalAccount.defaultUmaDepositAccount", "false");
    let account = kind.takes.iter().fold(account, |account, part| {
        account.info(part.name, &good_part(part))
    });
    let Some(holder) = kind.holder(of) else {
        return account;
    };
    holder.takes.iter().fold(
        account.beneficiary("beneficiaryType", of.as_str()),
        |account, part| account.beneficiary(part.name, &good_part(part)),
    )
}

fn every_account() -> impl Iterator<Item = (CustomerType, &'static AccountKind)> {
    let of_kind = |kind| CustomerType::ALL.into_iter().map(move |of| (of, kind));
    KINDS.iter().flat_map(of_kind)
}

#[test]
fn every_type_is_valid_with_the_least_and_with_the_most() {
    let mut bodies = 0;
    for (of, kind) in every_account() {
        for account in [least(of, kind), whole(of, kind)] {
            assert_eq!(account.told(), [""; 0], "{} {of}", kind.name);
            let body = to_account_body(&account.values(), &CustomerId::new("Customer:1"));
            let body = body.expect("there is an account");
            assert_eq!(body["accountInfo"]["accountType"], kind.name);
            assert!(body["currency"].is_string());
            bodies += 1;
        }
    }
    assert_eq!(bodies, 46 * 2 * 2);
}

#[test]
fn every_type_misses_what_it_needs() {
    for (of, kind) in every_account() {
        for part in kind.needs {
            let path = format!("{INFO}{}", part.name);
            let told = least(of, kind).without(&path).told();
            assert_eq!(told, [format!("CONDITION {}", part.name)], "{}", kind.name);
        }
        let holder = kind
            .holder(of)
            .filter(|_| kind.beneficiary.as_ref().is_some_and(|b| b.is_required));
        for name in holder.map_or(&[][..], |holder| holder.needs) {
            let told = whole(of, kind)
                .without(&format!("{BENEFICIARY}{name}"))
                .told();
            assert_eq!(told, [format!("CONDITION b.{name}")], "{}", kind.name);
        }
    }
}

#[test]
fn every_type_refuses_what_it_has_not() {
    let fields = || FIELDS.iter().filter(|field| field.is_account());
    for (of, kind) in every_account() {
        for field in fields().filter(|field| !kind.has(field, Some(of))) {
            let account = match kind.beneficiary {
                Some(_) => least(of, kind).beneficiary("beneficiaryType", of.as_str()),
                None => least(of, kind),
            };
            let faults = account.with(field.path, good(field)).faults(E2026_08);
            let fault = format!("CONDITION {}", field.path);
            assert!(faults.contains(&fault), "{} {faults:?}", kind.name);
        }
    }
}

fn usd() -> Fields {
    known(CustomerType::Individual)
        .info("accountType", "USD_ACCOUNT")
        .info("accountNumber", "000123450")
        .info("routingNumber", "021000021")
}

#[test]
fn one_field_has_other_rules_in_other_types() {
    let account = |kind: &str, name: &str, text: &str| {
        let of = KINDS.iter().find(|one| one.name == kind).expect("a type");
        least(CustomerType::Individual, of).info(name, text).told()
    };
    for (kind, name, right, wrong, code) in [
        (
            "GBP_ACCOUNT",
            "accountNumber",
            "12345678",
            "1234567",
            "BAD_FORMAT",
        ),
        (
            "NGN_ACCOUNT",
            "accountNumber",
            "1234567890",
            "12345678",
            "BAD_FORMAT",
        ),
        (
            "USD_ACCOUNT",
            "accountNumber",
            "12-A",
            "123456789012345678901234567890123456",
            "TOO_LONG",
        ),
        (
            "AED_ACCOUNT",
            "iban",
            "AE070331234567890123456",
            "DE89370400440532013000",
            "BAD_FORMAT",
        ),
        (
            "EUR_ACCOUNT",
            "iban",
            "DE89370400440532013000",
            "DE89 3704 0044 0532 0130 00",
            "BAD_FORMAT",
        ),
        (
            "PKR_ACCOUNT",
            "iban",
            "PK36SCBL0000001123456702",
            "PK36SCBL000000112345670",
            "BAD_FORMAT",
        ),
        (
            "EUR_ACCOUNT",
            "swiftCode",
            "COBADEFF",
            "COBADEFFX",
            "BAD_FORMAT",
        ),
        (
            "INR_ACCOUNT",
            "ifsc",
            "HDFC0001234",
            "HDFC1001234",
            "BAD_FORMAT",
        ),
        (
            "INR_ACCOUNT",
            "vpa",
            "ada@okbank",
            "ada@ok.bank",
            "BAD_FORMAT",
        ),
        (
            "KES_ACCOUNT",
            "phoneNumber",
            "+254712345678",
            "+255712345678",
            "BAD_PHONE",
        ),
        (
            "TZS_ACCOUNT",
            "phoneNumber",
            "+255712345678",
            "+254712345678",
            "BAD_PHONE",
        ),
        ("XAF_ACCOUNT", "region", "CM", "SN", "NOT_ACCEPTED"),
        ("XOF_ACCOUNT", "region", "SN", "CM", "NOT_ACCEPTED"),
        ("SWIFT_ACCOUNT", "country", "GB", "UK", "BAD_COUNTRY"),
        (
            "USD_ACCOUNT",
            "bankAccountType",
            "CHECKING",
            "checking",
            "NOT_ACCEPTED",
        ),
    ] {
        assert_eq!(account(kind, name, right), [""; 0], "{kind} {name}");
        assert_eq!(
            account(kind, name, wrong),
            [format!("{code} {name}")],
            "{kind}"
        );
    }
}

#[test]
fn an_account_has_a_type_and_a_currency() {
    let typeless = known(CustomerType::Individual).info("accountNumber", "1");
    assert_eq!(typeless.told(), ["MISSING accountType"]);
    assert_eq!(
        usd().info("accountType", "US_ACCOUNT").told(),
        ["NOT_ACCEPTED accountType"]
    );
    let wallet = known(CustomerType::Individual)
        .info("accountType", "SPARK_WALLET")
        .info("address", "spark1");
    assert_eq!(wallet.told(), ["MISSING externalAccount.currency"]);
    let flag = "externalAccount.defaultUmaDepositAccount";
    assert_eq!(
        usd().with(flag, "maybe").told(),
        [format!("NOT_ACCEPTED {flag}")]
    );
}

#[test]
fn an_account_must_be_one_that_can_be_paid() {
    let account = |kind: &str| known(CustomerType::Individual).info("accountType", kind);
    assert_eq!(account("INR_ACCOUNT").told(), ["CONDITION vpa"]);
    let half = account("INR_ACCOUNT").info("accountNumber", "123456789");
    let found = half.check(E2026_08);
    assert_eq!(
        found.faults[0].expected,
        "a value (required: a INR_ACCOUNT needs vpa or accountNumber with ifsc)"
    );
    assert_eq!(half.info("ifsc", "HDFC0001234").told(), [""; 0]);
    let lightning = account("LIGHTNING").with("externalAccount.currency", "BTC");
    assert_eq!(lightning.told(), ["CONDITION invoice"]);
    assert_eq!(
        lightning.info("lightningAddress", "ada@wallet.dev").told(),
        [""; 0]
    );
}

#[test]
fn a_beneficiary_who_is_the_customer_needs_what_the_customer_lacks() {
    let eur = person()
        .info("accountType", "EUR_ACCOUNT")
        .info("iban", "DE89370400440532013000");
    let found = eur.check(E2026_08);
    assert_eq!(eur.told(), ["CONDITION b.countryOfResidence"]);
    assert_eq!(
        found.faults[0].expected,
        "an ISO 3166 alpha-2 country code in capitals, like US (required: the beneficiary of a \
         EUR_ACCOUNT needs it, and the customer has no `address.country`)"
    );
    assert_eq!(
        eur.clone().beneficiary("countryOfResidence", "FR").told(),
        [""; 0]
    );
    assert_eq!(
        eur.without("fullName").told(),
        ["CONDITION b.fullName", "CONDITION b.countryOfResidence"]
    );

    let aed = person()
        .info("accountType", "AED_ACCOUNT")
        .info("iban", "AE070331234567890123456");
    assert_eq!(
        aed.told(),
        [
            "CONDITION b.address.line1",
            "CONDITION b.address.postalCode",
            "CONDITION b.address.country"
        ]
    );
}

#[test]
fn a_beneficiary_who_is_another_is_told_whole() {
    let other = usd().beneficiary("legalName", "Engines Ltd");
    assert_eq!(other.told(), [""; 0]);
    assert_eq!(
        other.clone().beneficiary("fullName", "Mary").told(),
        ["CONDITION b.beneficiaryType"]
    );
    assert_eq!(
        other.clone().beneficiary("birthDate", "1990-01-15").told(),
        ["CONDITION b.birthDate"]
    );
    assert_eq!(
        other.beneficiary("address.city", "London").told(),
        [
            "MISSING b.address.line1",
            "MISSING b.address.postalCode",
            "MISSING b.address.country"
        ]
    );
    assert_eq!(
        usd().beneficiary("beneficiaryType", "BUSINESS").told(),
        ["CONDITION b.legalName"]
    );
    assert_eq!(
        usd().beneficiary("beneficiaryType", "person").told(),
        ["NOT_ACCEPTED b.beneficiaryType"]
    );
    assert_eq!(
        usd().beneficiary("email", "mary").told(),
        ["BAD_EMAIL b.email", "CONDITION b.fullName"],
        "an e-mail address of somebody who has no name"
    );
}

#[test]
fn check_digits_and_an_odd_currency_only_warn() {
    let warnings = |fields: Fields| fields.warnings(E2026_08).join("\n").replace(INFO, "");
    assert_eq!(warnings(usd()), "");
    assert_eq!(
        warnings(usd().info("routingNumber", "000123456")),
        "CHECK_DIGIT routingNumber"
    );
    assert_eq!(
        warnings(usd().with("externalAccount.currency", "EUR")),
        "OTHER_CURRENCY externalAccount.currency"
    );
    let of = |kind: &str| {
        let kind = KINDS.iter().find(|one| one.name == kind).expect("a type");
        least(CustomerType::Individual, kind)
    };
    assert_eq!(
        warnings(of("MXN_ACCOUNT").info("clabeNumber", "123456789012345678")),
        "CHECK_DIGIT clabeNumber"
    );
    assert_eq!(
        warnings(of("EUR_ACCOUNT").info("iban", "DE89370400440532013001")),
        "CHECK_DIGIT iban"
    );
    assert_eq!(warnings(of("BRL_ACCOUNT")), "");
    assert_eq!(
        warnings(of("BRL_ACCOUNT").info("pixKey", "52998224726")),
        "CHECK_DIGIT pixKey"
    );
    assert_eq!(
        warnings(of("BRL_ACCOUNT").info("taxId", "52998224726")),
        "CHECK_DIGIT taxId"
    );
}
