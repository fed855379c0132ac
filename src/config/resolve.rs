//! All layers together: one [`Config`], or every problem at once.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::cli::{Cli, Color, LogFormat};
use crate::model::{Edition, Limit};

use super::base_url::{self, base_url};
use super::credentials::base_url_beside_credentials;
use super::document::{self, Document};
use super::error::Problem;
use super::file::{self, ConfigFile};
use super::layers::Layers;
use super::unknown_keys::unknown_variables;
use super::{
    AccountsPolicy, Changes, Config, ConfigError, Env, Format, Grid, Limits, Output, Place, Rate,
    Reserve, Scan, Setting, UpdatePolicy, duration, keys, options, paths, rate, scope, source,
    values, write_back,
};

/// Below this rate (a second) burst and concurrency have fixed defaults; above it they grow, as 4
/// requests at once could not reach it.
const FAST: f64 = 500.0;

/// So many requests a second must be left of the rate: one in a quarter of an hour.
const LEAST_LEFT: f64 = 0.001;

/// Resolves flags, environment and file. Reads the file and, when nothing else names the API's
/// address, `~/.grid-credentials`.
pub fn resolve(cli: &Cli, env: &Env) -> Result<Config, ConfigError> {
    // What `init` writes does not follow from a file that is there.
    let file = match cli.command {
        crate::cli::Command::Init(_) => None,
        _ => file::find(config_path(cli, env), env)?,
    };
    let document = file.as_ref().map(parse).unwrap_or_default();
    let mut layers = Layers::new(env, &document);
    let mut config = assemble(cli, &mut layers);
    let mut problems = layers.problems;
    problems.extend_from_slice(&document.problems);
    if !problems.is_empty() {
        problems.sort_by_key(|problem| problem.place().map(Place::order));
        return Err(ConfigError::Invalid(problems));
    }
    config.file = file.map(|file| file.path);
    Ok(config)
}

/// How output is shown, as far as flags and environment can be understood: for the report of a
/// configuration that cannot be.
pub fn output(cli: &Cli, env: &Env) -> Output {
    resolve_output(cli, &mut Layers::new(env, &Document::default()))
}

fn config_path(cli: &Cli, env: &Env) -> Option<PathBuf> {
    let variable = || keys::CONFIG.variable().and_then(|name| env.path(&name));
    cli.global.config.clone().or_else(variable)
}

fn parse(file: &ConfigFile) -> Document {
    document::parse(&file.path, &file.text)
}

fn assemble(cli: &Cli, layers: &mut Layers<'_>) -> Config {
    let source = source::source(cli, layers);
    let grid = grid(cli, layers);
    Config {
        write_back: write_back::write_back(cli, source.as_ref(), layers),
        command: options::command(&cli.command, layers),
        output: resolve_output(cli, layers),
        scope: scope::scope(cli, grid.edition.value, layers),
        grid,
        source,
        fields: layers.document.mapping.spec.clone(),
        field_places: layers.document.mapping.places.clone(),
        changes: changes(cli, layers),
        limits: limits(cli, layers),
        scan: scan(layers),
        state: state(cli, layers),
        locks: paths::lock_folder(layers.env),
        file: None,
        warnings: unknown_variables(layers.env),
    }
}

fn resolve_output(cli: &Cli, layers: &mut Layers<'_>) -> Output {
    let typed = &cli.global;
    let verbosity = (typed.verbose > 0).then(|| typed.verbose.to_string());
    let color = match typed.color {
        Some(color) => Some(color),
        None => layers.value(keys::COLOR, None, values::choice),
    };
    let log_format = match typed.log_format {
        Some(format) => Some(format),
        None => layers.value(keys::LOG_FORMAT, None, values::choice),
    };
    let verbosity = layers.value(keys::VERBOSE, verbosity.as_deref(), values::whole(0..=255));
    Output {
        format: format(cli, layers),
        quiet: layers
            .value(keys::QUIET, on(typed.quiet), values::boolean)
            .unwrap_or_default(),
        verbosity: verbosity
            .and_then(|level| level.try_into().ok())
            .unwrap_or_default(),
        log_format: log_format.unwrap_or(LogFormat::Text),
        color: honour_terminal(color.unwrap_or(Color::Auto), layers.env),
    }
}

/// `--json` and `--events` exclude each other; a flag wins over either variable.
fn format(cli: &Cli, layers: &mut Layers<'_>) -> Format {
    let json = layers.setting(keys::JSON, on(cli.global.json), values::boolean);
    let events = layers.setting(keys::EVENTS, on(cli.global.events), values::boolean);
    let place =
        |setting: Option<Setting<bool>>| setting.filter(|set| set.value).map(|set| set.place);
    match (place(json), place(events)) {
        (None, None) => Format::Text,
        (Some(_), None) | (Some(Place::Flag(_)), Some(Place::Env(_))) => Format::Json,
        (None, Some(_)) | (Some(Place::Env(_)), Some(Place::Flag(_))) => Format::Events,
        (Some(_), Some(place)) => {
            let reason = "excludes --json: keep one".to_owned();
            layers.problems.push(Problem::Refused { place, reason });
            Format::Json
        }
    }
}

/// A switch that was typed says yes; one that was not says nothing.
fn on(typed: bool) -> Option<&'static str> {
    typed.then_some("true")
}

fn honour_terminal(color: Color, env: &Env) -> Color {
    let plain = env.get("NO_COLOR").is_some() || env.get("TERM").is_some_and(|term| term == "dumb");
    if color == Color::Auto && plain {
        Color::Never
    } else {
        color
    }
}

fn grid(cli: &Cli, layers: &mut Layers<'_>) -> Grid {
    let typed = cli.command.grid().cloned().unwrap_or_default();
    let edition = layers.setting(keys::EDITION, cli.command.edition(), values::edition);
    let rate = layers
        .setting(keys::RATE, typed.rate.as_deref(), rate::rate)
        .unwrap_or(Setting::default_of(Rate::DEFAULT));
    let reserve = layers
        .setting(keys::RESERVE, typed.reserve.as_deref(), rate::reserve)
        .unwrap_or(Setting::default_of(Reserve::NONE));
    leaves_something(&rate, &reserve, layers);
    let recovery = layers.value(
        keys::RECOVERY,
        typed.recovery.as_deref(),
        duration::recovery,
    );
    let burst = layers.value(
        keys::BURST,
        typed.burst.as_deref(),
        values::whole(1..=100_000),
    );
    let concurrency = layers.value(
        keys::CONCURRENCY,
        typed.concurrency.as_deref(),
        values::whole(1..=512),
    );
    let timeout = layers
        .value(keys::TIMEOUT, typed.timeout.as_deref(), duration::timeout)
        .unwrap_or(Duration::from_secs(30));
    let settle = layers.value(keys::SETTLE, typed.settle.as_deref(), duration::settle);
    Grid {
        base_url: address(typed.base_url.as_deref(), layers),
        edition: edition.unwrap_or(Setting::default_of(Edition::E2026_08)),
        burst: burst.unwrap_or_else(|| default_burst(rate.value)),
        concurrency: concurrency.unwrap_or_else(|| default_concurrency(rate.value)),
        rate,
        reserve: reserve.value,
        recovery: recovery.unwrap_or(Duration::from_secs(30)),
        timeout,
        settle: settle.unwrap_or(timeout),
        attempts: layers
            .value(keys::ATTEMPTS, None, values::whole(1..=20))
            .unwrap_or(5),
    }
}

/// A reserve that is a rate must be below the rate.
fn leaves_something(rate: &Setting<Rate>, reserve: &Setting<Reserve>, layers: &mut Layers<'_>) {
    if reserve.value.left_of(rate.value) < LEAST_LEFT {
        layers.problems.push(Problem::Refused {
            place: reserve.place.clone(),
            reason: format!(
                "leaves nothing of the rate {} ({}): it must be smaller",
                rate.value, rate.place
            ),
        });
    }
}

/// Flag, own variable, `GRID_BASE_URL` as Grid's other tools read it, file, the file that the
/// credentials are in, default.
fn address(typed: Option<&str>, layers: &mut Layers<'_>) -> Setting<Url> {
    let ours = layers.setting(keys::BASE_URL, typed, base_url);
    let foreign = layers.foreign_variable("GRID_BASE_URL", base_url);
    let set = match ours {
        Some(ours) if !matches!(ours.place, Place::File { .. }) => Some(ours),
        ours => foreign.or(ours),
    };
    set.or_else(|| {
        let (raw, place) = base_url_beside_credentials(layers.env)?;
        layers.read(&raw, place, base_url)
    })
    .unwrap_or_else(|| Setting::default_of(base_url::default()))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is positive and at most 100,000"
)]
fn default_burst(rate: Rate) -> u32 {
    if rate.per_second() > FAST {
        (rate.per_second() / 100.0) as u32
    } else {
        5
    }
}

fn default_concurrency(rate: Rate) -> u32 {
    if rate.per_second() > FAST { 64 } else { 4 }
}

fn changes(cli: &Cli, layers: &mut Layers<'_>) -> Changes {
    let typed = cli
        .command
        .draft()
        .and_then(|draft| match (draft.delete, draft.no_delete) {
            (true, _) => Some("true"),
            (false, true) => Some("false"),
            (false, false) => None,
        });
    Changes {
        create: layers
            .value(keys::CREATE, None, values::boolean)
            .unwrap_or(true),
        update: layers
            .value(keys::UPDATE, None, values::update_policy)
            .unwrap_or(UpdatePolicy::Report),
        delete: layers
            .value(keys::DELETE, typed, values::boolean)
            .unwrap_or(false),
        adopt: layers
            .value(keys::ADOPT, None, values::boolean)
            .unwrap_or(true),
        never_delete: layers
            .value(keys::NEVER_DELETE, None, values::key_patterns)
            .unwrap_or_default(),
        accounts: layers
            .value(keys::ACCOUNTS, None, values::accounts_policy)
            .unwrap_or(AccountsPolicy::Report),
    }
}

fn limits(cli: &Cli, layers: &mut Layers<'_>) -> Limits {
    let draft = cli.command.draft();
    let rejects = draft.and_then(|draft| draft.max_rejects.as_deref());
    let absence = draft.and_then(|draft| draft.min_absence.as_deref());
    let mut limit = |key, typed, percent| {
        let set = layers.setting(key, typed, values::limit);
        set.unwrap_or(Setting::default_of(Limit::Percent(percent)))
    };
    Limits {
        deletes: limit(keys::LIMIT_DELETES, None, 1.0),
        deletes_per_day: limit(keys::LIMIT_DELETES_PER_DAY, None, 2.0),
        deletes_per_week: limit(keys::LIMIT_DELETES_PER_WEEK, None, 5.0),
        source_shrink: limit(keys::LIMIT_SOURCE_SHRINK, None, 10.0),
        rejects: limit(keys::LIMIT_REJECTS, rejects, 1.0),
        failures: limit(keys::LIMIT_FAILURES, None, 10.0),
        min_absence: layers
            .value(keys::MIN_ABSENCE, absence, duration::duration)
            .unwrap_or(Duration::from_hours(20)),
        plan_max_age: layers
            .setting(keys::PLAN_MAX_AGE, None, duration::positive)
            .unwrap_or(Setting::default_of(Duration::from_hours(24))),
    }
}

fn scan(layers: &mut Layers<'_>) -> Scan {
    let full_every = layers.value(keys::FULL_EVERY, None, duration::positive);
    let lookback = layers.value(keys::LOOKBACK, None, duration::duration);
    Scan {
        full_every: full_every.unwrap_or(Duration::from_hours(7 * 24)),
        lookback: lookback.unwrap_or(Duration::from_mins(15)),
    }
}

fn state(cli: &Cli, layers: &mut Layers<'_>) -> Option<PathBuf> {
    let set = layers.path(keys::STATE, cli.global.state.as_deref());
    set.map(|setting| setting.value)
        .or_else(|| paths::state_file(layers.env))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_recovery_is_read_from_the_flag_the_variable_and_the_file_in_this_order() {
        let read = |typed: &str, env: &Env, file: &str| {
            let words = ["gridsync", "check"]
                .into_iter()
                .chain(typed.split_whitespace());
            let cli = crate::cli::parse(words).expect("a command line");
            let document = document::parse(Path::new("/etc/gridsync.toml"), file);
            let mut layers = Layers::new(env, &document);
            let recovery = grid(&cli, &mut layers).recovery.as_secs();
            let mut problems = layers.problems.iter().map(ToString::to_string);
            problems.next().map_or(Ok(recovery), Err)
        };
        let (unset, set) = (
            Env::default(),
            Env::default().with("GRIDSYNC_RECOVERY", "3m"),
        );
        let file = "[grid]\nrecovery = \"2s\"\n";
        assert_eq!(read("--recovery 1h", &set, file), Ok(3_600));
        assert_eq!(read("", &set, file), Ok(180));
        assert_eq!(read("", &unset, file), Ok(2));
        assert_eq!(read("", &unset, ""), Ok(30));
        let fault = read("--recovery 2h", &set, file).expect_err("too long");
        assert!(
            fault.contains("--recovery") && fault.contains("from 1s to 1h"),
            "{fault}"
        );
    }
}
