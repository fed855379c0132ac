//! The closed lists of values. Spelling and case are Grid's.

/// Whether the text is an ISO 3166-1 alpha-2 code, in capitals.
pub fn is_country(text: &str) -> bool {
    rust_iso3166::from_alpha2(text).is_some()
}

pub(super) const CUSTOMER_TYPE: &[&str] = &["INDIVIDUAL", "BUSINESS"];

pub(super) const ACCEPTANCE_METHOD: &[&str] = &["CHECKBOX", "CLICK_TO_ACCEPT"];

pub(super) const ID_TYPE: &[&str] = &["SSN", "ITIN", "EIN", "NON_US_TAX_ID"];

pub(super) const PERSON_FUNDS: &[&str] = &[
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

pub(super) const PERSON_WEALTH: &[&str] = &[
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

pub(super) const PURPOSE: &[&str] = &[
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

pub(super) const MONTHLY_COUNT: &[&str] = &[
    "COUNT_UNDER_10",
    "COUNT_10_TO_100",
    "COUNT_100_TO_500",
    "COUNT_500_TO_1000",
    "COUNT_OVER_1000",
];

pub(super) const MONTHLY_VOLUME: &[&str] = &[
    "VOLUME_UNDER_10K",
    "VOLUME_10K_TO_100K",
    "VOLUME_100K_TO_1M",
    "VOLUME_1M_TO_10M",
    "VOLUME_OVER_10M",
];

pub(super) const INCOME: &[&str] = &[
    "UNDER_50K",
    "RANGE_50K_100K",
    "RANGE_100K_250K",
    "RANGE_250K_1M",
    "OVER_1M",
];

pub(super) const NET_WORTH: &[&str] = &[
    "UNDER_100K",
    "RANGE_100K_500K",
    "RANGE_500K_1M",
    "RANGE_1M_5M",
    "RANGE_5M_25M",
    "OVER_25M",
];

pub(super) const PEP: &[&str] = &["NONE", "DOMESTIC", "FOREIGN", "HIO", "FAMILY_OR_ASSOCIATE"];

pub(super) const ENTITY: &[&str] = &[
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

pub(super) const SECTOR: &[&str] = &[
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

pub(super) const BUSINESS_FUNDS: &[&str] = &[
    "OPERATING_REVENUE",
    "INVESTMENT_INCOME",
    "LOANS",
    "VENTURE_CAPITAL",
    "PERSONAL_SAVINGS",
    "DONATIONS",
    "OTHER",
];

pub(super) const ACCOUNT: &[&str] = &[
    "US_ACCOUNT",
    "CLABE",
    "PIX",
    "IBAN",
    "FBO",
    "UPI",
    "SPARK_WALLET",
];

pub(super) const ACCOUNT_CATEGORY: &[&str] = &["CHECKING", "SAVINGS"];

pub(super) const PIX_KEY: &[&str] = &["CPF", "CNPJ", "EMAIL", "PHONE", "RANDOM"];

pub(super) const OWNER: &[&str] = &[
    "OFFICER",
    "BENEFICIAL_OWNER",
    "CONTROL_PERSON",
    "AUTHORIZED_PERSON",
];

pub(super) const OWNERSHIP: &[&str] = &["FIRST_PARTY", "THIRD_PARTY"];

pub(super) const DOCUMENT: &[&str] = &["CC", "CE", "TI", "NIT", "PP"];
