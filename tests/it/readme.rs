//! The README tells the truth: its commands do what it says they do, its links lead somewhere, and
//! its table of exit codes is the program's.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use gridsync::exit::Exit;

use crate::support::{Place, Users, sample};

const README: &str = include_str!("../../README.md");

/// The port that the README names; each test run takes a free one in its place.
const PORT: &str = "8787";

/// One command of a ```` ```console ```` block.
struct Step {
    command: String,
    /// What the README shows of its output.
    shown: Vec<String>,
    /// From `$ echo $?` after it; else success.
    code: i32,
}

#[test]
fn every_command_does_what_the_readme_says() {
    let mut reader = Reader::new();
    let steps = steps();
    assert!(
        steps.len() > 15,
        "the README's blocks are not found any more"
    );
    for step in &steps {
        reader.follow(step);
    }
}

#[test]
fn every_link_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut links: Vec<&str> = README
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    links.retain(|link| !link.starts_with("https://"));
    assert!(
        links.len() > 10,
        "the README's links are not found any more"
    );
    for link in links {
        assert!(root.join(link).exists(), "{link}");
    }
}

#[test]
fn every_exit_code_has_its_row() {
    let rows: Vec<Vec<&str>> = README
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| {
            line.split('|')
                .flat_map(|cell| cell.split(','))
                .map(str::trim)
                .collect()
        })
        .collect();
    for exit in Exit::ALL {
        let code = exit.code().to_string();
        let row = |row: &&Vec<&str>| row.contains(&code.as_str()) && row.contains(&exit.name());
        assert_eq!(rows.iter().filter(row).count(), 1, "{exit:?}");
    }
}

#[test]
fn every_setting_of_the_sample_has_its_row_and_every_row_is_a_setting() {
    let rows: BTreeMap<&str, &str> = README.lines().filter_map(setting).collect();
    let sample = sample("gridsync.toml");
    let sample: toml::Table = fs::read_to_string(sample)
        .expect("the sample")
        .parse()
        .expect("TOML");
    for (section, keys) in sample.iter().filter(|(section, _)| *section != "fields") {
        for key in keys.as_table().expect("a section").keys() {
            let name = format!("{section}.{key}");
            assert!(rows.contains_key(name.as_str()), "{name} has no row");
        }
    }
    let place = Place::at("http://127.0.0.1:1").users(&Users::some(1));
    let place = place.config(&defaults(&rows));
    place.check().without("--base-url").end().exits(0);
}

/// A row of the table of settings: the name, and the default if it can be written down.
fn setting(line: &str) -> Option<(&str, &str)> {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let name = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?;
    let is_setting = name.split_once('.').is_some_and(|(_, key)| key != "*");
    is_setting.then_some((name, *cells.get(3)?))
}

/// A configuration that says all defaults.
fn defaults(rows: &BTreeMap<&str, &str>) -> String {
    let written = rows.iter().filter_map(|(name, default)| {
        let text = default.trim_matches('`');
        let plain = text.parse::<u64>().is_ok() || text.parse::<bool>().is_ok();
        match (plain, text == *default) {
            (true, _) => Some(format!("{name} = {text}\n")),
            (false, false) if *name != "state.path" => Some(format!("{name} = \"{text}\"\n")),
            (false, _) => None,
        }
    });
    written.collect()
}

#[test]
fn every_key_of_the_summary_is_told() {
    let place = Place::at("http://127.0.0.1:1").users(&Users::some(1));
    let ended = place.check().end();
    let summary = ended.summary().as_object().expect("an object");
    let counts = summary["counts"].as_object().expect("an object");
    for key in summary.keys().chain(counts.keys()) {
        let told = [
            format!("`{key}`"),
            format!("`{key}{{"),
            format!("`{key}[]`"),
        ];
        assert!(told.iter().any(|told| README.contains(told)), "{key}");
    }
}

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = console_lines();
    while let Some(line) = lines.next() {
        let last = steps.last_mut();
        match (line.strip_prefix("$ "), last) {
            (Some("echo $?"), Some(step)) => {
                let code = lines.next().and_then(|line| line.parse().ok());
                step.code = code.expect("`echo $?` shows a number");
            }
            (Some(command), _) => steps.push(Step {
                command: command.to_owned(),
                shown: Vec::new(),
                code: 0,
            }),
            (None, Some(step)) => step.shown.push(line.to_owned()),
            (None, None) => panic!("output comes after a command: {line}"),
        }
    }
    steps
}

/// The lines of the README's ```` ```console ```` blocks.
fn console_lines() -> impl Iterator<Item = &'static str> {
    let blocks = README.split("\n```console\n").skip(1);
    blocks.flat_map(|block| block.split("\n```").next().unwrap_or_default().lines())
}

/// Somebody who follows the README, in a folder of their own, with nothing else installed.
struct Reader {
    folder: tempfile::TempDir,
    variables: BTreeMap<String, String>,
    /// The emulator that they left running, and its port.
    emulator: Option<(Child, String)>,
}

impl Reader {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = |name: &str| folder.path().join(name);
        for name in ["bin", "home", "samples"] {
            fs::create_dir(path(name)).expect("a folder in an empty one");
        }
        symlink(env!("CARGO_BIN_EXE_gridsync"), path("bin/gridsync"))
            .expect("a link in an empty folder");
        for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"))
            .expect("there are samples")
        {
            let file: PathBuf = file.expect("the samples can be listed").path();
            let copy = path("samples").join(file.file_name().expect("a file has a name"));
            fs::copy(&file, copy).expect("a sample can be copied");
        }
        Self {
            folder,
            variables: BTreeMap::new(),
            emulator: None,
        }
    }

    fn follow(&mut self, step: &Step) {
        let command = step.command.replace("cargo run --release --", "gridsync");
        if command == "tests/run" {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(command);
            assert!(script.exists(), "there is no tests/run");
        } else if let Some(variable) = command.strip_prefix("export ") {
            let (name, value) = variable.split_once('=').expect("NAME=value");
            let value = self.here(value);
            self.variables.insert(name.to_owned(), value);
        } else if command.contains("gridsync emulate") {
            self.leave_running(&command);
        } else {
            self.run(step, &self.here(&command));
        }
    }

    fn run(&self, step: &Step, command: &str) {
        let output = self.shell(command).output().expect("there is a shell");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let told = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(step.code), "$ {command}\n{told}");
        let lines: Vec<String> = told.lines().map(plain).collect();
        for shown in step.shown.iter().filter(|line| !line.is_empty()) {
            let found = lines.iter().any(|line| shows(shown, line));
            assert!(
                found,
                "$ {command}\nthe README shows\n  {shown}\nit printed\n{told}"
            );
        }
    }

    fn leave_running(&mut self, command: &str) {
        let command = format!("exec {}", command.replace(PORT, "0"));
        let mut child = self
            .shell(&command)
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the emulator says where it is");
        let port = line
            .trim()
            .rsplit(':')
            .next()
            .and_then(|rest| rest.split('/').next());
        let port = port.expect("an address with a port").to_owned();
        assert!(port.parse::<u16>().is_ok(), "{line}");
        self.emulator = Some((child, port));
    }

    fn here(&self, text: &str) -> String {
        match &self.emulator {
            Some((_, port)) => text.replace(PORT, port),
            None => text.to_owned(),
        }
    }

    fn shell(&self, command: &str) -> Command {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", command])
            .current_dir(self.folder.path())
            .env_clear()
            .env(
                "PATH",
                format!("{}/bin:/usr/bin:/bin", self.folder.path().display()),
            )
            .env("HOME", self.folder.path().join("home"))
            .envs(&self.variables)
            .stdin(Stdio::null());
        shell
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some((mut child, _)) = self.emulator.take() {
            // It may have ended with the test that failed.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Whether the README's line is this one, with `…` for anything.
fn shows(shown: &str, line: &str) -> bool {
    let shown = plain(shown);
    let parts: Vec<&str> = shown.split('…').map(str::trim).collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return false;
    };
    let mut rest = line;
    let in_order = parts.iter().all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    });
    in_order && line.starts_with(first) && line.ends_with(last)
}

/// Without what differs from run to run: numbers, and the width of columns.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut in_number = false;
    for word in line.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        for c in word.chars() {
            let number = c.is_ascii_digit() || in_number && matches!(c, ',' | '.');
            if !number {
                plain.push(c);
            } else if !in_number {
                plain.push('#');
            }
            in_number = number;
        }
        in_number = false;
    }
    plain
}
