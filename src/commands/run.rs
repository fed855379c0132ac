//! Around every command: report, signals, runtime; and the one summary at the end.

use std::io::IsTerminal;
use std::time::Instant;

use jiff::Timestamp;

use super::ending::Ending;
use super::session::Session;
use super::signals::Signals;
use crate::cli;
use crate::config::{Command, Config, Env, Format, Output as OutputConfig};
use crate::engine::Stop;
use crate::event::{Event, Sink};
use crate::exit::{Exit, Failure};
use crate::report::{LogFormat, Logging, Mode, Output, Reporter, Screen, Settings, init_logging};

/// Runs the command to its end and says how the process should exit.
pub fn run(config: &Config, env: &Env, args: &[String]) -> Exit {
    let screen = Screen::stdio();
    let details = matches!(config.command, Command::Check(_));
    let (sink, reporter) = Reporter::start(settings(
        config.output,
        details,
        source_label(config),
        screen.clone(),
    ));
    start_logging(config.output, env, &screen);
    let session = Session {
        config,
        env,
        args,
        reporter: &reporter,
        sink: sink.clone(),
        stop: Stop::default(),
        started: Instant::now(),
        now: Timestamp::now(),
        output: output(config.output.format),
        quiet: config.output.quiet,
        terminal: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
    };
    for warning in &config.warnings {
        session.notice(warning.to_string());
    }
    let mut ending = Ending::new();
    if let Some(at_once) = drive(&session, &mut ending) {
        let reason = "a second signal: what was under way is looked up by the next run";
        ending.weigh(at_once, reason);
    }
    let exit = ending.exit;
    let summary = ending.summary(config.command.name(), session.started.elapsed());
    sink.emit(Event::Finished(Box::new(summary)));
    drop((session, sink));
    finish(reporter, exit)
}

/// Reports a configuration that cannot be resolved.
pub fn configuration_failed(command: &str, output: &OutputConfig, failure: &Failure) -> Exit {
    let (sink, reporter) = Reporter::start(settings(*output, false, None, Screen::stdio()));
    let mut ending = Ending::new();
    ending.fail(failure);
    let exit = ending.exit;
    sink.emit(Event::Finished(Box::new(
        ending.summary(command, std::time::Duration::ZERO),
    )));
    drop(sink);
    finish(reporter, exit)
}

/// Reports a command line that cannot be understood: clap's own words on stderr, and the summary on
/// stdout where it was asked for, as far as that can be told from words that make no command line.
pub fn usage_failed(args: &[String], text: &str) -> Exit {
    let first = text
        .lines()
        .next()
        .unwrap_or(text)
        .trim_start_matches("error: ");
    bare(args, Exit::Usage, first, text)
}

/// Reports a panic, whose place is on stderr already.
pub fn panicked(args: &[String]) -> Exit {
    let reason = "the program panicked: this is a bug; what was recorded before is safe";
    bare(args, Exit::Failed, reason, &format!("gridsync: {reason}\n"))
}

/// A summary where there is no reporter.
fn bare(args: &[String], exit: Exit, reason: &str, text: &str) -> Exit {
    let json = args.iter().any(|arg| arg == "--json" || arg == "--events");
    let mut ending = Ending::new();
    ending.weigh(exit, reason);
    let command = args.get(1).map_or("", String::as_str);
    let summary = ending.summary(command, std::time::Duration::ZERO);
    crate::report::usage(text, json.then_some(&summary));
    exit
}

/// A result that nobody could be given is no success.
fn finish(reporter: Reporter, exit: Exit) -> Exit {
    match reporter.finish() {
        Err(_) if exit == Exit::Ok => Exit::Failed,
        Ok(()) | Err(_) => exit,
    }
}

/// `Some` if a second signal asked to quit at once.
fn drive(session: &Session<'_>, ending: &mut Ending) -> Option<Exit> {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(source) => {
            ending.fail(&Failure::other("cannot start the runtime", source));
            return None;
        }
    };
    let at_once = runtime.block_on(async {
        let signals = match Signals::listen() {
            Ok(signals) => signals,
            Err(source) => {
                ending.fail(&Failure::other("cannot listen for signals", source));
                return None;
            }
        };
        // A task of its own, so that a signal is heard while this one reads the source.
        let signals = tokio::spawn(signals.until_second(session.stop.clone(), told(session)));
        tokio::select! {
            biased;
            Ok(exit) = signals => Some(exit),
            result = command(session, ending) => {
                conclude(session, result, ending);
                None
            }
        }
    });
    runtime.shutdown_background();
    at_once
}

/// Who is told of a drain: the emulator has nothing to drain.
fn told(session: &Session<'_>) -> Option<Sink> {
    (!serves(session)).then(|| session.sink.clone())
}

/// Whether a signal is how the command ends when all is well.
fn serves(session: &Session<'_>) -> bool {
    matches!(session.config.command, Command::Emulate(_))
}

fn conclude(session: &Session<'_>, result: Result<(), Failure>, ending: &mut Ending) {
    // Whatever else stops a run stops it while it applies, and is told of there.
    if let Some(reason) = session.stop.reason()
        && ending.exit >= Exit::Refused
        && ending.exit != Exit::from(reason)
        && !serves(session)
    {
        ending.weigh(Exit::from(reason), "stopped by a signal");
    }
    if let Err(failure) = result {
        ending.fail(&failure);
    }
}

async fn command(session: &Session<'_>, ending: &mut Ending) -> Result<(), Failure> {
    match &session.config.command {
        Command::Init(options) => {
            tokio::task::block_in_place(|| super::init::init(session, options, ending))
        }
        Command::Check(options) => super::check::check(session, options, ending).await,
        Command::Plan(options) => super::plan::plan(session, options, ending).await,
        Command::Apply(options) => super::apply::apply(session, options, ending).await,
        Command::Sync(options) => super::sync::sync(session, options, ending).await,
        Command::Status(options) => super::status::status(session, *options, ending).await,
        Command::Export(options) => super::export::export(session, options, ending).await,
        Command::Fields(options) => super::fields::fields(session, *options, ending),
        Command::Rehearse(options) => super::emulated::rehearse(session, options, ending).await,
        Command::Emulate(options) => super::emulated::emulate(session, options, ending).await,
    }
}

fn settings(
    output_config: OutputConfig,
    details: bool,
    source: Option<String>,
    screen: Screen,
) -> Settings {
    Settings {
        mode: Mode::choose(std::io::stderr().is_terminal(), output_config.quiet),
        output: output(output_config.format),
        out_color: color(output_config, &std::io::stdout()),
        err_color: color(output_config, &std::io::stderr()),
        details,
        interval: Settings::INTERVAL,
        source,
        screen,
    }
}

fn color(output: OutputConfig, stream: &impl IsTerminal) -> bool {
    match output.color {
        cli::Color::Always => true,
        cli::Color::Never => false,
        cli::Color::Auto => stream.is_terminal(),
    }
}

const fn output(format: Format) -> Output {
    match format {
        Format::Text => Output::Text,
        Format::Json => Output::Json,
        Format::Events => Output::Events,
    }
}

fn source_label(config: &Config) -> Option<String> {
    config.source.as_ref().map(crate::config::Source::label)
}

fn start_logging(output: OutputConfig, env: &Env, screen: &Screen) {
    let logging = Logging {
        verbosity: if output.quiet {
            -1
        } else {
            i8::try_from(output.verbosity).unwrap_or(i8::MAX)
        },
        filter: env.get("RUST_LOG").and_then(|filter| filter.to_str()),
        format: match output.log_format {
            cli::LogFormat::Text => LogFormat::Text,
            cli::LogFormat::Json => LogFormat::Json,
        },
        color: color(output, &std::io::stderr()),
    };
    if let Err(error) = init_logging(&logging, screen.log_writer()) {
        tracing::warn!(%error, "logging is not as asked for");
    }
}
