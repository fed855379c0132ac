//! Lines, counted as they are written.

use super::text::{Draft, Undecided};

/// A text that grows line by line.
#[derive(Default)]
pub(super) struct Page {
    text: String,
    lines: usize,
    undecided: Vec<Undecided>,
}

impl Page {
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
        self.lines += 1;
    }

    pub(super) fn lines(&mut self, lines: &str) {
        for line in lines.lines() {
            self.line(line);
        }
    }

    /// A comment, in lines that are not too long to be read. TOML has no control characters in one.
    pub(super) fn comment(&mut self, text: &str) {
        const WIDTH: usize = 100;
        let mut line = "#".to_owned();
        let text = text.replace(|c: char| c.is_control(), " ");
        for word in text.split_whitespace() {
            if line.chars().count() + word.chars().count() > WIDTH {
                self.line(&line);
                "#".clone_into(&mut line);
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(&line);
    }

    /// An empty line, unless there is one.
    pub(super) fn gap(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.line("");
        }
    }

    /// Notes what has to be decided on the next line.
    pub(super) fn decide(&mut self, field: &str, why: &str) {
        self.undecided.push(Undecided {
            line: self.lines + 1,
            field: field.to_owned(),
            why: why.to_owned(),
        });
    }

    pub(super) fn into_draft(self) -> Draft {
        Draft {
            text: self.text,
            undecided: self.undecided,
        }
    }
}
