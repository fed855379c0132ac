//! Numbers as people read them.

use std::time::Duration;

/// `1234567` as `1,234,567`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How many of what: `1 row`, `1,000 rows`. The plural ends in `s`.
pub(super) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

/// A span of time in its two largest units: `0.4 s`, `12 s`, `3m 20s`, `1h 02m`, `2d 03h`.
pub fn duration(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", span.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3_600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h {:02}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// Seconds as a span; what is no span of time (negative, not finite) is none at all.
pub(super) fn span(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// A rate: `4.9/s`, `1,234/s`.
pub fn rate(per_second: f64) -> String {
    if per_second < 99.95 {
        format!("{per_second:.1}/s")
    } else {
        format!("{}/s", thousands(whole(per_second)))
    }
}

/// `done` of `total` as a whole percentage, rounded down, so that 100 % means all of it.
pub(super) fn percent(done: u64, total: u64) -> u64 {
    match total {
        0 => 100,
        _ => u64::try_from(u128::from(done) * 100 / u128::from(total)).unwrap_or(u64::MAX),
    }
}

/// The nearest whole number, for numbers that are not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, which is right for a display"
)]
pub(super) fn whole(number: f64) -> u64 {
    number.round() as u64
}

/// A count as a float, for rates.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts stay far below 2^52, and a rate is rounded anyway"
)]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated_from_the_right() {
        let shown = [0, 999, 1_000, 12_345, 1_234_567].map(thousands);
        assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(0, "row"), "0 rows");
        assert_eq!(count(1_000, "row"), "1,000 rows");
    }

    #[test]
    fn a_span_shows_its_two_largest_units() {
        let shown = [0.44, 9.94, 12.9, 200.0, 3_720.0, 183_600.0].map(|s| duration(span(s)));
        assert_eq!(
            shown,
            ["0.4 s", "9.9 s", "12 s", "3m 20s", "1h 02m", "2d 03h"]
        );
    }

    #[test]
    fn what_is_no_span_is_none() {
        for seconds in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(span(seconds), Duration::ZERO);
        }
    }

    #[test]
    fn rates_lose_their_decimals_when_they_are_large() {
        assert_eq!(
            [4.94, 99.94, 1_234.4].map(rate),
            ["4.9/s", "99.9/s", "1,234/s"]
        );
    }

    #[test]
    fn a_hundred_percent_means_all() {
        assert_eq!(percent(999, 1_000), 99);
        assert_eq!(percent(1_000, 1_000), 100);
        assert_eq!(percent(0, 0), 100);
    }
}
