//! What a user's bank account calls for, and which of a customer's accounts in Grid it is.
//!
//! Grid lists accounts apart from customers, so a plan knows of them only what was sent before: the
//! account's fields stand among a customer's sent hashes once Grid has taken them.

use super::fingerprint::FieldHashes;
use crate::model::field::Slot;

/// What a user's bank account calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountNeed {
    /// Nothing: the user has none. One that was sent before is never taken away; that it differs is
    /// reported.
    Nothing,
    /// None was sent from here: add it, unless Grid has it already.
    Add,
    /// One was sent, and may be another.
    Changed,
}

/// What the user's account calls for, given what was sent of the user.
pub fn account_need(source: &FieldHashes, sent: Option<&FieldHashes>) -> AccountNeed {
    let has = |hashes: &FieldHashes| hashes.slots().any(|slot| slot.field().is_account());
    match (has(source), sent.is_some_and(has)) {
        (false, _) => AccountNeed::Nothing,
        (true, false) => AccountNeed::Add,
        (true, true) => AccountNeed::Changed,
    }
}

/// Whether an account that Grid shows is, for certain, the one whose fields were sent: by hashes
/// alone, where the user's values are not at hand. The platform's own id of an account decides; else
/// all that was sent of its details must be shown alike. What is spelled otherwise, masked or left
/// out cannot be recognised so: whoever sends the account again has the values, and looks once more.
pub fn is_as_sent(sent: &FieldHashes, shown: &FieldHashes) -> bool {
    let alike = |slot: Slot| sent.get(slot) == shown.get(slot);
    let platform_id = sent.slots().find(|slot| slot.field().path == PLATFORM_ID);
    if let Some(slot) = platform_id.filter(|slot| shown.get(*slot).is_some()) {
        return alike(slot);
    }
    let mut details = sent.slots().filter(|slot| is_detail(slot.field().path));
    details.clone().next().is_some() && details.all(alike)
}

/// The platform's own id of an account.
const PLATFORM_ID: &str = "externalAccount.platformAccountId";

/// Whether a field is one of the account's own, and neither its type nor its holder's.
fn is_detail(path: &str) -> bool {
    path.strip_prefix("externalAccount.accountInfo.")
        .is_some_and(|name| name != "accountType" && !name.starts_with("beneficiary."))
}

/// What of the intended fields may be recorded as sent for an account that bears the same id of the
/// platform and other details: only what Grid shows alike, so that the rest is reported.
#[must_use]
pub fn agreeing(intended: &FieldHashes, shown: &FieldHashes) -> FieldHashes {
    let alike = |slot| intended.get(slot) == shown.get(slot);
    intended.clone().retain(alike)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::hashes;

    const NAME: (&str, &str) = ("fullName", "Ada Lovelace");
    const TYPE: (&str, &str) = ("externalAccount.accountInfo.accountType", "USD_ACCOUNT");
    const BANK: (&str, &str) = ("externalAccount.accountInfo.routingNumber", "021000021");
    const ID: (&str, &str) = (PLATFORM_ID, "acc-1");

    const fn number(number: &str) -> (&str, &str) {
        ("externalAccount.accountInfo.accountNumber", number)
    }

    #[test]
    fn an_account_is_needed_once_and_never_taken_away() {
        let with = hashes(&[NAME, TYPE, number("1")]);
        let without = hashes(&[NAME]);
        let other = hashes(&[NAME, TYPE, number("2")]);
        assert_eq!(account_need(&with, None), AccountNeed::Add);
        assert_eq!(account_need(&with, Some(&without)), AccountNeed::Add);
        assert_eq!(account_need(&with, Some(&with)), AccountNeed::Changed);
        assert_eq!(account_need(&with, Some(&other)), AccountNeed::Changed);
        assert_eq!(account_need(&without, None), AccountNeed::Nothing);
        assert_eq!(account_need(&without, Some(&with)), AccountNeed::Nothing);
    }

    #[test]
    fn the_platforms_own_id_says_which_account_it_is() {
        let sent = hashes(&[ID, TYPE, BANK, number("1")]);
        assert!(is_as_sent(&sent, &hashes(&[ID, TYPE, number("other")])));
        let other_id = (PLATFORM_ID, "acc-2");
        assert!(!is_as_sent(
            &sent,
            &hashes(&[other_id, TYPE, BANK, number("1")])
        ));
        assert!(
            is_as_sent(&sent, &hashes(&[TYPE, BANK, number("1")])),
            "Grid does not show the id"
        );
    }

    #[test]
    fn without_an_id_every_detail_must_be_shown_alike() {
        let sent = hashes(&[TYPE, BANK, number("1")]);
        let holder = ("externalAccount.accountInfo.beneficiary.fullName", "A. L.");
        assert!(is_as_sent(
            &sent,
            &hashes(&[TYPE, BANK, number("1"), holder])
        ));
        for shown in [
            hashes(&[TYPE, BANK, number("2")]),
            hashes(&[TYPE, BANK, number("****1")]),
            hashes(&[TYPE, BANK]),
            hashes(&[]),
        ] {
            assert!(!is_as_sent(&sent, &shown));
        }
        let only_type = hashes(&[TYPE]);
        assert!(
            !is_as_sent(&only_type, &only_type),
            "which one, nobody knows"
        );
    }

    #[test]
    fn what_grid_shows_otherwise_was_not_sent() {
        let intended = hashes(&[ID, TYPE, BANK, number("1")]);
        let shown = hashes(&[ID, TYPE, number("2")]);
        assert_eq!(agreeing(&intended, &shown), hashes(&[ID, TYPE]));
    }
}
