//! Just enough of SQL to tell a parameter from what only looks like one.

use super::Dialect;

/// A part of a statement. All of them together are the whole text, semicolons and colons aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// White space and comments.
    Blank(&'a str),
    /// Whatever is to be left alone.
    Text(&'a str),
    /// `:name`, without its colon.
    Name(&'a str),
    /// What the driver itself would take for a parameter.
    Placeholder(&'a str),
    /// The end of a statement.
    Semicolon,
    /// A quote or a comment begins and does not end.
    Open,
}

/// The parts, in order. After [`Token::Open`] comes nothing.
pub(super) fn tokens(text: &str, dialect: Dialect) -> impl Iterator<Item = Token<'_>> {
    let mut lexer = Lexer {
        text,
        at: 0,
        dialect,
    };
    std::iter::from_fn(move || lexer.step())
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    dialect: Dialect,
}

/// What a part is, and where it ends in the rest of the text; `None` for an end that is missing.
type Part<'a> = (fn(&'a str) -> Token<'a>, Option<usize>);

impl<'a> Lexer<'a> {
    fn step(&mut self) -> Option<Token<'a>> {
        let rest = &self.text[self.at..];
        let first = rest.chars().next()?;
        let (kind, length) = self.part(rest, first);
        let Some(length) = length else {
            self.at = self.text.len();
            return Some(Token::Open);
        };
        self.at += length;
        Some(kind(&rest[..length]))
    }

    fn part(&self, rest: &'a str, first: char) -> Part<'a> {
        match first {
            '\'' => (Token::Text, quoted(rest, '\'', self.backslash_escapes())),
            '"' => (
                Token::Text,
                quoted(rest, '"', self.dialect == Dialect::Mysql),
            ),
            '`' if self.dialect != Dialect::Postgres => (Token::Text, quoted(rest, '`', false)),
            '[' if self.dialect == Dialect::Sqlite => {
                (Token::Text, rest.find(']').map(|at| at + 1))
            }
            '-' if self.begins_comment(rest) => (Token::Blank, Some(line(rest))),
            '#' if self.dialect == Dialect::Mysql => (Token::Blank, Some(line(rest))),
            '/' if rest.starts_with("/*") => (Token::Blank, self.comment(rest)),
            '$' if self.dialect == Dialect::Postgres => self.dollar(rest),
            '$' | '@' if self.dialect == Dialect::Sqlite => {
                (Token::Placeholder, Some(1 + word(&rest[1..])))
            }
            '?' if self.dialect != Dialect::Postgres => (Token::Placeholder, Some(1)),
            ':' => colon(rest),
            ';' => (|_| Token::Semicolon, Some(1)),
            space if space.is_whitespace() => (Token::Blank, Some(space.len_utf8())),
            _ => (Token::Text, Some(plain(rest))),
        }
    }

    /// In MySQL always; in PostgreSQL where an `E` stands before the quote, alone.
    fn backslash_escapes(&self) -> bool {
        match self.dialect {
            Dialect::Mysql => true,
            Dialect::Sqlite => false,
            Dialect::Postgres => {
                let before = &self.text[..self.at];
                let escape = before.strip_suffix(['e', 'E']);
                escape.is_some_and(|before| !before.ends_with(is_word))
            }
        }
    }

    /// MySQL wants white space behind the two dashes: `1--1` is a number there.
    fn begins_comment(&self, rest: &str) -> bool {
        rest.strip_prefix("--").is_some_and(|behind| {
            self.dialect != Dialect::Mysql
                || behind
                    .chars()
                    .next()
                    .is_none_or(|c| c.is_whitespace() || c.is_control())
        })
    }

    /// PostgreSQL nests them.
    fn comment(&self, rest: &str) -> Option<usize> {
        let (mut at, mut depth) = (2, 1);
        while depth > 0 {
            let behind = rest.get(at..)?;
            let close = behind.find("*/")?;
            match behind.find("/*") {
                Some(open) if open < close && self.dialect == Dialect::Postgres => {
                    depth += 1;
                    at += open + 2;
                }
                _ => {
                    depth -= 1;
                    at += close + 2;
                }
            }
        }
        Some(at)
    }

    /// `$tag$ … $tag$`, or a placeholder such as `$1`.
    fn dollar(&self, rest: &'a str) -> Part<'a> {
        let inside_word = self.text[..self.at].ends_with(is_word);
        let name = word(&rest[1..]);
        let digits = rest[1..].starts_with(|c: char| c.is_ascii_digit());
        if inside_word {
            (Token::Text, Some(1))
        } else if digits {
            (Token::Placeholder, Some(1 + name))
        } else if rest[1 + name..].starts_with('$') {
            let tag = &rest[..name + 2];
            let end = rest[tag.len()..].find(tag);
            (Token::Text, end.map(|end| end + 2 * tag.len()))
        } else {
            (Token::Text, Some(1))
        }
    }
}

/// `::` and `:=` are no parameters, and neither is the bound of a slice.
fn colon(rest: &str) -> Part<'_> {
    let behind = &rest[1..];
    if behind.starts_with([':', '=']) {
        (Token::Text, Some(2))
    } else if behind.starts_with(|c: char| is_word(c) && !c.is_ascii_digit()) {
        (|name| Token::Name(&name[1..]), Some(1 + word(behind)))
    } else {
        (Token::Text, Some(1))
    }
}

/// Up to the closing quote. A doubled one is two texts side by side, which comes to the same.
fn quoted(rest: &str, quote: char, backslash_escapes: bool) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' && backslash_escapes {
            chars.next();
        } else if c == quote {
            return Some(at + quote.len_utf8());
        }
    }
    None
}

fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// A word as a whole, or one character.
fn plain(rest: &str) -> usize {
    match word(rest) {
        0 => rest.chars().next().map_or(0, char::len_utf8),
        length => length,
    }
}

fn word(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
