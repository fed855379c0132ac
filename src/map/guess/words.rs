//! Names and values with only what tells them apart: `dateOfBirth`, `Date of birth` and
//! `date_of_birth` are one.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words of a name, in lower case and without accents.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    let plain: Vec<char> = name.nfd().filter(|c| !is_combining_mark(*c)).collect();
    for (at, &c) in plain.iter().enumerate() {
        let next = plain.get(at + 1).copied();
        if begins(before, c, next) {
            words.push(String::new());
        }
        before = Some(c);
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a word begins with this character.
fn begins(before: Option<char>, c: char, next: Option<char>) -> bool {
    let Some(before) = before else { return true };
    if !c.is_alphanumeric() || !before.is_alphanumeric() {
        return true;
    }
    c.is_uppercase() && (before.is_lowercase() || next.is_some_and(char::is_lowercase))
}

/// A value as words with single blanks between.
pub(super) fn plain(value: &str) -> String {
    words(value).join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_words_however_they_are_joined() {
        for name in [
            "date_of_birth",
            "dateOfBirth",
            "DateOfBirth",
            "DATE-OF-BIRTH",
            " Date of  birth ",
            "date.of.birth",
        ] {
            assert_eq!(words(name).concat(), "dateofbirth", "{name}");
        }
        assert_eq!(words("address1"), ["address1"]);
        assert_eq!(words("userID"), ["user", "id"]);
        assert_eq!(words("HTTPServer"), ["http", "server"]);
        assert_eq!(words("Straße"), ["straße"]);
        assert_eq!(words("Prénom"), ["prenom"]);
        assert_eq!(words("--"), Vec::<String>::new());
    }
}
