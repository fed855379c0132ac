//! Reading a fault from its written form.

use std::str::FromStr;

use super::kind::{FaultInfo, Kind, TABLE};
use super::scope::Scope;
use super::spec::{Fault, Trigger};

/// Why a text is not a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No fault has this name.
    #[error("there is no fault `{name}`; the nearest is `{nearest}`")]
    UnknownName {
        /// As written.
        name: String,
        /// The known name that looks most like it.
        nearest: &'static str,
    },
    /// No set of requests has this name.
    #[error(
        "there is no scope `{scope}`; scopes are any, read, write, create, update, delete, get, list, page, lookup, account, account-list"
    )]
    UnknownScope {
        /// As written.
        scope: String,
    },
    /// What follows `=`.
    #[error("`={text}`: expected a chance from 0 to 1 such as =0.2, or a count such as =#3")]
    Chance {
        /// As written.
        text: String,
    },
    /// What follows `@`.
    #[error(
        "`@{text}`: expected a request counted from 1 such as @5, or a window such as @5-9 or @5-"
    )]
    Window {
        /// As written.
        text: String,
    },
    /// What follows `:`.
    #[error(
        "`:{text}`: expected a duration such as :500ms, :2s or :1m (only clock-offset takes a negative one)"
    )]
    Duration {
        /// As written.
        text: String,
    },
    /// The fault has no duration.
    #[error("`{name}` takes no duration")]
    NoDuration {
        /// The fault's name.
        name: &'static str,
    },
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (rest, millis) = split(text.trim(), ':');
        let (rest, window) = split(rest, '@');
        let (rest, chance) = split(rest, '=');
        let (scope, name) = match rest.split_once('/') {
            Some((scope, name)) => (Some(find_scope(scope)?), name),
            None => (None, rest),
        };
        let info = find(name)?;
        Ok(Self {
            kind: info.kind,
            scope: scope.unwrap_or(info.scope),
            trigger: trigger(window, chance)?,
            millis: millis.map(|text| parse_millis(info, text)).transpose()?,
        })
    }
}

fn split(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn find(name: &str) -> Result<&'static FaultInfo, FaultError> {
    let all = Fault::all();
    all.iter()
        .find(|info| info.name == name)
        .ok_or_else(|| FaultError::UnknownName {
            name: name.to_owned(),
            nearest: nearest(name),
        })
}

fn nearest(name: &str) -> &'static str {
    let likeness = |info: &&FaultInfo| strsim::jaro_winkler(info.name, name);
    let best = TABLE
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    best.expect("the table is not empty").name
}

fn find_scope(name: &str) -> Result<Scope, FaultError> {
    let found = Scope::ALL.iter().find(|(_, known)| *known == name);
    found
        .map(|(scope, _)| *scope)
        .ok_or_else(|| FaultError::UnknownScope {
            scope: name.to_owned(),
        })
}

fn trigger(window: Option<&str>, chance: Option<&str>) -> Result<Trigger, FaultError> {
    let mut trigger = Trigger::ALWAYS;
    if let Some(text) = window {
        (trigger.from, trigger.to) = parse_window(text).ok_or_else(|| FaultError::Window {
            text: text.to_owned(),
        })?;
    }
    match chance.map(|text| (text, text.strip_prefix('#'))) {
        None => {}
        Some((text, Some(count))) => {
            let count = count.parse().ok().filter(|&count: &u64| count > 0);
            let count = count.ok_or_else(|| FaultError::Chance {
                text: text.to_owned(),
            })?;
            // With a window's beginning, so many from there on.
            trigger.to = trigger.from.saturating_add(count - 1);
        }
        Some((text, None)) => {
            let fraction = text
                .parse()
                .ok()
                .filter(|chance| (0.0..=1.0).contains(chance));
            trigger.chance = fraction.ok_or_else(|| FaultError::Chance {
                text: text.to_owned(),
            })?;
        }
    }
    Ok(trigger)
}

fn parse_window(text: &str) -> Option<(u64, u64)> {
    let (from, to) = match text.split_once('-') {
        None => (text.parse().ok()?, text.parse().ok()?),
        Some((from, "")) => (from.parse().ok()?, u64::MAX),
        Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
    };
    (from >= 1 && from <= to).then_some((from, to))
}

fn parse_millis(info: &FaultInfo, text: &str) -> Result<i64, FaultError> {
    if info.millis.is_none() {
        return Err(FaultError::NoDuration { name: info.name });
    }
    let may_be_negative = info.kind == Kind::ClockOffset;
    read_millis(text)
        .filter(|&millis| millis >= 0 || may_be_negative)
        .ok_or_else(|| FaultError::Duration {
            text: text.to_owned(),
        })
}

fn read_millis(text: &str) -> Option<i64> {
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit_at);
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Fault {
        text.parse().expect(text)
    }

    #[test]
    fn a_bare_name_strikes_always() {
        let fault = parsed("drop-after-commit");
        assert_eq!(fault.trigger, Trigger::ALWAYS);
        assert_eq!(fault.scope, Scope::Write);
    }

    #[test]
    fn chances_counts_windows_and_durations_are_read() {
        assert!((parsed("timeout=0.2").trigger.chance - 0.2).abs() < 1e-9);
        assert_eq!(
            (
                parsed("timeout=#3").trigger.from,
                parsed("timeout=#3").trigger.to
            ),
            (1, 3)
        );
        assert_eq!(
            (
                parsed("timeout@5").trigger.from,
                parsed("timeout@5").trigger.to
            ),
            (5, 5)
        );
        assert_eq!(parsed("auth-revoked@6-").trigger.to, u64::MAX);
        assert_eq!(parsed("outage=#3@5").trigger.to, 7);
        assert_eq!(parsed("late-commit:2s").millis(), 2_000);
        assert_eq!(parsed("late-commit").millis(), 500);
        assert_eq!(parsed("clock-offset:-90s").millis(), -90_000);
        assert_eq!(parsed("create/error-503=#3").scope, Scope::Create);
    }

    #[test]
    fn an_unknown_name_names_the_nearest() {
        let error = "drop-after-comit=0.2"
            .parse::<Fault>()
            .expect_err("misspelt");
        assert_eq!(
            error.to_string(),
            "there is no fault `drop-after-comit`; the nearest is `drop-after-commit`"
        );
    }

    #[test]
    fn what_has_no_meaning_is_refused() {
        for text in [
            "timeout=2",
            "timeout=#0",
            "timeout@0",
            "timeout@9-5",
            "timeout:1s",
            "dribble:-1s",
            "late-commit:soon",
            "creates/timeout",
            "timeout=",
            "",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(kind in 0_usize..TABLE.len(), scope in 0_usize..10,
            from in 1_u64..50, length in proptest::option::of(0_u64..9), half in any::<bool>(), millis in 0_i64..9_999) {
            let info = &TABLE[kind];
            let fault = Fault {
                kind: info.kind,
                scope: Scope::ALL[scope].0,
                trigger: Trigger {
                    from,
                    to: length.map_or(u64::MAX, |length| from + length),
                    chance: if half { 0.5 } else { 1.0 },
                },
                millis: info.millis.map(|_| millis),
            };
            prop_assert_eq!(fault.to_string().parse::<Fault>(), Ok(fault));
        }
    }
}
