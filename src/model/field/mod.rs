//! The one table of Grid's customer fields, both editions.

/// A field as it is mapped: which entry of the table and, for a field inside a list of objects
/// (a beneficial owner's name), which element. Stable: it is what the state file stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u16);

impl Slot {
    /// The stored form.
    pub const fn to_raw(self) -> u16 {
        self.0
    }

    /// The slot of a stored form.
    pub const fn from_raw(raw: u16) -> Self {
        Self(raw)
    }
}

/// What Grid shows of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// It is in every answer.
    Comparable,
    /// Never.
    WriteOnly,
}

/// A field of the table.
#[derive(Debug)]
pub struct Field {
    /// Dotted path.
    pub path: &'static str,
    /// Whether case means nothing.
    pub ignores_case: bool,
    /// What Grid shows.
    pub returned: Returned,
    /// Whether lists leave it out at times.
    pub list_may_omit: bool,
}

static STUB: Field = Field {
    path: "platformCustomerId",
    ignores_case: false,
    returned: Returned::Comparable,
    list_may_omit: false,
};

impl Slot {
    /// The field.
    pub fn field(self) -> &'static Field {
        &STUB
    }
    /// The path.
    pub fn path(self) -> std::borrow::Cow<'static, str> {
        STUB.path.into()
    }
}
