//! The pass before the first: which columns there are.

use super::lines::Lines;
use super::names::{NAME_LIMIT, Names, TooMany, What};
use super::walk::{Found, NotObject, Visit, walk};
use crate::source::SourceError;

/// Reads all lines for the names of their members. Lines that are no object have none, and those
/// that are not UTF-8 have names that cannot be told.
pub(super) fn discover(mut lines: Lines) -> Result<Names, SourceError> {
    let mut names = Names::default();
    let mut path = String::new();
    let (mut objects, mut others) = (0_u64, 0_u64);
    while lines.advance()? {
        let Ok(text) = str::from_utf8(lines.line()) else {
            others += 1;
            continue;
        };
        let mut collector = Collector::new(&mut names);
        match walk(text, &mut path, &mut collector) {
            Ok(()) => {
                collector.commit().map_err(|TooMany| too_many(&lines))?;
                objects += 1;
            }
            Err(broken) => {
                check_cut(&lines, &broken)?;
                others += 1;
            }
        }
    }
    if objects == 0 {
        return Err(no_object(&lines, others));
    }
    names.settle();
    Ok(names)
}

/// Fails if the text ends in the middle of an object, as a copy does that was cut short.
pub(super) fn check_cut(lines: &Lines, broken: &NotObject) -> Result<(), SourceError> {
    if !(broken.is_cut && lines.is_last_without_end()) {
        return Ok(());
    }
    Err(SourceError::ObjectCut {
        name: lines.name().clone(),
        line: lines.number(),
        byte: lines.byte(0),
    })
}

fn too_many(lines: &Lines) -> SourceError {
    SourceError::TooManyNames {
        name: lines.name().clone(),
        line: lines.number(),
        limit: NAME_LIMIT,
    }
}

fn no_object(lines: &Lines, others: u64) -> SourceError {
    let name = lines.name().clone();
    match others {
        0 => SourceError::Empty { name },
        lines => SourceError::NoObject { name, lines },
    }
}

/// What one line adds to the names, if it turns out to be an object.
struct Collector<'n> {
    names: &'n mut Names,
    /// Where the path was found that came last.
    last: Option<usize>,
    /// Names that are new.
    new: Vec<(String, What)>,
    /// Whether there are too many of them to keep.
    is_over: bool,
}

impl<'n> Collector<'n> {
    fn new(names: &'n mut Names) -> Self {
        Self {
            names,
            last: None,
            new: Vec::new(),
            is_over: false,
        }
    }

    fn note(&mut self, path: &str, what: What) {
        if let Some(place) = self.names.find(path, self.last) {
            self.last = Some(place);
            self.names.note(place, what);
        } else if self.new.len() > NAME_LIMIT {
            self.is_over = true;
        } else {
            self.new.push((path.to_owned(), what));
        }
    }

    fn commit(self) -> Result<(), TooMany> {
        for (path, what) in &self.new {
            self.names.add(path, *what)?;
        }
        if self.is_over { Err(TooMany) } else { Ok(()) }
    }
}

impl Visit for Collector<'_> {
    fn container(&mut self, path: &str) {
        self.note(path, What::Container);
    }

    fn value(&mut self, path: &str, value: Found<'_>) {
        let what = match value {
            Found::Nothing => What::Nothing,
            _ => What::Value,
        };
        self.note(path, what);
    }
}
