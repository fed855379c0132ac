//! What the faults do to a request on its way in, and to an answer on its way out.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::clock::{Clock, http_date};
use super::error::Refusal;
use super::fault::{Kind, Mischief};
use super::reply::{Delivery, Ending, Reply};

/// How a request ends that never reaches the endpoint; the first such fault decides.
pub(crate) fn before(mischief: &Mischief, clock: &Clock) -> Option<Ending> {
    mischief.iter().find_map(|(kind, length)| match kind {
        Kind::DropBeforeCommit | Kind::Outage => Some(Ending::Drop),
        Kind::Timeout => Some(Ending::Stall),
        _ => refused(kind, length, clock).map(|reply| after(mischief, reply)),
    })
}

/// The answer of those faults that answer in place of the endpoint.
fn refused(kind: Kind, length: Duration, clock: &Clock) -> Option<Reply> {
    let seconds = i64::try_from(length.as_millis().div_ceil(1_000)).unwrap_or(i64::MAX);
    let in_seconds = |reply: Reply| reply.with_header("retry-after", seconds.to_string());
    Some(match kind {
        Kind::Error500Before | Kind::Lookup500 => Refusal::internal().into(),
        Kind::Error502Html => Reply::html(502, "Bad Gateway"),
        Kind::Error503 => Refusal::unavailable().into(),
        Kind::Error503RetryAfter => in_seconds(Refusal::unavailable().into()),
        Kind::Error429 | Kind::Lookup429 => Refusal::rate_limited().into(),
        Kind::DailyVolume => Refusal::daily_volume().into(),
        Kind::Error429Seconds => in_seconds(Refusal::rate_limited().into()),
        Kind::Error429Date => {
            let at = http_date(clock.now(seconds.saturating_mul(1_000)));
            Reply::from(Refusal::rate_limited()).with_header("retry-after", at)
        }
        Kind::AuthRevoked => Refusal::unauthorized().into(),
        Kind::Forbidden => Refusal::forbidden().into(),
        Kind::Html200 => Reply::html(200, "Welcome"),
        _ => return None,
    })
}

/// How an answer leaves, after every fault that is done to answers.
pub(crate) fn after(mischief: &Mischief, reply: Reply) -> Ending {
    let mut reply = reply;
    let mut delivery = Delivery::Whole;
    for (kind, length) in mischief.iter() {
        match kind {
            Kind::DropAfterCommit => return Ending::Drop,
            Kind::StallAfterCommit => return Ending::Stall,
            Kind::Dribble => delivery = Delivery::Dribble(length),
            Kind::CutBody => delivery = Delivery::Cut,
            _ => reply = altered(kind, reply),
        }
    }
    Ending::Answer(reply, delivery)
}

fn altered(kind: Kind, reply: Reply) -> Reply {
    match (kind, reply.status) {
        (Kind::Error500AfterCommit, _) => Refusal::internal().into(),
        (Kind::Error502AfterCommit, _) => Reply::html(502, "Bad Gateway"),
        (Kind::Error503AfterCommit, _) => Refusal::unavailable().into(),
        (Kind::UnauthorizedHtml, 401) => Reply::html(401, "Unauthorized"),
        (Kind::MethodHtml, 405) => Reply::html(405, "Method Not Allowed"),
        (Kind::ErrorReason, 400..) => with_reason(reply),
        (Kind::TruncatedJson, _) => Reply {
            body: first_half(&reply.body),
            ..reply
        },
        (Kind::MalformedJson, _) => Reply {
            body: Bytes::from_static(b"{\"id\": Customer,}"),
            ..reply
        },
        (Kind::WrongContentType, _) => Reply {
            content_type: "text/plain",
            ..reply
        },
        _ => reply,
    }
}

/// The first half of a body, rounded down; half of any JSON object or array is none.
pub(crate) fn first_half(body: &Bytes) -> Bytes {
    body.slice(..body.len() / 2)
}

/// An error body in the form `{code, reason}` that was seen in the wild.
fn with_reason(reply: Reply) -> Reply {
    let Ok(body) = serde_json::from_slice::<Value>(&reply.body) else {
        return reply;
    };
    let body = serde_json::json!({ "code": body["code"], "reason": body["message"] });
    Reply {
        body: body.to_string().into(),
        ..reply
    }
}
