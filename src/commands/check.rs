//! `check`: read, map and validate the whole source, and list every bad row in one go.
//!
//! With `--online` it asks Grid once for the rules of the platform, and nothing else: there is no
//! state file and no lock.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::ending::Ending;
use super::next_command::another_about_them;
use super::online::ask;
use super::planning::{rows_reason, tell_columns};
use super::session::{Session, fresh_identity};
use crate::config::{CheckOptions, Source};
use crate::engine::{EngineError, Feed, Grouped, Pass, Watch, grouped, stage};
use crate::event::{Event, Sink};
use crate::exit::{Exit, Failure};
use crate::model::{Reject, Row, Warning};
use crate::source::{Delimiter, RejectsFile, RejectsSettings};

pub(super) async fn check(
    session: &Session<'_>,
    options: &CheckOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let feed = session.feed()?;
    let mut pass = feed.open()?;
    tell_columns(session, &pass);
    if options.online {
        pass.reading.set_platform(ask(session, ending).await?);
    }
    tokio::task::block_in_place(|| check_rows(session, options, &feed, pass, ending))
}

fn check_rows(
    session: &Session<'_>,
    options: &CheckOptions,
    feed: &Feed,
    pass: Pass,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let file = rejects_file(session, options, pass.rows.header())?;
    let mut listing = Listing {
        sink: session.sink.clone(),
        file,
        rejected: 0,
    };
    // Nothing is compared, so the hashes' key is of no consequence and is not kept.
    let (_, hash_key) = fresh_identity()?;
    let staging = stage(pass, &hash_key, &session.sink, &session.stop, &mut listing)?;
    let totals = staging.totals();
    let Grouped {
        duplicates,
        out_of_scope,
    } = grouped(&staging).map_err(EngineError::Spill)?;
    let rejected = listing.rejected + duplicates.len() as u64;
    for (_, reject) in &duplicates {
        session.sink.emit(Event::Rejected(reject.clone()));
    }
    let written = listing.finish(
        feed,
        duplicates.into_iter().map(|(_, reject)| reject).collect(),
    )?;
    session.sink.emit(Event::Staged {
        rows: totals.source_rows,
        rejected,
        warnings: totals.warnings,
    });
    ending.counts.source_rows = totals.source_rows;
    ending.counts.rejected = rejected;
    ending.counts.out_of_scope = out_of_scope;
    conclude(session, written, ending)
}

fn conclude(
    session: &Session<'_>,
    written: Option<PathBuf>,
    ending: &mut Ending,
) -> Result<(), Failure> {
    if ending.counts.rejected == 0 {
        ending.next_command = Some(another_about_them(session.args, &["plan"]));
        return Ok(());
    }
    ending.weigh(Exit::Rows, rows_reason(&ending.counts));
    if let Some(path) = written {
        let path = path.display().to_string();
        let back = match session.config.source()? {
            Source::Csv { .. } => "as it is".to_owned(),
            _ => format!("with --csv {path}"),
        };
        session.notice(format!(
            "the rejected rows are in {path}: it holds personal data; mend them and feed it back {back}"
        ));
        let details = ending.details.get_or_insert_with(|| json!({}));
        details["rejects_file"] = path.into();
    }
    Ok(())
}

fn rejects_file(
    session: &Session<'_>,
    options: &CheckOptions,
    header: &[String],
) -> Result<Option<RejectsFile>, Failure> {
    let Some(path) = &options.rejects else {
        return Ok(None);
    };
    let source = session.config.source()?;
    let settings = RejectsSettings {
        path: beside_itself(path, source),
        delimiter: Delimiter::from_byte(source.delimiter()),
        source: source.file().map(Path::to_owned),
    };
    Ok(Some(
        RejectsFile::new(settings, header).map_err(EngineError::Rejects)?,
    ))
}

/// A rejects file that is fed back leaves its own rejects beside it, under another name.
fn beside_itself(path: &Path, source: &Source) -> PathBuf {
    let file = source.file().map(std::fs::canonicalize);
    let same = match (std::fs::canonicalize(path), file) {
        (Ok(one), Some(Ok(other))) => one == other,
        _ => false,
    };
    if !same {
        return path.to_owned();
    }
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    path.with_file_name(format!("{stem}-again.csv"))
}

/// Lists every bad row while it is found.
struct Listing {
    sink: Sink,
    file: Option<RejectsFile>,
    rejected: u64,
}

impl Watch for Listing {
    fn rejected(&mut self, row: &Row, reject: &Reject) -> Result<(), EngineError> {
        self.rejected += 1;
        if let Some(file) = &mut self.file {
            file.write(row, reject)?;
        }
        self.sink.emit(Event::Rejected(reject.clone()));
        Ok(())
    }

    fn warned(&mut self, row: &Row, warnings: &[Warning]) {
        for warning in warnings {
            self.sink.emit(Event::Warned {
                position: row.position(),
                code: warning.code.as_str().to_owned(),
                field: warning.slot.path().into_owned(),
                message: warning.code.about().to_owned(),
            });
        }
    }
}

impl Listing {
    /// Adds the rows of keys that occur more than once, which are known only now.
    fn finish(self, feed: &Feed, duplicates: Vec<Reject>) -> Result<Option<PathBuf>, EngineError> {
        let Some(mut file) = self.file else {
            return Ok(None);
        };
        if !duplicates.is_empty() {
            file.write_by_position(feed.source.as_ref(), duplicates)?;
        }
        Ok(file.finish()?.map(|written| written.path))
    }
}
