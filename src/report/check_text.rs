//! What `check` says of each bad row, as it is met, and of all of them at the end.

use std::collections::BTreeMap;

use super::number::{count, thousands};
use super::paint::Paint;
use super::safe::safe;
use super::table::Table;
use crate::event::Event;
use crate::model::{Fault, FaultCode, Position, Reject};
use crate::plan::Counts;

/// The place as editors understand it: `users.csv:12`; of a database, in the order that it was read:
/// `app.users, row 12`. Made safe by whoever shows it.
pub(super) fn place(position: Position, source: Option<&str>) -> String {
    match (position.line, source) {
        (0, Some(source)) => format!("{source}, row {}", position.record),
        (0, None) => format!("row {}", position.record),
        (line, Some(source)) => format!("{source}:{line}"),
        (line, None) => format!("line {line}"),
    }
}

/// The code as it is written everywhere else: in JSON, in the rejects file.
pub(super) fn code_name(code: FaultCode) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(name)) => name,
        _ => format!("{code:?}"),
    }
}

/// One bad row with all its faults.
pub(super) fn reject(reject: &Reject, source: Option<&str>, paint: Paint) -> String {
    let place = place(reject.position, source);
    let key = reject
        .key
        .as_ref()
        .map_or_else(String::new, |key| format!("  {}", safe(key.as_str())));
    let mut table = Table::new().indented(2);
    reject
        .faults
        .iter()
        .for_each(|fault| table.row(cells(fault)));
    format!("{}{key}\n{table}", paint.bold(&safe(&place)))
}

fn cells(fault: &Fault) -> [String; 4] {
    let field = fault.field.clone().unwrap_or_default();
    let expected = if fault.expected.is_empty() {
        String::new()
    } else {
        format!("expected {}", fault.expected)
    };
    [column(fault), field, code_name(fault.code), expected]
}

fn column(fault: &Fault) -> String {
    match (fault.column_number, &fault.column) {
        (Some(number), Some(name)) => format!("column {number} `{name}`"),
        (Some(number), None) => format!("column {number}"),
        (None, Some(name)) => format!("column `{name}`"),
        (None, None) => String::new(),
    }
}

/// One suspicious value, if the event is one.
pub(super) fn warning(event: &Event, source: Option<&str>, paint: Paint) -> Option<String> {
    let Event::Warned {
        position,
        code,
        field,
        message,
    } = event
    else {
        return None;
    };
    let place = place(*position, source);
    Some(format!(
        "{}  {}\n  {}  {}  {}\n",
        paint.bold(&safe(&place)),
        paint.yellow("warning"),
        safe(field),
        safe(code),
        safe(message)
    ))
}

/// The end of a check: how often each code was met, and how many rows are good.
pub(super) fn summary(
    codes: &BTreeMap<FaultCode, u64>,
    rows: u64,
    counts: &Counts,
    warnings: u64,
    paint: Paint,
) -> String {
    let Counts {
        rejected,
        out_of_scope,
        ..
    } = *counts;
    let mut table = Table::with_header(["code", "faults"]).right(1);
    for (code, faults) in codes {
        table.row([code_name(*code), thousands(*faults)]);
    }
    let table = if codes.is_empty() {
        String::new()
    } else {
        format!("\n{table}\n")
    };
    let verdict = format!(
        "{}: {} good, {} rejected, {}{}",
        count(rows, "row"),
        thousands(rows.saturating_sub(rejected + out_of_scope)),
        thousands(rejected),
        outside(out_of_scope),
        count(warnings, "warning")
    );
    let verdict = if rejected == 0 {
        paint.green(&verdict)
    } else {
        paint.red(&verdict)
    };
    format!("{table}{verdict}\n")
}

fn outside(out_of_scope: u64) -> String {
    match out_of_scope {
        0 => String::new(),
        rows => format!("{} out of scope, ", thousands(rows)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;

    fn bad_row() -> Reject {
        Reject {
            key: Some(Key::new("user-11")),
            position: Position {
                record: 11,
                line: 12,
                byte: 900,
            },
            faults: vec![
                Fault {
                    code: FaultCode::Missing,
                    field: Some("birthDate".into()),
                    column: Some("dob".into()),
                    column_number: Some(5),
                    expected: "a real date, like 2001-11-23".into(),
                },
                Fault {
                    code: FaultCode::RowRagged,
                    field: None,
                    column: None,
                    column_number: None,
                    expected: "12 cells".into(),
                },
            ],
        }
    }

    #[test]
    fn a_bad_row_names_its_place_and_for_each_fault_what_would_be_accepted() {
        insta::assert_snapshot!(reject(&bad_row(), Some("users.csv"), Paint::PLAIN), @r"
        users.csv:12  user-11
          column 5 `dob`  birthDate  MISSING     expected a real date, like 2001-11-23
                                     ROW_RAGGED  expected 12 cells
        ");
    }

    #[test]
    fn a_header_or_a_key_cannot_steer_the_terminal() {
        let mut nasty = bad_row();
        nasty.key = Some(Key::new("user\u{1b}]0;owned\u{7}"));
        nasty.faults[0].column = Some("dob\u{1b}[2J".into());
        let text = reject(&nasty, Some("u\u{1b}.csv"), Paint::PLAIN);
        assert!(!text.contains('\u{1b}'), "{text:?}");
        assert!(
            text.starts_with("u\\u{1b}.csv:12  user\\u{1b}]0;owned\\u{7}\n"),
            "{text}"
        );
    }

    #[test]
    fn a_place_is_a_line_where_there_are_lines_and_else_a_row() {
        let row = Position {
            record: 3,
            line: 0,
            byte: 0,
        };
        assert_eq!(place(row, Some("users")), "users, row 3");
        assert_eq!(place(row, None), "row 3");
        assert_eq!(place(Position { line: 4, ..row }, None), "line 4");
    }

    #[test]
    fn a_warning_is_one_entry() {
        let event = Event::Warned {
            position: Position {
                record: 3,
                line: 4,
                byte: 9,
            },
            code: "CHECK_DIGIT".into(),
            field: "taxId".into(),
            message: "the check digit is wrong".into(),
        };
        assert_eq!(
            warning(&event, Some("users.csv"), Paint::PLAIN).as_deref(),
            Some("users.csv:4  warning\n  taxId  CHECK_DIGIT  the check digit is wrong\n")
        );
    }

    #[test]
    fn the_end_counts_the_codes_and_the_rows() {
        let codes = [(FaultCode::Missing, 1_200), (FaultCode::RowRagged, 3)].into();
        let counts = Counts {
            rejected: 1_190,
            out_of_scope: 10,
            ..Counts::default()
        };
        insta::assert_snapshot!(summary(&codes, 10_000, &counts, 1, Paint::PLAIN), @r"

        code        faults
        ROW_RAGGED       3
        MISSING      1,200

        10,000 rows: 8,800 good, 1,190 rejected, 10 out of scope, 1 warning
        ");
        assert_eq!(
            summary(&BTreeMap::new(), 10, &Counts::default(), 0, Paint::PLAIN),
            "10 rows: 10 good, 0 rejected, 0 warnings\n"
        );
    }
}
