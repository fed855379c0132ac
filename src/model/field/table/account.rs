//! The external account of a customer of 2026-08: codes 500 to 599. Paths follow the body of
//! `POST /customers/external-accounts`. What an account type needs and takes, and in which form,
//! stands in `model/account/table.rs`: one field has other rules in other types. A rule stands here
//! only where every type agrees on it.

use crate::model::account::NAMES;
use crate::model::field::Required::{ByAccountType, WithAccount};
use crate::model::field::{Field, Rule, accepted};

pub(super) const FIELDS: &[Field] = &[
    Field::text(
        500,
        "externalAccount.currency",
        "currency of the account; taken from an account type that names one",
    )
    .required(ByAccountType)
    .rule(Rule::Currency)
    .of_account(),
    Field::text(
        501,
        "externalAccount.platformAccountId",
        "the platform's own id of the account",
    )
    .flat("platformAccountId")
    .of_account(),
    Field::text(
        502,
        "externalAccount.ownershipType",
        "whose account it is; self-custody wallets may need it",
    )
    .one_of(accepted::OWNERSHIP)
    .of_account(),
    Field::flag(
        503,
        "externalAccount.defaultUmaDepositAccount",
        "whether UMA payments arrive here; the customer's last default loses that",
    )
    .of_account(),
    Field::text(
        510,
        "externalAccount.accountInfo.accountType",
        "kind of account",
    )
    .required(WithAccount)
    .one_of(NAMES)
    .flat("accountType")
    .of_account(),
    Field::info(
        511,
        "externalAccount.accountInfo.accountNumber",
        "account number",
    )
    .flat("accountNumber"),
    Field::info(
        512,
        "externalAccount.accountInfo.routingNumber",
        "ABA routing number",
    )
    .flat("routingNumber"),
    Field::info(
        513,
        "externalAccount.accountInfo.bankName",
        "name of the bank",
    )
    .flat("bankName"),
    Field::info(
        514,
        "externalAccount.accountInfo.bankAccountType",
        "checking or savings",
    )
    .one_of(accepted::ACCOUNT_CATEGORY)
    .flat("accountCategory"),
    Field::info(
        515,
        "externalAccount.accountInfo.intermediaryBankName",
        "name of the bank between",
    ),
    Field::info(
        516,
        "externalAccount.accountInfo.intermediaryRoutingNumber",
        "ABA routing number of the bank between",
    ),
    Field::info(
        517,
        "externalAccount.accountInfo.fiToFiInformation",
        "what the banks tell each other",
    ),
    Field::info(518, "externalAccount.accountInfo.clabeNumber", "CLABE").flat("clabeNumber"),
    Field::info(519, "externalAccount.accountInfo.pixKey", "PIX key").flat("pixKey"),
    Field::info(
        520,
        "externalAccount.accountInfo.pixKeyType",
        "kind of PIX key",
    )
    .one_of(accepted::PIX_KEY)
    .flat("pixKeyType"),
    Field::info(
        521,
        "externalAccount.accountInfo.taxId",
        "CPF or CNPJ of the holder, digits alone",
    ),
    Field::info(522, "externalAccount.accountInfo.iban", "IBAN").flat("iban"),
    Field::info(523, "externalAccount.accountInfo.swiftCode", "BIC").flat("swiftBic"),
    Field::info(
        524,
        "externalAccount.accountInfo.country",
        "country of the bank",
    )
    .rule(Rule::Country),
    Field::info(
        525,
        "externalAccount.accountInfo.region",
        "country of the franc",
    ),
    Field::info(526, "externalAccount.accountInfo.sortCode", "sort code"),
    Field::info(
        527,
        "externalAccount.accountInfo.bankCode",
        "number of the bank",
    ),
    Field::info(
        528,
        "externalAccount.accountInfo.branchCode",
        "number of the branch",
    ),
    Field::info(529, "externalAccount.accountInfo.vpa", "UPI address"),
    Field::info(
        530,
        "externalAccount.accountInfo.ifsc",
        "IFSC of the branch",
    ),
    Field::info(
        531,
        "externalAccount.accountInfo.rail",
        "how payments travel, like NEFT",
    ),
    Field::info(
        532,
        "externalAccount.accountInfo.phoneNumber",
        "telephone number of the account: of a mobile wallet it is the account",
    ),
    Field::info(
        533,
        "externalAccount.accountInfo.provider",
        "provider of the mobile wallet",
    ),
    Field::info(
        534,
        "externalAccount.accountInfo.address",
        "address of the wallet",
    ),
    Field::info(
        535,
        "externalAccount.accountInfo.vaspName",
        "who keeps the wallet",
    ),
    Field::info(
        536,
        "externalAccount.accountInfo.invoice",
        "Lightning invoice",
    ),
    Field::info(537, "externalAccount.accountInfo.bolt12", "Lightning offer"),
    Field::info(
        538,
        "externalAccount.accountInfo.lightningAddress",
        "Lightning address",
    ),
    Field::info(
        550,
        "externalAccount.accountInfo.beneficiary.beneficiaryType",
        "a person or a company; the customer's own type where no name is given",
    )
    .one_of(accepted::CUSTOMER_TYPE),
    Field::info(
        551,
        "externalAccount.accountInfo.beneficiary.fullName",
        "full name of a person who is not the customer",
    ),
    Field::info(
        552,
        "externalAccount.accountInfo.beneficiary.legalName",
        "name of a company that is not the customer",
    ),
    Field::date(
        553,
        "externalAccount.accountInfo.beneficiary.birthDate",
        "date of birth",
    )
    .required(ByAccountType)
    .of_account(),
    Field::info(
        554,
        "externalAccount.accountInfo.beneficiary.nationality",
        "country of citizenship",
    )
    .rule(Rule::Country),
    Field::info(
        555,
        "externalAccount.accountInfo.beneficiary.registrationNumber",
        "number in the register",
    ),
    Field::info(
        556,
        "externalAccount.accountInfo.beneficiary.taxId",
        "tax number",
    ),
    Field::info(
        557,
        "externalAccount.accountInfo.beneficiary.email",
        "e-mail address",
    )
    .rule(Rule::Email),
    Field::info(
        558,
        "externalAccount.accountInfo.beneficiary.phoneNumber",
        "telephone number",
    )
    .rule(Rule::Phone),
    Field::info(
        559,
        "externalAccount.accountInfo.beneficiary.countryOfResidence",
        "where the beneficiary lives",
    )
    .rule(Rule::Country),
    Field::info(
        560,
        "externalAccount.accountInfo.beneficiary.documentType",
        "kind of identity document",
    )
    .one_of(accepted::DOCUMENT),
    Field::info(
        561,
        "externalAccount.accountInfo.beneficiary.documentNumber",
        "number of the document",
    ),
    Field::info(
        570,
        "externalAccount.accountInfo.beneficiary.address.line1",
        "street and number",
    ),
    Field::info(
        571,
        "externalAccount.accountInfo.beneficiary.address.line2",
        "flat, floor, unit",
    ),
    Field::info(
        572,
        "externalAccount.accountInfo.beneficiary.address.city",
        "city",
    ),
    Field::info(
        573,
        "externalAccount.accountInfo.beneficiary.address.state",
        "state, province or region",
    ),
    Field::info(
        574,
        "externalAccount.accountInfo.beneficiary.address.postalCode",
        "postal code",
    ),
    Field::info(
        575,
        "externalAccount.accountInfo.beneficiary.address.country",
        "country",
    )
    .rule(Rule::Country),
];

impl Field {
    /// A text that some account types have.
    const fn info(code: u16, path: &'static str, about: &'static str) -> Self {
        Self::text(code, path, about)
            .required(ByAccountType)
            .of_account()
    }
}
