//! Fields of every customer: codes 1 to 99.

use crate::model::Edition::{E2025_10, E2026_08};
use crate::model::field::Required::{Always, WithParent};
use crate::model::field::Returned::{NeverFilled, WriteOnly};
use crate::model::field::{Field, Rule, accepted};

/// Grid names no bound for the key. 255 is what the columns of common databases hold; what is
/// longer is far more likely a shifted column than an id.
const KEY: Rule = Rule::Length { min: 1, max: 255 };

pub(super) const FIELDS: &[Field] = &[
    Field::text(
        1,
        "platformCustomerId",
        "the platform's own id of its user: the key",
    )
    .required(Always)
    .rule(KEY)
    .flat("platformCustomerId"),
    Field::text(2, "customerType", "a person or a company")
        .required(Always)
        .one_of(accepted::CUSTOMER_TYPE)
        .flat("customerType"),
    Field::text(
        3,
        "umaAddress",
        "UMA address; Grid makes one where it is absent",
    )
    .rule(Rule::Uma)
    .flat("umaAddress"),
    Field::text(
        4,
        "email",
        "e-mail address; Grid asks its domain for MX records",
    )
    .only_in(E2026_08)
    .rule(Rule::Email)
    .folds_case()
    .flat("email"),
    Field::text(
        5,
        "phoneNumber",
        "telephone number; some regions require it",
    )
    .only_in(E2026_08)
    .rule(Rule::Phone),
    Field::text(
        6,
        "region",
        "country that decides where a currency exists in several",
    )
    .only_in(E2026_08)
    .rule(Rule::Country)
    .returned(NeverFilled),
    Field::list(7, "currencies", "currencies the customer will use")
        .only_in(E2026_08)
        .rule(Rule::Currency)
        .returned(NeverFilled),
    Field::text(8, "kycUrl", "URL of a finished identity check")
        .only_in(E2025_10)
        .rule(Rule::Url)
        .returned(WriteOnly),
    Field::text(20, "address.line1", "street and number")
        .required(WithParent)
        .flat("addressLine1"),
    Field::text(21, "address.line2", "flat, floor, unit").flat("addressLine2"),
    Field::text(22, "address.city", "city").flat("city"),
    Field::text(23, "address.state", "state, province or region").flat("state"),
    Field::text(24, "address.postalCode", "postal code")
        .required(WithParent)
        .flat("postalCode"),
    Field::text(25, "address.country", "country")
        .required(WithParent)
        .rule(Rule::Country)
        .flat("country"),
    Field::date_time(
        30,
        "endUserTermsConsent.acceptedAt",
        "when the user accepted the terms",
    )
    .only_in(E2026_08)
    .required(WithParent),
    Field::text(
        31,
        "endUserTermsConsent.ipAddress",
        "from where the user accepted them",
    )
    .only_in(E2026_08)
    .required(WithParent)
    .rule(Rule::Ip),
    Field::text(
        32,
        "endUserTermsConsent.termsVersion",
        "version of the terms, like V1",
    )
    .only_in(E2026_08)
    .required(WithParent),
    Field::text(
        33,
        "endUserTermsConsent.acceptanceMethod",
        "how the user accepted them",
    )
    .only_in(E2026_08)
    .required(WithParent)
    .one_of(accepted::ACCEPTANCE_METHOD),
];
