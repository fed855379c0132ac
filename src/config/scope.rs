//! `[scope]`: whom a run is about.

use crate::cli::{Cli, ScopeArgs};
use crate::model::{Edition, Scope, Wanted};

use super::keys;
use super::layers::Layers;
use super::raw::{Raw, Rejection};
use super::values::key_patterns;

pub(super) fn scope(cli: &Cli, edition: Edition, layers: &mut Layers<'_>) -> Scope {
    let nothing = ScopeArgs::default();
    let ScopeArgs { only, r#where } = cli.command.scope().unwrap_or(&nothing);
    let only = layers.list(keys::ONLY, only, key_patterns);
    let conditions = layers.list(keys::WHERE, r#where, |raw| conditions(raw, edition));
    Scope::new(only.unwrap_or_default(), conditions.unwrap_or_default())
}

/// A list of conditions, each `FIELD=VALUE`.
fn conditions(raw: &Raw, edition: Edition) -> Result<Vec<Wanted>, Rejection> {
    let texts = raw.list().ok_or(Rejection::expected(
        "a list of conditions, such as [\"customerType=INDIVIDUAL\", \"address.country=US\"]",
    ))?;
    let parsed = texts.iter().map(|text| {
        let condition = Wanted::parse_in(text, edition);
        condition.map_err(|error| Rejection::Reason(format!("{text:?}: {error}").into()))
    });
    parsed.collect()
}
