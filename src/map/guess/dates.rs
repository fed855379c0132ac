//! How a column writes its dates.

use super::column::Column;
use crate::map::moment::{date_from, is_written, moment_from, problem};
use crate::model::field::Kind;

/// Ways to write a day, as far as they can be read. The commonest first.
const DAYS: [&str; 15] = [
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%d-%b-%Y",
    "%d/%b/%Y",
];

/// Ways to write a moment with its offset, besides RFC 3339.
const MOMENTS: [&str; 5] = [
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%d/%m/%Y %H:%M:%S %z",
    "%m/%d/%Y %H:%M:%S %z",
];

/// What can be said of a column's dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Dates {
    /// They are written as Grid wants them, or there are none.
    Plain,
    /// All, or nearly all, are written so; how many are not.
    Written { format: &'static str, others: usize },
    /// They are written in one of these ways, and nothing tells in which.
    Ambiguous(Vec<&'static str>),
    /// They have a time besides, which a day cannot be read from.
    WithTime,
    /// They are moments without an offset.
    NoOffset,
    /// They are written in no way that can be read.
    Unknown,
}

/// Looks at all values of a column.
pub(super) fn dates(column: &Column<'_>, kind: Kind) -> Dates {
    let is_plain = |text: &str| match kind {
        Kind::DateTime => {
            moment_from("%Y-%m-%dT%H:%M:%S%.f%:z", text).is_some() || is_rfc3339(text)
        }
        _ => is_iso_day(text),
    };
    let plain = count(column, is_plain);
    if plain * 10 >= column.len() * 9 {
        return Dates::Plain;
    }
    let formats: &[&'static str] = match kind {
        Kind::DateTime => &MOMENTS,
        _ => &DAYS,
    };
    let mut fitting: Vec<(&'static str, usize)> = formats
        .iter()
        .filter(|format| problem(kind, format).is_none())
        .map(|&format| {
            (
                format,
                count(column, |text| is_written_so(kind, format, text)),
            )
        })
        .filter(|(_, count)| count * 10 >= column.len() * 9)
        .collect();
    fitting.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let Some(&(format, most)) = fitting.first() else {
        return without_format(column, kind);
    };
    fitting.retain(|(_, count)| *count == most);
    match fitting.len() {
        1 => Dates::Written {
            format,
            others: column.len() - most,
        },
        _ => Dates::Ambiguous(fitting.into_iter().map(|(format, _)| format).collect()),
    }
}

fn without_format(column: &Column<'_>, kind: Kind) -> Dates {
    let timed = |text: &str| text.get(..10).is_some_and(is_iso_day) && text.contains(':');
    let most = |holds: &dyn Fn(&str) -> bool| column.part(holds).is_some_and(|part| part >= 0.9);
    match kind {
        Kind::DateTime if most(&timed) => Dates::NoOffset,
        Kind::Date if most(&timed) => Dates::WithTime,
        _ => Dates::Unknown,
    }
}

fn count(column: &Column<'_>, holds: impl Fn(&str) -> bool) -> usize {
    column.values().filter(|text| holds(text)).count()
}

/// Whether the text is a day in this format, and one that somebody may mean.
fn is_written_so(kind: Kind, format: &str, text: &str) -> bool {
    // A year of two or three digits is read as one of long ago.
    let is_recent = |date: String| ("1800".."2200").contains(&date.as_str());
    match kind {
        Kind::Date => date_from(format, text).is_some_and(is_recent),
        _ => is_written(kind, format, text),
    }
}

pub(super) fn is_iso_day(text: &str) -> bool {
    let shape = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    text.len() == 10 && shape && date_from("%Y-%m-%d", text).is_some()
}

pub(super) fn is_rfc3339(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}
