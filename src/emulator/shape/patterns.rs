//! The published patterns, and the formats that are checked by code.

use jiff::civil;

use super::rule::Pattern;

pub(super) static PHONE: Pattern = Pattern {
    text: r"^\+[1-9]\d{1,14}$",
    matches: |text| is_phone(text),
};
pub(super) static NAICS: Pattern = Pattern {
    text: r"^\d{2,6}$",
    matches: |text| digits(text, 2, 6),
};
pub(super) static NINE_DIGITS: Pattern = Pattern {
    text: "^[0-9]{9}$",
    matches: |text| digits(text, 9, 9),
};
pub(super) static EIGHTEEN_DIGITS: Pattern = Pattern {
    text: "^[0-9]{18}$",
    matches: |text| digits(text, 18, 18),
};

/// Whether a text is so many ASCII digits.
pub(super) fn digits(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_phone(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|rest| digits(rest, 2, 15) && !rest.starts_with('0'))
}

/// A day that exists, written `YYYY-MM-DD`.
pub(super) fn is_date(text: &str) -> bool {
    text.len() == 10 && text.as_bytes()[4] == b'-' && text.parse::<civil::Date>().is_ok()
}

/// Something before one `@`, a name with a dot after it, no blanks.
pub(super) fn is_email(text: &str) -> bool {
    let Some((user, domain)) = text.split_once('@') else {
        return false;
    };
    !user.is_empty()
        && domain.contains('.')
        && !domain.contains('@')
        && domain.split('.').all(|label| !label.is_empty())
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_must_exist() {
        assert!(is_date("2024-02-29"));
        for text in [
            "2023-02-29",
            "1990-1-2",
            "19900102",
            "02/01/1990",
            "1990-01-02T00:00:00Z",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn phones_are_e_164() {
        assert!((PHONE.matches)("+14155550123"));
        for text in ["4155550123", "+0123", "+1", "+1 415", "+1234567890123456"] {
            assert!(!(PHONE.matches)(text), "{text}");
        }
    }

    #[test]
    fn e_mails_have_a_user_and_a_domain() {
        assert!(is_email("jane.doe@mail.example.org"));
        for text in [
            "jane",
            "@example.org",
            "jane@",
            "jane@example",
            "jane@a..b",
            "a b@c.de",
            "a@b@c.de",
        ] {
            assert!(!is_email(text), "{text}");
        }
    }
}
