//! The account types, in alphabetical order: first those of banks and mobile wallets, one for each
//! currency, then those of crypto-currencies.

use super::kind::{AccountKind, Beneficiary, Holder, Part};
use crate::model::field::Rule::{
    self, Any, Bic, Country, Dial, Digits, Email, Length, OneOf, Past, Phone, Vpa,
};
use crate::model::field::Set::{Capital, CapitalOrDigit, Digit, LetterOrDigit, Zero};
use crate::model::field::{Run, Set, Shape};

/// Every account type of Grid.
pub static KINDS: &[AccountKind] = ALL;

/// Their names.
pub const NAMES: &[&str] = &{
    let mut names = [""; ALL.len()];
    let mut at = 0;
    while at < ALL.len() {
        names[at] = ALL[at].name;
        at += 1;
    }
    names
};

#[rustfmt::skip]
const ALL: &[AccountKind] = &[
    bank("AED_ACCOUNT", "AED", &[IBAN_AE],                      &[BIC]).of(PERSON_WITH_ADDRESS),
    bank("BDT_ACCOUNT", "BDT", &[BANK],                         &[NUMBER, BRANCH, BIC, PHONE]).one_of(NUMBER_OR_PHONE),
    bank("BRL_ACCOUNT", "BRL", &[PIX_KEY, PIX_KEY_TYPE, TAX_ID], &[]),
    bank("BWP_ACCOUNT", "BWP", &[PHONE, PROVIDER],              &[]),
    bank("CAD_ACCOUNT", "CAD", &[BANK_CODE, BRANCH, number(7, 12)], &[]).of(PERSON_IN_REGISTER),
    bank("CNY_ACCOUNT", "CNY", &[BANK],                         &[NUMBER, PHONE]).one_of(NUMBER_OR_PHONE),
    bank("COP_ACCOUNT", "COP", &[BANK],                         &[NUMBER, CATEGORY, PHONE]).one_of(NUMBER_OR_PHONE).of(PERSON_WITH_DOCUMENT),
    bank("DKK_ACCOUNT", "DKK", &[IBAN_DK],                      &[BIC]),
    bank("EGP_ACCOUNT", "EGP", &[BANK],                         &[IBAN_EG, PHONE]).one_of(&[&["iban"], &["phoneNumber"]]),
    bank("EUR_ACCOUNT", "EUR", &[IBAN],                         &[BIC]).of(PERSON_WITH_RESIDENCE),
    bank("GBP_ACCOUNT", "GBP", &[SORT_CODE, number(8, 8)],      &[]),
    bank("GHS_ACCOUNT", "GHS", &[BANK],                         &[NUMBER, PHONE]).one_of(NUMBER_OR_PHONE),
    bank("GTQ_ACCOUNT", "GTQ", &[NUMBER, CATEGORY, BANK],       &[]).of(PERSON_WITH_RESIDENCE_AND_PHONE),
    bank("HKD_ACCOUNT", "HKD", &[BANK, NUMBER, BIC],            &[]),
    bank("HTG_ACCOUNT", "HTG", &[PHONE],                        &[]),
    bank("IDR_ACCOUNT", "IDR", &[BANK, NUMBER, BIC, phone("+62", 9, 12)], &[]),
    bank("INR_ACCOUNT", "INR", &[],                             &[VPA, number(9, 18), IFSC, RAIL, BANK]).one_of(&[&["vpa"], &["accountNumber", "ifsc"]]),
    bank("JMD_ACCOUNT", "JMD", &[NUMBER, BRANCH, CATEGORY, BANK], &[]).of(PERSON_WITH_ADDRESS_AND_PHONE),
    bank("KES_ACCOUNT", "KES", &[phone("+254", 9, 9), PROVIDER], &[]),
    bank("MWK_ACCOUNT", "MWK", &[PHONE, PROVIDER],              &[]),
    bank("MXN_ACCOUNT", "MXN", &[CLABE],                        &[]),
    bank("MYR_ACCOUNT", "MYR", &[BANK, NUMBER, BIC],            &[]),
    bank("NGN_ACCOUNT", "NGN", &[number(10, 10), BANK],         &[]),
    bank("PHP_ACCOUNT", "PHP", &[BANK, number(8, 16)],          &[]),
    bank("PKR_ACCOUNT", "PKR", &[BANK],                         &[NUMBER, IBAN_PK, PHONE]).one_of(&[&["accountNumber"], &["iban"], &["phoneNumber"]]),
    bank("RWF_ACCOUNT", "RWF", &[phone("+250", 9, 9), PROVIDER], &[]),
    bank("SGD_ACCOUNT", "SGD", &[NUMBER, BIC],                  &[BANK]),
    // Named after a country: El Salvador pays in dollars, and Grid does not say so.
    bank("SLV_ACCOUNT", "",    &[],                             &[BANK, NUMBER, CATEGORY, PHONE]).one_of(NUMBER_OR_PHONE),
    bank("SWIFT_ACCOUNT", "",  &[BIC, BANK, COUNTRY],           &[NUMBER, IBAN]).one_of(&[&["accountNumber"], &["iban"]]),
    bank("THB_ACCOUNT", "THB", &[BANK, NUMBER, BIC],            &[]),
    bank("TZS_ACCOUNT", "TZS", &[phone("+255", 9, 9), PROVIDER], &[]),
    bank("UGX_ACCOUNT", "UGX", &[PHONE, PROVIDER],              &[]),
    bank("USD_ACCOUNT", "USD", &[NUMBER, ROUTING],              &[part("bankName", Length { min: 1, max: 140 }), CATEGORY, BETWEEN_BANK, BETWEEN_ROUTING, BANKS_INFORMATION]),
    bank("VND_ACCOUNT", "VND", &[BANK, NUMBER, BIC],            &[]),
    bank("XAF_ACCOUNT", "XAF", &[PHONE, PROVIDER, region(&["CM", "CG"])], &[]),
    bank("XOF_ACCOUNT", "XOF", &[PHONE, PROVIDER, region(&["BJ", "CI", "SN", "TG"])], &[]),
    bank("ZAR_ACCOUNT", "ZAR", &[number(9, 13), BANK],          &[]),
    bank("ZMW_ACCOUNT", "ZMW", &[phone("+260", 9, 9), PROVIDER], &[]),
    wallet("BASE_WALLET"),
    wallet("ETHEREUM_WALLET"),
    wallet("PLASMA_WALLET"),
    wallet("POLYGON_WALLET"),
    wallet("SOLANA_WALLET"),
    wallet("SPARK_WALLET"),
    wallet("TRON_WALLET"),
    LIGHTNING,
];

/// Of a bank or a mobile wallet: it has a beneficiary. An empty currency is none.
const fn bank(
    name: &'static str,
    currency: &'static str,
    needs: &'static [Part],
    takes: &'static [Part],
) -> AccountKind {
    AccountKind {
        name,
        currency: if currency.is_empty() {
            None
        } else {
            Some(currency)
        },
        needs,
        takes,
        one_of: &[],
        beneficiary: Some(Beneficiary {
            is_required: true,
            person: PERSON,
            company: COMPANY,
        }),
    }
}

const WALLET_NEEDS: &[Part] = &[part("address", Any)];
const WALLET_TAKES: &[Part] = &[part("vaspName", Any)];

/// Of a chain that several currencies live on.
const fn wallet(name: &'static str) -> AccountKind {
    AccountKind {
        name,
        currency: None,
        needs: WALLET_NEEDS,
        takes: WALLET_TAKES,
        one_of: &[],
        beneficiary: Some(Beneficiary {
            is_required: false,
            person: OWNER,
            company: COMPANY,
        }),
    }
}

const LIGHTNING: AccountKind = AccountKind {
    name: "LIGHTNING",
    currency: None,
    needs: &[],
    takes: &[
        part("invoice", Any),
        part("bolt12", Any),
        part("lightningAddress", Any),
    ],
    one_of: &[&["invoice"], &["bolt12"], &["lightningAddress"]],
    beneficiary: None,
};

impl AccountKind {
    const fn of(mut self, person: Holder) -> Self {
        self.beneficiary = Some(Beneficiary {
            is_required: true,
            person,
            company: COMPANY,
        });
        self
    }

    const fn one_of(mut self, groups: &'static [&'static [&'static str]]) -> Self {
        self.one_of = groups;
        self
    }
}

const NUMBER_OR_PHONE: &[&[&str]] = &[&["accountNumber"], &["phoneNumber"]];

const fn part(name: &'static str, rule: Rule) -> Part {
    Part { name, rule }
}

/// An account number that is digits alone.
const fn number(min: usize, max: usize) -> Part {
    part("accountNumber", Digits { min, max })
}

/// A telephone number in one country.
const fn phone(start: &'static str, min: usize, max: usize) -> Part {
    part("phoneNumber", Dial { start, min, max })
}

const fn region(countries: &'static [&'static str]) -> Part {
    part("region", OneOf(countries))
}

const NAME: Rule = Length { min: 1, max: 255 };

const NUMBER: Part = part("accountNumber", Length { min: 1, max: 34 });
const BANK: Part = part("bankName", NAME);
const BANK_CODE: Part = part("bankCode", Digits { min: 3, max: 3 });
const BRANCH: Part = part("branchCode", Digits { min: 5, max: 5 });
const BIC: Part = part("swiftCode", Bic);
const COUNTRY: Part = part("country", Country);
const CATEGORY: Part = part("bankAccountType", OneOf(&["CHECKING", "SAVINGS"]));
const CLABE: Part = part("clabeNumber", Digits { min: 18, max: 18 });
const PHONE: Part = phone("+", 6, 14);
const PROVIDER: Part = part("provider", NAME);
const PIX_KEY: Part = part("pixKey", Length { min: 1, max: 77 });
const PIX_KEY_TYPE: Part = part(
    "pixKeyType",
    OneOf(&["CPF", "CNPJ", "EMAIL", "PHONE", "RANDOM"]),
);
const TAX_ID: Part = part("taxId", Digits { min: 11, max: 14 });
const SORT_CODE: Part = part("sortCode", Digits { min: 6, max: 6 });
const ROUTING: Part = part("routingNumber", Digits { min: 9, max: 9 });
const BETWEEN_BANK: Part = part("intermediaryBankName", Length { min: 1, max: 140 });
const BETWEEN_ROUTING: Part = part("intermediaryRoutingNumber", Digits { min: 9, max: 9 });
const BANKS_INFORMATION: Part = part("fiToFiInformation", Length { min: 0, max: 210 });
const VPA: Part = part("vpa", Vpa);
const RAIL: Part = part("rail", Length { min: 1, max: 32 });
const IFSC: Part = part(
    "ifsc",
    Rule::Shape(&Shape {
        start: "",
        runs: &[
            run(Capital, 4, 4),
            run(Zero, 1, 1),
            run(CapitalOrDigit, 6, 6),
        ],
        words: "an IFSC of 4 capitals, 0, and 6 capitals or digits, like HDFC0001234",
    }),
);
const IBAN: Part = part(
    "iban",
    Rule::Shape(&Shape {
        start: "",
        runs: &[
            run(Capital, 2, 2),
            run(Digit, 2, 2),
            run(LetterOrDigit, 11, 30),
        ],
        words: "an IBAN without blanks: 2 capitals, 2 digits, 11 to 30 letters or digits",
    }),
);
const IBAN_AE: Part = part(
    "iban",
    Rule::Shape(&Shape {
        start: "AE",
        runs: &[run(Digit, 21, 21)],
        words: "an IBAN without blanks: AE and 21 digits",
    }),
);
const IBAN_DK: Part = part(
    "iban",
    Rule::Shape(&Shape {
        start: "DK",
        runs: &[run(Digit, 16, 16)],
        words: "an IBAN without blanks: DK and 16 digits",
    }),
);
const IBAN_EG: Part = part(
    "iban",
    Rule::Shape(&Shape {
        start: "EG",
        runs: &[run(Digit, 27, 27)],
        words: "an IBAN without blanks: EG and 27 digits",
    }),
);
const IBAN_PK: Part = part(
    "iban",
    Rule::Shape(&Shape {
        start: "PK",
        runs: &[run(Digit, 2, 2), run(Capital, 4, 4), run(Digit, 16, 16)],
        words: "an IBAN without blanks: PK, 2 digits, 4 capitals, 16 digits",
    }),
);

const fn run(set: Set, min: usize, max: usize) -> Run {
    Run { set, min, max }
}

/// What nearly every account of a bank takes of a person.
const PERSON: Holder = Holder {
    needs: &["fullName"],
    takes: PERSON_TAKES,
};
const PERSON_WITH_ADDRESS: Holder = Holder {
    needs: &[
        "fullName",
        "address.line1",
        "address.postalCode",
        "address.country",
    ],
    takes: PERSON_TAKES,
};
const PERSON_WITH_ADDRESS_AND_PHONE: Holder = Holder {
    needs: &[
        "fullName",
        "phoneNumber",
        "address.line1",
        "address.postalCode",
        "address.country",
    ],
    takes: PERSON_TAKES,
};
const PERSON_WITH_RESIDENCE: Holder = Holder {
    needs: &["fullName", "countryOfResidence"],
    takes: PERSON_TAKES,
};
const PERSON_WITH_RESIDENCE_AND_PHONE: Holder = Holder {
    needs: &["fullName", "phoneNumber", "countryOfResidence"],
    takes: PERSON_TAKES,
};
const PERSON_IN_REGISTER: Holder = Holder {
    needs: &["fullName"],
    takes: &with::<13, 1>(PERSON_TAKES, [part("registrationNumber", Any)]),
};
const PERSON_WITH_DOCUMENT: Holder = Holder {
    needs: &["fullName"],
    takes: &with::<14, 2>(
        PERSON_TAKES,
        [
            part("documentType", OneOf(&["CC", "CE", "TI", "NIT", "PP"])),
            part("documentNumber", Length { min: 1, max: 50 }),
        ],
    ),
};

const PERSON_TAKES: &[Part] = &[
    part("fullName", Any),
    part("birthDate", Past),
    part("nationality", Country),
    part("email", Email),
    part("phoneNumber", Phone),
    part("countryOfResidence", Country),
    part("address.line1", Any),
    part("address.line2", Any),
    part("address.city", Any),
    part("address.state", Any),
    part("address.postalCode", Any),
    part("address.country", Country),
];

/// The person behind a wallet.
const OWNER: Holder = Holder {
    needs: &["fullName", "countryOfResidence"],
    takes: &[part("fullName", Any), part("countryOfResidence", Country)],
};

const COMPANY: Holder = Holder {
    needs: &["legalName"],
    takes: &[
        part("legalName", Any),
        part("registrationNumber", Any),
        part("taxId", Any),
        part("email", Email),
        part("phoneNumber", Phone),
        part("countryOfResidence", Country),
        part("address.line1", Any),
        part("address.line2", Any),
        part("address.city", Any),
        part("address.state", Any),
        part("address.postalCode", Any),
        part("address.country", Country),
    ],
};

/// The parts and `MORE` others: `ALL` together.
const fn with<const ALL: usize, const MORE: usize>(
    parts: &[Part],
    more: [Part; MORE],
) -> [Part; ALL] {
    let mut all = [more[0]; ALL];
    let mut at = 0;
    while at < parts.len() {
        all[at] = parts[at];
        at += 1;
    }
    while at < ALL {
        all[at] = more[at - parts.len()];
        at += 1;
    }
    all
}
