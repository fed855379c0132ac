//! The client: what readers and writers share.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::redirect;
use serde_json::Value;

use crate::model::Edition;

use super::call::{Call, Endpoints};
use super::credentials::Credentials;
use super::error::{Cause, Error, Kind, Unexpected};
use super::headers;
use super::reader::Reader;
use super::refusal::Form;
use super::settings::{self, Retry, Settings, SetupError};
use super::throttle::{Permit, Throttle};
use super::transport::{self, Answer};
use super::writer::Writer;

/// Connecting takes milliseconds; a host that does not answer should not use up a request's time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Servers drop connections that rest for a minute or so. Dropping them first keeps a write from being
/// lost on one that is about to close, which would leave its outcome unknown.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// A client of one Grid platform. Its readers and writers share connections and one throttle.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

/// What every reader and writer of a client holds.
pub(super) struct Shared {
    http: reqwest::Client,
    pub(super) endpoints: Endpoints,
    pub(super) edition: Edition,
    pub(super) retry: Retry,
    pub(super) throttle: Throttle,
    /// What the last answer said of Grid's clock.
    clock: Mutex<Option<SystemTime>>,
}

impl Client {
    /// A client; nothing is sent yet. Refuses plain `http` to other hosts than this one.
    pub fn new(settings: &Settings, credentials: &Credentials) -> Result<Self, SetupError> {
        settings::check_base_url(&settings.base_url)?;
        let shared = Shared {
            http: http_client(settings, credentials)?,
            endpoints: Endpoints::under(&settings.base_url),
            edition: settings.edition,
            retry: settings.retry,
            throttle: Throttle::new(settings.pace, settings.concurrency, settings.learned)?,
            clock: Mutex::default(),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// What can look but not touch.
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.shared))
    }

    /// What can create and delete.
    pub fn writer(&self) -> Writer {
        Writer::new(Arc::clone(&self.shared))
    }

    /// Grid's clock when it answered last, in whole seconds; `None` if no answer has told it.
    pub fn server_time(&self) -> Option<jiff::Timestamp> {
        let clock = self.shared.clock.lock();
        let told = *clock.unwrap_or_else(PoisonError::into_inner);
        told.and_then(|time| jiff::Timestamp::try_from(time).ok())
    }

    /// The one throttle, for reports.
    pub fn throttle(&self) -> &Throttle {
        &self.shared.throttle
    }
}

impl Shared {
    /// Sends the call once.
    pub(super) async fn exchange(&self, permit: Permit, call: &Call) -> Result<Answer, Error> {
        let answer = transport::exchange(&self.http, &self.throttle, permit, call).await?;
        if let Some(told) = headers::server_time(&answer.headers) {
            let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
            *clock = Some(told);
        }
        Ok(answer)
    }
}

/// More parts than this no answer has: a page of 100 customers has some 10,000. A part may take a hundred
/// times as much memory as its text.
const MOST_PARTS: usize = 60_000;

/// At least as many as the JSON has parts: what stands in texts is counted as well.
fn parts(body: &[u8]) -> usize {
    body.iter()
        .filter(|byte| matches!(byte, b',' | b'[' | b'{'))
        .count()
}

/// The body as JSON, and out of that what `read` finds in it.
pub(super) fn decode<T>(
    answer: &Answer,
    read: impl FnOnce(&Value) -> Result<T, Unexpected>,
) -> Result<T, Error> {
    if parts(&answer.body) > MOST_PARTS {
        return Err(answer.error(Kind::TooLarge));
    }
    let body = serde_json::from_slice(&answer.body).map_err(|error| {
        let found = Form::of(&answer.body, headers::content_type(&answer.headers)).describe();
        let unexpected = Unexpected {
            what: "the answer",
            expected: "JSON",
            found,
        };
        answer
            .error(Kind::Decode(unexpected))
            .because(Some(Cause::Json(error)))
    })?;
    read(&body).map_err(|unexpected| answer.error(Kind::Decode(unexpected)))
}

/// One request is one call: no redirect is followed and nothing is sent again underneath us.
fn http_client(
    settings: &Settings,
    credentials: &Credentials,
) -> Result<reqwest::Client, SetupError> {
    // Whoever installed a provider before has made the choice already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .default_headers(default_headers(settings, credentials)?)
        .timeout(settings.timeout)
        .connect_timeout(settings.timeout.min(CONNECT_TIMEOUT))
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false);
    if settings::is_loopback(&settings.base_url) {
        builder = builder.no_proxy();
    }
    if settings.base_url.scheme() == "http" {
        // No TLS will be spoken, so a machine without root certificates will do.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(SetupError::Http)
}

fn default_headers(
    settings: &Settings,
    credentials: &Credentials,
) -> Result<HeaderMap, SetupError> {
    let user_agent =
        HeaderValue::from_str(&settings.user_agent).map_err(|_| SetupError::UserAgent)?;
    Ok(HeaderMap::from_iter([
        (AUTHORIZATION, credentials.header()?),
        (USER_AGENT, user_agent),
        (ACCEPT, HeaderValue::from_static("application/json")),
    ]))
}
