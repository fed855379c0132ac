//! How a run ended, for people: what was done to stdout, why not all of it to stderr.

use serde_json::Value;

use super::balance::{balance, row_terms};
use super::check_text;
use super::number::{count, duration, float, rate, span, thousands};
use super::paint::Paint;
use super::plan_details::more;
use super::safe::{safe, safe_lines};
use super::table::Table;
use super::tally::{Cause, Group, Tally, Trouble};
use crate::event::Summary;
use crate::plan::ChangeKind;

/// The result of a run, for stdout. Empty for commands that print a result of their own.
pub(super) fn result(summary: &Summary, tally: &Tally, paint: Paint) -> String {
    match summary.command.as_str() {
        "check" => checked(summary, tally, paint) + &details(summary),
        "plan" | "apply" | "sync" | "rehearse" | "verify" => {
            ran(summary, tally, paint) + &details(summary)
        }
        "export" => details(summary),
        _ => String::new(),
    }
}

fn checked(summary: &Summary, tally: &Tally, paint: Paint) -> String {
    let counts = &summary.counts;
    match counts.source_rows {
        // Nothing was read: the reasons say why.
        0 if summary.exit_code != 0 => String::new(),
        rows => check_text::summary(&tally.codes, rows, counts, tally.warnings, paint),
    }
}

fn ran(summary: &Summary, tally: &Tally, paint: Paint) -> String {
    let effort = paint.dim(&effort(summary));
    if tally.idle && !tally.applied && summary.balanced {
        // The plan said it in one sentence.
        return format!("{effort}\n");
    }
    let outcome = if tally.applied {
        outcome_table(summary, paint) + &troubles(tally, paint)
    } else {
        String::new()
    };
    match summary.counts.source_rows {
        // A run that never came to count.
        0 if summary.exit_code != 0 => outcome,
        _ => {
            let balance = balance(&summary.counts, summary.balanced, paint);
            format!("{outcome}\n{balance}{effort}\n")
        }
    }
}

fn outcome_table(summary: &Summary, paint: Paint) -> String {
    let title = match summary.exit_code {
        0 | 3 => "done",
        _ => "stopped",
    };
    let run = summary
        .run_id
        .as_ref()
        .map_or_else(String::new, |id| format!(", run {}", safe(id)));
    let mut table = Table::new().right(1).indented(2);
    for (number, name) in row_terms(&summary.counts) {
        table.row([name, &thousands(number)]);
    }
    if summary.counts.deleted > 0 {
        table.row(["deleted", &thousands(summary.counts.deleted)]);
    }
    format!("\n{}{run}\n{table}", paint.bold(title))
}

fn effort(summary: &Summary) -> String {
    let requests = count(summary.requests, "request");
    let time = duration(span(summary.seconds));
    let average = if summary.requests == 0 || summary.seconds < 1.0 {
        String::new()
    } else {
        let average = rate(float(summary.requests) / summary.seconds);
        format!(", {average} on average")
    };
    let patience = match summary.rate_limited {
        0 => String::new(),
        times => format!("; Grid asked for patience (429) ×{}", thousands(times)),
    };
    format!("{requests} in {time}{average}{patience}")
}

/// What went wrong, by cause, the worst first.
fn troubles(tally: &Tally, paint: Paint) -> String {
    let groups = tally
        .troubles
        .iter()
        .map(|(cause, group)| trouble(cause, group, paint));
    let others = match tally.others {
        0 => String::new(),
        others => format!("\n{} for yet other causes\n", count(others, "change")),
    };
    groups.collect::<String>() + &others
}

fn trouble(cause: &Cause, group: &Group, paint: Paint) -> String {
    let Cause {
        trouble,
        kind,
        code,
        fields,
    } = cause;
    let word = match trouble {
        Trouble::Failed => paint.red("failed"),
        Trouble::Unknown => paint.yellow("unresolved"),
        Trouble::Deferred => paint.yellow("deferred"),
    };
    let what = match kind {
        ChangeKind::Create | ChangeKind::CreateWithAccount => "",
        ChangeKind::Adopt | ChangeKind::AdoptDrifted => " adopts",
        ChangeKind::Attach => " bank accounts",
        ChangeKind::Replace => " replacements of bank accounts",
        ChangeKind::Delete => " deletes",
    };
    let code = code
        .as_ref()
        .map_or_else(String::new, |code| format!(" {}", safe(code)));
    let fields = if fields.is_empty() {
        String::new()
    } else {
        format!(": {}", safe(&fields.join(", ")))
    };
    let count = thousands(group.count);
    format!("\n{word}{what}{code} ×{count}{fields}\n{}", named(group))
}

fn named(group: &Group) -> String {
    let mut keys = Table::new().indented(2);
    group.keys.iter().for_each(|key| keys.row([key.as_str()]));
    format!("{keys}{}", more(group.count, group.keys.len()))
}

/// What only this command has to say, name by name, and what comes next.
fn details(summary: &Summary) -> String {
    let mut table = Table::new();
    if let Some(Value::Object(details)) = &summary.details {
        let known = details.iter().filter(|(_, value)| !value.is_null());
        for (name, value) in known {
            table.row([name.replace('_', " "), plain(value)]);
        }
    }
    if let (Some(next), 0) = (&summary.next_command, summary.exit_code) {
        table.row(["to go on", next]);
    }
    table.to_string()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number
            .as_u64()
            .map_or_else(|| number.to_string(), thousands),
        Value::Array(items) => join(items.iter().map(plain), ", "),
        Value::Object(entries) if entries.values().all(Value::is_u64) => {
            let number = |(name, value): (&String, &Value)| format!("{} {name}", plain(value));
            join(entries.iter().map(number), ", ")
        }
        Value::Object(entries) => {
            let entry = |(name, value): (&String, &Value)| match plain(value) {
                text if text.is_empty() => name.clone(),
                text => format!("{name}: {text}"),
            };
            join(entries.iter().map(entry), "; ")
        }
        other => other.to_string(),
    }
}

fn join(texts: impl Iterator<Item = String>, between: &str) -> String {
    texts.collect::<Vec<_>>().join(between)
}

/// Why the exit code is not 0, for stderr; empty if it is.
pub(super) fn reasons(summary: &Summary, paint: Paint) -> String {
    if summary.exit_code == 0 {
        return String::new();
    }
    let name = format!("{} (exit {})", safe(&summary.exit_name), summary.exit_code);
    let name = match summary.exit_code {
        2 | 3 => paint.yellow(&name),
        _ => paint.red(&name),
    };
    let mut reasons = summary
        .reasons
        .iter()
        .map(|reason| indent(&safe_lines(reason)));
    let first = reasons
        .next()
        .map_or_else(String::new, |reason| format!(": {reason}"));
    let rest: Vec<_> = reasons.map(|reason| format!("  {reason}\n")).collect();
    let command = safe(&summary.command);
    format!(
        "gridsync {command}: {name}{first}\n{}{}",
        rest.concat(),
        way_on(summary)
    )
}

/// A message of several lines stays one entry.
fn indent(text: &str) -> String {
    text.replace('\n', "\n  ")
}

fn way_on(summary: &Summary) -> String {
    let mut table = refusals(summary);
    if summary.exit_name == "refused" {
        table.row(["written", "nothing"]);
    }
    match (&summary.next_command, summary.resumable) {
        (Some(next), _) => table.row(["to go on", next]),
        (None, true) => table.row(["to go on", "run the same command again"]),
        (None, false) => {}
    }
    table.to_string()
}

fn refusals(summary: &Summary) -> Table {
    let mut table = Table::new().indented(2);
    let refused = |guard: &&crate::plan::Guard| guard.verdict == crate::plan::Verdict::Refused;
    for guard in summary.guards.iter().filter(refused) {
        table.row(["measured", &super::guard_text::measured(guard)]);
        table.row(["limit", &super::guard_text::limit(guard)]);
        if let (None, Some(flag)) = (&summary.next_command, &guard.go_on_with) {
            table.row(["to go on", &format!("the same command with {flag}")]);
        }
    }
    table
}

/// Summaries that tests print.
#[cfg(test)]
pub(super) mod examples {
    use crate::event::{CheckpointSummary, Summary};
    use crate::plan::Counts;

    /// A run that ended well.
    pub(crate) fn summary(command: &str, counts: Counts) -> Summary {
        Summary {
            format_version: 1,
            run_id: Some("0197-run".into()),
            command: command.into(),
            exit_code: 0,
            exit_name: "ok".into(),
            reasons: Vec::new(),
            resumable: false,
            counts,
            balanced: true,
            guards: Vec::new(),
            checkpoint: CheckpointSummary::default(),
            next_command: None,
            plan_fingerprint: None,
            requests: 987,
            rate_limited: 0,
            seconds: 200.4,
            details: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::examples::summary;
    use super::*;
    use crate::event::{Event, Outcome};
    use crate::model::Key;
    use crate::plan::{Confirmations, Counts, Measured, PlannedCounts, judge};
    use crate::report::plan_text::examples::LIMITS;

    fn outcome(key: &str, outcome: Outcome, code: Option<&str>, fields: &[&str]) -> Event {
        Event::Outcome {
            key: Key::new(key),
            kind: ChangeKind::Create,
            outcome,
            customer_id: None,
            code: code.map(Into::into),
            fields: fields.iter().map(ToString::to_string).collect(),
        }
    }

    fn tally(events: &[Event]) -> Tally {
        let mut tally = Tally::default();
        for event in events {
            tally.observe(event);
        }
        tally
    }

    const SOME: Counts = Counts {
        source_rows: 1_000,
        created: 936,
        unchanged: 60,
        failed: 3,
        deferred: 1,
        deleted: 1,
        unresolved: 0,
        updated: 0,
        adopted: 0,
        rejected: 0,
        out_of_scope: 0,
        ambiguous: 0,
        orphans: 1,
        waiting: 0,
        protected: 0,
        drifted: 0,
        planned: PlannedCounts {
            create: 940,
            update: 0,
            delete: 1,
        },
    };

    #[test]
    fn ids_that_went_back_and_rows_that_are_not_there_are_told_at_the_end() {
        let mut summary = summary("export", SOME);
        summary.details = Some(serde_json::json!({
            "write_back": { "written": 1_200, "unchanged": 0, "missing": 2 },
            "keys_without_row": ["user-1", "user\u{1b}[2J"],
        }));
        insta::assert_snapshot!(result(&summary, &Tally::default(), Paint::PLAIN), @r"
        keys without row  user-1, user\u{1b}[2J
        write back        2 missing, 0 unchanged, 1,200 written
        ");
    }

    #[test]
    fn a_run_ends_with_its_outcomes_its_troubles_and_its_balance() {
        let tally = tally(&[
            outcome("user-1", Outcome::Applied, None, &[]),
            outcome("user-7", Outcome::Failed, Some("INVALID_INPUT"), &["email"]),
            outcome("user-9", Outcome::Deferred, Some("USER_CHANGED"), &[]),
            outcome("user-8", Outcome::Failed, Some("INVALID_INPUT"), &["email"]),
            outcome(
                "user\u{1b}[2J",
                Outcome::Failed,
                Some("UMA_ADDRESS_EXISTS"),
                &[],
            ),
        ]);
        insta::assert_snapshot!(result(&summary("sync", SOME), &tally, Paint::PLAIN), @r"

        done, run 0197-run
          created    936
          unchanged   60
          failed       3
          deferred     1
          deleted      1

        failed INVALID_INPUT ×2: email
          user-7
          user-8

        failed UMA_ADDRESS_EXISTS ×1
          user\u{1b}[2J

        deferred USER_CHANGED ×1
          user-9

        1,000 rows = 936 created + 60 unchanged + 3 failed + 1 deferred ✓
        987 requests in 3m 20s, 4.9/s on average
        ");
    }

    #[test]
    fn many_failures_of_one_kind_show_the_first_twenty_keys() {
        let events: Vec<_> = (1..=25)
            .map(|number| outcome(&format!("user-{number}"), Outcome::Failed, None, &[]))
            .collect();
        let text = result(&summary("apply", SOME), &tally(&events), Paint::PLAIN);
        assert!(text.contains("failed ×25\n  user-1\n"), "{text}");
        assert!(text.contains("  user-20\n  … and 5 more\n"), "{text}");
    }

    #[test]
    fn a_plan_ends_with_its_balance_and_with_what_comes_next() {
        let planned = PlannedCounts {
            create: 940,
            ..PlannedCounts::default()
        };
        let counts = Counts {
            source_rows: 1_000,
            unchanged: 60,
            planned,
            ..Counts::default()
        };
        let summary = Summary {
            next_command: Some("gridsync apply plan.ndjson".into()),
            details: Some(serde_json::json!({
                "currencies": { "BTC": [], "USD": ["FULL_NAME", "EMAIL"] },
                "plan_file": "plan.ndjson",
                "requests": 12_345,
                "unknown": null,
            })),
            seconds: 0.4,
            requests: 10,
            rate_limited: 2,
            ..summary("plan", counts)
        };
        insta::assert_snapshot!(result(&summary, &Tally::default(), Paint::PLAIN), @r"

        1,000 rows = 60 unchanged + 940 to create ✓
        10 requests in 0.4 s; Grid asked for patience (429) ×2
        currencies  BTC; USD: FULL_NAME, EMAIL
        plan file   plan.ndjson
        requests    12,345
        to go on    gridsync apply plan.ndjson
        ");
    }

    #[test]
    fn a_check_ends_with_its_codes() {
        let counts = Counts {
            source_rows: 10,
            unchanged: 10,
            ..Counts::default()
        };
        let tally = Tally {
            warnings: 2,
            ..Tally::default()
        };
        assert_eq!(
            result(&summary("check", counts), &tally, Paint::PLAIN),
            "10 rows: 10 good, 0 rejected, 2 warnings\n"
        );
    }

    #[test]
    fn a_command_with_a_result_of_its_own_adds_nothing() {
        let counts = Counts::default();
        assert_eq!(
            result(&summary("status", counts), &Tally::default(), Paint::PLAIN),
            ""
        );
        assert_eq!(reasons(&summary("status", counts), Paint::PLAIN), "");
    }

    #[test]
    fn a_refusal_says_what_was_measured_the_limit_its_origin_and_the_way_on() {
        let measured = Measured {
            source_rows: 10_000,
            previous_rows: Some(10_000),
            active_customers: 10_000,
            deletes: 101,
            replacements: 0,
            deletes_on: true,
            scan_is_proof: true,
            ..Measured::default()
        };
        let refused = Summary {
            exit_code: 4,
            exit_name: "refused".into(),
            reasons: vec!["the plan deletes too many customers".into()],
            guards: judge(&measured, &LIMITS, &Confirmations::default()),
            next_command: Some("gridsync sync --config a.toml --confirm-deletes 101".into()),
            ..summary("sync", Counts::default())
        };
        insta::assert_snapshot!(reasons(&refused, Paint::PLAIN), @r"
        gridsync sync: refused (exit 4): the plan deletes too many customers
          measured  101 deletes, with 10,000 active customers
          limit     at most 100 (limits.deletes = 1%, the default)
          written   nothing
          to go on  gridsync sync --config a.toml --confirm-deletes 101
        ");
        let without_command = Summary {
            next_command: None,
            ..refused
        };
        insta::assert_snapshot!(reasons(&without_command, Paint::PLAIN), @r"
        gridsync sync: refused (exit 4): the plan deletes too many customers
          measured  101 deletes, with 10,000 active customers
          limit     at most 100 (limits.deletes = 1%, the default)
          to go on  the same command with --confirm-deletes 101
          written   nothing
        ");
    }

    #[test]
    fn an_interrupted_run_says_how_to_resume() {
        let interrupted = Summary {
            exit_code: 130,
            exit_name: "interrupted".into(),
            reasons: vec![
                "stopped by a signal\nafter 3 creates".into(),
                "a\u{1b}[2J".into(),
            ],
            resumable: true,
            ..summary("apply", SOME)
        };
        insta::assert_snapshot!(reasons(&interrupted, Paint::PLAIN), @r"
        gridsync apply: interrupted (exit 130): stopped by a signal
          after 3 creates
          a\u{1b}[2J
          to go on  run the same command again
        ");
        let text = result(
            &interrupted,
            &tally(&[outcome("a", Outcome::Applied, None, &[])]),
            Paint::PLAIN,
        );
        assert!(text.starts_with("\nstopped, run 0197-run\n"), "{text}");
    }

    #[test]
    fn a_run_that_never_read_a_row_shows_no_numbers() {
        let failed = Summary {
            exit_code: 65,
            exit_name: "data".into(),
            reasons: vec!["users.csv cannot be opened".into()],
            balanced: false,
            ..summary("sync", Counts::default())
        };
        assert_eq!(result(&failed, &Tally::default(), Paint::PLAIN), "");
        assert_eq!(
            reasons(&failed, Paint::PLAIN),
            "gridsync sync: data (exit 65): users.csv cannot be opened\n"
        );
    }
}
