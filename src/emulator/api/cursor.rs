//! Cursors: opaque to the client, bound to the filters they were made for, never the same twice.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::emulator::fault::Dice;
use crate::emulator::settings::Order;
use crate::emulator::store::{Place, Select};

/// The cursor behind a place. `nonce` keeps cursors of one place apart.
pub(super) fn write(place: Place, select: &Select, nonce: u64) -> String {
    let (time, slot) = match (place, select.order) {
        (Place::Behind(entry), _) => entry,
        (Place::Start, Order::OldestFirst) => (i64::MIN, 0),
        (Place::Start, Order::NewestFirst) => (i64::MAX, u32::MAX),
    };
    let filters = fingerprint(select);
    URL_SAFE_NO_PAD.encode(format!("e3|{filters:016x}|{time}|{slot}|{nonce}"))
}

/// The place behind which a cursor goes on; `None` if it is not one of ours or was made for other filters.
pub(super) fn read(cursor: &str, select: &Select) -> Option<Place> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let parts: Vec<&str> = text.split('|').collect();
    let ["e3", filters, time, slot, _] = parts.as_slice() else {
        return None;
    };
    let same = u64::from_str_radix(filters, 16).ok()? == fingerprint(select);
    same.then_some(Place::Behind((time.parse().ok()?, slot.parse().ok()?)))
}

/// A number for the filters; the limit may change from page to page.
fn fingerprint(select: &Select) -> u64 {
    let filters = Select {
        limit: 0,
        after: Place::Start,
        fuzzy: false,
        no_twins: false,
        ..select.clone()
    };
    let text = format!("{filters:?}");
    text.bytes()
        .fold(0, |hash, byte| Dice::new(hash).number(0, u64::from(byte)))
}
