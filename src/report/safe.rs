//! Text from outside, made safe for a terminal.

use std::borrow::Cow;
use std::fmt::Write;

use crate::model::is_deceptive;

/// The text with every character that a terminal would act on, or that would hide or reorder
/// what is read, shown as `\u{..}`. For whatever comes from outside: keys, columns, paths, Grid's
/// codes.
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.contains(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if is_deceptive(char) {
            write!(shown, "\\u{{{:x}}}", u32::from(char)).expect("a string takes every write");
        } else {
            shown.push(char);
        }
    }
    Cow::Owned(shown)
}

/// The same, line by line: the line feeds stay. For messages of several lines.
pub fn safe_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(safe).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_code_is_shown_and_does_nothing() {
        assert_eq!(
            safe("user\u{1b}[2J\u{7}\n7\u{9b}1m"),
            r"user\u{1b}[2J\u{7}\u{a}7\u{9b}1m"
        );
    }

    #[test]
    fn text_that_reads_backwards_is_shown_as_what_it_is() {
        assert_eq!(safe("a\u{202e}b\u{2066}"), r"a\u{202e}b\u{2066}");
    }

    #[test]
    fn ordinary_text_of_any_script_stays_and_costs_nothing() {
        for text in ["user-7", "Zoë", "山田", "a b\\c"] {
            assert!(matches!(safe(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn a_message_keeps_its_lines_and_nothing_else() {
        assert_eq!(safe_lines("a\u{1b}\nb\r\nc"), "a\\u{1b}\nb\nc");
    }
}
