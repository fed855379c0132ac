//! The layers hold: which module may name which, and where each thing from outside lives.
//!
//! A check over text, of every path that the code under `src` names: imports with their groups, paths in
//! the middle of code, `super` and `self` climbed. Comments and strings are no code. Code for tests
//! (`#[cfg(test)]`) is held to the layers like all other; it is free of the rules on things from outside.

mod lex;
mod paths;
mod rules;
mod tree;

use paths::Named;
use rules::{DOORS, Door, HOMES, Home, LAYERS, Layer, SWITCHES};
use tree::{File, files};

/// Every breach in a file, as `file:line: what`.
fn breaches(file: &File) -> Vec<String> {
    let Some(layer) = layer(&file.module[0]) else {
        return vec![format!("{}: is in no layer", file.name)];
    };
    let judged = file.named.iter().filter_map(|named| {
        let breach = judge(file, layer, named)?;
        Some(format!("{}:{}: {breach}", file.name, named.line))
    });
    judged.collect()
}

fn judge(file: &File, layer: &Layer, named: &Named) -> Option<String> {
    let path = named.path.join("::");
    if !named.ours {
        let home = HOMES.iter().find(|home| breaks(home, file, named))?;
        return Some(format!(
            "`{}` may not use `{path}` ({})",
            layer.name, home.path
        ));
    }
    let Some(first) = named.path.first() else {
        return Some("names the root of the crate, which hides what it takes from it".to_owned());
    };
    if self::layer(first).is_none() {
        return Some(format!("`crate::{path}` is in no layer"));
    }
    let allowed = first == layer.name
        || layer.may_import.contains(&first.as_str())
        || DOORS.iter().any(|door| opens(door, file, named));
    (!allowed).then(|| format!("`{}` may not import `crate::{path}`", layer.name))
}

fn layer(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.name == name)
}

fn opens(door: &Door, file: &File, named: &Named) -> bool {
    is_in(door.module, file)
        && named.ours
        && named.path.first().is_some_and(|first| first == door.opens)
}

fn breaks(home: &Home, file: &File, named: &Named) -> bool {
    let lives_here = home.modules.iter().any(|module| is_in(module, file));
    !named.test && !lives_here && is_at(home.path, &named.path)
}

/// Whether a file is that module, or below it.
fn is_in(module: &str, file: &File) -> bool {
    let path: Vec<_> = module.split("::").collect();
    let here = file.module.iter().map(String::as_str);
    here.take(path.len()).eq(path)
}

/// Whether a path is the one meant, or below it, or a glob that takes it in.
fn is_at(home: &str, path: &[String]) -> bool {
    let same = |(meant, found): (&str, &String)| meant == found || found == "*";
    if let Some(end) = home.strip_prefix("*::") {
        let end = end.split("::");
        let skipped = path.len().checked_sub(end.clone().count());
        return skipped.is_some_and(|skipped| end.zip(&path[skipped..]).all(|(a, b)| a == b));
    }
    let globs = path.last().is_some_and(|last| last == "*");
    let long = path.len() >= home.split("::").count() || globs;
    long && home.split("::").zip(path).all(same)
}

#[test]
fn no_module_names_what_it_must_not() {
    let found: Vec<_> = files().iter().flat_map(breaches).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_layer_stands_above_those_that_see_it_and_has_code() {
    let files = files();
    for (at, layer) in LAYERS.iter().enumerate() {
        let above: Vec<_> = LAYERS[..at].iter().map(|above| above.name).collect();
        let below = layer.may_import.iter().find(|name| !above.contains(name));
        assert_eq!(below, None, "seen by `{}` and not above it", layer.name);
        let has_code = files.iter().any(|file| file.module[0] == layer.name);
        assert!(has_code, "`{}` has no file", layer.name);
    }
}

#[test]
fn every_door_is_in_use() {
    let files = files();
    for door in DOORS {
        let mut named = files
            .iter()
            .flat_map(|file| file.named.iter().map(move |named| (file, named)));
        let used = named.any(|(file, named)| opens(door, file, named));
        assert!(used, "nothing in `{}` names `{}`", door.module, door.opens);
    }
}

#[test]
fn the_emulator_is_switched_in_two_places() {
    let files = files();
    let switches = files
        .iter()
        .filter(|file| file.says(&["feature", "=", "\"emulator\""]));
    let names: Vec<_> = switches.map(|file| file.name.as_str()).collect();
    assert_eq!(names, SWITCHES);
}

mod the_check_itself {
    use super::{File, breaches};

    /// What is wrong with `text`, if it stood in `src/<name>`.
    fn of(name: &str, text: &str) -> Vec<String> {
        breaches(&File::new(name, text))
    }

    #[track_caller]
    fn passes(name: &str, text: &str) {
        assert_eq!(of(name, text), Vec::<String>::new());
    }

    #[track_caller]
    fn fails(name: &str, text: &str, breach: &str) {
        assert_eq!(of(name, text), [breach]);
    }

    #[test]
    fn lets_pass_what_a_layer_may_import() {
        passes(
            "engine/apply/pick.rs",
            "use crate::{grid::Client, state::{Journal, State}};",
        );
        passes(
            "plan/decide.rs",
            "use super::change::Change; use crate::model::Key;",
        );
        passes(
            "commands/sync.rs",
            "fn f() { crate::engine::run(super::plan::options()) }",
        );
        passes(
            "main.rs",
            "fn main() -> std::process::ExitCode { gridsync::commands::main() }",
        );
    }

    #[test]
    fn sees_into_groups() {
        fails(
            "plan/diff.rs",
            "use crate::{\n    model::{Key, field::{self, Slot}},\n    grid::{wire::Customer as C},\n};",
            "plan/diff.rs:3: `plan` may not import `crate::grid::wire::Customer`",
        );
    }

    #[test]
    fn climbs_to_the_root() {
        fails(
            "grid/throttle/gate.rs",
            "use super::super::super::state::Lock;",
            "grid/throttle/gate.rs:1: `grid` may not import `crate::state::Lock`",
        );
        passes(
            "grid/throttle/gate.rs",
            "use super::super::error::GridError;",
        );
        fails(
            "event.rs",
            "mod inner { mod deep { type T = super::super::super::engine::Stop; } }",
            "event.rs:1: `event` may not import `crate::engine::Stop`",
        );
    }

    #[test]
    fn sees_paths_in_code_and_in_macros() {
        fails(
            "engine/draft.rs",
            "fn f() { tokio::select! { _ = crate::report::show() => {} } }",
            "engine/draft.rs:1: `engine` may not import `crate::report::show`",
        );
        fails(
            "model/ids.rs",
            "macro_rules! m { () => { $crate::plan::Plan } }",
            "model/ids.rs:1: `model` may not import `crate::plan::Plan`",
        );
    }

    #[test]
    fn does_not_let_the_root_hide_a_layer() {
        let root = "names the root of the crate, which hides what it takes from it";
        fails(
            "plan/x.rs",
            "use crate as root;",
            &format!("plan/x.rs:1: {root}"),
        );
        fails(
            "plan/x.rs",
            "use super::super::{self as root};",
            &format!("plan/x.rs:1: {root}"),
        );
        fails(
            "plan/x.rs",
            "use crate::*;",
            "plan/x.rs:1: `crate::*` is in no layer",
        );
        fails("helpers.rs", "", "helpers.rs: is in no layer");
    }

    #[test]
    fn passes_over_comments_strings_and_visibilities() {
        passes(
            "model/a.rs",
            "//! [`Plan`](crate::plan::Plan)\n/* crate::grid::X /* */ crate::grid::Y */",
        );
        passes(
            "model/a.rs",
            r##"const A: &str = "\"use crate::grid;"; const B: &[u8] = br#"a " crate::grid::X"#;"##,
        );
        passes(
            "model/a.rs",
            "fn f<'a>(c: char, x: &'a str) -> bool { c == '\"' && c != '\\'' && x.is_empty() }",
        );
        passes(
            "model/field/a.rs",
            "pub(in crate::model) fn f() {} pub(crate) struct S { pub(super) a: u8 }",
        );
    }

    #[test]
    fn holds_tests_to_the_layers_alone() {
        passes(
            "model/a.rs",
            "#[cfg(test)]\nmod tests { use super::*; fn f() { let _ = std::fs::read(\"x\"); } }",
        );
        fails(
            "model/a.rs",
            "#[cfg(test)]\nmod tests {\n    use crate::plan::Plan;\n}",
            "model/a.rs:3: `model` may not import `crate::plan::Plan`",
        );
        fails(
            "model/a.rs",
            "#[cfg(test)]\n#[derive(Debug)]\nstruct S { a: [u8; 2] }\nuse std::fs;",
            "model/a.rs:4: `model` may not use `std::fs` (std::fs)",
        );
    }

    #[test]
    fn opens_a_door_to_its_module_alone() {
        passes("commands/rehearse.rs", "use crate::emulator::Handle;");
        passes("commands/rehearse/run.rs", "use crate::emulator::Handle;");
        let breach = "commands/sync.rs:1: `commands` may not import `crate::emulator::Handle`";
        fails("commands/sync.rs", "use crate::emulator::Handle;", breach);
    }

    #[test]
    fn keeps_the_emulator_apart() {
        fails(
            "emulator/store.rs",
            "use crate::model::Key;",
            "emulator/store.rs:1: `emulator` may not import `crate::model::Key`",
        );
        fails(
            "emulator/log.rs",
            "fn f() { println!(\"served\") }",
            "emulator/log.rs:1: `emulator` may not use `println!` (println!)",
        );
    }

    #[test]
    fn knows_where_things_from_outside_live() {
        passes("state/open.rs", "use rusqlite::{Connection, params};");
        passes("source/sqlite/pass.rs", "use rusqlite::Connection;");
        fails(
            "source/csv/rows.rs",
            "use rusqlite::Connection;",
            "source/csv/rows.rs:1: `source` may not use `rusqlite::Connection` (rusqlite)",
        );
        fails(
            "engine/scan.rs",
            "fn f(c: &rusqlite::Connection) {}",
            "engine/scan.rs:1: `engine` may not use `rusqlite::Connection` (rusqlite)",
        );
        fails(
            "validate/form.rs",
            "use std::{fmt, time::{Duration, Instant}};",
            "validate/form.rs:1: `validate` may not use `std::time::Instant` (std::time::Instant)",
        );
        fails(
            "plan/file.rs",
            "use jiff::Timestamp; fn f() -> Timestamp { Timestamp::now() }",
            "plan/file.rs:1: `plan` may not use `Timestamp::now` (*::now)",
        );
        fails(
            "map/a.rs",
            "use std::*;",
            "map/a.rs:1: `map` may not use `std::*` (std::net::TcpListener)",
        );
        fails(
            "exit.rs",
            "use std::process; fn f() { process::exit(1) }",
            "exit.rs:1: `exit` may not use `process::exit` (*::process::exit)",
        );
        passes(
            "map/a.rs",
            "struct S { csv: bool } fn f(s: &S) -> bool { s.csv && env!(\"X\").is_empty() }",
        );
    }
}
