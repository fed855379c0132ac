//! Keyed hashes that stand for values, so that neither the state file nor a plan holds any.
//!
//! The hash is SipHash-2-4 (Aumasson and Bernstein, 2012), a pseudorandom function: without the
//! key, which is made at random for each state file, a hash says nothing about a birth date that
//! could be guessed. 64 bits are enough to tell two values of one field of one user apart.

use std::borrow::Cow;
use std::fmt;
use std::hash::Hasher;

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher24;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::model::field::Slot;
use crate::model::{Value, Values};

/// The key of every hash of one state file.
#[derive(Clone, PartialEq, Eq)]
pub struct HashKey([u8; 16]);

impl HashKey {
    /// A key of these bytes, which must come from a random source.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be stored in the state file and nowhere else.
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hash key]")
    }
}

/// The hash over all of a row's field hashes, or of a customer's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of a customer's version: its `updatedAt`, as Grid wrote it. That is no value of a
    /// user's, so it takes no key.
    pub fn of_version(updated_at: &str) -> Self {
        let mut hasher = SipHasher24::new();
        hash_text(&mut hasher, updated_at);
        Self(hasher.finish())
    }

    /// The stored form.
    pub const fn to_raw(self) -> u64 {
        self.0
    }

    /// The fingerprint of a stored form.
    pub const fn from_raw(raw: u64) -> Self {
        Self(raw)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        u64::from_str_radix(&text, 16).map(Self)
    }
}

/// The hash of each field, ascending by slot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldHashes(Vec<(Slot, u64)>);

/// Bytes of one field in the stored form.
const STORED: usize = 2 + 8;

impl FieldHashes {
    /// Hashes the values, which are ascending by slot.
    pub fn of(key: &HashKey, values: &Values<'_>) -> Self {
        let mut hashes = Self::default();
        hashes.fill(key, values);
        hashes
    }

    /// The same into a value that is used again and again.
    pub fn fill(&mut self, key: &HashKey, values: &Values<'_>) {
        self.0.clear();
        self.0.extend(
            values
                .iter()
                .map(|(slot, value)| (*slot, hash_value(key, *slot, value.expose()))),
        );
    }

    /// The hash over all of them: a row's fingerprint.
    pub fn fingerprint(&self, key: &HashKey) -> Fingerprint {
        let mut hasher = SipHasher24::new_with_key(key.bytes());
        for (slot, hash) in &self.0 {
            hasher.write_u16(slot.to_raw().to_le());
            hasher.write_u64(hash.to_le());
        }
        Fingerprint(hasher.finish())
    }

    /// The hash of one field.
    pub fn get(&self, slot: Slot) -> Option<u64> {
        let at = self.0.binary_search_by_key(&slot, |(slot, _)| *slot).ok()?;
        Some(self.0[at].1)
    }

    /// The fields that have a hash, ascending.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + Clone + '_ {
        self.0.iter().map(|(slot, _)| *slot)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Only the fields that `keep` wants.
    #[must_use]
    pub fn retain(mut self, keep: impl Fn(Slot) -> bool) -> Self {
        self.0.retain(|(slot, _)| keep(*slot));
        self
    }

    /// Only the fields of the bank account, which are sent in a request of their own.
    #[must_use]
    pub fn of_account(&self) -> Self {
        self.clone().retain(|slot| slot.field().is_account())
    }

    /// All but the fields of the bank account.
    #[must_use]
    pub fn without_account(&self) -> Self {
        self.clone().retain(|slot| !slot.field().is_account())
    }

    /// These, with those of `newer` in place of or beside them: an answer that leaves a field out
    /// says nothing about it.
    #[must_use]
    pub fn merged(mut self, newer: &Self) -> Self {
        for &(slot, hash) in &newer.0 {
            match self.0.binary_search_by_key(&slot, |(slot, _)| *slot) {
                Ok(at) => self.0[at].1 = hash,
                Err(at) => self.0.insert(at, (slot, hash)),
            }
        }
        self
    }

    /// The stored form, appended to a buffer.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        for (slot, hash) in &self.0 {
            out.extend_from_slice(&slot.to_raw().to_le_bytes());
            out.extend_from_slice(&hash.to_le_bytes());
        }
    }

    /// The stored form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * STORED);
        self.write_to(&mut bytes);
        bytes
    }

    /// Reads the stored form. `None` if the bytes are not one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (entries, []) = bytes.as_chunks::<STORED>() else {
            return None;
        };
        entries
            .iter()
            .map(read_entry)
            .collect::<Option<_>>()
            .map(Self)
    }
}

fn read_entry(bytes: &[u8; STORED]) -> Option<(Slot, u64)> {
    let [s0, s1, hash @ ..] = *bytes;
    Some((
        Slot::from_raw(u16::from_le_bytes([s0, s1]))?,
        u64::from_le_bytes(hash),
    ))
}

fn hash_value(key: &HashKey, slot: Slot, value: &Value<'_>) -> u64 {
    let mut hasher = SipHasher24::new_with_key(key.bytes());
    hasher.write_u16(slot.to_raw().to_le());
    match value {
        Value::Text(text) => hash_text(&mut hasher, &canonical(slot, text)),
        Value::List(texts) => {
            // The order of a list means nothing to Grid. It is the canonical forms that are sorted:
            // two spellings of one text may stand in different places.
            let mut texts: Vec<_> = texts.iter().map(|text| canonical(slot, text)).collect();
            texts.sort_unstable();
            for text in texts {
                hash_text(&mut hasher, &text);
            }
        }
    }
    hasher.finish()
}

fn hash_text(hasher: &mut SipHasher24, text: &str) {
    hasher.write(text.as_bytes());
    // No UTF-8 text holds this byte, so it ends each one for good.
    hasher.write_u8(0xff);
}

/// The form in which two spellings of one value are the same: Unicode NFC, and lower case where
/// the field's case means nothing.
fn canonical(slot: Slot, text: &str) -> Cow<'_, str> {
    let folds_case = slot.field().folds_case;
    if text.is_ascii() {
        let folds = folds_case && text.bytes().any(|byte| byte.is_ascii_uppercase());
        return if folds {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    let text = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfc().collect()),
    };
    if folds_case {
        Cow::Owned(text.to_lowercase())
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Personal;
    use crate::model::field::FIELDS;
    use crate::plan::testing::{HASH_KEY, hashes, slot};

    fn one(path: &str, text: &str) -> Option<u64> {
        hashes(&[(path, text)]).get(slot(path))
    }

    fn list(path: &str, items: &[&str]) -> Option<u64> {
        let items = items.iter().map(|item| Cow::Owned((*item).to_owned()));
        let values = vec![(slot(path), Personal::new(Value::List(items.collect())))];
        FieldHashes::of(&HASH_KEY, &values).get(slot(path))
    }

    #[test]
    fn the_order_of_a_list_means_nothing_and_its_items_do() {
        let path = "sourceOfFundsCategories";
        assert_eq!(list(path, &["B", "A"]), list(path, &["A", "B"]));
        assert_ne!(list(path, &["A", "B"]), list(path, &["AB"]));
        assert_ne!(list(path, &["AB", "C"]), list(path, &["A", "BC"]));
        assert_ne!(list(path, &["A"]), list(path, &["A", "A"]));
    }

    #[test]
    fn a_list_is_sorted_after_its_items_are_normalised() {
        let path = "currencies";
        assert_eq!(list(path, &["e\u{301}", "z"]), list(path, &["\u{e9}", "z"]));
    }

    #[test]
    fn case_means_nothing_where_the_table_says_so() {
        assert_eq!(one("email", "Ada@B.dev"), one("email", "ada@b.DEV"));
        assert_ne!(one("fullName", "ADA"), one("fullName", "Ada"));
    }

    #[test]
    fn two_spellings_of_one_unicode_text_are_the_same() {
        assert_eq!(one("fullName", "Zoe\u{308}"), one("fullName", "Zo\u{eb}"));
        assert_eq!(one("fullName", "\u{212b}"), one("fullName", "\u{c5}"));
        assert_ne!(one("fullName", "Zoe"), one("fullName", "Zo\u{eb}"));
    }

    #[test]
    fn a_hash_tells_fields_and_state_files_apart() {
        assert_ne!(one("fullName", "x"), one("address.city", "x"));
        let fields = crate::plan::testing::values(&[("fullName", "x")]);
        let other = HashKey::new([8; 16]);
        let (here, there) = (
            FieldHashes::of(&HASH_KEY, &fields),
            FieldHashes::of(&other, &fields),
        );
        assert_ne!(here, there);
        assert_ne!(here.fingerprint(&HASH_KEY), here.fingerprint(&other));
    }

    #[test]
    fn a_fingerprint_depends_on_which_field_has_which_value() {
        let print = |fields: &[(&str, &str)]| hashes(fields).fingerprint(&HASH_KEY);
        let before = print(&[("fullName", "x"), ("address.city", "y")]);
        assert_eq!(
            before,
            print(&[("address.city", "y"), ("fullName", "x")]),
            "the order of columns"
        );
        assert_ne!(before, print(&[("fullName", "y"), ("address.city", "x")]));
        assert_ne!(before, print(&[("fullName", "x")]));
    }

    #[test]
    fn the_key_is_not_in_its_debug_form() {
        assert_eq!(format!("{HASH_KEY:?}"), "[hash key]");
    }

    #[test]
    fn bytes_that_were_never_written_are_refused() {
        let bytes = hashes(&[("fullName", "x")]).to_bytes();
        assert_eq!(bytes.len(), STORED);
        assert_eq!(FieldHashes::from_bytes(&bytes[1..]), None);
        let unknown = [[0xff, 0xff].as_slice(), &bytes[2..]].concat();
        assert_eq!(FieldHashes::from_bytes(&unknown), None);
    }

    fn any_hashes() -> impl Strategy<Value = FieldHashes> {
        prop::collection::btree_map(0..FIELDS.len(), any::<u64>(), 0..8).prop_map(|entries| {
            let hash = |(at, hash): (usize, u64)| Some((Slot::new(&FIELDS[at], 0)?, hash));
            let mut entries: Vec<_> = entries.into_iter().filter_map(hash).collect();
            entries.sort_unstable_by_key(|(slot, _)| *slot);
            FieldHashes(entries)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        #[test]
        fn hashes_come_back_from_the_state_file_as_they_went(hashes in any_hashes()) {
            prop_assert_eq!(FieldHashes::from_bytes(&hashes.to_bytes()), Some(hashes));
        }

        #[test]
        fn a_fingerprint_comes_back_from_a_plan_file_as_it_went(raw: u64) {
            let print = Fingerprint::from_raw(raw);
            let json = serde_json::to_string(&print).expect("a text");
            prop_assert_eq!(json.len(), 18);
            prop_assert_eq!(serde_json::from_str::<Fingerprint>(&json).expect("read"), print);
        }

        #[test]
        fn the_newer_hash_wins_and_nothing_is_lost(older in any_hashes(), newer in any_hashes()) {
            let merged = older.clone().merged(&newer);
            for field in FIELDS {
                let slot = Slot::new(field, 0).expect("index 0 is always there");
                prop_assert_eq!(merged.get(slot), newer.get(slot).or(older.get(slot)));
            }
            prop_assert!(merged.slots().is_sorted());
            prop_assert_eq!(merged.clone().merged(&newer), merged);
        }
    }
}
