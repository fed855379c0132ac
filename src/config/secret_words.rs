//! Keys that look as if they held a credential.

const WORDS: [&str; 6] = [
    "secret",
    "token",
    "password",
    "passwd",
    "credential",
    "apikey",
];

/// Whether the key's name says that its value is a credential.
pub(super) fn names_a_secret(key: &str) -> bool {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    WORDS.iter().any(|word| plain.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_hide_a_secret() {
        for key in [
            "client_secret",
            "clientSecret",
            "API-KEY",
            "api_token",
            "PASSWORD",
        ] {
            assert!(names_a_secret(key), "{key}");
        }
        assert!(!names_a_secret("rate"));
    }
}
