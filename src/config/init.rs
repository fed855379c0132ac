//! What `init` looks at, from what was typed.

use std::path::PathBuf;

use crate::cli::InitArgs;
use crate::model::Query;

use super::command::{InitOptions, InitSource};
use super::database_url::{UrlScheme, UrlSetting, url_from};
use super::error::Problem;
use super::layers::Layers;
use super::raw::{Raw, Rejection};
use super::{Place, keys, values};

/// Where the configuration goes when nobody says so.
const FILE: &str = "gridsync.toml";

/// Resolves the command. What is wrong is among the layers' problems.
pub(super) fn init(args: &InitArgs, layers: &mut Layers<'_>) -> InitOptions {
    let source = source(&args.source, layers).unwrap_or(InitSource::File(PathBuf::new()));
    let text = |name| move |text: &Raw| said(name, text);
    let table = layers.flag("table", args.table.as_deref(), text("the name of a table"));
    let query = layers.flag("query", args.query.as_deref(), text("a SELECT"));
    let delimiter = layers.value(
        keys::DELIMITER,
        args.delimiter.as_deref(),
        values::delimiter,
    );
    let output = args.output.clone().unwrap_or_else(|| FILE.into());
    InitOptions {
        source,
        query: query.map(Query::Sql).or(table.map(Query::Table)),
        delimiter,
        output: (output.as_os_str() != "-").then_some(output),
    }
}

fn said(what: &'static str, raw: &Raw) -> Result<String, Rejection> {
    match raw.text().map(str::trim) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(Rejection::expected(what)),
    }
}

fn source(typed: &str, layers: &mut Layers<'_>) -> Option<InitSource> {
    let refuse = |layers: &mut Layers<'_>, reason: &str| {
        let (place, reason) = (place(), reason.to_owned());
        layers.problems.push(Problem::Refused { place, reason });
        None
    };
    match typed.split_once(':') {
        // An address where a name should be, which may not be shown.
        Some(("env" | "file", name)) if name.contains("://") => refuse(layers, NO_ADDRESS),
        Some(("env", name)) if layers.env.get(name).is_none() => {
            refuse(layers, &format!("the variable {name} is not set"))
        }
        Some(("env" | "file", _)) => elsewhere(typed, layers),
        Some((_, rest)) if rest.starts_with("//") => match UrlScheme::of(typed) {
            Some(scheme) => address(typed, scheme, layers),
            None => refuse(layers, NO_ADDRESS),
        },
        _ if typed == "-" => refuse(layers, "expected a file, which can be read again: name one"),
        _ => Some(InitSource::File(typed.into())),
    }
}

const NO_ADDRESS: &str = "expected a file, an address such as postgres://reader@db.internal/app or \
                          mysql://reader@db.internal/app, or env:NAME";

/// An address in a variable or a file: which kind of database it is, it says itself.
fn elsewhere(typed: &str, layers: &mut Layers<'_>) -> Option<InitSource> {
    let kinds = [UrlScheme::Postgres, UrlScheme::Mysql];
    for scheme in kinds {
        let source = address(typed, scheme, layers)?;
        let InitSource::Database { url, .. } = &source else {
            continue;
        };
        if url.read(layers.env).is_ok() {
            return Some(source);
        }
    }
    let reason = format!("{typed} names no address such as postgres://… or mysql://…");
    let place = place();
    layers.problems.push(Problem::Refused { place, reason });
    None
}

fn address(typed: &str, scheme: UrlScheme, layers: &mut Layers<'_>) -> Option<InitSource> {
    let set = layers.read(&Raw::Typed(typed.to_owned()), place(), url_from(scheme))?;
    let folder = layers.document.folder.clone();
    match UrlSetting::new(scheme, set, &folder) {
        Ok(url) => Some(InitSource::Database {
            scheme,
            url,
            written: typed.to_owned(),
        }),
        Err(problem) => {
            layers.problems.push(problem);
            None
        }
    }
}

fn place() -> Place {
    Place::Flag("SOURCE".to_owned())
}
