//! One JSON object, walked through in the order of its text. Nothing of it is copied but names.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::scan::{Broken, Scan};

/// Objects in objects beyond this are no user's.
const DEPTH_LIMIT: usize = 32;

/// What a walk comes by.
pub(super) trait Visit {
    /// An object, or a list of objects.
    fn container(&mut self, path: Path<'_>);
    /// A value, or nothing.
    fn value(&mut self, path: Path<'_>, value: Found<'_>);
}

/// Where something stands, as the header has it. In two parts, because most paths are known, and to
/// compare the parts is much faster than to join them first.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    /// The object that it is in, with the dot behind it; empty for the line's own.
    pub(super) object: &'p str,
    /// The member's name.
    pub(super) name: &'p str,
}

impl Path<'_> {
    /// Whether this is the path.
    pub(super) fn is(self, path: &str) -> bool {
        let rest = path.strip_suffix(self.name);
        rest.is_some_and(|object| object == self.object)
    }

    /// In one piece.
    pub(super) fn joined(self) -> String {
        [self.object, self.name].concat()
    }
}

/// What stands at a path. All text is part of the line.
#[derive(Clone, Copy)]
pub(super) enum Found<'l> {
    /// `null`, or a list without items.
    Nothing,
    /// A number, a boolean, or a text without escapes; without its quotes.
    Plain(&'l str),
    /// A text with escapes, in its quotes.
    Escaped(&'l str),
    /// A list of such, and what it looks like as a whole.
    List { raw: &'l str, items: &'l [Item] },
    /// What does not fit into a cell, as it stands there.
    Json(&'l str),
}

/// The line is no JSON object.
#[derive(Debug)]
pub(super) struct NotObject {
    /// The byte of the line where that shows.
    pub(super) at: usize,
    /// Whether there would have to be more of it.
    pub(super) is_cut: bool,
}

/// An item of a list, by where it stands in the line.
#[derive(Clone, Copy)]
pub(super) struct Item {
    begin: usize,
    end: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Bare,
    Quoted,
    Escaped,
    Object,
    List,
}

impl Item {
    /// The item in the line that it is of, if it is neither an object nor a list.
    pub(super) fn found(self, line: &str) -> Found<'_> {
        let Self { begin, end, kind } = self;
        match kind {
            Kind::Null => Found::Nothing,
            Kind::Escaped => Found::Escaped(&line[begin..end]),
            Kind::Quoted => Found::Plain(&line[begin + 1..end - 1]),
            Kind::Bare => Found::Plain(&line[begin..end]),
            Kind::Object | Kind::List => Found::Json(&line[begin..end]),
        }
    }

    fn is_scalar(self) -> bool {
        !matches!(self.kind, Kind::Object | Kind::List)
    }
}

/// Walks through the object that the line is.
pub(super) fn walk(line: &str, path: &mut String, visit: &mut impl Visit) -> Result<(), NotObject> {
    path.clear();
    let mut walk = Walk {
        line,
        scan: Scan::new(line),
        path,
        visit,
        depth: 0,
    };
    walk.line().map_err(|Broken| NotObject {
        at: walk.scan.at,
        is_cut: walk.scan.is_at_end(),
    })
}

const fn path<'p>(object: &'p str, name: &'p str) -> Path<'p> {
    Path { object, name }
}

struct Walk<'l, 'w, V> {
    line: &'l str,
    scan: Scan<'l>,
    path: &'w mut String,
    visit: &'w mut V,
    depth: usize,
}

impl<'l, V: Visit> Walk<'l, '_, V> {
    fn line(&mut self) -> Result<(), Broken> {
        self.scan.take(b'{')?;
        self.members()?;
        match self.scan.peek() {
            None => Ok(()),
            Some(_) => Err(Broken),
        }
    }

    /// The members of an object, behind its brace.
    fn members(&mut self) -> Result<(), Broken> {
        if self.scan.takes(b'}') {
            return Ok(());
        }
        let object = self.path.len();
        if self.depth > 0 {
            self.path.push('.');
        }
        loop {
            let name = self.name()?;
            self.scan.take(b':')?;
            self.value(&name)?;
            if !self.scan.goes_on(b'}')? {
                self.path.truncate(object);
                return Ok(());
            }
        }
    }

    fn name(&mut self) -> Result<Cow<'l, str>, Broken> {
        let begin = self.scan.name()?;
        let end = self.scan.at;
        if !self.scan.has_escapes {
            return Ok(Cow::Borrowed(&self.line[begin + 1..end - 1]));
        }
        serde_json::from_str(&self.line[begin..end]).map_err(|_| {
            self.scan.at = begin;
            Broken
        })
    }

    /// What the member is.
    fn value(&mut self, name: &str) -> Result<(), Broken> {
        match self.scan.peek() {
            Some(b'{') if self.depth < DEPTH_LIMIT => self.object(name),
            Some(b'[') if self.depth < DEPTH_LIMIT => self.list(name),
            Some(b'"') => self.text(name),
            _ => {
                let item = self.item()?;
                self.visit
                    .value(path(self.path, name), item.found(self.line));
                Ok(())
            }
        }
    }

    /// A text, as most values are.
    fn text(&mut self, name: &str) -> Result<(), Broken> {
        let begin = self.scan.at;
        self.scan.quoted()?;
        let text = &self.line[begin..self.scan.at];
        let found = if self.scan.has_escapes {
            Found::Escaped(text)
        } else {
            Found::Plain(&text[1..text.len() - 1])
        };
        self.visit.value(path(self.path, name), found);
        Ok(())
    }

    fn object(&mut self, name: &str) -> Result<(), Broken> {
        self.visit.container(path(self.path, name));
        self.scan.at += 1;
        let outer = self.path.len();
        self.path.push_str(name);
        self.depth += 1;
        self.members()?;
        self.depth -= 1;
        self.path.truncate(outer);
        Ok(())
    }

    /// Any value, without a look inside.
    fn item(&mut self) -> Result<Item, Broken> {
        let first = self.scan.peek();
        let begin = self.scan.at;
        let kind = match first {
            Some(b'"') => {
                self.scan.quoted()?;
                if self.scan.has_escapes {
                    Kind::Escaped
                } else {
                    Kind::Quoted
                }
            }
            Some(b'{') => {
                self.scan.skip()?;
                Kind::Object
            }
            Some(b'[') => {
                self.scan.skip()?;
                Kind::List
            }
            _ => {
                self.scan.bare()?;
                match first {
                    Some(b'n') => Kind::Null,
                    _ => Kind::Bare,
                }
            }
        };
        let end = self.scan.at;
        Ok(Item { begin, end, kind })
    }

    fn list(&mut self, name: &str) -> Result<(), Broken> {
        let begin = self.scan.at;
        let items = self.items()?;
        let end = self.scan.at;
        let raw = &self.line[begin..end];
        let are = |kind| {
            items
                .iter()
                .all(|item| item.kind == kind || item.kind == Kind::Null)
        };
        if are(Kind::Null) {
            self.visit.value(path(self.path, name), Found::Nothing);
        } else if are(Kind::Object) {
            self.visit.container(path(self.path, name));
            self.elements(name, &items)?;
            self.scan.at = end;
        } else if items.iter().all(|item| item.is_scalar()) {
            let items = &items;
            self.visit
                .value(path(self.path, name), Found::List { raw, items });
        } else {
            self.visit.value(path(self.path, name), Found::Json(raw));
        }
        Ok(())
    }

    /// The items of a list, at whose bracket the scan stands.
    fn items(&mut self) -> Result<Vec<Item>, Broken> {
        let mut items = Vec::new();
        self.scan.at += 1;
        if self.scan.takes(b']') {
            return Ok(items);
        }
        loop {
            items.push(self.item()?);
            if !self.scan.goes_on(b']')? {
                return Ok(items);
            }
        }
    }

    /// The objects of a list, once more and from the inside.
    fn elements(&mut self, name: &str, items: &[Item]) -> Result<(), Broken> {
        let outer = self.path.len();
        self.path.push_str(name);
        let list = self.path.len();
        self.depth += 1;
        for (index, item) in items.iter().enumerate() {
            if item.kind == Kind::Null {
                continue;
            }
            write!(self.path, "[{index}]").expect("a string takes any text");
            self.scan.at = item.begin;
            self.value("")?;
            self.path.truncate(list);
        }
        self.path.truncate(outer);
        self.depth -= 1;
        Ok(())
    }
}
