//! Durations: `30s`, `15m`, `26h`, `7d`, where a day has 24 hours.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use super::raw::{Raw, Rejection};

const EXPECTED: Rejection =
    Rejection::expected("a duration with its unit, such as \"30s\", \"15m\", \"26h\" or \"7d\"");

/// A duration, zero included.
pub(super) fn duration(raw: &Raw) -> Result<Duration, Rejection> {
    let span: Span = raw
        .text()
        .ok_or(EXPECTED)?
        .trim()
        .parse()
        .map_err(|_| EXPECTED)?;
    let signed = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| EXPECTED)?;
    Duration::try_from(signed).map_err(|_| EXPECTED)
}

/// A duration of more than nothing.
pub(super) fn positive(raw: &Raw) -> Result<Duration, Rejection> {
    match duration(raw)? {
        Duration::ZERO => Err(Rejection::expected(
            "a duration of more than 0, such as \"30s\"",
        )),
        some => Ok(some),
    }
}

/// How long one request may take: an answer later than 10 minutes is none.
pub(super) fn timeout(raw: &Raw) -> Result<Duration, Rejection> {
    within(
        raw,
        Duration::from_mins(10),
        "a duration of more than 0 and up to 10m, such as \"30s\"",
    )
}

/// How long an unknown create is waited out: longer than an hour would only stall the run.
pub(super) fn settle(raw: &Raw) -> Result<Duration, Rejection> {
    within(
        raw,
        Duration::from_hours(1),
        "a duration of more than 0 and up to 1h, such as \"30s\"",
    )
}

/// The way back after a 429: a server counts by the second, and nobody waits for more than an hour.
pub(super) fn recovery(raw: &Raw) -> Result<Duration, Rejection> {
    const EXPECTED: &str = "a duration from 1s to 1h, such as \"30s\"";
    let recovery = within(raw, Duration::from_hours(1), EXPECTED)?;
    (recovery >= Duration::from_secs(1))
        .then_some(recovery)
        .ok_or(Rejection::expected(EXPECTED))
}

fn within(raw: &Raw, most: Duration, expected: &'static str) -> Result<Duration, Rejection> {
    match duration(raw)? {
        Duration::ZERO => Err(Rejection::expected(expected)),
        some if some > most => Err(Rejection::expected(expected)),
        some => Ok(some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Result<u64, Rejection> {
        duration(&Raw::Typed(text.to_owned())).map(|duration| duration.as_secs())
    }

    #[test]
    fn a_duration_has_a_unit_and_a_day_has_24_hours() {
        assert_eq!(typed("30s"), Ok(30));
        assert_eq!(typed("15m"), Ok(900));
        assert_eq!(typed("1h 30m"), Ok(5400));
        assert_eq!(typed("26h"), Ok(93_600));
        assert_eq!(typed("7d"), Ok(604_800));
        assert_eq!(typed("1w"), Ok(604_800));
        assert_eq!(
            duration(&Raw::Text("20ms".into())),
            Ok(Duration::from_millis(20))
        );
    }

    #[test]
    fn a_recovery_takes_a_second_to_an_hour() {
        let read = |text: &str| recovery(&Raw::Typed(text.to_owned()));
        assert_eq!(read("1s"), Ok(Duration::from_secs(1)));
        assert_eq!(read("1h"), Ok(Duration::from_hours(1)));
        for text in ["0s", "999ms", "3601s", "30", ""] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_alone_or_a_negative_or_calendar_span_is_refused() {
        for text in ["", "30", "-5s", "5s ago", "1mo", "1y", "soon"] {
            assert_eq!(typed(text), Err(EXPECTED), "{text}");
        }
        assert_eq!(duration(&Raw::Number("30".into())), Err(EXPECTED));
    }
}
