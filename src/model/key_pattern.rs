//! Patterns over keys: `*` is any text, `?` is one character, everything else is itself.

use std::fmt;

/// What a pattern is for, when it is refused.
const EXPECTED: &str =
    "a pattern over keys, such as \"vip-*\": `*` is any text, `?` is one character";

/// A pattern that whole keys are held against. Upper and lower case differ, as they do in keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPattern(Vec<char>);

/// A text that is no pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}{0}", expected = EXPECTED)]
pub struct ParseKeyPatternError(&'static str);

impl std::str::FromStr for KeyPattern {
    type Err = ParseKeyPatternError;

    /// Refuses what matches no key, and what other notations give a meaning that this one lacks:
    /// a pattern that protects nothing must not look as if it did.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = |why| Err(ParseKeyPatternError(why));
        if text.is_empty() {
            return refused("; it is empty");
        }
        if text.trim() != text || text.chars().any(char::is_control) {
            return refused("; it has white space around it, or a control character");
        }
        if text.contains(['[', ']', '{', '}', '\\']) {
            return refused(
                "; brackets, braces and `\\` mean nothing here: write `?` for such a character",
            );
        }
        Ok(Self(text.chars().collect()))
    }
}

impl fmt::Display for KeyPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{letter}"))
    }
}

impl KeyPattern {
    /// Whether the whole key is as the pattern says. Takes no more steps than the product of both lengths.
    pub fn matches(&self, key: &str) -> bool {
        let (pattern, mut rest) = (&self.0, key.chars());
        let mut at = 0;
        // Where the last `*` stands, and what of the key it has not swallowed yet.
        let mut star = None;
        loop {
            if pattern.get(at) == Some(&'*') {
                at += 1;
                star = Some((at, rest.clone()));
                continue;
            }
            let mut next = rest.clone();
            match (pattern.get(at), next.next()) {
                (None, None) => return true,
                (Some(wanted), Some(found)) if *wanted == '?' || *wanted == found => {
                    at += 1;
                    rest = next;
                }
                (_, found) => {
                    let Some((after, swallowed)) = star.as_mut() else {
                        return false;
                    };
                    if found.is_none() || swallowed.next().is_none() {
                        return false;
                    }
                    at = *after;
                    rest = swallowed.clone();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern(text: &str) -> KeyPattern {
        text.parse().expect("a pattern")
    }

    #[test]
    fn a_star_is_any_text_and_a_question_mark_one_character() {
        for (text, key, expected) in [
            ("vip-*", "vip-1", true),
            ("vip-*", "vip-", true),
            ("vip-*", "VIP-1", false),
            ("vip-*", "a-vip-1", false),
            ("*", "", true),
            ("?", "", false),
            ("?", "é", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*-eu-*", "user-eu-9", true),
            ("*-eu-*", "user-us-9", false),
            ("*ab", "aab", true),
            ("*a*b", "ab-ab", true),
            ("a*", "b", false),
            ("user", "user", true),
            ("user", "user1", false),
            ("user1", "user", false),
            ("legacy:2015/*", "legacy:2015/00001", true),
            ("a.c", "abc", false),
        ] {
            assert_eq!(pattern(text).matches(key), expected, "{text} on {key}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_what_would_be_one() {
        for (text, why) in [
            ("", "it is empty"),
            (" vip-*", "white space"),
            ("vip\n*", "control character"),
            ("vip-[12]", "brackets"),
            ("{a,b}", "braces"),
            ("a\\*", "`\\`"),
        ] {
            let error = text.parse::<KeyPattern>().expect_err(text).to_string();
            assert!(
                error.contains("`*` is any text") && error.contains(why),
                "{error}"
            );
        }
    }

    /// So slow and so short that it is plainly right.
    fn plainly(pattern: &[char], key: &[char]) -> bool {
        match (pattern.split_first(), key.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), _) => {
                plainly(rest, key) || (!key.is_empty() && plainly(pattern, &key[1..]))
            }
            (Some((wanted, rest)), Some((found, key))) => {
                (*wanted == '?' || wanted == found) && plainly(rest, key)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn matching_is_what_its_definition_says(text in "[ab*?]{1,7}", key in "[ab]{0,7}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(pattern(&text).matches(&key), plainly(&chars(&text), &chars(&key)));
        }

        #[test]
        fn a_key_is_a_pattern_of_itself_alone(key in "[a-z0-9:/_-]{1,12}", other in "[a-z0-9:/_-]{1,12}") {
            prop_assert!(pattern(&key).matches(&key));
            prop_assert_eq!(pattern(&key).matches(&other), key == other);
            prop_assert_eq!(pattern(&key).to_string(), key);
        }
    }
}
