//! `GET` and `DELETE /customers/{id}`.

use crate::emulator::error::Refusal;
use crate::emulator::fault::{Kind, Mischief};
use crate::emulator::reply::Reply;
use crate::emulator::world::{World, locked};

pub(super) fn show(world: &World, id: &str, mischief: &Mischief) -> Result<Reply, Refusal> {
    let customers = locked(&world.customers);
    let slot = customers.find(id).ok_or_else(Refusal::no_customer)?;
    if customers.record_at(slot).deleted {
        // What Grid answers for a deleted customer is documented nowhere.
        if mischief.has(Kind::DeletedGet404) {
            return Err(Refusal::no_customer());
        }
        if mischief.has(Kind::DeletedGet410) {
            return Err(Refusal::deleted_customer());
        }
    }
    Ok(Reply::json(200, customers.shown(slot)))
}

pub(super) fn delete(world: &World, id: &str, mischief: &Mischief) -> Result<Reply, Refusal> {
    let mut customers = locked(&world.customers);
    let slot = customers.find(id).ok_or_else(Refusal::no_customer)?;
    if customers.record_at(slot).deleted {
        return Err(Refusal::deleted_customer());
    }
    let stamp = (!mischief.has(Kind::DeleteUnstamped)).then(|| world.stamp(mischief));
    customers.delete(slot, stamp);
    Ok(Reply::json(200, customers.shown(slot)).committed())
}
