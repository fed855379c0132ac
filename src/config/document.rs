//! The configuration file taken apart: every known key with its place, every unknown one named.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::Place;
use super::error::Problem;
use super::fields::{self, Mapping};
use super::keys;
use super::raw::Raw;
use super::secret_words::names_a_secret;
use super::unknown_keys::{hint_for_key, hint_for_section};

/// A key of the file.
pub(super) type Name<'t> = Spanned<DeString<'t>>;
/// A value of the file.
pub(super) type Written<'t> = Spanned<DeValue<'t>>;

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The file's folder, where its relative paths begin.
    pub(super) folder: PathBuf,
    /// Known keys outside of `[fields]`, by section and key.
    pub(super) values: BTreeMap<(String, String), (Raw, Place)>,
    /// The `[fields]` section.
    pub(super) mapping: Mapping,
    /// Everything wrong that can be seen without knowing what the values mean.
    pub(super) problems: Vec<Problem>,
}

/// Takes the text apart. Never fails: what is wrong is in [`Document::problems`].
pub(super) fn parse(path: &Path, text: &str) -> Document {
    let locator = Locator { path, text };
    let mut document = Document {
        folder: path.parent().unwrap_or(Path::new("")).to_owned(),
        ..Document::default()
    };
    match DeTable::parse(text) {
        Ok(table) => document.read(&locator, table.get_ref()),
        Err(error) => document.problems.push(locator.syntax(&error)),
    }
    document
}

impl Document {
    fn read(&mut self, locator: &Locator<'_>, table: &DeTable<'_>) {
        for (name, value) in table {
            let section: &str = name.get_ref();
            let place = locator.place(section, name.span().start);
            match (section, value.get_ref()) {
                (unknown, _) if !keys::SECTIONS.contains(&unknown) => {
                    self.unknown_section(locator, place, unknown, value);
                }
                ("fields", DeValue::Table(rules)) => {
                    self.mapping = fields::read(locator, rules, &mut self.problems);
                }
                (_, DeValue::Table(keys)) => self.read_section(locator, section, keys),
                (_, other) => self.problems.push(Problem::Value {
                    place,
                    found: Raw::from(other).shown(),
                    expected: format!("a section, written [{section}]"),
                }),
            }
        }
    }

    fn read_section(&mut self, locator: &Locator<'_>, section: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let key: &str = name.get_ref();
            let dotted = format!("{section}.{key}");
            if keys::keys_of(section).contains(&key) {
                let place = locator.place(&dotted, value.span().start);
                let id = (section.to_owned(), key.to_owned());
                self.values.insert(id, (value.get_ref().into(), place));
            } else {
                let place = locator.place(&dotted, name.span().start);
                self.problems
                    .push(unknown(place, key, || hint_for_key(section, key)));
            }
        }
    }

    /// Names an unknown section, and every credential in it.
    fn unknown_section(
        &mut self,
        locator: &Locator<'_>,
        at: Place,
        name: &str,
        value: &Written<'_>,
    ) {
        self.problems
            .push(unknown(at, name, || hint_for_section(name)));
        let DeValue::Table(table) = value.get_ref() else {
            return;
        };
        for key in table.keys().filter(|key| names_a_secret(key.get_ref())) {
            let place = locator.place(&format!("{name}.{}", key.get_ref()), key.span().start);
            self.problems.push(Problem::Secret { place });
        }
    }
}

/// An unknown key, or a credential that looks for a home.
pub(super) fn unknown(place: Place, key: &str, hint: impl FnOnce() -> String) -> Problem {
    if names_a_secret(key) {
        Problem::Secret { place }
    } else {
        Problem::UnknownKey {
            place,
            hint: hint(),
        }
    }
}

/// Turns offsets into lines and columns.
pub(super) struct Locator<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Locator<'_> {
    /// The place of a key or value that begins at the offset.
    pub(super) fn place(&self, key: &str, offset: usize) -> Place {
        let (line, column) = self.line_and_column(offset);
        Place::File {
            key: key.to_owned(),
            path: self.path.to_owned(),
            line,
            column,
        }
    }

    fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// The parser's message alone: its long form would quote the line, whatever that holds.
    fn syntax(&self, error: &toml::de::Error) -> Problem {
        let (line, column) = self.line_and_column(error.span().map_or(0, |span| span.start));
        let message = error.message().to_owned();
        Problem::Syntax {
            path: self.path.to_owned(),
            line,
            column,
            message,
        }
    }
}
