//! Dates and moments that the source writes in its own way.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::fmt::strtime;

use crate::model::field::Kind;

/// Days that a usable format tells apart: two centuries, and a day that is no month.
const PROBES: [Date; 2] = [date(2001, 11, 23), date(1931, 2, 14)];

/// The date in `format` as Grid wants it; `None` if it is not one, or no real one.
pub(super) fn date_from(format: &str, text: &str) -> Option<String> {
    let date = Date::strptime(format, text).ok()?;
    Some(date.to_string())
}

/// The moment in `format`, in UTC.
pub(super) fn moment_from(format: &str, text: &str) -> Option<String> {
    let moment = Timestamp::strptime(format, text).ok()?;
    Some(moment.to_string())
}

/// Whether the text is a date, or a moment, in this format.
pub(super) fn is_written(kind: Kind, format: &str, text: &str) -> bool {
    match kind {
        Kind::DateTime => moment_from(format, text).is_some(),
        _ => date_from(format, text).is_some(),
    }
}

/// How a date or moment looks in this format, for people.
pub(super) fn example(kind: Kind, format: &str) -> String {
    let shown = match kind {
        Kind::DateTime => strtime::format(format, timestamp(PROBES[0])),
        _ => strtime::format(format, PROBES[0]),
    };
    shown.unwrap_or_default()
}

/// What is wrong with a format, if anything: each day that it writes must be read back as the same
/// day. So a missing part, an unknown directive and a year without its century are all found.
pub(super) fn problem(kind: Kind, format: &str) -> Option<&'static str> {
    let reads_back = |day: Date| {
        if kind == Kind::DateTime {
            let moment = timestamp(day);
            let written = strtime::format(format, moment).ok();
            written.and_then(|text| moment_from(format, &text)) == Some(moment.to_string())
        } else {
            let written = strtime::format(format, day).ok();
            written.and_then(|text| date_from(format, &text)) == Some(day.to_string())
        }
    };
    match (kind, PROBES.into_iter().all(reads_back)) {
        (_, true) => None,
        (Kind::DateTime, false) => {
            Some("must name a whole date, a time and an offset, like %Y-%m-%d %H:%M:%S %z")
        }
        (_, false) => Some("must name a year with its century, a month and a day, like %d/%m/%Y"),
    }
}

fn timestamp(day: Date) -> Timestamp {
    day.at(12, 34, 56, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .expect("the probes are far from the ends of time")
        .timestamp()
}
