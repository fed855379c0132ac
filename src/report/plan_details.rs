//! The details of a plan: the first few of each kind, and how many more there are.

use super::check_text::{code_name, place};
use super::number::thousands;
use super::paint::Paint;
use super::plan_text::moment;
use super::table::Table;
use crate::model::{CustomerId, Fault};
use crate::plan::{Change, Drift, DriftCause, Finding, Plan, SAMPLE_CAP};

/// Every kind that has something, each with its first few.
pub(super) fn details(plan: &Plan, paint: Paint) -> String {
    let (samples, totals) = (&plan.samples, &plan.totals);
    let change = |change: &Change| change_cells(change, &plan.header.source);
    let finding = |finding: &Finding| finding_cells(finding, &plan.header.source);
    let list = Heading { paint };
    [
        list.of("create", totals.create, &samples.creates, change),
        list.of("attach", totals.attach, &samples.attaches, change),
        list.of(
            "replace: the bank account is deleted and another one added",
            totals.replace,
            &samples.replaces,
            finding,
        ),
        list.of("delete", totals.delete, &samples.deletes, change),
        list.of("drifted", totals.drifted, &samples.drifted, finding),
        list.of(
            "orphans left alone",
            totals.left_alone(),
            &samples.orphans,
            finding,
        ),
        list.of("waiting", totals.waiting, &samples.waiting, finding),
        list.of("protected", totals.protected, &samples.protected, finding),
        list.of("ambiguous", totals.ambiguous, &samples.ambiguous, finding),
        list.of("rejected", totals.rejected, &samples.rejected, finding),
    ]
    .concat()
}

struct Heading {
    paint: Paint,
}

impl Heading {
    fn of<T>(
        &self,
        name: &str,
        total: u64,
        samples: &[T],
        cells: impl Fn(&T) -> Vec<String>,
    ) -> String {
        if samples.is_empty() {
            return String::new();
        }
        let shown = samples.len().min(SAMPLE_CAP);
        let mut table = Table::new().indented(2);
        samples[..shown]
            .iter()
            .for_each(|sample| table.row(cells(sample)));
        format!("\n{}\n{table}{}", self.paint.bold(name), more(total, shown))
    }
}

/// The line for those that are not shown, if there are any.
pub(super) fn more(total: u64, shown: usize) -> String {
    match total.saturating_sub(shown as u64) {
        0 => String::new(),
        rest => format!("  … and {} more\n", thousands(rest)),
    }
}

fn change_cells(change: &Change, source: &str) -> Vec<String> {
    let position = change
        .position
        .map(|position| place(position, Some(source)));
    let customer = change.customer_id.as_ref().map(ToString::to_string);
    [Some(change.key.to_string()), position, customer]
        .into_iter()
        .flatten()
        .collect()
}

fn finding_cells(finding: &Finding, source: &str) -> Vec<String> {
    match finding {
        Finding::Drifted {
            key,
            customer_id,
            fields,
        } => {
            vec![key.to_string(), customer_id.to_string(), drifts(fields)]
        }
        Finding::Orphan {
            key,
            customer_id,
            owned,
        } => {
            let whose = if *owned {
                "made or adopted here"
            } else {
                "not from here"
            };
            vec![key.to_string(), customer_id.to_string(), whose.into()]
        }
        Finding::Waiting {
            key,
            customer_id,
            until,
        } => {
            let until = format!("until {}", moment(*until));
            vec![key.to_string(), customer_id.to_string(), until]
        }
        Finding::Protected { key, customer_id } => {
            vec![key.to_string(), customer_id.to_string()]
        }
        Finding::Ambiguous { key, customer_ids } => vec![key.to_string(), ids(customer_ids)],
        Finding::Rejected {
            position,
            key,
            faults,
        } => {
            let key = key.as_ref().map_or_else(|| "-".into(), ToString::to_string);
            vec![place(*position, Some(source)), key, codes(faults)]
        }
    }
}

fn drifts(fields: &[Drift]) -> String {
    joined(fields, |Drift { field, cause }| {
        format!("{field} ({})", cause_text(*cause))
    })
}

const fn cause_text(cause: DriftCause) -> &'static str {
    match cause {
        DriftCause::UserChanged => "changed in the source",
        DriftCause::GridChanged => "changed in Grid",
        DriftCause::BothChanged => "changed in both",
        DriftCause::NeverSent => "differs, never sent from here",
    }
}

fn ids(customer_ids: &[CustomerId]) -> String {
    let shown = &customer_ids[..customer_ids.len().min(SAMPLE_CAP)];
    let rest = customer_ids.len() - shown.len();
    let tail = if rest > 0 {
        format!(" … and {rest} more")
    } else {
        String::new()
    };
    joined(shown, ToString::to_string) + &tail
}

fn codes(faults: &[Fault]) -> String {
    joined(faults, |fault| {
        match fault.field.as_ref().or(fault.column.as_ref()) {
            Some(field) => format!("{} {field}", code_name(fault.code)),
            None => code_name(fault.code),
        }
    })
}

fn joined<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FaultCode, Key, Position};
    use crate::plan::{ChangeKind, Samples, Totals};
    use crate::report::plan_text::examples::plan;

    fn line(line: u64) -> Position {
        Position {
            record: line - 1,
            line,
            byte: line * 80,
        }
    }

    fn create(number: u64) -> Change {
        Change {
            key: Key::new(format!("user-{number}")),
            kind: ChangeKind::Create,
            customer_id: None,
            position: Some(line(number + 1)),
            fingerprint: None,
        }
    }

    fn drift(field: &str, cause: DriftCause) -> Drift {
        Drift {
            field: field.into(),
            cause,
        }
    }

    fn customer(number: u8) -> CustomerId {
        CustomerId::new(format!("Customer:{number}"))
    }

    fn shown(totals: Totals, samples: Samples) -> String {
        details(
            &Plan {
                samples,
                ..plan(totals)
            },
            Paint::PLAIN,
        )
    }

    #[test]
    fn each_kind_is_named_with_keys_places_and_fields() {
        let fault = |code, field: Option<&str>| Fault {
            code,
            field: field.map(Into::into),
            column: None,
            column_number: None,
            expected: "a value".into(),
        };
        let samples = Samples {
            creates: vec![create(1), create(22)],
            attaches: vec![Change {
                kind: ChangeKind::Attach,
                customer_id: Some(customer(3)),
                ..create(3)
            }],
            replaces: vec![Finding::Drifted {
                key: Key::new("user-4"),
                customer_id: customer(4),
                fields: vec![drift(
                    "externalAccount.accountInfo.iban",
                    DriftCause::UserChanged,
                )],
            }],
            deletes: vec![Change {
                kind: ChangeKind::Delete,
                customer_id: Some(customer(9)),
                position: None,
                ..create(9)
            }],
            drifted: vec![Finding::Drifted {
                key: Key::new("user-5"),
                customer_id: customer(5),
                fields: vec![
                    drift("email", DriftCause::UserChanged),
                    drift("fullName", DriftCause::GridChanged),
                ],
            }],
            orphans: vec![Finding::Orphan {
                key: Key::new("user-6"),
                customer_id: customer(6),
                owned: false,
            }],
            waiting: vec![Finding::Waiting {
                key: Key::new("user-3"),
                customer_id: customer(3),
                until: "2026-08-06T22:00:07Z".parse().expect("a time"),
            }],
            protected: vec![Finding::Protected {
                key: Key::new("vip-1"),
                customer_id: customer(4),
            }],
            ambiguous: vec![Finding::Ambiguous {
                key: Key::new("user-7"),
                customer_ids: vec![customer(7), customer(8)],
            }],
            rejected: vec![Finding::Rejected {
                position: line(12),
                key: None,
                faults: vec![
                    fault(FaultCode::Missing, Some("platformCustomerId")),
                    fault(FaultCode::RowRagged, None),
                ],
            }],
        };
        let totals = Totals {
            create: 2,
            attach: 1,
            replace: 1,
            delete: 1,
            drifted: 1,
            orphans: 4,
            waiting: 1,
            protected: 1,
            ambiguous: 1,
            rejected: 1,
            ..Totals::default()
        };
        insta::assert_snapshot!(shown(totals, samples), @r"

        create
          user-1   users.csv:2
          user-22  users.csv:23

        attach
          user-3  users.csv:4  Customer:3

        replace: the bank account is deleted and another one added
          user-4  Customer:4  externalAccount.accountInfo.iban (changed in the source)

        delete
          user-9  Customer:9

        drifted
          user-5  Customer:5  email (changed in the source), fullName (changed in Grid)

        orphans left alone
          user-6  Customer:6  not from here

        waiting
          user-3  Customer:3  until 2026-08-06T22:00:07Z

        protected
          vip-1  Customer:4

        ambiguous
          user-7  Customer:7, Customer:8

        rejected
          users.csv:12  -  MISSING platformCustomerId, ROW_RAGGED
        ");
    }

    #[test]
    fn details_stop_at_twenty_and_say_how_many_more_there_are() {
        let samples = Samples {
            creates: (1..=20).map(create).collect(),
            ..Samples::default()
        };
        let text = shown(
            Totals {
                create: 1_254,
                ..Totals::default()
            },
            samples,
        );
        assert!(
            text.ends_with("user-20  users.csv:21\n  … and 1,234 more\n"),
            "{text}"
        );
    }

    #[test]
    fn a_key_with_an_escape_code_is_shown_and_does_nothing() {
        let nasty = Change {
            key: Key::new("user\u{1b}[2J\n"),
            ..create(1)
        };
        let samples = Samples {
            creates: vec![nasty],
            ..Samples::default()
        };
        let text = shown(
            Totals {
                create: 1,
                ..Totals::default()
            },
            samples,
        );
        assert!(text.contains(r"user\u{1b}[2J\u{a}  users.csv:2"), "{text}");
        assert!(!text.contains('\u{1b}'));
    }
}
