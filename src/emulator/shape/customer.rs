//! The fields of customers: what a create and an update take, in both editions.

use crate::emulator::edition::Edition;

use super::bank::BANK_ACCOUNTS;
use super::business::{
    ANY_BUSINESS_INFO, BUSINESS_INFO, OLD_BUSINESS_INFO, PURPOSES, TRANSACTION_COUNTS,
    TRANSACTION_VOLUMES,
};
use super::patterns::PHONE;
use super::rule::{Field, Rule, TEXT, hidden, optional, required};

/// At least one character: the schema allows an empty key, nobody can mean one.
const KEY: Rule = Rule::Text {
    min: 1,
    max: usize::MAX,
};
const TYPES: Rule = Rule::OneOf(&["INDIVIDUAL", "BUSINESS"]);
const STATUSES: Rule = Rule::OneOf(&["UNVERIFIED", "PENDING", "APPROVED", "REJECTED", "HOLD"]);

pub(super) const ADDRESS: Rule = Rule::Object(&[
    required("line1", TEXT),
    optional("line2", TEXT),
    optional("city", TEXT),
    optional("state", TEXT),
    required("postalCode", TEXT),
    required("country", TEXT),
]);

const CONSENT: Rule = Rule::Object(&[
    required("acceptedAt", Rule::Moment),
    required("ipAddress", Rule::Text { min: 0, max: 45 }),
    required("termsVersion", TEXT),
    required(
        "acceptanceMethod",
        Rule::OneOf(&["CHECKBOX", "CLICK_TO_ACCEPT"]),
    ),
]);

const OWNERS: Rule = Rule::Objects(&[
    required("fullName", Rule::Name),
    optional("emailAddress", Rule::Email),
    optional("birthDate", Rule::Date),
    optional("nationality", TEXT),
    optional("address", ADDRESS),
    required(
        "individualType",
        Rule::OneOf(&[
            "OFFICER",
            "BENEFICIAL_OWNER",
            "CONTROL_PERSON",
            "AUTHORIZED_PERSON",
        ]),
    ),
    optional("percentageOwnership", Rule::Number),
    optional("title", TEXT),
]);

/// `customerType` alone, for a body that does not say which of the tables is meant.
static UNDECIDED: &[Field] = &[required("customerType", TYPES)];

static OLD_INDIVIDUAL: &[Field] = &[
    required("platformCustomerId", KEY),
    required("customerType", TYPES),
    optional("umaAddress", TEXT),
    optional("fullName", Rule::Name),
    optional("birthDate", Rule::Date),
    optional("nationality", TEXT),
    optional("address", ADDRESS),
    hidden("bankAccountInfo", BANK_ACCOUNTS),
    hidden("kycUrl", TEXT),
];

static OLD_BUSINESS: &[Field] = &[
    required("platformCustomerId", KEY),
    required("customerType", TYPES),
    optional("umaAddress", TEXT),
    optional("address", ADDRESS),
    optional("businessInfo", OLD_BUSINESS_INFO),
    optional("beneficialOwners", OWNERS),
    hidden("bankAccountInfo", BANK_ACCOUNTS),
    hidden("kycUrl", TEXT),
];

static INDIVIDUAL: &[Field] = &[
    optional("platformCustomerId", KEY),
    required("customerType", TYPES),
    hidden("region", TEXT),
    hidden("currencies", Rule::Texts),
    optional("email", Rule::Email),
    optional("phoneNumber", Rule::Matching(&PHONE)),
    optional("umaAddress", TEXT),
    optional("endUserTermsConsent", CONSENT),
    hidden("kycStatus", STATUSES),
    optional("fullName", Rule::Name),
    optional("birthDate", Rule::Date),
    optional("nationality", TEXT),
    optional("address", ADDRESS),
    optional(
        "idType",
        Rule::OneOf(&["SSN", "ITIN", "EIN", "NON_US_TAX_ID"]),
    ),
    hidden("identifier", TEXT),
    optional("countryOfIssuance", TEXT),
    optional("sourceOfFundsCategories", Rule::Each(FUNDS)),
    optional("sourceOfFundsOtherDescription", TEXT),
    optional("sourceOfWealthCategories", Rule::Each(WEALTH)),
    optional("sourceOfWealthOtherDescription", TEXT),
    optional("purposeOfAccount", Rule::OneOf(PURPOSES)),
    optional("purposeOfAccountOtherDescription", TEXT),
    optional(
        "expectedMonthlyTransactionCount",
        Rule::OneOf(TRANSACTION_COUNTS),
    ),
    optional(
        "expectedMonthlyTransactionVolume",
        Rule::OneOf(TRANSACTION_VOLUMES),
    ),
    optional("annualIncomeRange", Rule::OneOf(INCOMES)),
    optional("netWorthRange", Rule::OneOf(NET_WORTHS)),
    optional(
        "pepStatus",
        Rule::OneOf(&["NONE", "DOMESTIC", "FOREIGN", "HIO", "FAMILY_OR_ASSOCIATE"]),
    ),
];

static BUSINESS: &[Field] = &business(required("businessInfo", BUSINESS_INFO));
static BUSINESS_UPDATE: &[Field] = &business(optional("businessInfo", ANY_BUSINESS_INFO));

const fn business(info: Field) -> [Field; 11] {
    [
        optional("platformCustomerId", KEY),
        required("customerType", TYPES),
        hidden("region", TEXT),
        hidden("currencies", Rule::Texts),
        optional("email", Rule::Email),
        optional("phoneNumber", Rule::Matching(&PHONE)),
        optional("umaAddress", TEXT),
        optional("endUserTermsConsent", CONSENT),
        hidden("kybStatus", STATUSES),
        optional("address", ADDRESS),
        info,
    ]
}

const FUNDS: &[&str] = &[
    "SALARY",
    "SELF_EMPLOYMENT_INCOME",
    "INVESTMENT_INCOME",
    "PENSION",
    "RENTAL_INCOME",
    "GIFT",
    "INHERITANCE",
    "LOAN",
    "SAVINGS",
    "SALE_OF_ASSETS",
    "OTHER",
];
const WEALTH: &[&str] = &[
    "SALARY",
    "BUSINESS_INCOME",
    "INVESTMENTS",
    "INHERITANCE",
    "PROPERTY_SALE",
    "GIFT",
    "RETIREMENT",
    "SAVINGS",
    "OTHER",
];
const INCOMES: &[&str] = &[
    "UNDER_50K",
    "RANGE_50K_100K",
    "RANGE_100K_250K",
    "RANGE_250K_1M",
    "OVER_1M",
];
const NET_WORTHS: &[&str] = &[
    "UNDER_100K",
    "RANGE_100K_500K",
    "RANGE_500K_1M",
    "RANGE_1M_5M",
    "RANGE_5M_25M",
    "OVER_25M",
];

/// What a create takes.
pub(crate) fn create_fields(edition: Edition, customer_type: &str) -> &'static [Field] {
    match (edition, customer_type) {
        (Edition::Y2025M10, "INDIVIDUAL") => OLD_INDIVIDUAL,
        (Edition::Y2025M10, "BUSINESS") => OLD_BUSINESS,
        (Edition::Y2026M08, "INDIVIDUAL") => INDIVIDUAL,
        (Edition::Y2026M08, "BUSINESS") => BUSINESS,
        _ => UNDECIDED,
    }
}

/// What an update takes: the fields of a create without `platformCustomerId` (and what cannot change),
/// and with nothing required of `businessInfo`.
pub(crate) fn update_fields(edition: Edition, customer_type: &str) -> Vec<Field> {
    let fields = match (edition, customer_type) {
        (Edition::Y2026M08, "BUSINESS") => BUSINESS_UPDATE,
        _ => create_fields(edition, customer_type),
    };
    let frozen = [
        "platformCustomerId",
        "region",
        "kycUrl",
        "kycStatus",
        "kybStatus",
    ];
    fields
        .iter()
        .filter(|field| !frozen.contains(&field.name))
        .copied()
        .collect()
}
