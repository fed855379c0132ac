//! Characters that a terminal acts on, or that hide what is read, and JSON without them.

use std::fmt::Write;

/// Control characters (C0, DEL, C1), line and paragraph separators, and the invisible characters
/// that change the direction of text or join into what is not there.
pub fn is_deceptive(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
        )
}

/// The same JSON, with every such character as `\u....`: JSON has to escape only the first 32, and is
/// looked at on terminals. For JSON on one line, where they can stand in texts alone.
pub fn visible_json(json: String) -> String {
    if !json.contains(is_deceptive) {
        return json;
    }
    let mut visible = String::with_capacity(json.len() + 32);
    for char in json.chars() {
        if is_deceptive(char) {
            // All of them have four digits at most.
            write!(visible, "\\u{:04x}", u32::from(char)).expect("a string takes every write");
        } else {
            visible.push(char);
        }
    }
    visible
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn visible_json_says_the_same_and_shows_it(
            text in r"(\PC|[\x00-\xff\u{2028}\u{202e}\u{feff}\u{ad}\u{200b}\u{206f}]){0,40}"
        ) {
            let json = serde_json::to_string(&[&text]).expect("a text is JSON");
            let visible = visible_json(json);
            prop_assert!(!visible.contains(is_deceptive));
            let read: [String; 1] = serde_json::from_str(&visible).expect("it is JSON");
            prop_assert_eq!(&read[0], &text);
        }
    }
}
