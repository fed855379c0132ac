//! A user that cannot be sent: where it stands, and everything that is wrong with it.

use serde::Serialize;

use super::code::codes;
use super::field::Slot;
use super::{Key, Position};

/// A row that is not sent. It is *rejected*, which is not *absent*: its customer is never deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// The platform customer id, where the row let it be read.
    pub key: Option<Key>,
    /// Where the row begins.
    pub position: Position,
    /// Every fault of the row, at least one, in column order.
    pub faults: Vec<Fault>,
}

/// One thing wrong with a row. Holds no value of the row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What kind of fault.
    pub code: FaultCode,
    /// The Grid field (dotted path), where one is concerned.
    pub field: Option<String>,
    /// The source's column, by its name in the header.
    pub column: Option<String>,
    /// The column's number, from 1.
    pub column_number: Option<usize>,
    /// What was expected and would be accepted, in words for the operator. Never the value found.
    pub expected: String,
}

codes! {
    /// What can be wrong with a row. Stable: a code never changes its meaning, none is reused.
    FaultCode {
        RowRagged = "ROW_RAGGED": "more or fewer cells than the header has",
        RowNotUtf8 = "ROW_NOT_UTF8": "a cell is not UTF-8",
        RowNotObject = "ROW_NOT_OBJECT": "the line is not one JSON object",
        RowMemberTwice = "ROW_MEMBER_TWICE": "a JSON object has two members of one name",
        BadList = "BAD_LIST": "a JSON list or object that cannot be one cell",
        Missing = "MISSING": "a required field is absent",
        MissingKey = "MISSING_KEY": "the row has no platform customer id",
        DuplicateKey = "DUPLICATE_KEY": "the platform customer id occurs more than once in the source",
        NotAccepted = "NOT_ACCEPTED": "the value is not one of those that Grid accepts",
        NotInMap = "NOT_IN_MAP": "the field's value map does not have the value",
        BadFormat = "BAD_FORMAT": "the value has not the form that Grid takes",
        TooShort = "TOO_SHORT": "the value has too few characters",
        TooLong = "TOO_LONG": "the value has too many characters",
        ControlCharacter = "CONTROL_CHARACTER": "the value holds a line break or another control character",
        BadDate = "BAD_DATE": "no real date, not in the expected form, or out of range",
        BadDateTime = "BAD_DATE_TIME": "no real date and time with its offset",
        BadNumber = "BAD_NUMBER": "no number, or out of range",
        BadCountry = "BAD_COUNTRY": "no ISO 3166 alpha-2 country code in capitals",
        BadPhone = "BAD_PHONE": "no E.164 telephone number",
        BadEmail = "BAD_EMAIL": "no e-mail address",
        BadUma = "BAD_UMA": "no UMA address",
        Condition = "CONDITION": "the value does not go with another field of the row",
        UnsupportedCurrency = "UNSUPPORTED_CURRENCY": "the platform does not support the currency",
        OtherUmaDomain = "OTHER_UMA_DOMAIN": "the UMA address is not at the platform's own domain",
        WrongType = "WRONG_TYPE": "the field belongs to the other customer type, and Grid would drop it silently",
    }
}

/// One thing about a row that Grid takes, and that may not be meant. Holds no value of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Warning {
    /// What kind of warning; its words are [`WarningCode::about`].
    pub code: WarningCode,
    /// The field.
    pub slot: Slot,
}

codes! {
    /// What may be wrong with a row that is sent. As stable as [`FaultCode`].
    WarningCode {
        CheckDigit = "CHECK_DIGIT": "the check digits do not fit: a mistyped number, or test data",
        SandboxSuffix = "SANDBOX_SUFFIX": "Grid's sandbox gives this ending a meaning of its own, such as REJECTED",
        ReservedDomain = "RESERVED_DOMAIN": "the e-mail domain is reserved for examples and receives no mail, so Grid may refuse it",
        OneWordName = "ONE_WORD_NAME": "a name of one word passes here and fails when the customer is verified",
        NoBusinessType = "NO_BUSINESS_TYPE": "without a business type every GBP quote of this customer will fail",
        OtherCurrency = "OTHER_CURRENCY": "the account's currency is not the one that its account type is named after",
        ProviderField = "PROVIDER_FIELD": "some of the platform's currencies need this field of customers, and the row does not say which it will use",
        NoConsent = "NO_CONSENT": "on an unregulated platform a customer without consent to the end-user terms gets no internal account and cannot transact",
        LikelyRefused = "LIKELY_REFUSED": "the schema has this value, but Grid's documentation says it is refused for individuals",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_distinct_and_written_as_they_are_printed() {
        let printed: Vec<_> = FaultCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(printed.iter().collect::<HashSet<_>>().len(), printed.len());
        for code in FaultCode::ALL {
            let written = serde_json::to_value(code).expect("a code is a string");
            assert_eq!(written, code.to_string());
            assert!(!code.about().is_empty());
        }
    }
}
