//! Rates: so many requests in a time.

use std::fmt;

use super::raw::{Raw, Rejection};

/// The fastest rate that can be set, a second: far above what one account is ever allowed.
const FASTEST: f64 = 100_000.0;

const EXPECTED: Rejection = Rejection::expected(
    "a rate over 0 and up to 100000/s, such as \"5/s\", \"2.5/s\", \"300/m\" or \"1000/h\"",
);

/// Requests in a time: more than 0, at most 100,000 a second.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rate {
    per_second: f64,
}

impl Rate {
    /// The default, 5 a second: Grid publishes no limit, and this is far below any seen.
    pub const DEFAULT: Self = Self { per_second: 5.0 };

    /// The fastest that can be set: against an emulator, as fast as it goes.
    pub const FLAT_OUT: Self = Self {
        per_second: FASTEST,
    };

    /// Requests a second.
    pub const fn per_second(self) -> f64 {
        self.per_second
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.per_second)
    }
}

/// A part of the rate, and of any lower limit of Grid's, that is left for others who send with the
/// same token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reserve {
    /// 0 is none; below 1.
    Share(f64),
    /// So many requests in a time.
    Rate(Rate),
}

impl Reserve {
    /// The default.
    pub const NONE: Self = Self::Share(0.0);

    /// What it leaves of a rate, in requests a second; zero or less where it leaves nothing.
    pub fn left_of(self, rate: Rate) -> f64 {
        match self {
            Self::Share(share) => rate.per_second * (1.0 - share),
            Self::Rate(reserved) => rate.per_second - reserved.per_second,
        }
    }
}

/// Reads `20%`, or what [`rate`] reads; 0 is none.
pub(super) fn reserve(raw: &Raw) -> Result<Reserve, Rejection> {
    const EXPECTED: Rejection = Rejection::expected(
        "a share of the rate from 0% to below 100%, such as \"20%\", or a rate below it, such as \"2/s\"",
    );
    let text = raw.text_or_number().ok_or(EXPECTED)?.trim();
    if let Some(percent) = text.strip_suffix('%') {
        let percent: f64 = percent.trim().parse().map_err(|_| EXPECTED)?;
        return (0.0..100.0)
            .contains(&percent)
            .then_some(Reserve::Share(percent / 100.0))
            .ok_or(EXPECTED);
    }
    if text == "0" {
        return Ok(Reserve::NONE);
    }
    rate(raw).map(Reserve::Rate).map_err(|_| EXPECTED)
}

/// Reads `5/s`, `300/m`, `1000/h`, or a number of requests a second.
pub(super) fn rate(raw: &Raw) -> Result<Rate, Rejection> {
    let text = raw.text_or_number().ok_or(EXPECTED)?;
    let (count, seconds) = match text.split_once('/') {
        Some((count, unit)) => (count, seconds_in(unit.trim()).ok_or(EXPECTED)?),
        None => (text, 1.0),
    };
    let count: f64 = count.trim().parse().map_err(|_| EXPECTED)?;
    let per_second = count / seconds;
    if per_second > 0.0 && per_second <= FASTEST {
        Ok(Rate { per_second })
    } else {
        Err(EXPECTED)
    }
}

fn seconds_in(unit: &str) -> Option<f64> {
    match unit {
        "s" | "sec" | "second" => Some(1.0),
        "m" | "min" | "minute" => Some(60.0),
        "h" | "hour" => Some(3600.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Result<f64, Rejection> {
        rate(&Raw::Typed(text.to_owned())).map(Rate::per_second)
    }

    #[test]
    fn a_rate_has_a_unit_or_is_a_number_a_second() {
        assert_eq!(typed("5/s"), Ok(5.0));
        assert_eq!(typed("2.5/s"), Ok(2.5));
        assert_eq!(typed(" 300 / m "), Ok(5.0));
        assert_eq!(typed("1800/h"), Ok(0.5));
        assert_eq!(typed("7"), Ok(7.0));
        assert_eq!(
            rate(&Raw::Number("100000".into())).map(Rate::per_second),
            Ok(100_000.0)
        );
    }

    #[test]
    fn a_reserve_is_a_share_or_a_rate() {
        let read = |text: &str| reserve(&Raw::Typed(text.to_owned()));
        assert_eq!(read("20%"), Ok(Reserve::Share(0.2)));
        assert_eq!(read(" 12.5 % "), Ok(Reserve::Share(0.125)));
        assert_eq!(read("0"), Ok(Reserve::NONE));
        assert_eq!(read("0%"), Ok(Reserve::NONE));
        let two = Reserve::Rate(Rate { per_second: 2.0 });
        assert_eq!(read("2/s"), Ok(two));
        assert_eq!(read("120/m"), Ok(two));
        assert!((two.left_of(Rate::DEFAULT) - 3.0).abs() < 1e-9);
        assert!((Reserve::Share(0.2).left_of(Rate::DEFAULT) - 4.0).abs() < 1e-9);
        for text in ["", "100%", "-1%", "NaN%", "%", "0/s", "some", "-2"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in [
            "", "0/s", "-1/s", "100001/s", "5/d", "fast", "NaN", "inf", "5/", "/s",
        ] {
            assert_eq!(typed(text), Err(EXPECTED), "{text}");
        }
    }
}
