//! Whether an account that Grid lists is the one that is meant.
//!
//! Grid has no idempotency key for accounts and cannot filter them by the platform's id, so a
//! request whose outcome is not known is settled by reading the customer's accounts.

use serde_json::Value as Json;

/// How a listed account relates to the one that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It is that account.
    Same,
    /// It bears the `platformAccountId` that was sent, and other details: the account as it was
    /// before its details changed.
    OtherDetails,
    /// It is another account.
    Other,
}

/// Fields of `accountInfo` that say where money goes; one at least must agree.
const TELLING: &[&str] = &[
    "accountNumber",
    "clabeNumber",
    "pixKey",
    "iban",
    "vpa",
    "phoneNumber",
    "address",
    "invoice",
    "bolt12",
    "lightningAddress",
];

/// Fields that must not contradict: together with the number they say which account it is.
const QUALIFYING: &[&str] = &[
    "accountType",
    "routingNumber",
    "bankAccountType",
    "pixKeyType",
    "taxId",
    "swiftCode",
    "country",
    "region",
    "sortCode",
    "bankCode",
    "branchCode",
    "ifsc",
];

/// Fewest characters that a masked value must show to be compared.
const SHOWN: usize = 4;

/// Compares the body of a create ([`to_account_body`](crate::model::json::to_account_body)) with an
/// account as Grid lists it.
///
/// - Another customer's account is another account.
/// - Where both have a `platformAccountId`, it decides, and the details say whether they moved.
/// - Else currency, account type and the details decide. Only what both have is compared, in a
///   canonical form: without blanks and hyphens, and without case where case means nothing. One
///   number, address or key that says where the money goes must be on both sides and agree.
/// - A value that begins with two `*` or `•` is masked: its last characters are compared, if it
///   shows four or more of them; else it counts as left out.
/// - Names (of banks, providers, beneficiaries) and what Grid adds decide nothing: it may write
///   them in its own way, and a second account would be the price.
pub fn likeness(meant: &Json, listed: &Json) -> Likeness {
    if agree(meant, listed, "customerId") == Some(false) {
        return Likeness::Other;
    }
    match agree(meant, listed, "platformAccountId") {
        Some(true) if contradicts(meant, listed) => Likeness::OtherDetails,
        Some(true) => Likeness::Same,
        None if details_agree(meant, listed) => Likeness::Same,
        Some(false) | None => Likeness::Other,
    }
}

fn details_agree(meant: &Json, listed: &Json) -> bool {
    let mut telling = TELLING.iter().map(|name| detail(meant, listed, name));
    !contradicts(meant, listed) && telling.any(|agrees| agrees == Some(true))
}

/// Whether anything that both have differs.
fn contradicts(meant: &Json, listed: &Json) -> bool {
    let mut details = TELLING.iter().chain(QUALIFYING);
    agree(meant, listed, "currency") == Some(false)
        || details.any(|name| detail(meant, listed, name) == Some(false))
}

/// Whether a field of `accountInfo` agrees; `None` where one side does not have it.
fn detail(meant: &Json, listed: &Json, name: &str) -> Option<bool> {
    let meant = text(&meant["accountInfo"], name)?;
    let listed = text(&listed["accountInfo"], name)?;
    match visible_end(listed) {
        None => Some(canonical(name, meant) == canonical(name, listed)),
        Some(end) => {
            let end = canonical(name, end);
            (end.chars().count() >= SHOWN).then(|| canonical(name, meant).ends_with(&end))
        }
    }
}

/// The same for a field beside `accountInfo`: an id or a code, exactly as it was sent.
fn agree(meant: &Json, listed: &Json, name: &str) -> Option<bool> {
    Some(text(meant, name)? == text(listed, name)?)
}

fn text<'j>(object: &'j Json, name: &str) -> Option<&'j str> {
    object.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// What a masked value shows; `None` if it is not masked.
fn visible_end(text: &str) -> Option<&str> {
    let is_mask = |c: char| matches!(c, '*' | '•');
    let end = text.trim_start_matches(|c: char| is_mask(c) || c.is_whitespace());
    let masked = &text[..text.len() - end.len()];
    (masked.chars().filter(|&c| is_mask(c)).count() >= 2).then_some(end)
}

/// One spelling of a number, key or address. What has an `@` keeps its hyphens, and an address of a
/// wallet its case, in which addresses differ, unless it is hexadecimal.
fn canonical(name: &str, text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if text.contains('@') {
        return text.to_lowercase();
    }
    if name == "address" && !text.starts_with("0x") {
        return text;
    }
    text.replace('-', "").to_uppercase()
}
