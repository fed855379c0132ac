//! Places of records in the store, mostly one to a key.

/// The places of all records with one key, oldest first.
#[derive(Debug, Clone)]
pub(super) enum Slots {
    One([u32; 1]),
    Many(Vec<u32>),
}

impl Slots {
    pub(super) fn new(slot: u32) -> Self {
        Self::One([slot])
    }

    pub(super) fn push(&mut self, slot: u32) {
        match self {
            Self::One([first]) => *self = Self::Many(vec![*first, slot]),
            Self::Many(slots) => slots.push(slot),
        }
    }

    /// Takes a place out; false if none is left.
    pub(super) fn remove(&mut self, slot: u32) -> bool {
        match self {
            Self::One([only]) => *only != slot,
            Self::Many(slots) => {
                slots.retain(|&other| other != slot);
                !slots.is_empty()
            }
        }
    }

    pub(super) fn as_slice(&self) -> &[u32] {
        match self {
            Self::One(slot) => slot,
            Self::Many(slots) => slots,
        }
    }
}
