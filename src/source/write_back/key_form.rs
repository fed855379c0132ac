//! Which keys a column can hold, and how it spells them. A key is text; a column may hold numbers or
//! UUIDs, and a text that is none of these has no row there.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use crate::model::Key;

/// What a column takes for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyForm {
    /// Any text.
    Text,
    /// A whole number in a range, written as numbers are: no sign but a minus, no zeros in front.
    Whole(RangeInclusive<i128>),
    /// A UUID, in capitals or not.
    Uuid,
}

impl KeyForm {
    /// The key as the column spells it; `None` if it cannot hold it.
    pub(super) fn spelt<'a>(&self, key: &'a Key) -> Option<Cow<'a, str>> {
        let text = key.as_str();
        match self {
            // No database here has it in a text.
            Self::Text => (!text.contains('\0')).then_some(Cow::Borrowed(text)),
            Self::Whole(range) => {
                let number: i128 = text.parse().ok()?;
                (range.contains(&number) && number.to_string() == text)
                    .then_some(Cow::Borrowed(text))
            }
            Self::Uuid => {
                let uuid = uuid::Uuid::try_parse(text).ok()?;
                (text.len() == uuid::fmt::Hyphenated::LENGTH)
                    .then(|| Cow::Owned(uuid.hyphenated().to_string()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(form: &KeyForm, key: &str) -> Option<String> {
        form.spelt(&Key::new(key)).map(Cow::into_owned)
    }

    #[test]
    fn a_number_is_one_only_as_numbers_are_written() {
        let form = KeyForm::Whole(-32_768..=32_767);
        for key in ["0", "7", "-7", "32767"] {
            assert_eq!(spelt(&form, key).as_deref(), Some(key));
        }
        for key in [
            "", "07", "+7", "-0", " 7", "7.0", "1e3", "32768", "seven", "٧",
        ] {
            assert_eq!(spelt(&form, key), None, "{key}");
        }
    }

    #[test]
    fn a_uuid_is_spelt_small_and_with_its_hyphens() {
        let small = "0197f0c4-2a51-7d9e-8c11-5b1f6ad3e001";
        assert_eq!(
            spelt(&KeyForm::Uuid, &small.to_uppercase()).as_deref(),
            Some(small)
        );
        for key in [
            "",
            "0197f0c42a517d9e8c115b1f6ad3e001",
            "{0197f0c4-2a51-7d9e-8c11-5b1f6ad3e001}",
        ] {
            assert_eq!(spelt(&KeyForm::Uuid, key), None, "{key}");
        }
    }

    #[test]
    fn a_text_is_any_but_one_with_a_nul() {
        assert_eq!(spelt(&KeyForm::Text, " 07 ").as_deref(), Some(" 07 "));
        assert_eq!(spelt(&KeyForm::Text, "a\0"), None);
    }
}
