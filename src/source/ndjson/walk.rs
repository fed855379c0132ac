//! One JSON object, walked through in the order of its text. Nothing of it is copied but names.

use std::fmt::Write as _;

use super::scan::{Quoted, Scan};

/// Objects in objects beyond this are no user's.
const DEPTH_LIMIT: usize = 32;

/// What a walk comes by. Paths are as the header has them.
pub(super) trait Visit {
    /// An object, or a list of objects.
    fn container(&mut self, path: &str);
    /// A value, or nothing.
    fn value(&mut self, path: &str, value: Found<'_>);
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
pub(super) struct Broken {
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
    Quoted { has_escapes: bool },
    Object,
    List,
}

impl Item {
    /// The item in the line that it is of, if it is neither an object nor a list.
    pub(super) fn found(self, line: &str) -> Found<'_> {
        let Self { begin, end, kind } = self;
        match kind {
            Kind::Null => Found::Nothing,
            Kind::Quoted { has_escapes: true } => Found::Escaped(&line[begin..end]),
            Kind::Quoted { has_escapes: false } => Found::Plain(&line[begin + 1..end - 1]),
            Kind::Bare => Found::Plain(&line[begin..end]),
            Kind::Object | Kind::List => Found::Json(&line[begin..end]),
        }
    }

    fn is_scalar(self) -> bool {
        !matches!(self.kind, Kind::Object | Kind::List)
    }
}

/// Walks through the object that the line is.
pub(super) fn walk(line: &str, path: &mut String, visit: &mut impl Visit) -> Result<(), Broken> {
    path.clear();
    let mut walk = Walk {
        line,
        scan: Scan::new(line),
        path,
        visit,
        depth: 0,
    };
    walk.scan.take(b'{')?;
    walk.members()?;
    match walk.scan.peek() {
        None => Ok(()),
        Some(_) => walk.scan.broken(),
    }
}

struct Walk<'l, 'w, V> {
    line: &'l str,
    scan: Scan<'l>,
    path: &'w mut String,
    visit: &'w mut V,
    depth: usize,
}

impl<V: Visit> Walk<'_, '_, V> {
    /// The members of an object, behind its brace.
    fn members(&mut self) -> Result<(), Broken> {
        if self.scan.takes(b'}') {
            return Ok(());
        }
        let object = self.path.len();
        if self.depth > 0 {
            self.path.push('.');
        }
        let begin = self.path.len();
        loop {
            let name = self.scan.name()?;
            self.push(name)?;
            self.value()?;
            self.path.truncate(begin);
            if !self.scan.goes_on(b'}')? {
                self.path.truncate(object);
                return Ok(());
            }
        }
    }

    fn push(&mut self, name: Quoted) -> Result<(), Broken> {
        let Quoted {
            begin,
            end,
            has_escapes,
        } = name;
        if !has_escapes {
            self.path.push_str(self.scan.text(begin + 1, end - 1));
            return Ok(());
        }
        let name: String =
            serde_json::from_str(self.scan.text(begin, end)).map_err(|_| Broken {
                at: begin,
                is_cut: false,
            })?;
        self.path.push_str(&name);
        Ok(())
    }

    /// What stands at the path that has been built.
    fn value(&mut self) -> Result<(), Broken> {
        match self.scan.peek() {
            Some(b'{') if self.depth < DEPTH_LIMIT => self.object(),
            Some(b'[') if self.depth < DEPTH_LIMIT => self.list(),
            _ => {
                let item = self.item()?;
                self.visit.value(self.path, item.found(self.line));
                Ok(())
            }
        }
    }

    fn object(&mut self) -> Result<(), Broken> {
        self.visit.container(self.path);
        self.scan.at += 1;
        self.depth += 1;
        self.members()?;
        self.depth -= 1;
        Ok(())
    }

    /// Any value, without a look inside.
    fn item(&mut self) -> Result<Item, Broken> {
        let first = self.scan.peek();
        let begin = self.scan.at;
        let kind = match first {
            Some(b'"') => {
                let has_escapes = self.scan.quoted()?.has_escapes;
                Kind::Quoted { has_escapes }
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

    fn list(&mut self) -> Result<(), Broken> {
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
            self.visit.value(self.path, Found::Nothing);
        } else if are(Kind::Object) {
            self.visit.container(self.path);
            self.elements(&items)?;
            self.scan.at = end;
        } else if items.iter().all(|item| item.is_scalar()) {
            let items = &items;
            self.visit.value(self.path, Found::List { raw, items });
        } else {
            self.visit.value(self.path, Found::Json(raw));
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
    fn elements(&mut self, items: &[Item]) -> Result<(), Broken> {
        let list = self.path.len();
        self.depth += 1;
        for (index, item) in items.iter().enumerate() {
            if item.kind == Kind::Null {
                continue;
            }
            write!(self.path, "[{index}]").expect("a string takes any text");
            self.scan.at = item.begin;
            self.value()?;
            self.path.truncate(list);
        }
        self.depth -= 1;
        Ok(())
    }
}
