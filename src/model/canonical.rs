//! One spelling for each number and each moment, whoever wrote it.

use std::borrow::Cow;

use jiff::Timestamp;

/// The shortest decimal text of a finite number: no exponent, no trailing zero, no plus sign.
pub fn canonical_number(number: f64) -> Option<String> {
    // Adding zero turns a negative zero into a positive one.
    number.is_finite().then(|| (number + 0.0).to_string())
}

/// The moment in UTC, with no more digits than it needs. A text that is no RFC 3339 moment with
/// its offset stays as it is.
pub fn canonical_date_time(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.parse::<Timestamp>().map(|moment| moment.to_string()) {
        Ok(canonical) if canonical != text => Cow::Owned(canonical),
        _ => text,
    }
}
