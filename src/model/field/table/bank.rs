//! The bank account inside a customer of 2025-10: codes 300 to 399. Numbers are texts, because
//! leading zeros matter.

use crate::model::Edition::E2025_10;
use crate::model::field::Required::{Account, WithParent};
use crate::model::field::Returned::WriteOnly;
use crate::model::field::{Field, Rule, accepted};

pub(super) const FIELDS: &[Field] = &[
    Field::text(300, "bankAccountInfo.accountType", "kind of account")
        .one_of(accepted::ACCOUNT)
        .required(WithParent)
        .flat("accountType")
        .bank(),
    Field::text(301, "bankAccountInfo.accountNumber", "account number")
        .needed_by(&["US_ACCOUNT"])
        .flat("accountNumber")
        .bank(),
    Field::text(302, "bankAccountInfo.routingNumber", "ABA routing number")
        .rule(Rule::Digits { min: 9, max: 9 })
        .needed_by(&["US_ACCOUNT"])
        .flat("routingNumber")
        .bank(),
    Field::text(
        303,
        "bankAccountInfo.accountCategory",
        "checking or savings",
    )
    .one_of(accepted::ACCOUNT_CATEGORY)
    .needed_by(&["US_ACCOUNT"])
    .flat("accountCategory")
    .bank(),
    Field::text(304, "bankAccountInfo.bankName", "name of the bank")
        .required(Account {
            needs: &["CLABE", "IBAN"],
            takes: &["US_ACCOUNT", "PIX"],
        })
        .flat("bankName")
        .bank(),
    Field::text(305, "bankAccountInfo.clabeNumber", "CLABE")
        .rule(Rule::Digits { min: 18, max: 18 })
        .needed_by(&["CLABE"])
        .flat("clabeNumber")
        .bank(),
    Field::text(306, "bankAccountInfo.pixKey", "PIX key")
        .needed_by(&["PIX"])
        .flat("pixKey")
        .bank(),
    Field::text(307, "bankAccountInfo.pixKeyType", "kind of PIX key")
        .one_of(accepted::PIX_KEY)
        .needed_by(&["PIX"])
        .flat("pixKeyType")
        .bank(),
    Field::text(308, "bankAccountInfo.iban", "IBAN")
        .rule(Rule::Length { min: 15, max: 34 })
        .needed_by(&["IBAN"])
        .flat("iban")
        .bank(),
    Field::text(309, "bankAccountInfo.swiftBic", "BIC")
        .rule(Rule::Length { min: 8, max: 11 })
        .required(Account {
            needs: &[],
            takes: &["IBAN"],
        })
        .flat("swiftBic")
        .bank(),
    Field::text(
        310,
        "bankAccountInfo.currencyCode",
        "currency of the account",
    )
    .rule(Rule::Currency)
    .needed_by(&["FBO"])
    .bank(),
    Field::text(311, "bankAccountInfo.vpa", "UPI address")
        .needed_by(&["UPI"])
        .bank(),
    Field::text(
        312,
        "bankAccountInfo.address",
        "address of the Spark wallet",
    )
    .needed_by(&["SPARK_WALLET"])
    .bank(),
    Field::text(
        313,
        "bankAccountInfo.currency",
        "currency of the account, any account type",
    )
    .rule(Rule::Currency)
    .bank(),
    Field::text(
        314,
        "bankAccountInfo.platformAccountId",
        "the platform's own id of the account",
    )
    .flat("platformAccountId")
    .bank(),
];

impl Field {
    /// Needed by these account types; no other has it.
    const fn needed_by(self, needs: &'static [&'static str]) -> Self {
        self.required(Account { needs, takes: &[] })
    }

    /// Of 2025-10 only, and never answered.
    const fn bank(self) -> Self {
        self.only_in(E2025_10).returned(WriteOnly)
    }
}
