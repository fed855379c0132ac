//! Patterns over keys, against their plain definition.

use crate::model::KeyPattern;

/// A pattern, a line feed, and a key.
pub(super) fn run(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let (text, key) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(pattern) = text.parse::<KeyPattern>() else {
        return;
    };
    assert_eq!(pattern.to_string(), text);
    let (wanted, found): (Vec<char>, Vec<char>) = (text.chars().collect(), key.chars().collect());
    assert_eq!(
        pattern.matches(key),
        plainly(&wanted, &found),
        "{text} on {key}"
    );
}

/// Which beginnings of the key each beginning of the pattern stands for.
fn plainly(pattern: &[char], key: &[char]) -> bool {
    let mut stands = vec![false; key.len() + 1];
    stands[0] = true;
    for wanted in pattern {
        let before = stands.clone();
        for length in 0..=key.len() {
            stands[length] = match wanted {
                '*' => before[..=length].contains(&true),
                wanted => {
                    length > 0
                        && before[length - 1]
                        && (*wanted == '?' || *wanted == key[length - 1])
                }
            };
        }
    }
    stands[key.len()]
}
