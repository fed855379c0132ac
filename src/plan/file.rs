//! The plan file: NDJSON, a header, one line for each change and finding, a footer that vouches
//! for all of it. No personal data: safe to attach to a ticket.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::change::{Change, Finding};
use super::guard::Guard;
use super::plan_value::{Header, Totals, hex};

/// The version of the plan file that this program writes and reads.
pub const PLAN_FORMAT_VERSION: u32 = 1;

/// One line, as it is written.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line<'a> {
    /// The first line.
    Plan {
        /// [`PLAN_FORMAT_VERSION`].
        format_version: u32,
        /// What the plan was made from.
        #[serde(flatten)]
        header: &'a Header,
    },
    /// A change.
    Change(&'a Change),
    /// What is only reported.
    Finding(&'a Finding),
    /// The last line.
    End(&'a Footer),
}

/// The last line: without it the file is cut short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footer {
    /// The totals.
    pub totals: Totals,
    /// What the guards said when it was made. They are judged again when it is applied.
    pub guards: Vec<Guard>,
    /// The plan's fingerprint.
    pub fingerprint: String,
    /// SHA-256 over every line before this one.
    pub digest: String,
}

/// A line as it was read. Findings are for people and tools: applying a plan skips them.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum ReadPlan {
    /// The first line.
    Plan {
        /// The version of the file.
        format_version: u32,
        /// What the plan was made from.
        #[serde(flatten)]
        header: Header,
    },
    /// A change.
    Change(Change),
    /// What is only reported.
    Finding {},
    /// The last line.
    End(Footer),
}

/// A line that is not one of a plan.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The JSON is wrong.
    #[error("line {number} is not a line of a plan file")]
    Json {
        /// The line, from 1.
        number: u64,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Another version of the format.
    #[error(
        "the plan file has format {found}, this program reads {PLAN_FORMAT_VERSION}: make the plan again"
    )]
    Version {
        /// The version of the file.
        found: u32,
    },
}

/// What the first line of every version has.
#[derive(Deserialize)]
struct Versioned {
    format_version: u32,
}

/// Reads one line; `number` counts from 1.
pub fn read_line(text: &str, number: u64) -> Result<ReadPlan, LineError> {
    match serde_json::from_str(text) {
        Ok(ReadPlan::Plan { format_version, .. }) if format_version != PLAN_FORMAT_VERSION => {
            Err(LineError::Version {
                found: format_version,
            })
        }
        Ok(line) => Ok(line),
        Err(source) => Err(unreadable(text, number, source)),
    }
}

/// The header of another version may hold anything: then it is the version that is wrong.
fn unreadable(text: &str, number: u64, source: serde_json::Error) -> LineError {
    match serde_json::from_str(text) {
        Ok(Versioned { format_version }) if format_version != PLAN_FORMAT_VERSION => {
            LineError::Version {
                found: format_version,
            }
        }
        _ => LineError::Json { number, source },
    }
}

/// The hash over the lines so far.
#[derive(Clone, Default)]
pub struct PlanDigest(Sha256);

impl PlanDigest {
    /// Adds a line, without its line feed.
    pub fn add(&mut self, line: &str) {
        self.0.update(line.as_bytes());
        self.0.update(b"\n");
    }

    /// The digest as 64 hexadecimal digits.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{CustomerId, Fault, FaultCode, Key, Position, Scope};
    use crate::plan::testing::{create, delete, target};
    use crate::plan::{ChangeKind, Drift, DriftCause, Fingerprint, ScanFacts, ScanKind};

    fn limits() -> crate::plan::Limits {
        let one = || crate::plan::Stated {
            limit: crate::model::Limit::Count(1),
            origin: "a test".into(),
        };
        crate::plan::Limits {
            deletes: one(),
            deletes_per_day: one(),
            deletes_per_week: one(),
            source_shrink: one(),
            rejects: one(),
        }
    }

    pub(in super::super) fn header() -> Header {
        Header {
            nonce: "nonce".into(),
            created_at: "2026-03-01T02:03:04Z".parse().expect("a time"),
            target: target(),
            state_id: "state".into(),
            generation: 3,
            source: "csv users.csv".into(),
            mapping: "00ff".into(),
            scan: ScanFacts {
                kind: ScanKind::Full,
                at: Some("2026-03-01T02:00:00Z".parse().expect("a time")),
                count_agrees: Some(true),
            },
            scope: Scope::EVERYBODY,
        }
    }

    fn footer() -> Footer {
        Footer {
            totals: Totals {
                source_rows: 9,
                ..Totals::default()
            },
            guards: crate::plan::judge(
                &crate::plan::Measured::default(),
                &limits(),
                &crate::plan::Confirmations::default(),
            ),
            fingerprint: "f".into(),
            digest: "d".into(),
        }
    }

    fn first_line() -> String {
        json(&Line::Plan {
            format_version: PLAN_FORMAT_VERSION,
            header: &header(),
        })
    }

    fn json(line: &Line<'_>) -> String {
        serde_json::to_string(line).expect("a line is plain data")
    }

    fn findings() -> [Finding; 6] {
        let (key, customer_id) = (Key::new("a"), CustomerId::new("Customer:1"));
        [
            Finding::Drifted {
                key: key.clone(),
                customer_id: customer_id.clone(),
                fields: vec![Drift {
                    field: "fullName".into(),
                    cause: DriftCause::UserChanged,
                }],
            },
            Finding::Orphan {
                key: key.clone(),
                customer_id: customer_id.clone(),
                owned: true,
            },
            Finding::Waiting {
                key: key.clone(),
                customer_id: customer_id.clone(),
                until: jiff::Timestamp::UNIX_EPOCH,
            },
            Finding::Protected {
                key: key.clone(),
                customer_id: customer_id.clone(),
            },
            Finding::Ambiguous {
                key: key.clone(),
                customer_ids: vec![customer_id.clone(), customer_id],
            },
            Finding::Rejected {
                position: Position::default(),
                key: Some(key),
                faults: vec![Fault {
                    code: FaultCode::Missing,
                    field: None,
                    column: None,
                    column_number: None,
                    expected: "a value".into(),
                }],
            },
        ]
    }

    #[test]
    fn the_first_and_the_last_line_come_back_as_they_went() {
        let ReadPlan::Plan { header: read, .. } = read_line(&first_line(), 1).expect("read") else {
            panic!("expected the first line");
        };
        assert_eq!(read, header());
        let last = json(&Line::End(&footer()));
        let ReadPlan::End(read) = read_line(&last, 2).expect("read") else {
            panic!("expected the last line");
        };
        assert_eq!(read, footer());
    }

    #[test]
    fn findings_of_every_kind_are_lines_that_applying_skips() {
        for finding in findings() {
            let line = json(&Line::Finding(&finding));
            assert!(
                matches!(read_line(&line, 2), Ok(ReadPlan::Finding {})),
                "{line}"
            );
        }
    }

    #[test]
    fn another_version_is_named_whatever_else_its_header_holds() {
        let newer = first_line().replace("\"format_version\":1", "\"format_version\":2");
        let stranger = r#"{"line":"plan","format_version":2,"made_by":"somebody"}"#;
        for line in [newer.as_str(), stranger] {
            let error = read_line(line, 1).expect_err("another version");
            assert!(matches!(error, LineError::Version { found: 2 }), "{error}");
        }
    }

    #[test]
    fn what_is_no_line_is_refused_with_its_number() {
        let cut = &first_line()[..40];
        for line in [
            "",
            "{}",
            "[]",
            cut,
            r#"{"line":"other"}"#,
            r#"{"line":"plan","format_version":1}"#,
        ] {
            let error = read_line(line, 17).expect_err("no line");
            assert!(
                matches!(error, LineError::Json { number: 17, .. }),
                "{line}: {error}"
            );
        }
    }

    #[test]
    fn a_kind_has_one_name_in_plans_and_in_the_state_file() {
        for kind in ChangeKind::ALL {
            let name = serde_json::to_value(kind).expect("a name");
            assert_eq!(name.as_str(), Some(kind.as_str()));
            assert_eq!(ChangeKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(ChangeKind::parse("update"), None);
    }

    fn digest(lines: &[String]) -> String {
        let mut digest = PlanDigest::default();
        for line in lines {
            digest.add(line);
        }
        digest.finish()
    }

    #[test]
    fn the_digest_misses_no_change_of_any_line() {
        let lines = [
            first_line(),
            json(&Line::Change(&create("a", 1))),
            json(&Line::Change(&delete("b", "Customer:2"))),
        ];
        let whole = digest(&lines);
        assert_eq!(whole.len(), 64);
        let mut swapped = lines.clone();
        swapped.swap(1, 2);
        let mut edited = lines.clone();
        edited[2] = edited[2].replace("Customer:2", "Customer:3");
        let joined = [lines[0].clone(), lines[1].clone() + &lines[2]];
        for other in [&lines[..2], &lines[1..], &swapped, &edited, &joined] {
            assert_ne!(digest(other), whole);
        }
    }

    /// Implemented twice for what can be serialised, so that naming it does not compile then.
    trait NeverWritten<Way> {
        fn check() {}
    }
    impl<T> NeverWritten<()> for T {}
    impl<T: Serialize> NeverWritten<u8> for T {}

    #[test]
    fn what_holds_personal_data_cannot_be_a_part_of_any_line() {
        <crate::model::Personal<String> as NeverWritten<_>>::check();
        <crate::model::Values<'static> as NeverWritten<_>>::check();
        <crate::model::Row as NeverWritten<_>>::check();
        <crate::model::User<'static> as NeverWritten<_>>::check();
        <crate::model::Customer as NeverWritten<_>>::check();
        <crate::model::Secret as NeverWritten<_>>::check();
        <crate::plan::HashKey as NeverWritten<_>>::check();
        <crate::plan::FieldHashes as NeverWritten<_>>::check();
    }

    fn any_change() -> impl Strategy<Value = Change> {
        let kinds = ChangeKind::ALL.to_vec();
        let position = any::<(u64, u64, u64)>().prop_map(|(record, line, byte)| Position {
            record,
            line,
            byte,
        });
        (
            "\\PC{1,20}",
            prop::sample::select(kinds),
            prop::option::of("\\PC{1,20}"),
            prop::option::of(position),
            prop::option::of(any::<u64>()),
        )
            .prop_map(|(key, kind, customer_id, position, print)| Change {
                key: Key::new(key),
                kind,
                customer_id: customer_id.map(CustomerId::new),
                position,
                fingerprint: print.map(Fingerprint::from_raw),
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        #[test]
        fn any_change_comes_back_as_it_went_on_one_line(change in any_change()) {
            let line = json(&Line::Change(&change));
            prop_assert!(!line.contains('\n'));
            let ReadPlan::Change(read) = read_line(&line, 2).expect("read") else {
                panic!("expected a change");
            };
            prop_assert_eq!(read, change);
        }
    }
}
