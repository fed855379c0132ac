//! Times as the state file keeps them: RFC 3339 text.

use jiff::Timestamp;

/// A time that does not parse is taken for none. Whoever misses one looks again, or scans in full, which is
/// always right.
pub(super) fn time(text: Option<String>) -> Option<Timestamp> {
    text?.parse().ok()
}
