//! Figures as they are shown.

use std::fs;
use std::thread;
use std::time::Duration;

use gridsync::report::thousands;

/// The middle one. An even number of them has the larger of two.
pub(crate) fn median(times: impl IntoIterator<Item = Duration>) -> Duration {
    let mut times: Vec<_> = times.into_iter().collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// How often `part` goes into `whole`.
pub(crate) fn ratio(whole: Duration, part: Duration) -> String {
    format!("{:.2}", whole.div_duration_f64(part))
}

/// So many in this time, each second.
pub(crate) fn per_second(count: u32, took: Duration) -> String {
    let each = u128::from(count) * 1_000_000 / took.as_micros().max(1);
    thousands(u64::try_from(each).unwrap_or(u64::MAX))
}

/// Memory in MB of 10⁶ bytes, from kB of 1,024 as the system tells it.
pub(crate) fn megabytes(kilobytes: Option<u64>) -> String {
    kilobytes.map_or_else(
        || "not known".to_owned(),
        |kilobytes| format!("{} MB", thousands((kilobytes * 1_024).div_ceil(1_000_000))),
    )
}

/// What else the machine had to do: without it, no figure can be compared with another day's.
pub(crate) fn conditions() -> String {
    let processors = thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    let load = if load.is_empty() {
        "not known".to_owned()
    } else {
        load
    };
    format!("{processors} processors, load average {load}")
}
