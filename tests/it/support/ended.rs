//! How a run ended.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use serde_json::Value;

/// A run that is over: its code, its output, and its summary.
pub(crate) struct Ended {
    status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    summary: Option<Value>,
}

impl Ended {
    /// With `--json`, stdout must be one object, and must tell the code with which the process ended.
    #[track_caller]
    pub(super) fn new(status: ExitStatus, stdout: String, stderr: String, json: bool) -> Self {
        let mut ended = Self {
            status,
            stdout,
            stderr,
            summary: None,
        };
        if json && status.code().is_some() {
            let summary = ended.parsed();
            assert_eq!(
                summary["exit_code"].as_i64(),
                status.code().map(i64::from),
                "the summary and the process disagree\n{}",
                ended.told()
            );
            ended.summary = Some(summary);
        }
        ended
    }

    #[track_caller]
    fn parsed(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(summary @ Value::Object(_)) => summary,
            Ok(_) | Err(_) => panic!("stdout is not one JSON object\n{}", self.told()),
        }
    }

    /// The exit code; `None` after a signal that was not caught.
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// It ended so, and the numbers add up.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(
            self.code(),
            Some(code),
            "signal {:?}\n{}",
            self.status.signal(),
            self.told()
        );
        if let Some(summary) = &self.summary {
            assert_eq!(summary["balanced"], true, "{}", self.told());
        }
        self
    }

    /// These numbers (`created 2, planned.create 3`), and every other one is zero.
    #[track_caller]
    pub(crate) fn counts(&self, expected: &str) -> &Self {
        let expected: BTreeMap<String, u64> = expected
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (name, number) = part.split_once(' ').expect("a name and a number");
                (name.to_owned(), number.parse().expect("a number"))
            })
            .collect();
        assert_eq!(self.nonzero(), expected, "{}", self.told());
        self
    }

    /// One number.
    #[track_caller]
    pub(crate) fn count(&self, name: &str) -> u64 {
        let pointer = format!("/counts/{}", name.replace('.', "/"));
        let found = self.summary().pointer(&pointer).and_then(Value::as_u64);
        found.unwrap_or_else(|| panic!("there is no count {name}\n{}", self.told()))
    }

    /// It says so, in the reasons or on stderr.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        let said = self.reasons().contains(text)
            || self.stderr.contains(text)
            || self.summary.is_none() && self.stdout.contains(text);
        assert!(said, "does not say `{text}`\n{}", self.told());
        self
    }

    /// The command that would go on, or nothing.
    #[track_caller]
    pub(crate) fn next_command(&self) -> Option<&str> {
        self.summary()["next_command"].as_str()
    }

    /// The verdict of a guard.
    #[track_caller]
    pub(crate) fn guard(&self, name: &str) -> &Value {
        let guards = self.summary()["guards"]
            .as_array()
            .expect("a list of guards");
        let guard = guards.iter().find(|guard| guard["name"] == name);
        guard.unwrap_or_else(|| panic!("no guard {name} was judged\n{}", self.told()))
    }

    /// All reasons, one a line.
    pub(crate) fn reasons(&self) -> String {
        let reasons = self
            .summary
            .as_ref()
            .and_then(|summary| summary["reasons"].as_array());
        let reasons = reasons.into_iter().flatten().filter_map(Value::as_str);
        reasons.collect::<Vec<_>>().join("\n")
    }

    #[track_caller]
    pub(crate) fn summary(&self) -> &Value {
        self.summary
            .as_ref()
            .unwrap_or_else(|| panic!("there is no summary\n{}", self.told()))
    }

    /// All that it printed, for the message of a test that fails.
    pub(crate) fn told(&self) -> String {
        format!("stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr)
    }

    fn nonzero(&self) -> BTreeMap<String, u64> {
        let counts = self.summary()["counts"].as_object().expect("counts");
        let mut found = BTreeMap::new();
        for (name, count) in counts {
            if let Value::Object(parts) = count {
                let named = |(part, count): (&String, &Value)| {
                    Some((format!("{name}.{part}"), count.as_u64()?))
                };
                found.extend(parts.iter().filter_map(named));
            } else {
                found.extend(count.as_u64().map(|count| (name.clone(), count)));
            }
        }
        found.retain(|_, count| *count > 0);
        found
    }
}
