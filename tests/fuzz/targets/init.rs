//! What `init` proposes for a file: a configuration that we read, and that says what was proposed.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::cli::{self, Cli};
use crate::config::{self, DraftSource, Env, draft};
use crate::engine::try_rows;
use crate::exit::chain;
use crate::map::propose;
use crate::model::{Edition, FieldRule, MappingSpec, Proposal, Row};
use crate::source::{CsvSettings, CsvSource, Input, Source};

use super::input::{choice, file, has_canary, place};

pub(super) fn run(mut bytes: &[u8]) {
    let Some(choice) = choice(&mut bytes) else {
        return;
    };
    let edition = Edition::ALL[choice % 2];
    let Some((header, rows)) = look(bytes) else {
        return;
    };
    let proposal = propose(edition, &header, &rows);
    if choice & 8 != 0 {
        let again = propose(edition, &header, &rows);
        assert_eq!(proposal, again, "the same rows, the same proposal");
    }
    let source = DraftSource {
        label: "users.csv".to_owned(),
        keys: vec![("csv", "users.csv".to_owned())],
    };
    let draft = draft(&source, &proposal, "gridsync check");
    for one in &draft.undecided {
        let line = draft.text.lines().nth(one.line - 1);
        assert!(
            line.is_some_and(|line| !line.trim().is_empty()),
            "line {} of it",
            one.line
        );
    }
    reads_back(&draft.text, &proposal, &header, &rows);
}

/// Header and rows of a CSV file that can be read.
fn look(bytes: &[u8]) -> Option<(Vec<String>, Vec<Row>)> {
    let path = file("looked.csv", bytes);
    let mut settings = CsvSettings::new(Input::Path(path));
    settings.buffer = 16 * 1024;
    let mut pass = CsvSource::new(settings).rows().ok()?;
    let (header, mut rows, mut row) = (pass.header().to_vec(), Vec::new(), Row::default());
    while rows.len() < 1000 && pass.next(&mut row).ok()? {
        rows.push(row.clone());
    }
    Some((header, rows))
}

fn reads_back(text: &str, proposal: &Proposal, header: &[String], rows: &[Row]) {
    file("proposed.toml", text.as_bytes());
    let config = CLI.with(|cli| config::resolve(cli.get_or_init(typed), &Env::default()));
    let config = config.unwrap_or_else(|error| panic!("{}\n{text}", chain(&error)));
    let rules: BTreeMap<String, FieldRule> = proposal
        .entries
        .iter()
        .filter(|entry| entry.is_active)
        .filter_map(|entry| Some((entry.field.clone(), entry.rule.clone()?)))
        .collect();
    assert_eq!(config.fields, MappingSpec { rules }, "{text}");
    assert_eq!(config.grid.edition.value, proposal.edition);
    let today = "2026-08-01".parse().expect("a date");
    let trial = try_rows(&config.fields, proposal.edition, today, header, rows);
    let told = trial.as_json().to_string();
    assert!(
        header.iter().any(has_canary) || has_canary(text) || !has_canary(&told),
        "tells a value: {told}"
    );
}

thread_local! {
    static CLI: OnceCell<Cli> = const { OnceCell::new() };
}

fn typed() -> Cli {
    let path = place("proposed.toml").into_os_string();
    let words = ["gridsync", "check", "--config"].map(Into::into);
    cli::parse(words.into_iter().chain([path])).unwrap_or_else(|_| panic!("it is a good line"))
}
