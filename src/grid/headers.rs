//! The headers of an answer that matter: when Grid answered, how long to wait, which request it was.

use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};

use super::refusal::plain_name;

/// Where an id of the request may stand. Grid documents none; these are the usual ones.
const REQUEST_ID: [&str; 4] = [
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
];

/// When the server says it answered.
pub(super) fn server_time(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(text(headers, DATE.as_str())?).ok()
}

/// `Retry-After`: seconds, or a date. A date is read against the server's own clock where the answer
/// tells it, so that a clock that is off, here or there, does not change the wait.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = text(headers, RETRY_AFTER.as_str())?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        // Negative, infinite or absurd: as good as absent.
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let now = server_time(headers).unwrap_or(now);
    Some(until.duration_since(now).unwrap_or_default())
}

/// The id under which the server knows the request, if it told one.
pub(super) fn request_id(headers: &HeaderMap) -> Option<Box<str>> {
    REQUEST_ID
        .iter()
        .find_map(|name| plain_name(text(headers, name)?))
}

/// The declared type of the body.
pub(super) fn content_type(headers: &HeaderMap) -> Option<&str> {
    text(headers, CONTENT_TYPE.as_str())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|&(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    fn wait(pairs: &[(&'static str, &'static str)]) -> Option<Duration> {
        let now = httpdate::parse_http_date("Tue, 21 Oct 2025 07:00:00 GMT").expect("a date");
        retry_after(&headers(pairs), now)
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(wait(&[("retry-after", "7")]), seconds(7));
        assert_eq!(wait(&[("retry-after", " 0 ")]), seconds(0));
        assert_eq!(
            wait(&[("retry-after", "1.5")]),
            Some(Duration::from_millis(1500))
        );
        assert_eq!(
            wait(&[("retry-after", "Tue, 21 Oct 2025 07:00:09 GMT")]),
            seconds(9)
        );
        assert_eq!(
            wait(&[("retry-after", "Tue, 21 Oct 2025 06:59:00 GMT")]),
            seconds(0)
        );
        assert_eq!(wait(&[("retry-after", "soon")]), None);
        assert_eq!(wait(&[("retry-after", "-3")]), None);
        assert_eq!(wait(&[("retry-after", "inf")]), None);
        assert_eq!(wait(&[("retry-after", "1e300")]), None);
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn a_date_is_read_by_the_clock_of_who_wrote_it() {
        let wait = wait(&[
            ("date", "Wed, 22 Oct 2025 07:00:00 GMT"),
            ("retry-after", "Wed, 22 Oct 2025 07:00:05 GMT"),
        ]);
        assert_eq!(wait, Some(Duration::from_secs(5)));
    }

    #[test]
    fn request_ids_are_plain_or_absent() {
        let id = |value| request_id(&headers(&[("x-request-id", value)]));
        assert_eq!(id("req-1f.2").as_deref(), Some("req-1f.2"));
        assert_eq!(id("a b"), None);
        assert_eq!(id(""), None);
    }
}
