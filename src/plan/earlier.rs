//! Whether a customer that is found after a request can be what the request made.

use jiff::{SignedDuration, Timestamp};

/// By so much our clock and Grid's may differ.
const CLOCKS: SignedDuration = SignedDuration::from_hours(1);

/// Whether Grid made the customer long before the request left, so that somebody else asked for it.
/// Where Grid told no time that can be read, it counts as made by the request.
pub fn existed_before(created_at: Option<&str>, request_at: Timestamp) -> bool {
    let created_at = created_at.and_then(|text| text.parse::<Timestamp>().ok());
    created_at.is_some_and(|created_at| request_at.duration_since(created_at) > CLOCKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_clearly_older_than_the_request_is_somebody_elses() {
        let request_at = "2026-03-01T12:00:00Z".parse().expect("a time");
        let existed = |text| existed_before(Some(text), request_at);
        assert!(existed("2026-03-01T10:59:59Z") && existed("2025-03-01T12:00:00Z"));
        assert!(!existed("2026-03-01T11:00:00Z") && !existed("2026-03-01T15:00:00Z"));
        assert!(!existed("yesterday") && !existed_before(None, request_at));
    }
}
