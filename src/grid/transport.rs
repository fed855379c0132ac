//! One request, one answer: no retry, no decoding. Tells the throttle what came back.

use std::time::{Instant, SystemTime};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response};

use super::call::{Call, Route, Verb};
use super::class::Class;
use super::error::{Cause, Error, Kind};
use super::headers;
use super::refusal::Refusal;
use super::throttle::{Permit, Throttle};

/// The largest answer that is read: a page of 100 customers is about 200 kB.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// The largest refusal that is read: a code, a message, and the names of some fields.
const LARGEST_REFUSAL: usize = 64 * 1024;

/// A 2xx answer, read to its end.
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    head: Head,
}

/// What errors about an answer need to know of it.
#[derive(Clone)]
struct Head {
    route: Route,
    begun: Instant,
    status: u16,
    request_id: Option<Box<str>>,
}

impl Head {
    fn error(&self, kind: Kind) -> Error {
        Error::new(kind, self.route, self.begun.elapsed())
            .with_status(self.status, self.request_id.clone())
    }
}

impl Answer {
    /// An error about this answer.
    pub(super) fn error(&self, kind: Kind) -> Error {
        self.head.error(kind)
    }
}

#[cfg(any(fuzzing, test))]
impl Answer {
    /// What would come of such an answer.
    pub(super) fn unsent(status: u16, headers: HeaderMap, body: Vec<u8>, route: Route) -> Self {
        let head = Head {
            route,
            begun: Instant::now(),
            status,
            request_id: headers::request_id(&headers),
        };
        Self {
            headers,
            body,
            head,
        }
    }

    /// The error that it is, if it says no.
    pub(super) fn refusal(&self, now: SystemTime) -> Error {
        let refusal = Refusal::read(&self.body, headers::content_type(&self.headers));
        let wish = headers::retry_after(&self.headers, now);
        self.error(Kind::Status).with_refusal(refusal, wish)
    }
}

/// Sends the call once. The permit is spent whatever happens, and held until the answer is read.
pub(super) async fn exchange(
    http: &reqwest::Client,
    throttle: &Throttle,
    permit: Permit,
    call: &Call,
) -> Result<Answer, Error> {
    let begun = Instant::now();
    let response = request(http, call).send().await.map_err(|error| {
        let kind = kind_of(&error);
        Error::new(kind, call.route, begun.elapsed()).because(Some(cause(error)))
    })?;
    let head = Head {
        route: call.route,
        begun,
        status: response.status().as_u16(),
        request_id: headers::request_id(response.headers()),
    };
    if response.status().is_success() {
        throttle.accepted(&permit);
        return read_answer(response, head).await;
    }
    let error = read_refusal(response, &head).await;
    match error.class() {
        Class::RateLimited { retry_after } => throttle.refused(&permit, retry_after),
        _ => throttle.accepted(&permit),
    }
    Err(error)
}

fn request(http: &reqwest::Client, call: &Call) -> RequestBuilder {
    let method = match call.route.verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
        Verb::Delete => Method::DELETE,
    };
    let request = http.request(method, call.url.clone());
    match &call.body {
        None => request,
        Some(body) => request
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body.expose().clone()),
    }
}

async fn read_answer(mut response: Response, head: Head) -> Result<Answer, Error> {
    let headers = std::mem::take(response.headers_mut());
    let body = read_body(&mut response, LARGEST_ANSWER)
        .await
        .map_err(|(kind, cause)| head.error(kind).because(cause))?;
    Ok(Answer {
        headers,
        body,
        head,
    })
}

/// The status says what it means even where the body cannot be read; but such a body is none of Grid's, so
/// that a gateway's 404 is not taken for news of a customer.
async fn read_refusal(mut response: Response, head: &Head) -> Error {
    let refusal = match read_body(&mut response, LARGEST_REFUSAL).await {
        Ok(body) => Refusal::read(&body, headers::content_type(response.headers())),
        Err(_) => Refusal::unread(),
    };
    let wish = headers::retry_after(response.headers(), SystemTime::now());
    head.error(Kind::Status).with_refusal(refusal, wish)
}

/// Reads to the end, but never more than is sane.
async fn read_body(
    response: &mut Response,
    largest: usize,
) -> Result<Vec<u8>, (Kind, Option<Cause>)> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body),
            Ok(Some(chunk)) if body.len() + chunk.len() > largest => {
                return Err((Kind::TooLarge, None));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Err(error) => return Err((kind_of(&error), Some(cause(error)))),
        }
    }
}

/// Only a failure to connect proves that nothing was sent.
fn kind_of(error: &reqwest::Error) -> Kind {
    if error.is_connect() || error.is_builder() {
        Kind::Connect
    } else if error.is_timeout() {
        Kind::Timeout
    } else {
        Kind::Broken
    }
}

/// The URL holds ids and keys: the route stands for it.
fn cause(error: reqwest::Error) -> Cause {
    Cause::Http(error.without_url())
}
