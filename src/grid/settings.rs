//! What a client is made of: where it talks to, how fast, and how long it keeps trying.

use std::time::Duration;

use url::{Host, Url};

use crate::model::Edition;

use super::credentials::CredentialsError;
use super::throttle::{Pace, PaceError};

/// Everything a client needs but the credentials. Ready-made: nothing is read from the environment
/// here but the proxy variables, which the HTTP library reads itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The API's root, with the dated path; `/customers` is put after it.
    pub base_url: Url,
    /// The edition of the API behind that URL.
    pub edition: Edition,
    /// The longest that one request may take, from connecting to the last byte of its answer.
    pub timeout: Duration,
    /// The ceiling for all requests together.
    pub pace: Pace,
    /// Requests under way at once, at most; 1 or more.
    pub concurrency: usize,
    /// The limit that an earlier run found, in requests per second: where this one begins.
    pub learned: Option<f64>,
    /// How reads are retried. Writes never are.
    pub retry: Retry,
    /// The `User-Agent` header.
    pub user_agent: String,
}

/// Bounds for retrying a read. Whichever is reached first ends the retrying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all, the first one included; 1 is no retry.
    pub attempts: u32,
    /// No retry begins later than this after the first attempt began.
    pub total: Duration,
    /// The first pause is drawn from zero up to this, the next from twice as much, and so on.
    pub base: Duration,
    /// No pause is drawn from more than this.
    pub cap: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 8,
            total: Duration::from_mins(5),
            base: Duration::from_millis(500),
            cap: Duration::from_secs(30),
        }
    }
}

/// Why no client can be made of the settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Neither `https`, nor `http` to this very machine.
    #[error(
        "the base URL must begin with `https://`; plain `http://` would show the credentials to \
         the network and is taken for loopback hosts only"
    )]
    Insecure,
    /// The URL carries what a base URL cannot.
    #[error("the base URL must not hold {0}")]
    BaseUrl(&'static str),
    /// The credentials cannot be sent.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The pace is out of bounds.
    #[error(transparent)]
    Pace(#[from] PaceError),
    /// The user agent is no header value.
    #[error("the user agent holds characters that a header cannot carry")]
    UserAgent,
    /// The HTTP library refused: usually, no root certificates on this machine.
    #[error("the HTTPS client cannot be set up; are root certificates installed?")]
    Http(#[source] reqwest::Error),
}

/// Refuses a base URL that would leak the credentials or cannot be extended by a path.
pub(super) fn check_base_url(url: &Url) -> Result<(), SetupError> {
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    if !secure || url.host().is_none() {
        return Err(SetupError::Insecure);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SetupError::BaseUrl("credentials"));
    }
    if url.query().is_some() {
        return Err(SetupError::BaseUrl("a query (`?`)"));
    }
    if url.fragment().is_some() {
        return Err(SetupError::BaseUrl("a fragment (`#`)"));
    }
    Ok(())
}

/// Whether the URL's host is this very machine, by its form: nothing is resolved.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(url: &str) -> bool {
        check_base_url(&Url::parse(url).expect("a URL")).is_ok()
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert!(accepted("https://api.lightspark.com/grid/2025-10-13"));
        assert!(accepted("http://127.0.0.1:8080/grid"));
        assert!(accepted("http://127.9.9.9/"));
        assert!(accepted("http://[::1]:8080/"));
        assert!(accepted("http://LOCALHOST:8080/"));
        assert!(!accepted("http://api.lightspark.com/grid"));
        assert!(!accepted("http://10.0.0.1/"));
        assert!(!accepted("http://localhost.example.org/"));
        assert!(!accepted("http://127.0.0.1.example.org/"));
        assert!(!accepted("ftp://127.0.0.1/"));
        assert!(!accepted("file:///etc/passwd"));
    }

    #[test]
    fn a_base_url_is_a_root_and_no_more() {
        assert!(!accepted("https://id:secret@example.org/"));
        assert!(!accepted("https://id@example.org/"));
        assert!(!accepted("https://example.org/?x=1"));
        assert!(!accepted("https://example.org/#x"));
    }
}
