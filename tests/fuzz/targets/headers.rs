//! The headers and the body of an answer that says no.

use std::time::{Duration, SystemTime};

use crate::fuzzing::grid::{refusal, times};
use crate::grid::Class;

use super::input::choice;

/// Lines of headers up to an empty one, then the body. The first bytes are the status.
pub(super) fn run(mut bytes: &[u8]) {
    let (Some(hundreds), Some(units)) = (choice(&mut bytes), choice(&mut bytes)) else {
        return;
    };
    let status = u16::try_from(100 * (hundreds % 5 + 1) + units % 100).expect("three digits");
    let end = bytes.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = match end {
        Some(end) => (&bytes[..end], &bytes[end + 2..]),
        None => (bytes, &b""[..]),
    };
    let lines: Vec<(&str, &[u8])> = head.split(|byte| *byte == b'\n').filter_map(line).collect();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
    let (wait, clock) = times(&lines, now);
    assert_eq!(
        (wait, clock),
        times(&lines, now),
        "the same headers say the same"
    );
    // By whatever clock: a wait can be added to a time, or it would be no wait.
    assert!(wait.is_none_or(|wait| wait >= Duration::ZERO));
    let error = refusal(status, &lines, body, now);
    plain(&error.to_string());
    error.code().into_iter().for_each(plain);
    error.request_id().into_iter().for_each(plain);
    error.fields().iter().for_each(|field| plain(field));
    assert!(error.fields().len() <= 50);
    if let Some(message) = error.message() {
        assert!(!message.expose().chars().any(char::is_control));
        assert!(message.expose().chars().count() <= 201);
    }
    means_something(status, error.class());
}

fn line(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = str::from_utf8(&line[..colon]).ok()?;
    Some((name, line[colon + 1..].trim_ascii_start()))
}

/// Names may stand in a log.
#[track_caller]
fn plain(name: &str) {
    assert!(name.len() < 8000, "{} bytes", name.len());
    assert!(
        name.chars()
            .all(|char| !char.is_control() && char.is_ascii()),
        "{name:?}"
    );
}

/// No answer that may have changed something is taken for one that did not.
fn means_something(status: u16, class: Class) {
    match class {
        Class::Auth => assert!(matches!(status, 401 | 403)),
        Class::RateLimited { .. } | Class::UsedUp => assert_eq!(status, 429),
        Class::Conflict | Class::UmaExists => assert_eq!(status, 409),
        Class::Gone => assert!(matches!(status, 404 | 410)),
        Class::Refused => assert!(status < 500 || status == 501),
        Class::Unknown => assert!(status >= 400),
        Class::NotSent => panic!("there was an answer"),
    }
}
