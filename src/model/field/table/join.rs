//! The groups as one slice, and the way from a code to its field.

use super::{account, bank, business, individual, owner, shared};
use crate::model::field::Field;

const GROUPS: [&[Field]; 6] = [
    shared::FIELDS,
    individual::FIELDS,
    business::FIELDS,
    bank::FIELDS,
    owner::FIELDS,
    account::FIELDS,
];

const COUNT: usize = {
    let mut count = 0;
    let mut group = 0;
    while group < GROUPS.len() {
        count += GROUPS[group].len();
        group += 1;
    }
    count
};

static ALL: [Field; COUNT] = {
    let mut all = [shared::FIELDS[0]; COUNT];
    let (mut at, mut group) = (0, 0);
    while group < GROUPS.len() {
        let mut field = 0;
        while field < GROUPS[group].len() {
            all[at] = GROUPS[group][field];
            at += 1;
            field += 1;
        }
        group += 1;
    }
    all
};

/// Every field that `POST /customers` takes in either edition, then every field of an external
/// account, in the order of the codes.
pub static FIELDS: &[Field] = &ALL;

/// Where in [`FIELDS`] each code stands; 255 where there is no such code.
static POSITIONS: [u8; 1000] = {
    let mut positions = [u8::MAX; 1000];
    let mut at = 0;
    while at < COUNT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the table is shorter than 255"
        )]
        {
            positions[ALL[at].code as usize] = at as u8;
        }
        at += 1;
    }
    positions
};

/// Where in [`FIELDS`] the field of this code stands.
pub(in crate::model::field) fn position(code: u16) -> Option<usize> {
    let &position = POSITIONS.get(usize::from(code))?;
    (position != u8::MAX).then_some(usize::from(position))
}

/// The code of the field of this path.
pub(in crate::model::field) const fn code_of(path: &str) -> Option<u16> {
    let mut at = 0;
    while at < COUNT {
        if is_same(ALL[at].path.as_bytes(), path.as_bytes()) {
            return Some(ALL[at].code);
        }
        at += 1;
    }
    None
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}
