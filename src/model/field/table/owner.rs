//! Beneficial owners inside a business of 2025-10: codes 400 to 499.

use crate::model::CustomerType::Business;
use crate::model::Edition::E2025_10;
use crate::model::field::Required::WithParent;
use crate::model::field::{Field, Rule, accepted};

pub(super) const FIELDS: &[Field] = &[
    Field::text(400, "beneficialOwners[].fullName", "owner's full name")
        .required(WithParent)
        .owner(),
    Field::text(
        401,
        "beneficialOwners[].individualType",
        "owner's part in the company",
    )
    .one_of(accepted::OWNER)
    .required(WithParent)
    .owner(),
    Field::text(
        402,
        "beneficialOwners[].emailAddress",
        "owner's e-mail address",
    )
    .rule(Rule::Email)
    .folds_case()
    .owner(),
    Field::date(403, "beneficialOwners[].birthDate", "owner's date of birth").owner(),
    Field::text(404, "beneficialOwners[].nationality", "owner's citizenship")
        .rule(Rule::Country)
        .owner(),
    Field::number(
        405,
        "beneficialOwners[].percentageOwnership",
        "owner's share in percent",
    )
    .rule(Rule::Percent)
    .owner(),
    Field::text(406, "beneficialOwners[].title", "owner's title").owner(),
    Field::text(
        420,
        "beneficialOwners[].address.line1",
        "owner's street and number",
    )
    .required(WithParent)
    .owner(),
    Field::text(
        421,
        "beneficialOwners[].address.line2",
        "owner's flat, floor, unit",
    )
    .owner(),
    Field::text(422, "beneficialOwners[].address.city", "owner's city").owner(),
    Field::text(
        423,
        "beneficialOwners[].address.state",
        "owner's state or region",
    )
    .owner(),
    Field::text(
        424,
        "beneficialOwners[].address.postalCode",
        "owner's postal code",
    )
    .required(WithParent)
    .owner(),
    Field::text(425, "beneficialOwners[].address.country", "owner's country")
        .required(WithParent)
        .rule(Rule::Country)
        .owner(),
];

impl Field {
    /// For businesses of 2025-10 only.
    const fn owner(self) -> Self {
        self.of(Business).only_in(E2025_10)
    }
}
