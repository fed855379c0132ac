//! Which endpoint a request is for. The two editions differ in a few paths.

use hyper::Method;

use crate::emulator::edition::Edition;
use crate::emulator::error::Refusal;
use crate::emulator::fault::Mischief;
use crate::emulator::reply::Reply;
use crate::emulator::request::Request;
use crate::emulator::world::World;

use super::{accounts, config, create, customer, kyc, list, patch, webhooks};

/// Answers a request that was let in.
pub(crate) fn handle(world: &World, request: &Request, mischief: &Mischief) -> Reply {
    let Some(route) = request.route() else {
        return Refusal::no_route().into();
    };
    let result = match route.as_slice() {
        ["customers"] => customers(world, request, mischief),
        ["customers", "kyc-link"] if is_old(world) => {
            get(request, || kyc::create_by_get(world, request))
        }
        ["customers", "bulk", "csv"] => post(request, not_implemented),
        ["customers", "internal-accounts"] => get(request, || Ok(config::no_internal_accounts())),
        ["customers", "external-accounts"] => match request.method {
            Method::GET => accounts::list(world, request),
            Method::POST => accounts::create(world, request, mischief),
            _ => Err(Refusal::wrong_method()),
        },
        ["customers", "external-accounts", id] if !is_old(world) => match request.method {
            Method::GET => accounts::show(world, id),
            Method::DELETE => accounts::delete(world, id),
            _ => Err(Refusal::wrong_method()),
        },
        ["customers", id] => one_customer(world, request, mischief, id),
        ["customers", id, "kyc-link"] if !is_old(world) => {
            post(request, || kyc::link(world, request, id))
        }
        ["config"] => get(request, || Ok(config::show(world))),
        ["sandbox", "webhooks", "test"] if !is_old(world) => post(request, || Ok(webhooks::test())),
        ["webhooks", "test"] if is_old(world) => post(request, || Ok(webhooks::test())),
        _ => Err(Refusal::no_route()),
    };
    result.unwrap_or_else(Reply::from)
}

fn is_old(world: &World) -> bool {
    world.settings.edition == Edition::Y2025M10
}

fn customers(world: &World, request: &Request, mischief: &Mischief) -> Result<Reply, Refusal> {
    match request.method {
        Method::GET => list::list(world, request, mischief),
        Method::POST => create::create(world, request, mischief),
        _ => Err(Refusal::wrong_method()),
    }
}

fn one_customer(
    world: &World,
    request: &Request,
    mischief: &Mischief,
    id: &str,
) -> Result<Reply, Refusal> {
    match request.method {
        Method::GET => customer::show(world, id, mischief),
        Method::DELETE => customer::delete(world, id, mischief),
        Method::PATCH => patch::update(world, request, id, mischief),
        _ => Err(Refusal::wrong_method()),
    }
}

type Answer = Result<Reply, Refusal>;

fn get(request: &Request, answer: impl FnOnce() -> Answer) -> Answer {
    only(&Method::GET, request, answer)
}

fn post(request: &Request, answer: impl FnOnce() -> Answer) -> Answer {
    only(&Method::POST, request, answer)
}

fn only(method: &Method, request: &Request, answer: impl FnOnce() -> Answer) -> Answer {
    if request.method == method {
        answer()
    } else {
        Err(Refusal::wrong_method())
    }
}

/// The bulk import is in the specification and was never built.
fn not_implemented() -> Answer {
    Err(Refusal::new(
        501,
        "NOT_IMPLEMENTED",
        "This endpoint is not implemented",
    ))
}
