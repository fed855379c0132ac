//! The log: for whoever looks for a cause, apart from what the operator is told.

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{ParseError, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use super::screen::LogWriter;

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct Logging<'a> {
    /// How much: below 0 errors, 0 warnings, then info, debug, trace.
    pub verbosity: i8,
    /// Directives in the notation of `RUST_LOG`; they replace what `verbosity` says.
    pub filter: Option<&'a str>,
    /// The form.
    pub format: LogFormat,
    /// Whether text lines may have colour.
    pub color: bool,
}

/// Logging cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The filter is not one.
    #[error("the log filter is not understood: expected something like `gridsync=debug`")]
    Filter(#[source] ParseError),
    /// Something logs already.
    #[error("logging was begun twice")]
    Twice(#[source] TryInitError),
}

/// Begins to log, once in a process. Everything goes to `writer`, which is
/// [`Screen::log_writer`](super::Screen::log_writer): stderr, around the bar.
pub fn init_logging(logging: &Logging<'_>, writer: LogWriter) -> Result<(), InitError> {
    subscriber(logging, writer)?
        .try_init()
        .map_err(InitError::Twice)
}

type Shared = Box<dyn Subscriber + Send + Sync>;

fn subscriber<W>(logging: &Logging<'_>, writer: W) -> Result<Shared, InitError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let directives = logging.filter.unwrap_or(default_filter(logging.verbosity));
    let filter = EnvFilter::try_new(directives).map_err(InitError::Filter)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(logging.color)
        .with_writer(writer);
    let allowed = filter_fn(may_be_logged);
    Ok(match logging.format {
        LogFormat::Text => Box::new(builder.with_target(false).finish().with(allowed)),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).finish().with(allowed)),
    })
}

/// Libraries that write down what they are given: what a statement is run with, and what a server
/// says, which may quote a row.
const TALKATIVE: [&str; 6] = [
    "tokio_postgres",
    "postgres",
    "postgres_protocol",
    "mysql",
    "mysql_common",
    "rusqlite",
];

/// Whatever `RUST_LOG` asks for: a database's driver only warns, and no library tells what it does byte
/// by byte. Our own lines are made so that they hold no value.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let library = metadata.target().split("::").next().unwrap_or_default();
    let most = match library {
        "gridsync" => Level::TRACE,
        name if TALKATIVE.contains(&name) => Level::WARN,
        _ => Level::DEBUG,
    };
    *metadata.level() <= most
}

/// Our own lines at the level asked for; those of the libraries only where somebody digs deep.
const fn default_filter(verbosity: i8) -> &'static str {
    match verbosity {
        ..0 => "error",
        0 => "warn",
        1 => "warn,gridsync=info",
        2 => "warn,gridsync=debug",
        _ => "info,gridsync=trace",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::screen::captured;

    fn logged(logging: &Logging<'_>) -> String {
        let (screen, out, err) = captured::screen(false);
        let subscriber = subscriber(logging, screen.log_writer()).expect("the filter is good");
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(key = "user\u{1b}[2J", "a customer moved");
            tracing::info!("not asked for");
        });
        assert_eq!(out.text(), "");
        err.text()
    }

    const QUIET: Logging<'_> = Logging {
        verbosity: 0,
        filter: None,
        format: LogFormat::Text,
        color: false,
    };

    #[test]
    fn warnings_go_to_stderr_and_the_rest_waits_to_be_asked_for() {
        let text = logged(&QUIET);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("WARN a customer moved"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }

    #[test]
    fn more_is_said_when_asked_for() {
        let verbose = Logging {
            verbosity: 1,
            ..QUIET
        };
        assert_eq!(logged(&verbose).lines().count(), 2);
        let filtered = Logging {
            filter: Some("gridsync=info"),
            ..QUIET
        };
        assert_eq!(logged(&filtered).lines().count(), 2);
    }

    #[test]
    fn a_driver_does_not_tell_what_it_is_given_however_it_is_asked() {
        let (screen, _, err) = captured::screen(false);
        let everything = Logging {
            filter: Some("trace,tokio_postgres=trace,tokio_postgres::query=trace"),
            ..QUIET
        };
        let subscriber = subscriber(&everything, screen.log_writer()).expect("the filter is good");
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!(target: "tokio_postgres::query", "with parameters: canary");
            tracing::info!(target: "tokio_postgres::connection", "NOTICE: canary");
            tracing::trace!(target: "hyper::proto", "canary");
            tracing::trace!("ours");
            tracing::debug!(target: "hyper_util::client", "a connection");
            tracing::warn!(target: "mysql::conn", "a warning");
        });
        let text = err.text();
        assert!(!text.contains("canary"), "{text}");
        assert_eq!(text.lines().count(), 3, "{text}");
    }

    #[test]
    fn a_json_line_is_an_object() {
        let text = logged(&Logging {
            format: LogFormat::Json,
            ..QUIET
        });
        let line: serde_json::Value = serde_json::from_str(&text).expect("one object");
        assert_eq!(line["message"], "a customer moved");
        assert_eq!(line["level"], "WARN");
    }

    #[test]
    fn a_filter_that_is_none_is_refused() {
        let wrong = Logging {
            filter: Some("=;="),
            ..QUIET
        };
        let (screen, ..) = captured::screen(false);
        assert!(matches!(
            subscriber(&wrong, screen.log_writer()),
            Err(InitError::Filter(_))
        ));
    }
}
