use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::model::Edition::{E2025_10, E2026_08};
use crate::model::field::{FIELDS, Field, Kind, Required, Rule, Slot};
use crate::model::json::{from_customer, to_body};
use crate::model::{
    CustomerType, Edition, Fault, FaultCode, Personal, Value, Values, Warning, WarningCode,
};

mod accounts;
mod platform;

const TODAY: Date = date(2026, 8, 21);

/// A row under test: texts by path. Lists are split at commas.
#[derive(Clone, Default)]
struct Fields(Vec<(String, String)>);

impl Fields {
    fn with(mut self, path: &str, text: &str) -> Self {
        self.0.retain(|(known, _)| known != path);
        self.0.push((path.to_owned(), text.to_owned()));
        self
    }

    fn without(mut self, path: &str) -> Self {
        self.0.retain(|(known, _)| known != path);
        self
    }

    fn values(&self) -> Values<'static> {
        let entry = |(path, text): &(String, String)| {
            let slot = Slot::parse(path).expect("a field of the table");
            let value = match slot.field().kind {
                Kind::List => Value::List(text.split(',').map(|i| i.to_owned().into()).collect()),
                _ => Value::Text(text.clone().into()),
            };
            (slot, Personal::new(value))
        };
        let mut values: Values<'static> = self.0.iter().map(entry).collect();
        values.sort_by_key(|(slot, _)| *slot);
        values
    }

    fn check(&self, edition: Edition) -> Found {
        let (mut faults, mut warnings) = (Vec::new(), Vec::new());
        let checker = Checker::new(edition, TODAY);
        let of = checker.check(&self.values(), &|_| None, &mut faults, &mut warnings);
        Found {
            of,
            faults,
            warnings,
        }
    }

    /// `CODE field` of each fault.
    fn faults(&self, edition: Edition) -> Vec<String> {
        self.check(edition).faults.iter().map(short).collect()
    }

    /// `CODE field` of each warning of a row without faults.
    fn warnings(&self, edition: Edition) -> Vec<String> {
        let found = self.check(edition);
        assert_eq!(found.faults, []);
        let short = |warning: &Warning| format!("{} {}", warning.code, warning.slot.path());
        found.warnings.iter().map(short).collect()
    }
}

struct Found {
    of: Option<CustomerType>,
    faults: Vec<Fault>,
    warnings: Vec<Warning>,
}

fn short(fault: &Fault) -> String {
    format!("{} {}", fault.code, fault.field.as_deref().unwrap_or("-"))
}

fn person() -> Fields {
    Fields::default()
        .with("platformCustomerId", "u-1")
        .with("customerType", "INDIVIDUAL")
        .with("fullName", "Ada Lovelace")
}

fn company() -> Fields {
    Fields::default()
        .with("platformCustomerId", "c-1")
        .with("customerType", "BUSINESS")
        .with("businessInfo.legalName", "Analytical Engines Ltd")
        .with("businessInfo.country", "GB")
        .with("businessInfo.taxId", "123456789")
        .with("businessInfo.incorporatedOn", "1990-01-15")
        .with("businessInfo.businessType", "MANUFACTURING")
}

fn account(kind: &str) -> Fields {
    person().with("bankAccountInfo.accountType", kind)
}

/// A value that the field takes and that raises no eyebrow.
fn good(field: &Field) -> &'static str {
    match (field.path, field.rule) {
        ("idType", _) => "SSN",
        ("identifier", _) => "123-45-6789",
        ("bankAccountInfo.routingNumber", _) => "021000021",
        ("bankAccountInfo.clabeNumber", _) => "032180000118359719",
        ("bankAccountInfo.iban", _) => "DE89370400440532013000",
        ("bankAccountInfo.pixKey", _) => "529.982.247-25",
        ("endUserTermsConsent.acceptedAt", _) => "2026-08-20T09:30:00Z",
        (_, Rule::Any) => "Ada Lovelace",
        (_, Rule::OneOf(accepted)) => accepted.last().expect("no list is empty"),
        (_, Rule::Digits { .. }) => "123456",
        (_, Rule::Length { .. }) => "DEUTDEFF",
        (_, Rule::Country) => "US",
        (_, Rule::Phone) => "+14155550123",
        (_, Rule::Email) => "Ada@lovelace.dev",
        (_, Rule::Uma) => "$ada.l-1@uma.lovelace.dev",
        (_, Rule::Ip) => "2001:db8::7",
        (_, Rule::Currency) => "USD",
        (_, Rule::Url) => "https://kyc.lovelace.dev/1",
        (_, Rule::Past) => "1990-01-15",
        (_, Rule::Percent) => "25.5",
        (_, Rule::Dial { .. } | Rule::Bic | Rule::Vpa | Rule::Shape(_)) => {
            unreachable!("rules of account types, not of fields")
        }
    }
}

/// Every field that this customer can have, two owners; `account` is the bank account's type.
fn full(edition: Edition, of: CustomerType, account: &str) -> Fields {
    let takes = |field: &Field| match field.required {
        Required::Account { needs, takes } => needs.contains(&account) || takes.contains(&account),
        _ => true,
    };
    let fields = FIELDS
        .iter()
        .filter(|field| field.in_edition(edition) && field.is_for(of) && !field.is_account());
    let slots = fields
        .filter(|field| takes(field))
        .flat_map(|field| [Slot::new(field, 0), Slot::new(field, 1)]);
    let all = slots.flatten().fold(Fields::default(), |all, slot| {
        all.with(&slot.path(), good(slot.field()))
    });
    let all = all.with("customerType", of.as_str());
    match edition {
        E2025_10 => all.with("bankAccountInfo.accountType", account),
        E2026_08 => all,
    }
}

fn full_customers() -> impl Iterator<Item = (Edition, CustomerType, Fields)> {
    let kinds = [
        "US_ACCOUNT",
        "CLABE",
        "PIX",
        "IBAN",
        "FBO",
        "UPI",
        "SPARK_WALLET",
    ];
    Edition::ALL.into_iter().flat_map(move |edition| {
        CustomerType::ALL.into_iter().flat_map(move |of| {
            kinds
                .into_iter()
                .map(move |kind| (edition, of, full(edition, of, kind)))
        })
    })
}

#[test]
fn customers_with_every_field_are_valid_and_survive_the_journey_to_grid() {
    for (edition, of, fields) in full_customers() {
        let found = fields.check(edition);
        assert_eq!((found.of, found.faults), (Some(of), vec![]));
        let values = fields.values();
        assert!(from_customer(&to_body(&values, edition), edition) == values);
    }
}

#[test]
fn the_least_that_a_customer_needs() {
    let bare = Fields::default().with("platformCustomerId", "u-1");
    assert_eq!(bare.faults(E2026_08), ["MISSING customerType"]);
    assert_eq!(
        bare.clone()
            .with("customerType", "INDIVIDUAL")
            .faults(E2026_08),
        [""; 0]
    );
    let company = bare.with("customerType", "BUSINESS");
    assert_eq!(company.faults(E2025_10), [""; 0]);
    assert_eq!(
        company.faults(E2026_08),
        [
            "MISSING businessInfo.legalName",
            "MISSING businessInfo.taxId",
            "MISSING businessInfo.country",
            "MISSING businessInfo.incorporatedOn",
        ]
    );
    assert_eq!(
        person().without("platformCustomerId").faults(E2025_10),
        ["MISSING_KEY platformCustomerId"]
    );
    assert_eq!(
        Fields::default().faults(E2026_08),
        ["MISSING_KEY platformCustomerId", "MISSING customerType"]
    );
}

#[test]
fn each_form_has_its_code() {
    let long = "x".repeat(256);
    for (path, wrong, code) in [
        ("platformCustomerId", "a\u{7}b", FaultCode::ControlCharacter),
        ("fullName", "Ada\nLovelace", FaultCode::ControlCharacter),
        ("platformCustomerId", long.as_str(), FaultCode::TooLong),
        ("umaAddress", "ada@lovelace.dev", FaultCode::BadUma),
        ("umaAddress", "$Ada@lovelace.dev", FaultCode::BadUma),
        ("umaAddress", "$@lovelace.dev", FaultCode::BadUma),
        ("umaAddress", "$ada@lovelace", FaultCode::BadUma),
        ("email", "ada", FaultCode::BadEmail),
        ("email", "Ada <ada@lovelace.dev>", FaultCode::BadEmail),
        ("email", "ada@lövelace.dev", FaultCode::BadEmail),
        ("phoneNumber", "004915123456789", FaultCode::BadPhone),
        ("phoneNumber", "+0151234567", FaultCode::BadPhone),
        ("phoneNumber", "+1", FaultCode::BadPhone),
        ("phoneNumber", "+1 415 555 0123", FaultCode::BadPhone),
        ("nationality", "USA", FaultCode::BadCountry),
        ("nationality", "us", FaultCode::BadCountry),
        ("birthDate", "1990-02-30", FaultCode::BadDate),
        ("birthDate", "1990-1-15", FaultCode::BadDate),
        ("birthDate", "2026-08-22", FaultCode::BadDate),
        ("currencies", "USD,usd", FaultCode::BadFormat),
        ("pepStatus", "Foreign", FaultCode::NotAccepted),
        (
            "sourceOfFundsCategories",
            "GIFT,WORK",
            FaultCode::NotAccepted,
        ),
    ] {
        let faults = person().with(path, wrong).faults(E2026_08);
        assert_eq!(faults, [format!("{code} {path}")], "{wrong}");
    }
    for (path, wrong, code) in [
        ("businessInfo.naicsCode", "1", FaultCode::BadFormat),
        (
            "businessInfo.primaryContactFirstName",
            long.as_str(),
            FaultCode::TooLong,
        ),
    ] {
        assert_eq!(
            company().with(path, wrong).faults(E2026_08),
            [format!("{code} {path}")]
        );
    }
    assert_eq!(
        person().with("birthDate", "2026-08-21").faults(E2026_08),
        [""; 0]
    );
}

#[test]
fn consent_is_whole_or_absent() {
    let consent = |field: &str| format!("endUserTermsConsent.{field}");
    let given = person().with(&consent("acceptedAt"), "2026-08-20 09:30");
    assert_eq!(
        given
            .with(&consent("ipAddress"), "203.0.113.7, 10.0.0.1")
            .faults(E2026_08),
        [
            "BAD_DATE_TIME endUserTermsConsent.acceptedAt",
            "BAD_FORMAT endUserTermsConsent.ipAddress",
            "MISSING endUserTermsConsent.termsVersion",
            "MISSING endUserTermsConsent.acceptanceMethod",
        ]
    );
}

#[test]
fn an_address_is_whole_or_absent() {
    let half = person().with("address.city", "London");
    let found = half.check(E2025_10);
    assert_eq!(
        found.faults.iter().map(short).collect::<Vec<_>>(),
        [
            "MISSING address.line1",
            "MISSING address.postalCode",
            "MISSING address.country"
        ]
    );
    assert_eq!(
        found.faults[2].expected,
        "an ISO 3166 alpha-2 country code in capitals, like US (required: the row has other fields of `address`)"
    );
}

#[test]
fn owners_are_whole_each_for_itself() {
    let fields = Fields::default()
        .with("platformCustomerId", "c-1")
        .with("customerType", "BUSINESS")
        .with("beneficialOwners[0].fullName", "Ada Lovelace")
        .with("beneficialOwners[2].address.city", "London")
        .with("beneficialOwners[2].percentageOwnership", "101");
    assert_eq!(
        fields.faults(E2025_10),
        [
            "BAD_NUMBER beneficialOwners[2].percentageOwnership",
            "MISSING beneficialOwners[0].individualType",
            "MISSING beneficialOwners[2].fullName",
            "MISSING beneficialOwners[2].individualType",
            "MISSING beneficialOwners[2].address.line1",
            "MISSING beneficialOwners[2].address.postalCode",
            "MISSING beneficialOwners[2].address.country",
        ]
    );
}

#[test]
fn fields_that_go_together() {
    for (fields, expected) in [
        (person().with("idType", "SSN"), "CONDITION identifier"),
        (
            person().with("identifier", "123-45-6789"),
            "CONDITION idType",
        ),
        (
            person().with("purposeOfAccount", "OTHER"),
            "CONDITION purposeOfAccountOtherDescription",
        ),
        (
            company().with("businessInfo.sourceOfFundsCategories", "LOANS,OTHER"),
            "CONDITION businessInfo.sourceOfFundsOtherDescription",
        ),
        (
            person().with("businessInfo.taxId", "1"),
            "WRONG_TYPE businessInfo.taxId",
        ),
        (
            company().with("fullName", "Ada Lovelace"),
            "WRONG_TYPE fullName",
        ),
    ] {
        assert_eq!(fields.faults(E2026_08), [expected]);
    }
    let described = person().with("purposeOfAccountOtherDescription", "barter");
    assert_eq!(
        described.faults(E2026_08),
        [""; 0],
        "a description too many does no harm"
    );
}

#[test]
fn bank_accounts_have_what_their_type_needs_and_nothing_else() {
    assert_eq!(
        account("US_ACCOUNT")
            .with("bankAccountInfo.iban", good_of("bankAccountInfo.iban"))
            .faults(E2025_10),
        [
            "CONDITION bankAccountInfo.accountNumber",
            "CONDITION bankAccountInfo.routingNumber",
            "CONDITION bankAccountInfo.accountCategory",
            "CONDITION bankAccountInfo.iban",
        ]
    );
    assert_eq!(
        account("us_account").faults(E2025_10),
        ["NOT_ACCEPTED bankAccountInfo.accountType"]
    );
    let nameless = person().with("bankAccountInfo.currency", "USD");
    assert_eq!(
        nameless.faults(E2025_10),
        ["MISSING bankAccountInfo.accountType"]
    );
    let short = account("IBAN")
        .with("bankAccountInfo.bankName", "B")
        .with("bankAccountInfo.iban", "DE89");
    assert_eq!(short.faults(E2025_10), ["TOO_SHORT bankAccountInfo.iban"]);
}

#[test]
fn each_account_type_has_its_own_fields() {
    for (kind, needs, takes) in [
        (
            "US_ACCOUNT",
            "accountCategory accountNumber routingNumber",
            "bankName",
        ),
        ("CLABE", "bankName clabeNumber", ""),
        ("PIX", "pixKey pixKeyType", "bankName"),
        ("IBAN", "bankName iban", "swiftBic"),
        ("FBO", "currencyCode", ""),
        ("UPI", "vpa", ""),
        ("SPARK_WALLET", "address", ""),
    ] {
        let named = |names: &str| {
            names
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let mut missing = account(kind).faults(E2025_10);
        missing.sort();
        let conditions = |name: &String| format!("CONDITION bankAccountInfo.{name}");
        assert_eq!(
            missing,
            named(needs).iter().map(conditions).collect::<Vec<_>>()
        );

        let filled = [needs, takes, "currency platformAccountId"]
            .map(named)
            .concat();
        let filled = filled.iter().fold(account(kind), |row, name| {
            let path = format!("bankAccountInfo.{name}");
            row.with(&path, good_of(&path))
        });
        assert_eq!(filled.faults(E2025_10), [""; 0], "{kind}");
    }
}

fn good_of(path: &str) -> &'static str {
    good(Slot::parse(path).expect("a field of the table").field())
}

#[test]
fn misspelt_values_get_the_accepted_spelling() {
    let expected = |path: &str, text: &str| {
        let found = company().with(path, text).check(E2026_08);
        found.faults[0].expected.clone()
    };
    assert_eq!(
        expected(
            "businessInfo.businessType",
            "Real Estate and Rental and Leasing"
        ),
        "REAL_ESTATE_AND_RENTAL_AND_LEASING, exactly so; or another one of the 20 values that `gridsync fields` lists"
    );
    assert_eq!(
        expected("customerType", "Busines"),
        "BUSINESS, exactly so; or another one of INDIVIDUAL, BUSINESS"
    );
    assert_eq!(
        expected("customerType", "robot"),
        "one of INDIVIDUAL, BUSINESS, exactly so"
    );
}

#[test]
fn a_row_without_a_type_is_judged_as_far_as_it_goes() {
    let fields = company()
        .without("customerType")
        .with("address.city", "London")
        .with("fullName", "x\ty");
    assert_eq!(
        fields.faults(E2026_08),
        [
            "CONTROL_CHARACTER fullName",
            "MISSING customerType",
            "MISSING address.line1",
            "MISSING address.postalCode",
            "MISSING address.country",
        ]
    );
}

#[test]
fn what_may_not_be_meant_is_said_and_sent() {
    let us = account("US_ACCOUNT")
        .with("bankAccountInfo.accountNumber", "1")
        .with("bankAccountInfo.accountCategory", "SAVINGS")
        .with("bankAccountInfo.routingNumber", "000123456");
    assert_eq!(
        us.warnings(E2025_10),
        ["CHECK_DIGIT bankAccountInfo.routingNumber"]
    );
    for (fields, expected) in [
        (
            person().with("fullName", "Test User 002"),
            "SANDBOX_SUFFIX fullName",
        ),
        (person().with("fullName", "Ada"), "ONE_WORD_NAME fullName"),
        (
            person().with("email", "ada@Example.COM"),
            "RESERVED_DOMAIN email",
        ),
        (
            person().with("email", "ada@mail.test"),
            "RESERVED_DOMAIN email",
        ),
        (
            person().with("countryOfIssuance", "DE"),
            "LIKELY_REFUSED countryOfIssuance",
        ),
        (
            person().with("idType", "EIN").with("identifier", "1"),
            "LIKELY_REFUSED idType",
        ),
        (
            person()
                .with("idType", "SSN")
                .with("identifier", "123456789"),
            "LIKELY_REFUSED identifier",
        ),
        (
            company().with("businessInfo.registrationNumber", "HRB 001"),
            "SANDBOX_SUFFIX businessInfo.registrationNumber",
        ),
        (
            company().without("businessInfo.businessType"),
            "NO_BUSINESS_TYPE businessInfo.businessType",
        ),
    ] {
        assert_eq!(fields.warnings(E2026_08), [expected]);
    }
    assert_eq!(person().warnings(E2026_08), [""; 0]);
    assert_eq!(
        WarningCode::ALL.len(),
        9,
        "each has its case above, in `accounts` or in `platform`"
    );
}

#[test]
fn faults_stand_in_column_order_with_their_columns() {
    let (mut faults, mut warnings) = (Vec::new(), Vec::new());
    let fields = person()
        .with("birthDate", "x")
        .with("email", "x")
        .with("idType", "SSN");
    let columns = |slot: Slot| match slot.path().as_ref() {
        "email" => Some(("mail", 7)),
        "birthDate" => Some(("born", 3)),
        _ => None,
    };
    Checker::new(E2026_08, TODAY).check(&fields.values(), &columns, &mut faults, &mut warnings);
    let places: Vec<_> = faults
        .iter()
        .map(|f| (f.column.as_deref(), f.column_number))
        .collect();
    assert_eq!(
        places,
        [
            (Some("born"), Some(3)),
            (Some("mail"), Some(7)),
            (None, None)
        ]
    );
}

#[test]
fn what_the_mapping_refused_is_not_called_absent() {
    let fields = company().without("businessInfo.incorporatedOn");
    let mut faults = vec![Fault {
        code: FaultCode::BadDate,
        field: Some("businessInfo.incorporatedOn".to_owned()),
        column: None,
        column_number: None,
        expected: String::new(),
    }];
    Checker::new(E2026_08, TODAY).check(&fields.values(), &|_| None, &mut faults, &mut vec![]);
    assert_eq!(faults.len(), 1, "{faults:?}");
}

/// Every field of the edition, three owners apart, filled with the texts in turn.
fn check_texts(edition: Edition, texts: &[String]) -> Vec<Fault> {
    let fields = FIELDS.iter().filter(|field| field.in_edition(edition));
    let slots = fields.flat_map(|field| [Slot::new(field, 0), Slot::new(field, 3)]);
    let row = slots.flatten().zip(texts.iter().cycle());
    let row = row.filter(|(_, text)| !text.is_empty());
    let row = row.fold(Fields::default(), |row, (slot, text)| {
        row.with(&slot.path(), text)
    });
    row.check(edition).faults
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(256)
    })]

    #[test]
    fn no_text_makes_it_panic(
        edition in prop::sample::select(Edition::ALL.to_vec()),
        texts in prop::collection::vec(".{0,24}|[A-Z_]{1,8}|[0-9T:.@$+-]{1,14}", 0..90),
    ) {
        check_texts(edition, &texts);
    }

    #[test]
    fn faults_never_hold_the_value(
        edition in prop::sample::select(Edition::ALL.to_vec()),
        canary in "zq[0-9]{6}xj( [a-z]{3})?(\t|@|\\$)?",
    ) {
        let told = format!("{:?}", check_texts(edition, std::slice::from_ref(&canary)));
        prop_assert!(told.contains("customerType"), "there are faults");
        // Six digits alone are in an example now and then.
        prop_assert!(!told.contains(&canary[2..10]), "{}", told);
    }
}
