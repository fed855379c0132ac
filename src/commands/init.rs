//! `init`: look at a source, propose a mapping, and write it down for somebody to finish.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "edge: writes the configuration"
)]

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde_json::json;

use super::ending::Ending;
use super::init_source::{Looked, look};
use super::init_text::{Told, told};
use super::session::Session;
use crate::config::{Draft, DraftSource, InitOptions, InitSource, Source, draft};
use crate::engine::{Trial, try_rows};
use crate::exit::Failure;
use crate::map::propose;
use crate::model::{MappingSpec, Proposal, Query};
use crate::report::{Output, print_text};
use crate::source::Delimiter;

pub(super) fn init(
    session: &Session<'_>,
    options: &InitOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let target = options.output.as_deref();
    if target.is_none() && session.output != Output::Text {
        return Err(Failure::Usage(
            "--json and --events take stdout for the summary: name a file with --output".into(),
        ));
    }
    if let Some(path) = target.filter(|path| path.symlink_metadata().is_ok()) {
        return Err(exists(path));
    }
    let looked = look(session, options)?;
    let edition = session.config.grid.edition.value;
    let proposal = propose(edition, &looked.header, &looked.rows);
    let command = next_command(target);
    let draft = draft(&described(options, &looked.source), &proposal, &command);
    write(target, &draft.text)?;
    let told = Told {
        path: target,
        mapped: proposal
            .entries
            .iter()
            .filter(|entry| entry.is_active)
            .count(),
        columns: looked.header.len(),
        undecided: &draft.undecided,
        trial: &trial(session, &proposal, &looked),
        next: &command,
    };
    conclude(session, &told, &draft, ending)
}

fn exists(path: &Path) -> Failure {
    Failure::Usage(format!(
        "{}: exists already, and is not written over: name another file with --output, or remove it",
        path.display()
    ))
}

fn next_command(target: Option<&Path>) -> String {
    let path = target.map_or_else(
        || "gridsync.toml".to_owned(),
        |path| path.display().to_string(),
    );
    super::next_command::another(&[], &["check", "--config", &path])
}

/// What the file says of the source.
fn described(options: &InitOptions, source: &Source) -> DraftSource {
    let from = |path: &Path| beside(options.output.as_deref(), path);
    let mut keys = Vec::new();
    match source {
        Source::Csv { path, delimiter } => {
            keys.push(("csv", from(path)));
            if *delimiter != b',' {
                keys.push(("delimiter", Delimiter::from_byte(*delimiter).to_string()));
            }
        }
        Source::Ndjson { path } => keys.push(("ndjson", from(path))),
        Source::Sqlite { path, .. } => keys.push(("sqlite", from(path))),
        Source::Postgres { .. } | Source::Mysql { .. } => {
            if let InitSource::Database { written, .. } = &options.source {
                let key = match source {
                    Source::Postgres { .. } => "postgres",
                    _ => "mysql",
                };
                keys.push((key, written.clone()));
            }
        }
    }
    match &options.query {
        Some(Query::Table(name)) => keys.push(("table", name.clone())),
        Some(Query::Sql(text)) => keys.push(("query", text.clone())),
        None => {}
    }
    let label = source.label();
    DraftSource { label, keys }
}

/// The path as the file has to name it: relative paths in it begin in its own folder.
fn beside(output: Option<&Path>, path: &Path) -> String {
    let folder = output
        .and_then(Path::parent)
        .filter(|folder| !folder.as_os_str().is_empty());
    let named = match folder {
        None => path.to_owned(),
        Some(_) => std::fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path)),
    };
    named.display().to_string()
}

fn write(target: Option<&Path>, text: &str) -> Result<(), Failure> {
    let Some(path) = target else {
        return print_text(text)
            .map_err(|source| Failure::other("cannot write the result", source));
    };
    let written = File::create_new(path).and_then(|mut file| {
        let whole = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_all());
        if whole.is_err() {
            // Half a file is worse than none, and nobody else made it.
            drop(std::fs::remove_file(path));
        }
        whole
    });
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => Failure::other(format!("{}: cannot be written", path.display()), error),
    })
}

/// What the mapping does with the rows that were looked at.
fn trial(session: &Session<'_>, proposal: &Proposal, looked: &Looked) -> Trial {
    let active = proposal.entries.iter().filter(|entry| entry.is_active);
    let rules = active.filter_map(|entry| Some((entry.field.clone(), entry.rule.clone()?)));
    let spec = MappingSpec {
        rules: rules.collect(),
    };
    let today = session.now.to_zoned(TimeZone::UTC).date();
    try_rows(&spec, proposal.edition, today, &looked.header, &looked.rows)
}

fn conclude(
    session: &Session<'_>,
    told_of: &Told<'_>,
    draft: &Draft,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let undecided = draft
        .undecided
        .iter()
        .map(|one| json!({ "line": one.line, "field": one.field, "why": one.why }));
    ending.details = Some(json!({
        "file": told_of.path.map(|path| path.display().to_string()),
        "columns": told_of.columns,
        "mapped": told_of.mapped,
        "undecided": undecided.collect::<Vec<_>>(),
        "sample": told_of.trial.as_json(),
    }));
    ending.next_command = Some(told_of.next.to_owned());
    let text = told(told_of);
    if told_of.path.is_some() {
        return session.print(&text);
    }
    for line in text.lines().filter(|line| !line.is_empty()) {
        session.notice(line);
    }
    Ok(())
}
