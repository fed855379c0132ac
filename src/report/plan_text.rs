//! The plan for people: the summary first, then the guards, then details, the fingerprint last.

use std::borrow::Cow;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use super::guard_text;
use super::number::{count, thousands};
use super::paint::Paint;
use super::plan_details::details;
use super::safe::safe;
use super::table::Table;
use crate::plan::{Guard, Plan, ScanFacts, ScanKind, Totals, Verdict};

/// The plan as text. Keys, ids, positions and field names are in it, values are not.
pub fn plan_text(plan: &Plan, paint: Paint) -> String {
    if plan.is_empty() {
        let nothing = nothing_to_do(&plan.totals) + &about(plan);
        return [nothing, guards(&plan.guards, paint), details(plan, paint)].concat();
    }
    [
        head(plan, paint),
        rows(&plan.totals),
        customers(&plan.totals),
        guards(&plan.guards, paint),
        details(plan, paint),
        format!("\nfingerprint  {}\n", safe(&plan.fingerprint)),
    ]
    .concat()
}

fn head(plan: &Plan, paint: Paint) -> String {
    let header = &plan.header;
    let title = format!(
        "Plan for {} (edition {})",
        safe(&header.target.base_url),
        safe(&header.target.edition)
    );
    let mut facts = Table::new().indented(2);
    facts.row(["source", &source(plan)]);
    facts.row(["scan", &scan(&header.scan, plan.totals.active_customers)]);
    facts.row(["made", &header.created_at.to_string()]);
    if !header.scope.is_everybody() {
        facts.row(["scope", &scope(plan)]);
    }
    format!("{}\n{facts}", paint.bold(&title))
}

/// Whom it is about; a scope that meets no user is a slip of the pen.
fn scope(plan: &Plan) -> String {
    let Totals {
        source_rows,
        out_of_scope,
        ..
    } = plan.totals;
    let nobody = source_rows > 0 && out_of_scope == source_rows;
    let nobody = if nobody { " (no row is)" } else { "" };
    format!("{}{nobody}", plan.header.scope)
}

fn source(plan: &Plan) -> String {
    let rows = count(plan.totals.source_rows, "row");
    match plan.totals.warnings {
        0 => format!("{}, {rows}", plan.header.source),
        warnings => format!(
            "{}, {rows}, {}",
            plan.header.source,
            count(warnings, "warning")
        ),
    }
}

fn scan(scan: &ScanFacts, active: u64) -> String {
    let kind = match scan.kind {
        ScanKind::Full => "full",
        ScanKind::Incremental => "incremental",
        ScanKind::None => "none in this run; the last one",
    };
    let at = scan
        .at
        .map_or_else(|| "never".to_owned(), |at| at.to_string());
    let count_agrees = match scan.count_agrees {
        Some(true) => ", as Grid counts",
        Some(false) => ", which is not what Grid counts",
        None => "",
    };
    format!(
        "{kind}, {at}: {}{count_agrees}",
        count(active, "active customer")
    )
}

/// Every row of the source, in exactly one line.
fn rows(totals: &Totals) -> String {
    let drifted = drifted_note(totals);
    let with_account = format!(
        "{} with a bank account",
        thousands(totals.create_with_account)
    );
    let mut table = Table::new().right(1).indented(2);
    let mut line = |name, number, note| table.row(counted(name, number, note));
    let create_note = match totals.create_with_account {
        0 => "",
        _ => &with_account,
    };
    line("create", totals.create, create_note);
    if totals.attach > 0 {
        let note = "exist: a bank account is added, unless Grid has it";
        line("attach", totals.attach, note);
    }
    if totals.replace > 0 {
        let note = "exist: the bank account is DELETED and another one added";
        line("replace", totals.replace, note);
    }
    line(
        "adopt",
        totals.adopt,
        "exist and agree: recorded, nothing is sent",
    );
    line("unchanged", totals.unchanged, "");
    line("drifted", totals.counts().drifted, &drifted);
    line(
        "ambiguous",
        totals.ambiguous,
        "several customers with one key: never touched",
    );
    line("rejected", totals.rejected, "");
    if totals.out_of_scope > 0 {
        line("out of scope", totals.out_of_scope, "left alone");
    }
    if totals.withheld_creates > 0 {
        line(
            "held back",
            totals.withheld_creates,
            "changes.create = false",
        );
    }
    line("rows", totals.source_rows, "");
    format!("\n{table}{}", not_adopted(totals))
}

/// Rows that are in the lines above, and whose customers stay what they were.
fn not_adopted(totals: &Totals) -> String {
    match totals.not_adopted {
        0 => String::new(),
        rows => format!(
            "  {} a customer that is not from here and is not adopted: changes.adopt = false\n",
            match rows {
                1 => "1 row has".to_owned(),
                rows => format!("{} rows have", thousands(rows)),
            }
        ),
    }
}

fn drifted_note(totals: &Totals) -> String {
    let mut note = "left as they are".to_owned();
    if totals.adopt_drifted > 0 {
        let first = thousands(totals.adopt_drifted);
        note = format!("{note}; {first} adopted at first contact");
    }
    if totals.attach_drifted > 0 {
        let others = thousands(totals.attach_drifted);
        note = format!("{note}; {others} more drift beside their bank account");
    }
    note
}

/// The customers without a user.
fn customers(totals: &Totals) -> String {
    let mut table = Table::new().right(1).indented(2);
    table.row(counted("delete", totals.delete, ""));
    let waiting = format!("absent, but not for long enough: deleted {}", from(totals));
    if totals.waiting > 0 {
        table.row(counted("waiting", totals.waiting, &waiting));
    }
    if totals.protected > 0 {
        let note = "customers without a user that changes.never_delete protects";
        table.row(counted("protected", totals.protected, note));
    }
    table.row(counted(
        "orphans",
        totals.left_alone(),
        "customers without a user: left alone",
    ));
    if totals.customers_out_of_scope > 0 {
        let note = "customers, with and without a user: left alone";
        table.row(counted("out of scope", totals.customers_out_of_scope, note));
    }
    format!("\n{table}")
}

/// A line of the summary. What there is none of needs no note.
fn counted<'a>(name: &'a str, number: u64, note: &'a str) -> [Cow<'a, str>; 3] {
    let note = if number == 0 { "" } else { note };
    [name.into(), thousands(number).into(), note.into()]
}

/// From when on the first of those that wait may be deleted, to the second.
fn from(totals: &Totals) -> String {
    match totals.waiting_until {
        None => "later".to_owned(),
        Some(until) if totals.waiting == 1 => format!("from {} on", moment(until)),
        Some(until) => format!("later, the first from {} on", moment(until)),
    }
}

/// A time to the second, and not before it.
pub(super) fn moment(at: Timestamp) -> String {
    let up = TimestampRound::new()
        .smallest(Unit::Second)
        .mode(RoundMode::Ceil);
    at.round(up).unwrap_or(at).to_string()
}

fn guards(guards: &[Guard], paint: Paint) -> String {
    let lines: Vec<_> = guards
        .iter()
        .filter_map(|guard| guard_line(guard, paint))
        .collect();
    if lines.is_empty() {
        String::new()
    } else {
        format!("\n{}\n{}", paint.bold("guards"), lines.concat())
    }
}

fn guard_line(guard: &Guard, paint: Paint) -> Option<String> {
    let sentence = guard_text::sentence(guard)?;
    let painted = match guard.verdict {
        Verdict::Passed => sentence,
        Verdict::Confirmed | Verdict::Warned => paint.yellow(&sentence),
        Verdict::Refused => paint.red(&sentence),
    };
    Some(format!("  {painted}\n"))
}

/// One plain sentence, with every row in it.
fn nothing_to_do(totals: &Totals) -> String {
    let terms = [
        (totals.unchanged, "unchanged"),
        (totals.counts().drifted, "drifted"),
        (totals.ambiguous, "ambiguous"),
        (totals.rejected, "rejected"),
        (totals.out_of_scope, "out of scope"),
        (totals.withheld_creates, "held back"),
    ];
    let terms: Vec<_> = terms
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, name)| format!("{} {name}", thousands(number)))
        .collect();
    let rows = count(totals.source_rows, "row");
    let orphans = orphans_said(totals);
    if terms.is_empty() {
        format!("Nothing to do: {rows}{orphans}.\n")
    } else {
        format!("Nothing to do: {rows} = {}{orphans}.\n", terms.join(" + "))
    }
}

/// Whom nothing is to be done for, if not for everybody.
fn about(plan: &Plan) -> String {
    if plan.header.scope.is_everybody() {
        String::new()
    } else {
        format!("scope: {}\n", scope(plan))
    }
}

/// What becomes of the customers without a user, none of whom is deleted.
fn orphans_said(totals: &Totals) -> String {
    let some = |number, what: &str| match number {
        0 => String::new(),
        number => format!("; {} {what}", count(number, "orphan")),
    };
    [
        some(totals.left_alone(), "left alone"),
        some(totals.protected, "protected"),
        some(
            totals.waiting,
            &format!("waiting to be deleted {}", from(totals)),
        ),
    ]
    .concat()
}

/// Plans that tests print.
#[cfg(test)]
pub(super) mod examples {
    use std::sync::LazyLock;

    use crate::model::{Limit, Scope};
    use crate::plan::{
        Confirmations, Header, Limits, Measured, Plan, Samples, ScanFacts, ScanKind, Stated,
        Target, Totals, judge,
    };

    /// A plan of these totals, with every guard content.
    pub(crate) fn plan(totals: Totals) -> Plan {
        Plan {
            header: header(),
            totals,
            samples: Samples::default(),
            guards: judge(&Measured::default(), &LIMITS, &Confirmations::default()),
            fingerprint: "a1b2c3d4".repeat(8),
        }
    }

    /// The limits that every install begins with.
    pub(crate) static LIMITS: LazyLock<Limits> = LazyLock::new(|| Limits {
        deletes: stated(Limit::Percent(1.0)),
        deletes_per_day: stated(Limit::Percent(2.0)),
        deletes_per_week: stated(Limit::Percent(5.0)),
        source_shrink: stated(Limit::Percent(10.0)),
        rejects: stated(Limit::Percent(1.0)),
    });

    fn stated(limit: Limit) -> Stated {
        let origin = "the default".into();
        Stated { limit, origin }
    }

    fn header() -> Header {
        Header {
            nonce: "n".into(),
            created_at: "2026-08-05T02:00:07Z".parse().expect("a timestamp"),
            target: Target {
                base_url: "https://api.lightspark.com/grid/2025-10-13".into(),
                client_id: "token".into(),
                edition: "2026-08".into(),
            },
            state_id: "s".into(),
            generation: 1,
            source: "users.csv".into(),
            mapping: "m".into(),
            scan: ScanFacts {
                kind: ScanKind::Full,
                at: Some("2026-08-05T02:00:00Z".parse().expect("a timestamp")),
                count_agrees: Some(true),
            },
            scope: Scope::EVERYBODY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::examples::{LIMITS, plan};
    use super::*;
    use crate::plan::{Confirmations, Measured, judge};

    const BUSY: Totals = Totals {
        source_rows: 1_000,
        unchanged: 40,
        create: 940,
        create_with_account: 0,
        attach: 0,
        replace: 0,
        adopt: 12,
        adopt_drifted: 1,
        delete: 1,
        drifted: 3,
        attach_drifted: 0,
        rejected: 3,
        rejected_without_key: 0,
        out_of_scope: 0,
        ambiguous: 2,
        orphans: 3,
        waiting: 0,
        waiting_until: None,
        protected: 0,
        not_adopted: 0,
        withheld_creates: 0,
        active_customers: 58,
        customers_out_of_scope: 0,
        warnings: 4,
    };

    #[test]
    fn the_summary_comes_first_and_every_row_is_in_one_line_of_it() {
        insta::assert_snapshot!(plan_text(&plan(BUSY), Paint::PLAIN), @r"
        Plan for https://api.lightspark.com/grid/2025-10-13 (edition 2026-08)
          source  users.csv, 1,000 rows, 4 warnings
          scan    full, 2026-08-05T02:00:00Z: 58 active customers, as Grid counts
          made    2026-08-05T02:00:07Z

          create       940
          adopt         12  exist and agree: recorded, nothing is sent
          unchanged     40
          drifted        3  left as they are; 1 adopted at first contact
          ambiguous      2  several customers with one key: never touched
          rejected       3
          rows       1,000

          delete   1
          orphans  2  customers without a user: left alone

        fingerprint  a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4
        ");
    }

    #[test]
    fn bank_accounts_have_lines_where_there_are_any() {
        let totals = Totals {
            source_rows: 22,
            create: 12,
            create_with_account: 10,
            attach: 4,
            replace: 3,
            drifted: 5,
            attach_drifted: 2,
            ..Totals::default()
        };
        insta::assert_snapshot!(rows(&totals), @r"

        create     12  10 with a bank account
        attach      4  exist: a bank account is added, unless Grid has it
        replace     3  exist: the bank account is DELETED and another one added
        adopt       0
        unchanged   0
        drifted     3  left as they are; 2 more drift beside their bank account
        ambiguous   0
        rejected    0
        rows       22
        ");
        assert!(totals.counts().planned_balance());
    }

    #[test]
    fn a_plan_without_changes_is_one_sentence() {
        let totals = Totals {
            source_rows: 1_000,
            unchanged: 1_000,
            ..Totals::default()
        };
        insta::assert_snapshot!(
            plan_text(&plan(totals), Paint::PLAIN),
            @"Nothing to do: 1,000 rows = 1,000 unchanged."
        );
        insta::assert_snapshot!(
            plan_text(&plan(Totals::default()), Paint::PLAIN),
            @"Nothing to do: 0 rows."
        );
    }

    #[test]
    fn the_sentence_names_what_was_left_alone() {
        let totals = Totals {
            source_rows: 10,
            unchanged: 5,
            drifted: 2,
            ambiguous: 1,
            rejected: 1,
            withheld_creates: 1,
            orphans: 1,
            ..Totals::default()
        };
        insta::assert_snapshot!(
            plan_text(&plan(totals), Paint::PLAIN).lines().next().expect("a sentence"),
            @"Nothing to do: 10 rows = 5 unchanged + 2 drifted + 1 ambiguous + 1 rejected + 1 held back; 1 orphan left alone."
        );
    }

    #[test]
    fn guards_speak_only_when_they_have_something_to_say() {
        let measured = Measured {
            source_rows: 8_000,
            previous_rows: Some(10_000),
            active_customers: 10_000,
            deletes: 101,
            replacements: 0,
            scan_is_proof: true,
            ..Measured::default()
        };
        let confirmed = Confirmations {
            deletes: Some(101),
            source_rows: None,
        };
        let guards = judge(&measured, &LIMITS, &confirmed);
        insta::assert_snapshot!(super::guards(&guards, Paint::PLAIN), @r"

        guards
          warning: 2,000 of the 10,000 rows of the last complete run are missing; at most 1,000 (limits.source_shrink = 10%, the default)
          confirmed: 101 deletes, with 10,000 active customers; at most 100 (limits.deletes = 1%, the default)
        ");
    }

    #[test]
    fn who_waits_and_who_is_protected_have_lines_of_their_own() {
        let totals = Totals {
            orphans: 9,
            waiting: 3,
            waiting_until: Some("2026-08-06T22:00:07.5Z".parse().expect("a time")),
            protected: 2,
            ..BUSY
        };
        let text = plan_text(&plan(totals), Paint::PLAIN);
        let lines: Vec<_> = text
            .lines()
            .skip_while(|line| !line.starts_with("  delete"))
            .take(4)
            .map(str::trim_start)
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        delete     1
        waiting    3  absent, but not for long enough: deleted later, the first from 2026-08-06T22:00:08Z on
        protected  2  customers without a user that changes.never_delete protects
        orphans    3  customers without a user: left alone
        ");
        let waiting = Totals {
            source_rows: 5,
            unchanged: 5,
            orphans: 1,
            waiting: 1,
            waiting_until: totals.waiting_until,
            ..Totals::default()
        };
        insta::assert_snapshot!(plan_text(&plan(waiting), Paint::PLAIN), @"Nothing to do: 5 rows = 5 unchanged; 1 orphan waiting to be deleted from 2026-08-06T22:00:08Z on.");
    }

    #[test]
    fn customers_that_stay_somebody_elses_are_named() {
        let totals = Totals {
            not_adopted: 12,
            ..BUSY
        };
        let text = plan_text(&plan(totals), Paint::PLAIN);
        assert!(
            text.contains("  rows       1,000\n  12 rows have a customer that is not from here"),
            "{text}"
        );
    }

    #[test]
    fn creates_that_are_off_are_named_as_such() {
        let totals = Totals {
            source_rows: 2,
            withheld_creates: 1,
            adopt: 1,
            ..Totals::default()
        };
        let text = plan_text(&plan(totals), Paint::PLAIN);
        assert!(
            text.contains("held back  1  changes.create = false\n"),
            "{text}"
        );
    }

    #[test]
    fn a_target_cannot_steer_the_terminal() {
        let mut plan = plan(BUSY);
        plan.header.target.base_url = "https://a\u{1b}[2J".into();
        plan.header.source = "users\u{1b}]0;.csv".into();
        assert!(!plan_text(&plan, Paint::PLAIN).contains('\u{1b}'));
    }
}
