//! The rules, as data. The reasons stand in the crate's documentation.

/// A part of the crate.
pub(super) struct Layer {
    /// Its module.
    pub(super) name: &'static str,
    /// What else of this crate it may name; all of it stands further up.
    pub(super) may_import: &'static [&'static str],
}

const fn layer(name: &'static str, may_import: &'static [&'static str]) -> Layer {
    Layer { name, may_import }
}

/// From the ground up: a layer sees only what stands above it in this table, so there is no circle.
#[rustfmt::skip]
pub(super) const LAYERS: &[Layer] = &[
    // Pure: no I/O, no clock, no async.
    layer("model",    &[]),
    layer("map",      &["model"]),
    layer("validate", &["model"]),
    layer("plan",     &["model"]),
    layer("event",    &["model", "plan"]),
    // Edges, which never see each other.
    layer("source",   &["model"]),
    layer("grid",     &["model"]),
    layer("state",    &["model", "plan"]),
    layer("report",   &["model", "plan", "event"]),
    // The driver: it gets its edges ready-made, and tells events.
    layer("engine",   &["model", "map", "validate", "plan", "event", "source", "grid", "state"]),
    // The shell.
    layer("cli",      &[]),
    layer("config",   &["model", "plan", "cli"]),
    layer("exit",     &["plan", "engine", "config"]),
    layer("commands", &["model", "map", "validate", "plan", "event", "source", "grid", "state",
                        "report", "engine", "cli", "config", "exit"]),
    // Apart.
    layer("emulator", &[]),
    // Doors for the fuzz targets, which are no part of the program.
    layer("fuzzing",  &["source", "grid"]),
    // A page of documentation.
    layer("threat_model", &[]),
    // The two roots: one declares the modules, the other starts a command.
    layer("lib",      &[]),
    layer("main",     &["report", "cli", "config", "exit", "commands"]),
];

/// A single module that may see one layer more than its own does.
pub(super) struct Door {
    /// The module that has it, with all below it.
    pub(super) module: &'static str,
    /// The layer that it sees.
    pub(super) opens: &'static str,
}

const fn door(module: &'static str, opens: &'static str) -> Door {
    Door { module, opens }
}

/// Each must be in use.
#[rustfmt::skip]
pub(super) const DOORS: &[Door] = &[
    // The two commands that serve the emulator.
    door("commands::rehearse", "emulator"),
    door("commands::emulate",  "emulator"),
    // The kinds of error that an engine's error carries: each has its exit code.
    door("exit", "grid"),
    door("exit", "state"),
];

/// Something from outside that only some layers may name.
pub(super) struct Home {
    /// The beginning of the path, or, after `*::`, its end.
    pub(super) path: &'static str,
    /// The layers, or single modules with all below them, that may name it.
    pub(super) modules: &'static [&'static str],
}

const fn home(path: &'static str, modules: &'static [&'static str]) -> Home {
    Home { path, modules }
}

/// All that may do I/O, wait, or look at a clock: whatever is not pure.
const NOT_PURE: &[&str] = &[
    "source", "grid", "state", "report", "engine", "config", "exit", "commands", "emulator", "main",
];

/// What reads or writes files, or hands them on.
const FILES: &[&str] = &["source", "state", "engine", "config", "commands"];

/// Where things from outside live. Code for tests is free of these.
#[rustfmt::skip]
pub(super) const HOMES: &[Home] = &[
    // One layer each.
    home("clap",               &["cli", "config"]),
    home("toml",               &["config"]),
    home("csv",                &["source"]),
    home("flate2",             &["source"]),
    home("zstd",               &["source"]),
    home("reqwest",            &["grid"]),
    home("governor",           &["grid"]),
    home("indicatif",          &["report"]),
    home("console",            &["report"]),
    home("tracing_subscriber", &["report"]),
    home("hyper",              &["emulator"]),
    home("hyper_util",         &["emulator"]),
    home("http_body_util",     &["emulator"]),
    // SQL is one kind of database's own: our state file, and each kind that users are read from.
    home("rusqlite",           &["state", "source::sqlite", "source::write_back"]),
    home("mysql",              &["source::mysql", "source::write_back"]),
    home("tokio_postgres",     &["source::postgres", "source::write_back"]),
    home("futures_util",       &["source::postgres"]),
    home("tokio_postgres_rustls", &["source::postgres"]),
    // The process's own limits, and who it runs as.
    home("rustix",             &["main", "config"]),
    // Whoever speaks TLS: to Grid, and to a database.
    home("rustls",             &["grid", "source::postgres", "source::mysql"]),
    home("rustls_platform_verifier", &["source::postgres"]),
    // The pure middle has none of these: the same input gives the same plan.
    home("tokio",              NOT_PURE),
    home("fastrand",           NOT_PURE),
    home("uuid",               NOT_PURE),
    home("std::net::TcpListener", NOT_PURE),
    home("std::net::TcpStream", NOT_PURE),
    home("std::thread",        NOT_PURE),
    home("std::time::Instant", NOT_PURE),
    home("std::time::SystemTime", NOT_PURE),
    home("*::now",             NOT_PURE),
    home("std::fs",            FILES),
    home("tempfile",           FILES),
    // The surroundings are read once, results are shown in one place, the end is decided in one.
    // (`main` takes the arguments; `commands` asks whether there is a terminal.)
    home("std::env",           &["config", "main"]),
    home("std::io::stdout",    &["report", "commands"]),
    home("std::io::stderr",    &["report", "commands"]),
    home("*::stdout",          &["report", "commands"]),
    home("*::stderr",          &["report", "commands"]),
    home("print!",             &["report"]),
    home("println!",           &["report"]),
    home("eprint!",            &["report"]),
    home("eprintln!",          &["report"]),
    home("dbg!",               &[]),
    home("std::process::exit", &["main"]),
    home("std::process::abort", &[]),
    home("*::process::exit",   &["main"]),
];

/// The only files that ask whether the emulator is built in.
pub(super) const SWITCHES: &[&str] = &["commands/mod.rs", "lib.rs"];
