//! What `init` says when it has written its file.

use std::fmt::Write as _;
use std::path::Path;

use crate::config::Undecided;
use crate::engine::Trial;
use crate::report::Table;

/// What there is to tell.
pub(super) struct Told<'t> {
    /// The file; `None` is stdout.
    pub(super) path: Option<&'t Path>,
    /// Fields with a rule that holds.
    pub(super) mapped: usize,
    /// Columns of the source.
    pub(super) columns: usize,
    pub(super) undecided: &'t [Undecided],
    pub(super) trial: &'t Trial,
    /// The command that comes next.
    pub(super) next: &'t str,
}

pub(super) fn told(told: &Told<'_>) -> String {
    let path = told
        .path
        .map_or_else(|| "-".to_owned(), |path| path.display().to_string());
    let mut text = format!(
        "{path}: {} mapped from {}\n",
        counted(told.mapped, "field"),
        counted(told.columns, "column")
    );
    text.push_str(&undecided(&path, told.undecided));
    text.push_str(&tried(told.trial));
    writeln!(text, "to go on  {}", told.next).expect("a string takes any text");
    text
}

fn undecided(path: &str, undecided: &[Undecided]) -> String {
    if undecided.is_empty() {
        return "nothing is left to decide\n".to_owned();
    }
    let mut table = Table::new().indented(2);
    for one in undecided {
        let place = format!("{path}:{}", one.line);
        table.row([place.as_str(), &one.field, &one.why]);
    }
    format!("\nleft to decide\n{table}\n")
}

/// What came of the rows that were looked at.
fn tried(trial: &Trial) -> String {
    match trial {
        Trial::NotBound(faults) => {
            let faults = faults.iter().map(|fault| format!("  {fault}\n"));
            format!("not ready to be checked\n{}\n", faults.collect::<String>())
        }
        Trial::Rows { rows: 0, .. } => "there is no row to try it on\n".to_owned(),
        Trial::Rows {
            rows,
            rejected,
            faults,
        } => {
            let good = rows - rejected;
            let mut text = format!("of the first {}, {good} are good\n", counted(*rows, "row"));
            let mut table = Table::new().indented(2);
            for ((field, code), count) in faults {
                table.row([field.as_str(), code.as_str(), &counted(*count, "row")]);
            }
            if !faults.is_empty() {
                writeln!(text, "{table}").expect("a string takes any text");
            }
            text
        }
    }
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}
