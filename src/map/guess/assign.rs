//! One column for each field, and one field for each column.

use std::collections::{BTreeMap, BTreeSet};

use super::column::Column;
use super::fit::fit;
use super::names::{Target, meant};
use crate::model::Edition;

/// Values of which less than this fits are something else, whatever their column is called.
const FITTING: f64 = 0.5;

/// A name as sure as this is the field's own, or almost.
const OWN: f64 = 98.0;

/// Columns that come as near as this to the best one are worth a word.
const NEAR: f64 = 15.0;

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
        .filter(|column| !column.name.is_empty())
        .flat_map(|column| candidates(edition, column))
        .collect();
    candidates.sort_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score);
        by_score.then_with(|| (a.target, a.column).cmp(&(b.target, b.column)))
    });
    let (mut assigned, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for candidate in &candidates {
        let Candidate {
            target,
            column,
            score,
            is_doubtful,
        } = *candidate;
        if !taken.contains(&column) && !assigned.contains_key(&target) {
            taken.insert(column);
            let others = Vec::new();
            assigned.insert(
                target,
                Assigned {
                    column,
                    score,
                    others,
                    is_doubtful,
                },
            );
        }
    }
    for candidate in candidates.iter().filter(|one| !taken.contains(&one.column)) {
        let best = assigned.get_mut(&candidate.target);
        if let Some(best) = best.filter(|best| best.score - candidate.score < NEAR) {
            best.others.push(candidate.column);
        }
    }
    assigned
}

fn candidates(edition: Edition, column: &Column<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (target, sure) in meant(column.name, edition) {
        let fit = fit(target, column);
        let is_doubtful = fit < FITTING;
        if is_doubtful && sure < OWN {
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
