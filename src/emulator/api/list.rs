//! `GET /customers`.

use std::io::Write as _;

use serde_json::Value;

use crate::emulator::error::Refusal;
use crate::emulator::fault::{Kind, Mischief};
use crate::emulator::reply::Reply;
use crate::emulator::request::Request;
use crate::emulator::store::{Customers, Page, Place, Select};
use crate::emulator::world::{World, locked};

use super::{cursor, query};

/// What some lists leave out, as the example in Grid's own documentation does.
const LEFT_OUT: [&str; 4] = ["umaAddress", "nationality", "email", "phoneNumber"];

pub(super) fn list(
    world: &World,
    request: &Request,
    mischief: &Mischief,
) -> Result<Reply, Refusal> {
    let select = query::select(request, world.settings.order, mischief)?;
    let mut customers = locked(&world.customers);
    customers.reveal(std::time::Instant::now());
    let page = customers.select(&select);
    let mut body = br#"{"data":["#.to_vec();
    write_data(&mut body, &customers, &page, mischief);
    drop(customers);
    let next = next_cursor(world, request, &select, &page, mischief);
    write_rest(&mut body, &page, next, mischief);
    Ok(Reply::json(200, body))
}

fn write_data(body: &mut Vec<u8>, customers: &Customers, page: &Page, mischief: &Mischief) {
    for (at, &(_, slot)) in page.entries.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        if mischief.has(Kind::MissingFields) {
            body.extend(without_fields(&customers.shown(slot)));
        } else {
            customers.write(slot, body);
        }
    }
}

fn without_fields(shown: &[u8]) -> Vec<u8> {
    let mut customer: Value = serde_json::from_slice(shown).expect("customers are shown as JSON");
    if let Some(object) = customer.as_object_mut() {
        object.retain(|name, _| !LEFT_OUT.contains(&name.as_str()));
    }
    customer.to_string().into_bytes()
}

fn write_rest(body: &mut Vec<u8>, page: &Page, next: Option<String>, mischief: &Mischief) {
    // A Vec takes all that is written, so none of these can fail.
    let _ = write!(body, r#"],"hasMore":{}"#, page.more);
    if let Some(cursor) = next.filter(|_| !mischief.has(Kind::CursorMissing)) {
        let _ = write!(body, r#","nextCursor":"{cursor}""#);
    }
    if !mischief.has(Kind::TotalCountAbsent) {
        let total = page.total + usize::from(mischief.has(Kind::TotalCountOff));
        let total = total.saturating_sub(usize::from(mischief.has(Kind::TotalCountLow)));
        let _ = write!(body, r#","totalCount":{total}"#);
    }
    body.push(b'}');
}

/// The cursor to the next page, if there is one: behind the last entry, unless a fault moves it.
fn next_cursor(
    world: &World,
    request: &Request,
    select: &Select,
    page: &Page,
    mischief: &Mischief,
) -> Option<String> {
    let (next, last) = (page.next?, page.entries.last().copied()?);
    if mischief.has(Kind::CursorStuck)
        && let Some(sent) = request.parameter("cursor")
    {
        return Some(sent.to_owned());
    }
    let place = if mischief.has(Kind::PageRepeated) {
        select.after
    } else if mischief.has(Kind::PageShifted) {
        page.entries
            .iter()
            .rev()
            .nth(1)
            .map_or(select.after, |&entry| Place::Behind(entry))
    } else if mischief.has(Kind::PageSkipped) {
        Place::Behind(next)
    } else {
        Place::Behind(last)
    };
    Some(cursor::write(place, select, world.next_number()))
}
