//! Words for people and for companies.

use super::column::Column;
use super::words::plain;
use crate::model::CustomerType;

const PERSON: &str = "p|pers|person|people|individual|individuals|ind|indiv|i|private|private person|privat|privatperson|natural|natural person|natural_person|consumer|customer|b2c|c2c|personal|human|retail|user|single|np|particular|fisica|persona fisica|pf|physical|physical person";

const COMPANY: &str = "c|comp|company|companies|business|businesses|biz|b|b2b|bus|corporate|corporation|corp|co|org|organization|organisation|entity|legal|legal entity|legal person|le|lp|merchant|enterprise|firm|firma|partner|vendor|supplier|seller|commercial|institution|institutional|juridica|persona juridica|pj|juridical|juristic|juristic person|sme|smb|ltd|llc|inc|gmbh|professional|pro";

const YES: &str = "true|t|yes|y|1|on|ja|si|oui";
const NO: &str = "false|f|no|n|0|off|nein|non";

/// What the words of one column mean.
pub(super) struct Types {
    /// `C` means a customer where companies are called `B`.
    has_b: bool,
    /// What yes means, of a column whose name asks a question.
    yes: CustomerType,
}

impl Types {
    pub(super) fn of(column: &Column<'_>) -> Self {
        let asks_for_person = ["individual", "person", "private", "consumer"]
            .iter()
            .any(|word| column.name.to_lowercase().contains(word));
        Self {
            has_b: column.values().any(|value| plain(value).starts_with('b')),
            yes: if asks_for_person {
                CustomerType::Individual
            } else {
                CustomerType::Business
            },
        }
    }

    /// The type that a word means.
    pub(super) fn get(&self, text: &str) -> Option<CustomerType> {
        use CustomerType::{Business, Individual};
        let text = plain(text);
        let is_in = |words: &str| words.split('|').any(|word| word == text);
        let no = match self.yes {
            Business => Individual,
            Individual => Business,
        };
        match text.as_str() {
            "c" if self.has_b => Some(Individual),
            _ if is_in(PERSON) => Some(Individual),
            _ if is_in(COMPANY) => Some(Business),
            _ if is_in(YES) => Some(self.yes),
            _ if is_in(NO) => Some(no),
            _ => None,
        }
    }
}
