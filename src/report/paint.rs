//! Colour, or none.

/// Paints texts if it may. Colour only repeats what the words say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint(bool);

impl Paint {
    /// With colour or without. Whether a stream takes colour is for the configuration to say.
    pub const fn new(color: bool) -> Self {
        Self(color)
    }

    /// Without colour: for files and tests.
    pub const PLAIN: Self = Self(false);

    pub(super) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    pub(super) fn red(self, text: &str) -> String {
        self.wrap("31", text)
    }

    pub(super) fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    pub(super) fn yellow(self, text: &str) -> String {
        self.wrap("33", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_there_is_not_one_escape_code() {
        assert_eq!(Paint::PLAIN.red("no"), "no");
        assert_eq!(Paint::new(true).red("no"), "\u{1b}[31mno\u{1b}[0m");
    }
}
