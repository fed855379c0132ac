//! Events and summaries as lines of JSON.

use serde::Serialize;

use crate::model::visible_json;

/// One line, with its line feed.
pub(super) fn line(value: &impl Serialize) -> Vec<u8> {
    let line = serde_json::to_string(value).expect("events have text keys and finite shapes");
    let mut line = visible_json(line).into_bytes();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Outcome};
    use crate::model::Key;
    use crate::plan::ChangeKind;

    #[test]
    fn an_event_is_one_line_whatever_its_key_holds() {
        let event = Event::Outcome {
            key: Key::new("a\u{1b}[2J\nb\u{9b}\u{202e}"),
            kind: ChangeKind::Create,
            outcome: Outcome::Applied,
            customer_id: None,
            code: None,
            fields: Vec::new(),
        };
        assert_eq!(
            String::from_utf8(line(&event)).expect("JSON is UTF-8"),
            "{\"event\":\"outcome\",\"key\":\"a\\u001b[2J\\nb\\u009b\\u202e\",\"kind\":\"create\",\"outcome\":\"applied\"}\n"
        );
    }
}
