//! How a CSV file is to be read.

use std::fmt;
use std::str::FromStr;

use crate::source::Input;

/// What is read, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvSettings {
    /// The file or the stream.
    pub input: Input,
    /// What separates two cells.
    pub delimiter: Delimiter,
    /// Bytes of text taken at once. More than the default has not been seen to be faster.
    pub buffer: usize,
}

impl CsvSettings {
    /// Text taken at once: it stays in a core's own cache, and system calls are few.
    const BUFFER: usize = 256 * 1024;

    /// Commas, and the usual buffer.
    pub fn new(input: Input) -> Self {
        Self {
            input,
            delimiter: Delimiter::default(),
            buffer: Self::BUFFER,
        }
    }
}

/// What separates two cells: one ASCII character that is no quote, no line end and not NUL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiter(u8);

impl Delimiter {
    /// The delimiter of an ASCII character that was checked before.
    pub const fn from_byte(byte: u8) -> Self {
        Self(byte)
    }

    /// The character.
    pub const fn byte(self) -> u8 {
        self.0
    }
}

impl Default for Delimiter {
    fn default() -> Self {
        Self(b',')
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b'\t' => f.write_str("\\t"),
            byte => write!(f, "{}", char::from(byte)),
        }
    }
}

/// The text is no delimiter.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{}` is no delimiter: expected one ASCII character, like `;` or `|`, or `\\t` for a tab, and \
     neither a quote nor a line end", .0.escape_default()
)]
pub struct ParseDelimiterError(String);

impl FromStr for Delimiter {
    type Err = ParseDelimiterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.as_bytes() {
            b"\\t" | b"tab" => Ok(Self(b'\t')),
            &[byte] if byte.is_ascii() && !b"\"\r\n\0".contains(&byte) => Ok(Self(byte)),
            _ => Err(ParseDelimiterError(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ascii_character_or_a_name_for_the_tab_is_a_delimiter() {
        for (text, byte) in [
            (";", b';'),
            ("|", b'|'),
            ("\\t", b'\t'),
            ("tab", b'\t'),
            ("\t", b'\t'),
        ] {
            let delimiter: Delimiter = text.parse().expect("it is one");
            assert_eq!(delimiter.byte(), byte);
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_would_do() {
        for text in ["", ";;", "\"", "\n", "\r", "\0", "§"] {
            let error = text.parse::<Delimiter>().expect_err(text).to_string();
            assert!(error.contains("expected one ASCII character"), "{error}");
        }
    }
}
