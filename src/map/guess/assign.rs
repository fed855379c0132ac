//! One column for each field, and one field for each column.

use std::collections::{BTreeMap, BTreeSet};

use super::column::Column;
use super::fit::fit;
use super::names::{Target, meant};
use crate::model::Edition;

/// Values of which less than this fits are something else, whatever their column is called.
const FITTING: f64 = 0.5;

/// A name as sure as this is told of, whatever the values are.
const SURE: f64 = 90.0;

/// Columns that come as near as this to the best one are worth a word.
const NEAR: f64 = 20.0;

/// What fills a target, by column numbers from 0.
#[derive(Debug, PartialEq)]
pub(super) struct Assigned {
    pub(super) column: usize,
    /// From 0 to 100.
    pub(super) score: f64,
    /// Other columns that might, the likelier first.
    pub(super) others: Vec<usize>,
    /// Whether the values do not look like it, and only the name says so.
    pub(super) is_doubtful: bool,
}

impl Assigned {
    fn by(candidate: &Candidate) -> Self {
        Self {
            column: candidate.column,
            score: candidate.score,
            others: Vec::new(),
            is_doubtful: candidate.is_doubtful,
        }
    }
}

struct Candidate {
    target: Target,
    column: usize,
    score: f64,
    is_doubtful: bool,
}

/// The best columns for all targets, the surest first.
pub(super) fn assign(edition: Edition, columns: &[Column<'_>]) -> BTreeMap<Target, Assigned> {
    let mut candidates: Vec<Candidate> = columns
        .iter()
        .filter(|column| !column.name.is_empty() && !is_repeated(columns, column))
        .flat_map(|column| candidates(edition, column))
        .collect();
    candidates.sort_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score);
        by_score.then_with(|| (a.target, a.column).cmp(&(b.target, b.column)))
    });
    let (likely, doubtful): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|one| !one.is_doubtful);
    let (mut assigned, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for candidate in likely.iter().chain(&doubtful) {
        if !taken.contains(&candidate.column) && !assigned.contains_key(&candidate.target) {
            taken.insert(candidate.column);
            assigned.insert(candidate.target, Assigned::by(candidate));
        }
    }
    for candidate in likely.iter().filter(|one| !taken.contains(&one.column)) {
        let best = assigned.get_mut(&candidate.target);
        if let Some(best) = best.filter(|best| best.score - candidate.score < NEAR) {
            best.others.push(candidate.column);
        }
    }
    assigned
}

/// Columns of one name cannot be told apart by a rule.
fn is_repeated(columns: &[Column<'_>], column: &Column<'_>) -> bool {
    columns
        .iter()
        .filter(|other| other.name == column.name)
        .count()
        > 1
}

fn candidates(edition: Edition, column: &Column<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (target, sure) in meant(column.name, edition) {
        let fit = fit(target, column);
        let is_doubtful = fit < FITTING;
        if is_doubtful && sure < SURE {
            continue;
        }
        found.push(Candidate {
            target,
            column: column.place,
            score: sure * (1.0 + fit) / 2.0,
            is_doubtful,
        });
    }
    found
}
