//! `businessInfo`, in both editions.

use super::patterns::NAICS;
use super::rule::{Field, Rule, TEXT, optional, required};

pub(super) const OLD_BUSINESS_INFO: Rule = Rule::Object(&[
    optional("legalName", Rule::Name),
    optional("registrationNumber", TEXT),
    optional("taxId", TEXT),
]);

/// As a create takes it.
pub(super) const BUSINESS_INFO: Rule = Rule::Object(&info(true));
/// As an update takes it.
pub(super) const ANY_BUSINESS_INFO: Rule = Rule::Object(&info(false));

const DESCRIPTION: Rule = Rule::Text { min: 1, max: 500 };
const CONTACT: Rule = Rule::Text { min: 0, max: 250 };

const fn needed(name: &'static str, rule: Rule, on_create: bool) -> Field {
    if on_create {
        required(name, rule)
    } else {
        optional(name, rule)
    }
}

const fn info(create: bool) -> [Field; 21] {
    [
        needed("legalName", Rule::Name, create),
        needed("country", TEXT, create),
        needed("taxId", TEXT, create),
        needed("incorporatedOn", Rule::Date, create),
        optional("doingBusinessAs", Rule::Name),
        optional("registrationNumber", TEXT),
        optional("entityType", Rule::OneOf(ENTITY_TYPES)),
        optional("countriesOfOperation", Rule::Texts),
        optional("businessType", Rule::OneOf(SECTORS)),
        optional("purposeOfAccount", Rule::OneOf(PURPOSES)),
        optional("purposeOfAccountOtherDescription", DESCRIPTION),
        optional("sourceOfFunds", TEXT),
        optional("sourceOfFundsCategories", Rule::Each(FUNDS)),
        optional("sourceOfFundsOtherDescription", DESCRIPTION),
        optional(
            "expectedMonthlyTransactionCount",
            Rule::OneOf(TRANSACTION_COUNTS),
        ),
        optional(
            "expectedMonthlyTransactionVolume",
            Rule::OneOf(TRANSACTION_VOLUMES),
        ),
        optional("expectedRecipientJurisdictions", Rule::Texts),
        optional("expectedCounterpartyCountries", Rule::Texts),
        optional("naicsCode", Rule::Matching(&NAICS)),
        optional("primaryContactFirstName", CONTACT),
        optional("primaryContactLastName", CONTACT),
    ]
}

const ENTITY_TYPES: &[&str] = &[
    "SOLE_PROPRIETORSHIP",
    "PARTNERSHIP",
    "LLC",
    "CORPORATION",
    "S_CORPORATION",
    "NON_PROFIT",
    "PUBLICLY_LISTED_COMPANY",
    "TRUST",
    "PRIVATE_FOUNDATION",
    "CHARITY",
    "OTHER",
];
const SECTORS: &[&str] = &[
    "AGRICULTURE_FORESTRY_FISHING_AND_HUNTING",
    "MINING_QUARRYING_AND_OIL_AND_GAS_EXTRACTION",
    "UTILITIES",
    "CONSTRUCTION",
    "MANUFACTURING",
    "WHOLESALE_TRADE",
    "RETAIL_TRADE",
    "TRANSPORTATION_AND_WAREHOUSING",
    "INFORMATION",
    "FINANCE_AND_INSURANCE",
    "REAL_ESTATE_AND_RENTAL_AND_LEASING",
    "PROFESSIONAL_SCIENTIFIC_AND_TECHNICAL_SERVICES",
    "MANAGEMENT_OF_COMPANIES_AND_ENTERPRISES",
    "ADMINISTRATIVE_AND_SUPPORT_AND_WASTE_MANAGEMENT_AND_REMEDIATION_SERVICES",
    "EDUCATIONAL_SERVICES",
    "HEALTH_CARE_AND_SOCIAL_ASSISTANCE",
    "ARTS_ENTERTAINMENT_AND_RECREATION",
    "ACCOMMODATION_AND_FOOD_SERVICES",
    "OTHER_SERVICES",
    "PUBLIC_ADMINISTRATION",
];
const FUNDS: &[&str] = &[
    "OPERATING_REVENUE",
    "INVESTMENT_INCOME",
    "LOANS",
    "VENTURE_CAPITAL",
    "PERSONAL_SAVINGS",
    "DONATIONS",
    "OTHER",
];
pub(super) const PURPOSES: &[&str] = &[
    "CONTRACTOR_PAYOUTS",
    "CREATOR_PAYOUTS",
    "EMPLOYEE_PAYOUTS",
    "MARKETPLACE_SELLER_PAYOUTS",
    "SUPPLIER_PAYMENTS",
    "CROSS_BORDER_B2B",
    "AR_AUTOMATION",
    "AP_AUTOMATION",
    "EMBEDDED_PAYMENTS",
    "PLATFORM_FEE_COLLECTION",
    "P2P_TRANSFERS",
    "CHARITABLE_DONATIONS",
    "OTHER",
];
pub(super) const TRANSACTION_COUNTS: &[&str] = &[
    "COUNT_UNDER_10",
    "COUNT_10_TO_100",
    "COUNT_100_TO_500",
    "COUNT_500_TO_1000",
    "COUNT_OVER_1000",
];
pub(super) const TRANSACTION_VOLUMES: &[&str] = &[
    "VOLUME_UNDER_10K",
    "VOLUME_10K_TO_100K",
    "VOLUME_100K_TO_1M",
    "VOLUME_1M_TO_10M",
    "VOLUME_OVER_10M",
];
