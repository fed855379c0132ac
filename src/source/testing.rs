//! Addresses as people write them, with a password that must not be told.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What a password is made of, what does harm more often than the rest. The words are told by nothing else.
const WORDS: [&str; 2] = ["hunter2", "xyzzy"];
const HARMFUL: [&str; 6] = ["/", "@", ":", "?", "&", "12"];
const OTHERS: [&str; 19] = [
    "#", "%", "=", "3306", "%40", "%2F", "%3A", "%zz", "+", ",", ";", "[", "]", " ", "\\", "\t",
    "é", "\u{0}", "'",
];

/// What stands for the password in a URL.
pub(super) const PASSWORD: &str = "{password}";

/// One of these URLs with any password, as it is or with some of it in percent.
pub(super) fn with_password(urls: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        select(&WORDS[..]),
        select(&HARMFUL[..]),
        select(&OTHERS[..])
    ];
    let password = prop::collection::vec(piece, 1..8);
    (select(urls), password).prop_map(|(url, password)| url.replace(PASSWORD, &password.concat()))
}

/// One of these URLs with a good password, and with one thing wrong with it.
pub(super) fn damaged(urls: &'static [&'static str]) -> impl Strategy<Value = String> {
    const NEW: [&str; 15] = [
        "@", ":", "/", "?", "#", "%", "%zz", "&", "=", "[", "]", " ", "\u{0}", "é", "",
    ];
    let damage = (any::<Index>(), select(&NEW[..]), any::<bool>());
    (select(urls), damage).prop_map(|(url, (at, new, drops))| {
        let mut url: Vec<char> = url.replace(PASSWORD, WORDS[1]).chars().collect();
        let at = at.index(url.len());
        url.splice(at..at + usize::from(drops), new.chars());
        url.into_iter().collect()
    })
}

/// Holds no word of a password.
#[track_caller]
pub(super) fn assert_silent(url: &str, told: &str) {
    for word in WORDS {
        assert!(!told.contains(word), "{url}: {told}");
    }
}

/// More cases than usual: each is quick.
pub(super) fn many() -> ProptestConfig {
    ProptestConfig {
        cases: 16 * ProptestConfig::default().cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
