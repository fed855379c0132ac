//! The names by which Grid's providers ask for data of customers.

use crate::model::CustomerType;
use crate::model::field::Slot;

/// The fields that hold what Grid calls by this name; none where it is no data of such a customer.
/// `None` for a name that is not known.
pub(super) fn slots_of(name: &str, of: CustomerType) -> Option<&'static [Slot]> {
    let &(_, person, company) = NAMES.iter().find(|(known, ..)| *known == name)?;
    Some(match of {
        CustomerType::Individual => person,
        CustomerType::Business => company,
    })
}

/// Grid's name, then a person's fields and a company's.
type Name = (&'static str, &'static [Slot], &'static [Slot]);

/// The names of both editions.
#[rustfmt::skip]
const NAMES: &[Name] = &[
    ("FULL_NAME",            &[slot("fullName")],    LEGAL_NAME),
    ("BIRTH_DATE",           &[slot("birthDate")],   NOTHING),
    ("NATIONALITY",          &[slot("nationality")], NOTHING),
    ("POSTAL_ADDRESS",       ADDRESS,                ADDRESS),
    ("ADDRESS",              ADDRESS,                ADDRESS),
    ("COUNTRY_OF_RESIDENCE", COUNTRY,                COUNTRY),
    ("EMAIL",                EMAIL,                  EMAIL),
    ("PHONE_NUMBER",         PHONE,                  PHONE),
    ("ID_TYPE",              &[slot("idType")],      NOTHING),
    ("ID_NUMBER",            IDENTIFIER,             NOTHING),
    ("IDENTIFIER",           IDENTIFIER,             NOTHING),
    ("TAX_ID",               IDENTIFIER,             &[slot("businessInfo.taxId")]),
    ("COMPANY_LEGAL_NAME",   NOTHING,                LEGAL_NAME),
    ("REGISTRATION_NUMBER",  NOTHING,                &[slot("businessInfo.registrationNumber")]),
    ("BUSINESS_TYPE",        NOTHING,                &[slot("businessInfo.businessType")]),
    // Always there.
    ("USER_TYPE",            NOTHING,                NOTHING),
    // The institution's or the payment's, not the customer's.
    ("ACCOUNT_IDENTIFIER",            NOTHING, NOTHING),
    ("FI_LEGAL_ENTITY_NAME",          NOTHING, NOTHING),
    ("FI_ADDRESS",                    NOTHING, NOTHING),
    ("PURPOSE_OF_PAYMENT",            NOTHING, NOTHING),
    ("ULTIMATE_INSTITUTION_COUNTRY",  NOTHING, NOTHING),
];

const NOTHING: &[Slot] = &[];
const ADDRESS: &[Slot] = &[
    slot("address.line1"),
    slot("address.postalCode"),
    slot("address.country"),
];
const COUNTRY: &[Slot] = &[slot("address.country")];
const EMAIL: &[Slot] = &[slot("email")];
const IDENTIFIER: &[Slot] = &[slot("identifier")];
const LEGAL_NAME: &[Slot] = &[slot("businessInfo.legalName")];
const PHONE: &[Slot] = &[slot("phoneNumber")];

const fn slot(path: &str) -> Slot {
    Slot::of_path(path)
}
