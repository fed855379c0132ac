//! One JSON object, walked through in the order of its text. Nothing of it is copied but names.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;
use serde_json::value::RawValue;

/// Objects in objects beyond this are no user's. It bounds how often a text is looked at.
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
    List { raw: &'l str, items: &'l [&'l str] },
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

/// Walks through the object that the line is.
pub(super) fn walk(line: &str, path: &mut String, visit: &mut dyn Visit) -> Result<(), NotObject> {
    path.clear();
    let mut walk = Walk {
        path,
        visit,
        depth: 0,
    };
    walk.object(line).map_err(|error| NotObject {
        at: error.column().saturating_sub(1).min(line.len()),
        is_cut: error.is_eof(),
    })
}

struct Walk<'w> {
    path: &'w mut String,
    visit: &'w mut dyn Visit,
    depth: usize,
}

impl Walk<'_> {
    fn object(&mut self, text: &str) -> serde_json::Result<()> {
        let mut object = Deserializer::from_str(text);
        object.deserialize_map(Members(self))?;
        object.end()
    }

    /// What stands at the path that has been built.
    fn value(&mut self, text: &str) -> serde_json::Result<()> {
        match text.as_bytes()[0] {
            b'{' | b'[' if self.depth == DEPTH_LIMIT => {
                self.visit.value(self.path, Found::Json(text));
                Ok(())
            }
            b'{' => {
                self.visit.container(self.path);
                self.below(|walk| walk.object(text))
            }
            b'[' => self.list(text),
            _ => {
                self.visit.value(self.path, scalar(text));
                Ok(())
            }
        }
    }

    fn below(
        &mut self,
        step: impl FnOnce(&mut Self) -> serde_json::Result<()>,
    ) -> serde_json::Result<()> {
        self.depth += 1;
        let result = step(self);
        self.depth -= 1;
        result
    }

    fn list(&mut self, text: &str) -> serde_json::Result<()> {
        let items = items(text)?;
        let is = |kind| {
            items
                .iter()
                .all(|item| Kind::of(item) == kind || is_null(item))
        };
        if items.iter().all(|item| is_null(item)) {
            self.visit.value(self.path, Found::Nothing);
        } else if is(Kind::Object) {
            self.visit.container(self.path);
            return self.below(|walk| walk.elements(&items));
        } else if is(Kind::Scalar) {
            let items = &items;
            let found = Found::List { raw: text, items };
            self.visit.value(self.path, found);
        } else {
            self.visit.value(self.path, Found::Json(text));
        }
        Ok(())
    }

    fn elements(&mut self, items: &[&str]) -> serde_json::Result<()> {
        use fmt::Write as _;
        let list = self.path.len();
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !is_null(item)) {
            write!(self.path, "[{index}]").expect("a string takes any text");
            self.value(item)?;
            self.path.truncate(list);
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scalar,
    Object,
    List,
}

impl Kind {
    fn of(text: &str) -> Self {
        match text.as_bytes()[0] {
            b'{' => Self::Object,
            b'[' => Self::List,
            _ => Self::Scalar,
        }
    }
}

fn is_null(text: &str) -> bool {
    text == "null"
}

/// A JSON text that is neither an object nor a list.
pub(super) fn scalar(text: &str) -> Found<'_> {
    if is_null(text) {
        return Found::Nothing;
    }
    match text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    {
        None => Found::Plain(text),
        Some(inner) if inner.as_bytes().contains(&b'\\') => Found::Escaped(text),
        Some(inner) => Found::Plain(inner),
    }
}

fn items(text: &str) -> serde_json::Result<Vec<&str>> {
    let mut list = Deserializer::from_str(text);
    list.deserialize_seq(Items)
}

struct Items;

impl<'l> Visitor<'l> for Items {
    type Value = Vec<&'l str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'l>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<&RawValue>()? {
            items.push(item.get());
        }
        Ok(items)
    }
}

/// The members of an object, each at its path.
struct Members<'a, 'w>(&'a mut Walk<'w>);

impl<'l> Visitor<'l> for Members<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut members: A) -> Result<(), A::Error> {
        let object = self.0.path.len();
        if self.0.depth > 0 {
            self.0.path.push('.');
        }
        let name = self.0.path.len();
        while members.next_key_seed(Name(self.0.path))?.is_some() {
            let value: &RawValue = members.next_value()?;
            // What is wrong inside of it was found as it was passed over, but for odd escapes.
            self.0
                .value(value.get())
                .map_err(serde::de::Error::custom)?;
            self.0.path.truncate(name);
        }
        self.0.path.truncate(object);
        Ok(())
    }
}

/// Appends a member's name to the path.
struct Name<'a>(&'a mut String);

impl<'l> DeserializeSeed<'l> for Name<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'l>>(self, name: D) -> Result<(), D::Error> {
        name.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<(), E> {
        self.0.push_str(name);
        Ok(())
    }
}
