//! What went wrong with a request: everything a person needs to act, and no personal data.

use std::fmt;
use std::time::Duration;

use crate::model::Personal;

use super::call::Route;
use super::class::{self, Class, Verdict};
use super::list::ListFault;
use super::refusal::{Form, Refusal};

/// A request that did not do what it should. `Display` shows route, status, Grid's code, the names of
/// the fields at fault and the request id; never a body, a value, a key or Grid's message.
#[derive(Debug, thiserror::Error)]
#[error("{report}")]
pub struct Error {
    report: Box<Report>,
    #[source]
    cause: Option<Cause>,
}

/// What kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No connection: name not found, refused, TLS failed, or it took too long to connect.
    Connect,
    /// No complete answer within the time of one request.
    Timeout,
    /// The connection broke before the answer was complete.
    Broken,
    /// An answer that is not 2xx.
    Status,
    /// A 2xx answer that is larger than any that Grid has a reason to send.
    TooLarge,
    /// A 2xx answer that is not what it should be.
    Decode(Unexpected),
    /// A 2xx answer about another customer than the one asked for.
    OtherCustomer,
    /// A list that cannot be followed to its end.
    List(ListFault),
    /// An id that cannot stand in a path; nothing was sent.
    UnusableId,
}

/// A part of an answer that is not what it should be. Names types, never content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} should be {expected} and is {found}")]
pub struct Unexpected {
    /// Which part.
    pub what: &'static str,
    /// What it should be.
    pub expected: &'static str,
    /// What kind of thing it is.
    pub found: &'static str,
}

/// The error underneath, if there is one.
#[derive(Debug, thiserror::Error)]
pub(super) enum Cause {
    #[error(transparent)]
    Http(reqwest::Error),
    #[error(transparent)]
    Json(serde_json::Error),
}

#[derive(Debug)]
struct Report {
    kind: Kind,
    route: Route,
    status: Option<u16>,
    refusal: Refusal,
    retry_after: Option<Duration>,
    request_id: Option<Box<str>>,
    attempts: u32,
    elapsed: Duration,
}

impl Error {
    /// What the failure means for the work: the only thing that decisions may rest on.
    pub fn class(&self) -> Class {
        match self.report.kind {
            Kind::Connect => Class::NotSent,
            Kind::Status => self.report.class_of_status(),
            Kind::UnusableId => Class::Refused,
            Kind::Timeout
            | Kind::Broken
            | Kind::TooLarge
            | Kind::Decode(_)
            | Kind::OtherCustomer
            | Kind::List(_) => Class::Unknown,
        }
    }

    /// Whether the same read may succeed a little later.
    pub fn is_transient(&self) -> bool {
        self.class().is_transient()
    }

    /// What kind of failure.
    pub fn kind(&self) -> Kind {
        self.report.kind
    }

    /// The request's method.
    pub fn method(&self) -> &'static str {
        self.report.route.verb.as_str()
    }

    /// The request's path as a template, like `/customers/{id}`.
    pub fn path(&self) -> &'static str {
        self.report.route.path
    }

    /// The answer's status, if an answer began to arrive.
    pub fn status(&self) -> Option<u16> {
        self.report.status
    }

    /// Grid's code, if there is one: an open set.
    pub fn code(&self) -> Option<&str> {
        self.report.refusal.code.as_deref()
    }

    /// Grid's own words, safe for a terminal but not for a log: they may repeat the user's values.
    pub fn message(&self) -> Option<&Personal<Box<str>>> {
        self.report.refusal.message.as_ref()
    }

    /// Dotted paths of the fields that Grid found at fault.
    pub fn fields(&self) -> &[Box<str>] {
        &self.report.refusal.fields
    }

    /// How long the server asked to be left alone, with whatever status.
    pub fn retry_after(&self) -> Option<Duration> {
        self.report.retry_after
    }

    /// The id under which the server knows the request.
    pub fn request_id(&self) -> Option<&str> {
        self.report.request_id.as_deref()
    }

    /// Requests sent for this, the last one included.
    pub fn attempts(&self) -> u32 {
        self.report.attempts
    }

    /// Time from the first attempt to the failure, pauses included.
    pub fn elapsed(&self) -> Duration {
        self.report.elapsed
    }
}

impl Error {
    pub(super) fn new(kind: Kind, route: Route, elapsed: Duration) -> Self {
        let report = Report {
            kind,
            route,
            status: None,
            refusal: Refusal::default(),
            retry_after: None,
            request_id: None,
            attempts: 1,
            elapsed,
        };
        Self {
            report: Box::new(report),
            cause: None,
        }
    }

    /// An error that no single request stands for.
    pub(super) fn unsent(kind: Kind, route: Route) -> Self {
        Self::new(kind, route, Duration::ZERO).after(0, Duration::ZERO)
    }

    pub(super) fn because(mut self, cause: Option<Cause>) -> Self {
        self.cause = cause;
        self
    }

    pub(super) fn with_status(mut self, status: u16, request_id: Option<Box<str>>) -> Self {
        self.report.status = Some(status);
        self.report.request_id = request_id;
        self
    }

    pub(super) fn with_refusal(mut self, refusal: Refusal, wish: Option<Duration>) -> Self {
        self.report.refusal = refusal;
        self.report.retry_after = wish;
        self
    }

    pub(super) fn after(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.report.attempts = attempts;
        self.report.elapsed = elapsed;
        self
    }
}

impl Report {
    fn class_of_status(&self) -> Class {
        class::of_answer(Verdict {
            status: self.status.unwrap_or_default(),
            code: self.refusal.code.as_deref(),
            form: self.refusal.form,
            retry_after: self.retry_after,
        })
    }

    fn fmt_status(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "answered {}", self.status.unwrap_or_default())?;
        if let Some(code) = &self.refusal.code {
            write!(f, " {code}")?;
        }
        if matches!(self.status, Some(300..400)) {
            f.write_str(" and points elsewhere; that is never followed: is the base URL right?")?;
        } else if self.refusal.form == Form::WebPage {
            f.write_str(" with a web page; is the base URL right?")?;
        }
        if !self.refusal.fields.is_empty() {
            write!(f, " (fields: {})", self.refusal.fields.join(", "))?;
        }
        Ok(())
    }

    fn fmt_kind(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Connect => f.write_str("no connection"),
            Kind::Timeout => f.write_str("no complete answer in time"),
            Kind::Broken => f.write_str("the connection broke before the answer was complete"),
            Kind::Status => self.fmt_status(f),
            Kind::TooLarge => f.write_str("the answer is too large to be Grid's"),
            Kind::Decode(unexpected) => write!(f, "{unexpected}"),
            Kind::OtherCustomer => f.write_str("the answer is about another customer"),
            Kind::List(fault) => write!(f, "{fault}"),
            Kind::UnusableId => f.write_str("the id cannot stand in a path; not sent"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: ", self.route.verb.as_str(), self.route.path)?;
        self.fmt_kind(f)?;
        if let Some(request_id) = &self.request_id {
            write!(f, " (request {request_id})")?;
        }
        if self.attempts > 1 {
            write!(
                f,
                " after {} attempts in {:.1} s",
                self.attempts,
                self.elapsed.as_secs_f64()
            )?;
        }
        Ok(())
    }
}
