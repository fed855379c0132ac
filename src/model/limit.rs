//! A limit as an operator states it: so many, or such a part of the whole.

use std::fmt;
use std::str::FromStr;

/// How much of something a run may do. What the percent is of is said where the limit is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// At most so many.
    Count(u64),
    /// At most this part of the whole, in percent: 0 to 100.
    Percent(f64),
}

impl Limit {
    /// The most that the limit allows of `total`, rounded down.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "counts of rows stay far below 2^52, percentages between 0 and 100"
    )]
    pub fn of(self, total: u64) -> u64 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => (total as f64 * percent / 100.0) as u64,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// The text is not a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a whole number such as `50`, or a percentage from 0 to 100 such as `1%`")]
pub struct ParseLimitError;

impl FromStr for Limit {
    type Err = ParseLimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().strip_suffix('%') {
            Some(percent) => parse_percent(percent.trim_end()),
            None => text
                .trim()
                .parse()
                .map(Self::Count)
                .map_err(|_| ParseLimitError),
        }
    }
}

fn parse_percent(text: &str) -> Result<Limit, ParseLimitError> {
    let percent: f64 = text.parse().map_err(|_| ParseLimitError)?;
    if (0.0..=100.0).contains(&percent) {
        Ok(Limit::Percent(percent))
    } else {
        Err(ParseLimitError)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_a_count_and_a_percent_sign_makes_it_a_part() {
        assert_eq!("50".parse(), Ok(Limit::Count(50)));
        assert_eq!(" 1% ".parse(), Ok(Limit::Percent(1.0)));
        assert_eq!("0.5 %".parse(), Ok(Limit::Percent(0.5)));
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        for text in [
            "", "%", "-1", "-1%", "101%", "1.5", "NaN%", "inf%", "many", "1%%",
        ] {
            assert_eq!(text.parse::<Limit>(), Err(ParseLimitError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_limit_reads_back_as_it_is_written(count: u64, percent in 0.0..=100.0) {
            for limit in [Limit::Count(count), Limit::Percent(percent)] {
                prop_assert_eq!(limit.to_string().parse(), Ok(limit));
            }
        }
    }
}
