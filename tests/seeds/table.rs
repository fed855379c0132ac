//! The table at the end.

use std::collections::BTreeMap;
use std::fmt;

use crate::judge::Sin;
use crate::scene::Played;

/// What came of all stories, class by class.
#[derive(Default)]
pub(crate) struct Table {
    lines: BTreeMap<&'static str, Line>,
}

#[derive(Clone, Copy, Default)]
struct Line {
    seeds: u64,
    failed: u64,
    runs: u64,
    sins: [u64; 5],
}

impl Table {
    pub(crate) fn add(&mut self, class: &'static str, played: &Played) {
        let line = self.lines.entry(class).or_default();
        line.seeds += 1;
        line.failed += u64::from(!played.findings.is_empty());
        line.runs += u64::from(played.runs);
        for finding in &played.findings {
            line.sins[column(finding.sin)] += 1;
        }
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.total().failed == 0
    }

    /// In the words of the usual harness, so that whoever sums those up has these, too.
    pub(crate) fn result(&self) -> String {
        let Line { seeds, failed, .. } = self.total();
        let word = if failed == 0 { "ok" } else { "FAILED" };
        format!(
            "test result: {word}. {} passed; {failed} failed; 0 ignored",
            seeds - failed
        )
    }

    fn total(&self) -> Line {
        self.lines
            .values()
            .fold(Line::default(), |mut total, line| {
                total.seeds += line.seeds;
                total.failed += line.failed;
                total.runs += line.runs;
                for (sum, sins) in total.sins.iter_mut().zip(line.sins) {
                    *sum += sins;
                }
                total
            })
    }
}

const fn column(sin: Sin) -> usize {
    match sin {
        Sin::Duplicate => 0,
        Sin::Loss => 1,
        Sin::WrongDelete => 2,
        Sin::WrongExit => 3,
        Sin::Other => 4,
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = [
            "duplicates",
            "losses",
            "wrong deletes",
            "wrong exit codes",
            "other",
        ];
        write!(f, "{:<22} {:>6} {:>6}", "class", "seeds", "runs")?;
        head.iter().try_for_each(|name| write!(f, "  {name}"))?;
        let total = self.total();
        let lines = self.lines.iter().map(|(name, line)| (*name, line));
        for (name, line) in lines.chain([("all", &total)]) {
            write!(f, "\n{name:<22} {:>6} {:>6}", line.seeds, line.runs)?;
            for (title, sins) in head.iter().zip(line.sins) {
                write!(f, "  {sins:>width$}", width = title.len())?;
            }
        }
        Ok(())
    }
}
