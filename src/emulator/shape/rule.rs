//! The vocabulary of the field tables.

/// One property of a JSON object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(super) name: &'static str,
    pub(super) rule: Rule,
    pub(super) required: bool,
    /// Whether Grid ever shows it again.
    pub(super) returned: bool,
}

/// What a value must be. `null` is never accepted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// A string of so many characters.
    Text {
        min: usize,
        max: usize,
    },
    /// A string that Grid trims.
    Name,
    Matching(&'static Pattern),
    OneOf(&'static [&'static str]),
    /// A real day as `YYYY-MM-DD`.
    Date,
    /// RFC 3339.
    Moment,
    Email,
    Number,
    Flag,
    /// An array of strings.
    Texts,
    /// An array of strings from a list.
    Each(&'static [&'static str]),
    Object(&'static [Field]),
    Objects(&'static [Field]),
    /// An object whose other fields depend on one of them.
    Variant {
        tag: &'static str,
        of: &'static [(&'static str, &'static [Field])],
    },
}

/// A published pattern, and the same as code.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) text: &'static str,
    pub(super) matches: fn(&str) -> bool,
}

/// Any string, also an empty one: most strings have no published length.
pub(super) const TEXT: Rule = Rule::Text {
    min: 0,
    max: usize::MAX,
};

pub(super) const fn optional(name: &'static str, rule: Rule) -> Field {
    Field {
        name,
        rule,
        required: false,
        returned: true,
    }
}

pub(super) const fn required(name: &'static str, rule: Rule) -> Field {
    Field {
        name,
        rule,
        required: true,
        returned: true,
    }
}

/// A field that Grid takes and never shows again.
pub(super) const fn hidden(name: &'static str, rule: Rule) -> Field {
    Field {
        name,
        rule,
        required: false,
        returned: false,
    }
}
