//! Fields of individuals: codes 100 to 199.

use crate::model::CustomerType::Individual;
use crate::model::Edition::E2026_08;
use crate::model::field::Required::{WhenOther, With};
use crate::model::field::Returned::WriteOnly;
use crate::model::field::{Field, Rule, accepted};

pub(super) const FIELDS: &[Field] = &[
    Field::text(100, "fullName", "full name, given and family")
        .of(Individual)
        .flat("fullName"),
    Field::date(101, "birthDate", "date of birth")
        .of(Individual)
        .flat("birthDate"),
    Field::text(102, "nationality", "country of citizenship")
        .of(Individual)
        .rule(Rule::Country),
    Field::text(103, "idType", "kind of tax identifier")
        .required(With("identifier"))
        .one_of(accepted::ID_TYPE)
        .of_person(),
    Field::text(104, "identifier", "tax identifier; an SSN as ###-##-####")
        .required(With("idType"))
        .returned(WriteOnly)
        .of_person(),
    Field::text(
        105,
        "countryOfIssuance",
        "country of the tax identifier; US where absent",
    )
    .rule(Rule::Country)
    .of_person(),
    Field::list(110, "sourceOfFundsCategories", "where the money comes from")
        .one_of(accepted::PERSON_FUNDS)
        .of_person(),
    Field::text(
        111,
        "sourceOfFundsOtherDescription",
        "the other source of funds",
    )
    .required(WhenOther("sourceOfFundsCategories"))
    .of_person(),
    Field::list(
        112,
        "sourceOfWealthCategories",
        "where the wealth comes from",
    )
    .one_of(accepted::PERSON_WEALTH)
    .of_person(),
    Field::text(
        113,
        "sourceOfWealthOtherDescription",
        "the other source of wealth",
    )
    .required(WhenOther("sourceOfWealthCategories"))
    .of_person(),
    Field::text(114, "purposeOfAccount", "what the account is for")
        .one_of(accepted::PURPOSE)
        .of_person(),
    Field::text(115, "purposeOfAccountOtherDescription", "the other purpose")
        .required(WhenOther("purposeOfAccount"))
        .of_person(),
    Field::text(
        116,
        "expectedMonthlyTransactionCount",
        "transactions expected a month",
    )
    .one_of(accepted::MONTHLY_COUNT)
    .of_person(),
    Field::text(
        117,
        "expectedMonthlyTransactionVolume",
        "volume expected a month, in USD",
    )
    .one_of(accepted::MONTHLY_VOLUME)
    .of_person(),
    Field::text(118, "annualIncomeRange", "income a year, in USD")
        .one_of(accepted::INCOME)
        .of_person(),
    Field::text(119, "netWorthRange", "net worth, in USD")
        .one_of(accepted::NET_WORTH)
        .of_person(),
    Field::text(
        120,
        "pepStatus",
        "whether the person is politically exposed",
    )
    .one_of(accepted::PEP)
    .of_person(),
];

impl Field {
    /// For individuals of 2026-08 only.
    const fn of_person(self) -> Self {
        self.of(Individual).only_in(E2026_08)
    }
}
