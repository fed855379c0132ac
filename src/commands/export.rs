//! `export`: the customers and their ids, for other programs; from the state file alone, unless a scan is
//! asked for.

use std::io::{self, Write};
use std::path::Path;

use serde_json::json;

use super::ending::Ending;
use super::export_file::write_file;
use super::planning::scan_settings;
use super::session::{Connected, Session};
use super::write_back::put;
use crate::cli::ExportFormat;
use crate::config::{ExportOptions, ExportTo, ScanMode};
use crate::engine::{EngineError, scan};
use crate::exit::Failure;
use crate::plan::KnownCustomer;
use crate::report::{CustomerList, ListFormat, Output, duration, print_stream};
use crate::state::{Lock, MirrorReader, Opening, State, StateError};

pub(super) async fn export(
    session: &Session<'_>,
    options: &ExportOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    match &options.to {
        ExportTo::Database { rewrite } => database(session, options.scan, *rewrite, ending).await,
        ExportTo::List {
            format,
            output,
            statuses,
            owned,
        } => {
            let wanted = Wanted {
                statuses,
                owned: *owned,
            };
            let output = output.as_deref();
            list(session, options.scan, wanted, (*format, output), ending).await
        }
    }
}

/// Puts the ids into the database, under the lock of a run: the state changes.
async fn database(
    session: &Session<'_>,
    scanned: bool,
    rewrite: bool,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let wanted = session.config.write_back.as_ref().ok_or_else(|| {
        let text = "there is nowhere to write back to: say in section [writeback] of gridsync.toml which table takes the ids";
        Failure::Usage(text.into())
    })?;
    let known = if scanned {
        scan_first(session, ending).await?
    } else {
        let path = session.config.state()?;
        let lock = Lock::take(path, &session.holder()).map_err(EngineError::Lock)?;
        Known {
            state: State::open_any(path).map_err(EngineError::State)?,
            _held: Held::Lock(lock),
        }
    };
    put(session, &known.state, wanted, rewrite, ending).await
}

async fn list(
    session: &Session<'_>,
    scanned: bool,
    wanted: Wanted<'_>,
    (format, output): (ExportFormat, Option<&Path>),
    ending: &mut Ending,
) -> Result<(), Failure> {
    if output.is_none() && session.output != Output::Text {
        let text = "--json and --events take stdout for the summary: name a file for the list with --output";
        return Err(Failure::Usage(text.into()));
    }
    let known = if scanned {
        scan_first(session, ending).await?
    } else {
        as_it_is(session).await?
    };
    let reader = known.state.mirror_reader().map_err(EngineError::State)?;
    let list = List {
        session,
        reader,
        wanted,
        format: list_format(format),
    };
    tokio::task::block_in_place(|| match output {
        Some(path) => list.save_to(path, ending),
        None => list.to_stdout(),
    })
}

/// A state file, and what keeps other runs from it meanwhile.
struct Known {
    state: State,
    _held: Held,
}

#[expect(dead_code, reason = "held for as long as the state is used")]
enum Held {
    Nothing,
    Lock(Lock),
    Run(Box<Connected>),
}

/// The state file as it is; and says how old the picture is.
async fn as_it_is(session: &Session<'_>) -> Result<Known, Failure> {
    let state = State::open_any(session.config.state()?).map_err(EngineError::State)?;
    let checkpoint = state.checkpoint().await.map_err(EngineError::State)?;
    session.notice(match checkpoint.last_scan_at {
        Some(at) => {
            let age = session.now.duration_since(at);
            let age = duration(age.try_into().unwrap_or_default());
            format!("Grid was last scanned at {at}, {age} ago; --scan asks it again")
        }
        None => "Grid was never scanned to the end: this is what runs have done; --scan asks it"
            .to_owned(),
    });
    Ok(Known {
        state,
        _held: Held::Nothing,
    })
}

/// An ordinary scan: what earlier runs left open is looked up first. The mapping of the last scan
/// stays the scan's: a list has none of its own.
async fn scan_first(session: &Session<'_>, ending: &mut Ending) -> Result<Known, Failure> {
    let connected = session.connect(Opening::Create)?;
    connected.settle(session).await?;
    let context = &connected.context;
    let checkpoint = context
        .state
        .checkpoint()
        .await
        .map_err(EngineError::State)?;
    let mapping = checkpoint.mapping.unwrap_or_default();
    let settings = scan_settings(session, &mapping, ScanMode::Due);
    scan(context, &settings, session.now).await?;
    ending.count_requests(connected.pace_state());
    Ok(Known {
        state: context.state.clone(),
        _held: Held::Run(Box::new(connected)),
    })
}

const fn list_format(format: ExportFormat) -> ListFormat {
    match format {
        ExportFormat::Csv => ListFormat::Csv,
        ExportFormat::Ndjson => ListFormat::Ndjson,
        ExportFormat::Json => ListFormat::Json,
    }
}

/// Which customers are listed.
struct Wanted<'a> {
    statuses: &'a [String],
    owned: bool,
}

impl Wanted<'_> {
    fn takes(&self, customer: &KnownCustomer) -> bool {
        let status = customer.status.as_deref().unwrap_or_default();
        let named = |wanted: &String| wanted.eq_ignore_ascii_case(status);
        (self.statuses.is_empty() || self.statuses.iter().any(named))
            && (!self.owned || customer.owned.is_some())
    }
}

struct List<'a> {
    session: &'a Session<'a>,
    reader: MirrorReader,
    wanted: Wanted<'a>,
    format: ListFormat,
}

/// Why a list was not written to its end.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("stopped by a signal")]
    Stopped,
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl List<'_> {
    fn to_stdout(&self) -> Result<(), Failure> {
        let written = print_stream(|out, is_terminal| match self.write(out, is_terminal) {
            Err(Broken::Io(error)) => Err(error),
            other => Ok(other),
        });
        match written {
            // A reader that has gone has had enough.
            Ok(written) => written.map_or(Ok(()), |written| told(written.map(drop), "the list")),
            Err(error) => told(Err(Broken::Io(error)), "the list"),
        }
    }

    fn save_to(&self, path: &Path, ending: &mut Ending) -> Result<(), Failure> {
        let file = path.display().to_string();
        let written = write_file(path, |out| self.write(out, false));
        if let Ok(customers) = written {
            ending.details = Some(json!({ "customers": customers, "file": file }));
        }
        told(written.map(drop), &file)
    }

    /// Writes the list, and says how many customers are in it.
    fn write(&self, out: &mut dyn Write, for_terminal: bool) -> Result<u64, Broken> {
        let mut list = CustomerList::begin(out, self.format, for_terminal)?;
        let mut result = Ok(());
        self.reader.each_known(|customer| {
            if self.session.stop.reason().is_some() {
                result = Err(Broken::Stopped);
            } else if self.wanted.takes(&customer) {
                result = list.add(&customer).map_err(Broken::Io);
            }
            result.is_ok()
        })?;
        result?;
        Ok(list.finish()?)
    }
}

/// What the operator is told. Of a signal, whoever hears them tells.
fn told(written: Result<(), Broken>, what: &str) -> Result<(), Failure> {
    match written {
        Ok(()) | Err(Broken::Stopped) => Ok(()),
        Err(Broken::State(error)) => Err(EngineError::State(error).into()),
        Err(Broken::Io(source)) => Err(Failure::other(format!("cannot write {what}"), source)),
    }
}
