//! One setting out of its three layers: flag, variable, file.

use std::path::{Path, PathBuf};

use super::document::Document;
use super::error::Problem;
use super::keys::Key;
use super::raw::{Raw, Rejection};
use super::{Env, Place, Setting};

/// The layers, and what was found wrong in them so far.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    pub(super) env: &'a Env,
    pub(super) document: &'a Document,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Layers<'a> {
    pub(super) fn new(env: &'a Env, document: &'a Document) -> Self {
        Self {
            env,
            document,
            problems: Vec::new(),
        }
    }

    /// The first layer that has the setting. The other layers are read too, so that a value that
    /// is overridden today is known to be right tomorrow.
    pub(super) fn setting<T>(
        &mut self,
        key: Key,
        typed: Option<&str>,
        read: impl Fn(&Raw) -> Result<T, Rejection>,
    ) -> Option<Setting<T>> {
        let typed = typed.map(|text| Raw::Typed(text.to_owned()));
        let variable = key.variable().and_then(|name| self.variable(&name));
        self.first(key, typed, variable, read)
    }

    fn first<T>(
        &mut self,
        key: Key,
        typed: Option<Raw>,
        variable: Option<(Raw, Place)>,
        read: impl Fn(&Raw) -> Result<T, Rejection>,
    ) -> Option<Setting<T>> {
        let typed = typed.map(|raw| (raw, flag_place(key)));
        let written = self.written(key);
        let layers = [typed, variable, written];
        let values: Vec<_> = layers
            .into_iter()
            .flatten()
            .map(|(raw, place)| self.read(&raw, place, &read))
            .collect();
        values.into_iter().flatten().next()
    }

    /// The same for a list: a flag that may be said several times, a variable with commas.
    pub(super) fn list<T>(
        &mut self,
        key: Key,
        typed: &[String],
        read: impl Fn(&Raw) -> Result<T, Rejection>,
    ) -> Option<T> {
        let typed = (!typed.is_empty()).then(|| Raw::List(typed.to_vec()));
        let variable = key.variable().and_then(|name| self.variable(&name));
        let variable = variable.map(|(raw, place)| (raw.split(), place));
        let first = self.first(key, typed, variable, read);
        first.map(|setting| setting.value)
    }

    /// The same for a setting of which only the value matters.
    pub(super) fn value<T>(
        &mut self,
        key: Key,
        typed: Option<&str>,
        read: impl Fn(&Raw) -> Result<T, Rejection>,
    ) -> Option<T> {
        self.setting(key, typed, read).map(|setting| setting.value)
    }

    /// A flag that has no other layer.
    pub(super) fn flag<T>(
        &mut self,
        name: &str,
        typed: Option<&str>,
        read: impl Fn(&Raw) -> Result<T, Rejection>,
    ) -> Option<T> {
        let raw = Raw::Typed(typed?.to_owned());
        self.read(&raw, Place::Flag(format!("--{name}")), read)
            .map(|setting| setting.value)
    }

    /// A path: relative to the file's folder when the file has it, else to the current one.
    pub(super) fn path(&mut self, key: Key, typed: Option<&Path>) -> Option<Setting<PathBuf>> {
        let written = self.setting(key, None, path_text);
        if let Some(path) = typed {
            return Some(Setting {
                value: path.to_owned(),
                place: flag_place(key),
            });
        }
        written.map(|Setting { value, place }| match place {
            Place::File { .. } if value.as_os_str() != "-" => Setting {
                value: self.document.folder.join(value),
                place,
            },
            _ => Setting { value, place },
        })
    }

    /// A variable that is not named after a flag.
    pub(super) fn foreign_variable<T>(
        &mut self,
        name: &str,
        read: impl Fn(&Raw) -> Result<T, Rejection>,
    ) -> Option<Setting<T>> {
        let (raw, place) = self.variable(name)?;
        self.read(&raw, place, read)
    }

    /// Gives a raw value its meaning, or notes why it has none.
    pub(super) fn read<T>(
        &mut self,
        raw: &Raw,
        place: Place,
        read: impl Fn(&Raw) -> Result<T, Rejection>,
    ) -> Option<Setting<T>> {
        match read(raw) {
            Ok(value) => Some(Setting { value, place }),
            Err(Rejection::Expected(expected)) => {
                let (found, expected) = (raw.shown(), expected.into_owned());
                self.problems.push(Problem::Value {
                    place,
                    found,
                    expected,
                });
                None
            }
            Err(Rejection::Reason(reason)) => {
                self.problems.push(Problem::Refused {
                    place,
                    reason: reason.into_owned(),
                });
                None
            }
        }
    }

    fn variable(&mut self, name: &str) -> Option<(Raw, Place)> {
        let place = Place::Env(name.to_owned());
        if let Some(text) = self.env.get(name)?.to_str() {
            return Some((Raw::Typed(text.to_owned()), place));
        }
        self.problems.push(Problem::Refused {
            place,
            reason: "is not UTF-8".to_owned(),
        });
        None
    }

    fn written(&self, key: Key) -> Option<(Raw, Place)> {
        let (section, name) = key.file?;
        self.document
            .values
            .get(&(section.to_owned(), name.to_owned()))
            .cloned()
    }
}

fn flag_place(key: Key) -> Place {
    Place::Flag(format!("--{}", key.flag.unwrap_or_default()))
}

fn path_text(raw: &Raw) -> Result<PathBuf, Rejection> {
    match raw.text() {
        Some(text) if !text.is_empty() => Ok(PathBuf::from(text)),
        _ => Err(Rejection::expected("a path in quotes")),
    }
}
