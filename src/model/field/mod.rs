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
