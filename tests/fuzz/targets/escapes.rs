//! Text from outside on its way to spreadsheets, terminals and files.

use crate::model::sheet::{marked, unmarked};
use crate::model::{is_deceptive, visible_json};
use crate::report::{safe, safe_lines};

const SIGNS: [&str; 8] = [
    "=", "+", "-", "@", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}",
];

pub(super) fn run(bytes: &[u8]) {
    cell(bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        terminal(text);
    }
}

fn cell(bytes: &[u8]) {
    let written = marked(bytes);
    assert_eq!(unmarked(&written), bytes, "comes back byte for byte");
    for part in written.split(|byte| b",;\t\r\n".contains(byte)) {
        let blanks = part.iter().take_while(|byte| b" \"".contains(byte)).count();
        let runs = SIGNS
            .iter()
            .any(|sign| part[blanks..].starts_with(sign.as_bytes()));
        assert!(!runs, "a formula: {}", part.escape_ascii());
    }
    assert!(!matches!(written.first(), Some(b'\t' | b'\r' | b'\n')));
}

fn terminal(text: &str) {
    assert!(!safe(text).contains(is_deceptive));
    assert!(!safe_lines(text).replace('\n', "").contains(is_deceptive));
    let json = serde_json::to_string(&[text]).expect("a text is JSON");
    let visible = visible_json(json);
    assert!(!visible.contains(is_deceptive));
    let read: [String; 1] = serde_json::from_str(&visible).expect("it is JSON still");
    assert_eq!(read[0], text);
}
