//! The program: parse, resolve, run, exit.

use std::process::ExitCode;

use gridsync::config::{self, Env};
use gridsync::exit::{Exit, Failure};
use gridsync::{cli, commands, report};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args_os()
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    report::tell_panics_without_values();
    forbid_core_dumps();
    // A panic is a bug, and still ends with the code that stands for it; where it was is on stderr.
    let exit =
        std::panic::catch_unwind(|| parsed(&args)).unwrap_or_else(|_| commands::panicked(&args));
    ExitCode::from(exit.code())
}

/// A core file would hold the rows that were in memory, and the credentials. Where the limit cannot be
/// set, the system's own settings stand.
#[cfg(unix)]
fn forbid_core_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, none);
}

#[cfg(not(unix))]
fn forbid_core_dumps() {}

fn parsed(args: &[String]) -> Exit {
    match cli::parse(std::env::args_os()) {
        Ok(cli) => resolved(&cli, args),
        Err(failure) if failure.is_help => print_help(&failure.text),
        Err(failure) => commands::usage_failed(args, &failure.text),
    }
}

fn resolved(cli: &cli::Cli, args: &[String]) -> Exit {
    let env = Env::from_process();
    match config::resolve(cli, &env) {
        Ok(config) => commands::run(&config, &env, args),
        Err(error) => {
            let output = config::output(cli, &env);
            commands::configuration_failed(cli.command.name(), &output, &Failure::Config(error))
        }
    }
}

fn print_help(text: &str) -> Exit {
    if report::print_text(text).is_ok() {
        Exit::Ok
    } else {
        Exit::Failed
    }
}
