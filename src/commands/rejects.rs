//! The rows that a run leaves undone: the file that they go to, and the runs that try them again.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::ending::Ending;
use super::next_command::{rejects_again, with_flags};
use super::session::{Connected, Session};
use crate::config::{RejectsOf, Source as SourceConfig};
use crate::engine::{EngineError, Extent, Feed, Over, write_undone};
use crate::exit::{Exit, Failure};
use crate::model::Scope;
use crate::report::thousands;
use crate::source::{Delimiter, RejectsSettings, RejectsWritten, ReopenedRejects};
use crate::state::{Opening, RunNumber, RunRecord, Settled, State};

/// The run that stands for the last one that left rows undone.
const LAST: &str = "last";

/// Users to plan from, and where their rows go that are left undone.
pub(super) struct Users {
    pub(super) feed: Feed,
    pub(super) leaving: Leaving,
}

/// Where the rows go that are left undone.
pub(super) enum Leaving {
    /// Nobody asked for them.
    Nowhere,
    /// Into a file of rejects.
    File(RejectsSettings),
    /// Back into the file of rejects that they came from.
    Back(Back),
}

/// A file of rejects in the place of a whole source.
pub(super) struct Back {
    settings: RejectsSettings,
    /// The run that they count towards, as it was typed.
    run: String,
    /// The file, as it was typed.
    file: String,
}

/// The run over a whole source that rejects count towards.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) number: RunNumber,
    run_id: String,
}

impl Users {
    /// All users.
    pub(super) fn all(session: &Session<'_>, rejects: Option<&Path>) -> Result<Self, Failure> {
        let leaving = match rejects {
            None => Leaving::Nowhere,
            Some(path) => Leaving::File(rejects_settings(session, path)?),
        };
        let feed = session.feed()?;
        Ok(Self { feed, leaving })
    }

    /// Only the rejects of a run.
    pub(super) fn rejected(session: &Session<'_>, rejects: &RejectsOf) -> Result<Self, Failure> {
        let RejectsOf { run, file } = rejects;
        let configured = session.config.source.as_ref();
        let delimiter = configured.map_or(b',', SourceConfig::delimiter);
        let reopened = ReopenedRejects::open(file, Delimiter::from_byte(delimiter))
            .map_err(EngineError::RejectsUnfit)?;
        Ok(Self {
            feed: session.feed_of(Arc::new(reopened.source)),
            leaving: Leaving::Back(Back {
                settings: reopened.settings,
                run: run.clone(),
                file: file.display().to_string(),
            }),
        })
    }

    /// The same, about those whom a plan was about that was made before.
    pub(super) fn about(mut self, scope: Scope) -> Self {
        self.feed.scope = scope;
        self
    }

    /// Whether these are not all users.
    pub(super) fn are_partial(&self) -> bool {
        matches!(self.leaving, Leaving::Back(_))
    }

    /// Rejects belong to a run, and so to a state file that is there.
    pub(super) fn opening(&self) -> Opening {
        if self.are_partial() {
            Opening::Existing
        } else {
            Opening::Create
        }
    }

    /// The run whose rejects these are, if they are.
    pub(super) async fn origin(
        &self,
        session: &Session<'_>,
        state: &State,
    ) -> Result<Option<Origin>, Failure> {
        let Leaving::Back(back) = &self.leaving else {
            return Ok(None);
        };
        ReopenedRejects::remove_partials(&back.settings.path).map_err(EngineError::Rejects)?;
        let record = named(state, &back.run).await?;
        let record = match record.facts.rejects_of {
            None => record,
            Some(origin) => state
                .run(origin)
                .await
                .map_err(EngineError::State)?
                .unwrap_or(record),
        };
        of_this_source(session, &record)?;
        Ok(Some(Origin {
            number: record.number,
            run_id: record.facts.run_id,
        }))
    }
}

/// How the rejects of the configured source are written. What cannot be written is said now, and not
/// when hours of work are done.
fn rejects_settings(session: &Session<'_>, path: &Path) -> Result<RejectsSettings, Failure> {
    let source = session.config.source()?;
    let settings = RejectsSettings {
        path: path.to_owned(),
        delimiter: Delimiter::from_byte(source.delimiter()),
        source: source.file().map(Path::to_owned),
    };
    settings.probe().map_err(EngineError::Rejects)?;
    Ok(settings)
}

async fn named(state: &State, name: &str) -> Result<RunRecord, Failure> {
    if name == LAST {
        let last = state.last_run_with_rejects().await;
        return last.map_err(EngineError::State)?.ok_or_else(|| {
            Failure::Usage(
                "no run of this state file left rows undone: nothing is to be tried again".into(),
            )
        });
    }
    let mut found = state
        .runs_named(name.to_owned())
        .await
        .map_err(EngineError::State)?;
    match (found.pop(), found.pop()) {
        (Some(run), None) => Ok(run),
        (None, _) => Err(Failure::Usage(format!(
            "--rejects-of: no run of this state file has an id that begins with `{name}`; `gridsync status` \
             lists the last ones"
        ))),
        (Some(_), Some(_)) => Err(Failure::Usage(format!(
            "--rejects-of: several runs have an id that begins with `{name}`: type more of it"
        ))),
    }
}

/// A run of another source is a run that was not meant. The mapping may be another one by now, for
/// that may be what was mended.
fn of_this_source(session: &Session<'_>, record: &RunRecord) -> Result<(), Failure> {
    let Ok(feed) = session.feed() else {
        return Ok(());
    };
    let (source, read) = (feed.source.name().to_string(), &record.facts.source);
    if source == *read {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "--rejects-of: run {} read `{read}`, the source here is `{source}`: name a run of this source, or \
         the source of that run",
        record.facts.run_id
    )))
}

/// A run that is over, as far as its undone rows are concerned.
pub(super) struct Ended<'a> {
    pub(super) connected: &'a Connected,
    pub(super) run: RunNumber,
    pub(super) users: &'a Users,
    pub(super) origin: Option<&'a Origin>,
}

impl Ended<'_> {
    /// Writes the rows that were left undone, and says where they are.
    pub(super) async fn leave_undone(
        &self,
        session: &Session<'_>,
        ending: &mut Ending,
    ) -> Result<(), Failure> {
        match (&self.users.leaving, self.origin) {
            (Leaving::File(settings), _) => self.write_file(session, settings, ending),
            (Leaving::Back(back), Some(origin)) => {
                self.back(session, back, origin, ending)?;
                let state = &self.connected.context.state;
                let settled = state.settled(origin.number).await;
                tell_settled(
                    session,
                    origin,
                    settled.map_err(EngineError::State)?,
                    ending,
                );
                Ok(())
            }
            (Leaving::Nowhere | Leaving::Back(_), _) => Ok(()),
        }
    }

    /// The same for a plan that nobody applies: rejects that are tried again stay where they are.
    pub(super) fn leave_planned(
        &self,
        session: &Session<'_>,
        ending: &mut Ending,
    ) -> Result<(), Failure> {
        match &self.users.leaving {
            Leaving::File(settings) => self.write_file(session, settings, ending),
            Leaving::Nowhere | Leaving::Back(_) => Ok(()),
        }
    }

    fn over(&self, session: &Session<'_>, extent: Extent) -> Over<'_> {
        Over {
            feed: &self.users.feed,
            state: &self.connected.context.state,
            run: self.run,
            create: session.config.changes.create,
            extent,
        }
    }

    fn write_file(
        &self,
        session: &Session<'_>,
        settings: &RejectsSettings,
        ending: &mut Ending,
    ) -> Result<(), Failure> {
        let over = self.over(session, Extent::Tried);
        let written = tokio::task::block_in_place(|| {
            Ok::<_, EngineError>(write_undone(&over, settings)?.finish()?)
        })?;
        let (Some(RejectsWritten { path, rows }), Some(run_id)) = (written, &ending.run_id) else {
            return Ok(());
        };
        let path = path.display().to_string();
        let next = rejects_again(session.args, run_id, &path);
        session.notice(format!(
            "{path} holds {}, with what is wrong and with personal data, that run {run_id} left undone; mend it, \
             then: {next}",
            count(rows)
        ));
        ending.detail("rejects_file", json!(path));
        ending.detail("rejects_in_file", json!(rows));
        ending.next_command.get_or_insert(next);
        Ok(())
    }

    /// Writes the file anew, and says what it holds now.
    fn back(
        &self,
        session: &Session<'_>,
        back: &Back,
        origin: &Origin,
        ending: &mut Ending,
    ) -> Result<(), Failure> {
        let (file, again) = (&back.file, with_flags(session.args, &[]));
        let over = self.over(session, Extent::All { of: origin.number });
        let rows = match tokio::task::block_in_place(|| rewrite(&over, &back.settings))? {
            Rewritten::Gone => {
                session.notice(format!("every row of {file} is done: the file was removed"));
                0
            }
            Rewritten::Left(rows) => {
                let held = count(rows);
                session.notice(format!(
                    "{file} holds {held}, with what is wrong, still not done; mend it, then: {again}"
                ));
                if !ending.counts.needs_attention() {
                    ending.weigh(Exit::Rows, format!("{held} of {file} changed and not done"));
                }
                rows
            }
            Rewritten::Saved => {
                let reason = "was saved while it was written anew, and is left as it is";
                ending.weigh(Exit::Rows, format!("{file} {reason}: run again"));
                ending.next_command = Some(again);
                return Ok(());
            }
        };
        ending.detail("rejects_in_file", json!(rows));
        if rows > 0 {
            ending.detail("rejects_file", json!(file));
            ending.next_command = Some(again);
        }
        Ok(())
    }
}

/// What became of a file of rejects that were tried again.
enum Rewritten {
    /// It holds so many rows.
    Left(u64),
    /// Every row is done, and the file is gone.
    Gone,
    /// Somebody saved it in the meantime. It is not written over: the next run finds those of its rows
    /// that are done as they should be.
    Saved,
}

fn rewrite(over: &Over<'_>, settings: &RejectsSettings) -> Result<Rewritten, EngineError> {
    let before = over.feed.source.snapshot();
    let undone = write_undone(over, settings)?;
    if over.feed.source.snapshot() != before {
        return Ok(Rewritten::Saved);
    }
    Ok(match undone.replace()? {
        Some(written) => Rewritten::Left(written.rows),
        None => Rewritten::Gone,
    })
}

fn tell_settled(session: &Session<'_>, origin: &Origin, settled: Settled, ending: &mut Ending) {
    let run_id = &origin.run_id;
    ending.detail("rejects_of", json!(run_id));
    ending.detail("rejects_settled", json!(settled.settled));
    ending.detail("rejects_left", json!(settled.left()));
    if let (Some(of), Some(left)) = (settled.of, settled.left()) {
        let (of, left) = (thousands(of), thousands(left));
        let done = thousands(settled.settled);
        session.notice(format!(
            "rows that run {run_id} left undone: {of}; settled since: {done}; left: {left}"
        ));
    }
}

fn count(rows: u64) -> String {
    match rows {
        1 => "1 row".to_owned(),
        rows => format!("{} rows", thousands(rows)),
    }
}

impl Ending {
    /// Adds to what only this command has to say.
    pub(super) fn detail(&mut self, name: &str, value: Value) {
        let details = self.details.get_or_insert_with(|| json!({}));
        details[name] = value;
    }
}
