//! The names of all members, in the order in which they were first seen.

use std::collections::HashMap;

/// More names than this are no columns: the names themselves are data, such as ids.
pub(super) const NAME_LIMIT: usize = 4096;

/// All names together: 256 characters each.
const BYTE_LIMIT: usize = 256 * NAME_LIMIT;

/// What stands at a path, on some line at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// An object, or a list of objects.
    Container,
    /// Nothing yet: `null` or an empty list.
    Nothing,
    /// A value.
    Value,
}

/// Every path of the text. Grows while they are collected, and is fixed then.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    paths: Vec<Path>,
    places: HashMap<Box<str>, usize>,
    bytes: usize,
    /// Names of the columns.
    header: Vec<String>,
}

#[derive(Clone, Debug)]
struct Path {
    name: Box<str>,
    has_value: bool,
    has_nothing: bool,
    /// The column that it is, once all are known.
    column: Option<usize>,
}

/// There are more names than a table can have.
#[derive(Debug)]
pub(super) struct TooMany;

impl Names {
    /// Where the path stands. Lines mostly name their members in one order, so the path behind the
    /// one that was found last is tried first.
    pub(super) fn find(&self, path: &str, after: Option<usize>) -> Option<usize> {
        let likely = after.map_or(0, |last| last + 1);
        match self.paths.get(likely) {
            Some(next) if *next.name == *path => Some(likely),
            _ => self.places.get(path).copied(),
        }
    }

    /// Notes what stands at a path that is known.
    pub(super) fn note(&mut self, place: usize, what: What) {
        let path = &mut self.paths[place];
        match what {
            What::Container => {}
            What::Nothing => path.has_nothing = true,
            What::Value => path.has_value = true,
        }
    }

    /// Adds a path, if it is new, and notes what stands there.
    pub(super) fn add(&mut self, path: &str, what: What) -> Result<(), TooMany> {
        let place = match self.places.get(path) {
            Some(&place) => place,
            None => self.append(path)?,
        };
        self.note(place, what);
        Ok(())
    }

    fn append(&mut self, path: &str) -> Result<usize, TooMany> {
        let place = self.paths.len();
        self.bytes += path.len();
        if place == NAME_LIMIT || self.bytes > BYTE_LIMIT {
            return Err(TooMany);
        }
        self.paths.push(Path {
            name: path.into(),
            has_value: false,
            has_nothing: false,
            column: None,
        });
        self.places.insert(path.into(), place);
        Ok(place)
    }

    /// Decides which paths are columns, once all are known: those that have a value on some line,
    /// and those that never have anything. What is absent here and an object there is an object.
    pub(super) fn settle(&mut self) {
        let is_container: Vec<bool> = self
            .paths
            .iter()
            .map(|path| self.has_below(&path.name))
            .collect();
        let mut header = Vec::new();
        for (path, is_container) in self.paths.iter_mut().zip(is_container) {
            if path.has_value || path.has_nothing && !is_container {
                path.column = Some(header.len());
                header.push(path.name.to_string());
            }
        }
        self.header = header;
    }

    fn has_below(&self, name: &str) -> bool {
        self.paths.iter().any(|path| {
            let rest = path.name.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with(['.', '[']))
        })
    }

    /// How many paths there are, columns or not.
    pub(super) fn len(&self) -> usize {
        self.paths.len()
    }

    /// The column at the path, where it is one.
    pub(super) fn column(&self, place: usize) -> Option<usize> {
        self.paths[place].column
    }

    pub(super) fn header(&self) -> &[String] {
        &self.header
    }
}
