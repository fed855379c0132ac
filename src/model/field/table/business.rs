//! Fields of businesses: codes 200 to 299.

use crate::model::CustomerType::Business;
use crate::model::Edition::E2026_08;
use crate::model::field::Required::{In, WhenOther};
use crate::model::field::{Field, Rule, accepted};

/// Most characters of a free description.
const DESCRIPTION: Rule = Rule::Length { min: 1, max: 500 };

/// Most characters of a contact's name.
const CONTACT: Rule = Rule::Length { min: 1, max: 250 };

pub(super) const FIELDS: &[Field] = &[
    Field::text(200, "businessInfo.legalName", "registered name")
        .of(Business)
        .required(In(E2026_08))
        .flat("businessLegalName"),
    Field::text(
        201,
        "businessInfo.registrationNumber",
        "company registration number",
    )
    .of(Business)
    .flat("businessRegistrationNumber"),
    Field::text(
        202,
        "businessInfo.taxId",
        "tax number; Grid checks it against the country",
    )
    .of(Business)
    .required(In(E2026_08))
    .flat("businessTaxId"),
    Field::text(203, "businessInfo.country", "country of incorporation")
        .required(In(E2026_08))
        .rule(Rule::Country)
        .of_company(),
    Field::date(204, "businessInfo.incorporatedOn", "date of incorporation")
        .required(In(E2026_08))
        .of_company(),
    Field::text(205, "businessInfo.doingBusinessAs", "trading name").of_company(),
    Field::text(206, "businessInfo.entityType", "legal form")
        .one_of(accepted::ENTITY)
        .of_company(),
    Field::text(
        207,
        "businessInfo.businessType",
        "NAICS sector; GBP quotes fail without it",
    )
    .one_of(accepted::SECTOR)
    .of_company(),
    Field::text(208, "businessInfo.naicsCode", "NAICS code")
        .rule(Rule::Digits { min: 2, max: 6 })
        .of_company(),
    Field::list(
        209,
        "businessInfo.countriesOfOperation",
        "where the company operates",
    )
    .rule(Rule::Country)
    .of_company(),
    Field::text(
        210,
        "businessInfo.purposeOfAccount",
        "what the account is for",
    )
    .one_of(accepted::PURPOSE)
    .of_company(),
    Field::text(
        211,
        "businessInfo.purposeOfAccountOtherDescription",
        "the other purpose",
    )
    .required(WhenOther("businessInfo.purposeOfAccount"))
    .rule(DESCRIPTION)
    .of_company(),
    Field::text(
        212,
        "businessInfo.sourceOfFunds",
        "where the money comes from, in words",
    )
    .of_company(),
    Field::list(
        213,
        "businessInfo.sourceOfFundsCategories",
        "where the money comes from",
    )
    .one_of(accepted::BUSINESS_FUNDS)
    .of_company(),
    Field::text(
        214,
        "businessInfo.sourceOfFundsOtherDescription",
        "the other source of funds",
    )
    .required(WhenOther("businessInfo.sourceOfFundsCategories"))
    .rule(DESCRIPTION)
    .of_company(),
    Field::text(
        215,
        "businessInfo.expectedMonthlyTransactionCount",
        "transactions a month",
    )
    .one_of(accepted::MONTHLY_COUNT)
    .of_company(),
    Field::text(
        216,
        "businessInfo.expectedMonthlyTransactionVolume",
        "volume a month, in USD",
    )
    .one_of(accepted::MONTHLY_VOLUME)
    .of_company(),
    Field::list(
        217,
        "businessInfo.expectedRecipientJurisdictions",
        "where recipients are",
    )
    .rule(Rule::Country)
    .of_company(),
    Field::list(
        218,
        "businessInfo.expectedCounterpartyCountries",
        "where counterparties are",
    )
    .rule(Rule::Country)
    .of_company(),
    Field::text(
        219,
        "businessInfo.primaryContactFirstName",
        "contact person, given name",
    )
    .rule(CONTACT)
    .of_company(),
    Field::text(
        220,
        "businessInfo.primaryContactLastName",
        "contact person, family name",
    )
    .rule(CONTACT)
    .of_company(),
];

impl Field {
    /// For businesses of 2026-08 only.
    const fn of_company(self) -> Self {
        self.of(Business).only_in(E2026_08)
    }
}
