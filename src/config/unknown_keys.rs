//! What a name that does not exist was probably meant to be.

use super::Env;
use super::error::Warning;
use super::keys::{self, variable};
use super::secret_words::names_a_secret;

/// The known name that is nearest, if it is near enough to be a slip of the pen: about one wrong
/// letter in three. Case, `-` and `_` do not count.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = plain(name);
    known
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&name, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, '-' | '_'));
    letters.collect::<String>().to_ascii_lowercase()
}

/// What to write instead of an unknown key of a section.
pub(super) fn hint_for_key(section: &str, key: &str) -> String {
    let known = keys::keys_of(section);
    if let Some(near) = nearest(key, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    match keys::section_of(key) {
        Some(other) => format!("`{key}` belongs in [{other}]"),
        None => format!("the keys of [{section}] are {}", listed(&known)),
    }
}

/// What to write instead of an unknown section, or of a key outside of any.
pub(super) fn hint_for_section(name: &str) -> String {
    if let Some(section) = keys::section_of(name) {
        return format!("`{name}` belongs in [{section}]");
    }
    match nearest(name, keys::SECTIONS) {
        Some(near) => format!("did you mean [{near}]?"),
        None => format!("the sections are {}", listed(&keys::SECTIONS)),
    }
}

/// The names, one after the other.
pub(super) fn listed(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// A warning for each `GRIDSYNC_*` variable that has no effect.
pub(super) fn unknown_variables(env: &Env) -> Vec<Warning> {
    let known: Vec<_> = keys::ALL.iter().filter_map(|key| key.variable()).collect();
    env.names_with_prefix("GRIDSYNC_")
        .into_iter()
        .filter(|name| !known.iter().any(|known| known == name))
        .map(|name| warning(name, &known))
        .collect()
}

fn warning(name: &str, known: &[String]) -> Warning {
    let name_owned = name.to_owned();
    if let Some(flag) = keys::FLAG_ONLY.iter().find(|flag| variable(flag) == name) {
        return Warning::FlagOnly {
            name: name_owned,
            flag: (*flag).to_owned(),
        };
    }
    if names_a_secret(name) || name.ends_with("_CLIENT_ID") {
        return Warning::CredentialVariable { name: name_owned };
    }
    let suffixes = known
        .iter()
        .filter_map(|known| known.strip_prefix("GRIDSYNC_"));
    let near = nearest(name.trim_start_matches("GRIDSYNC_"), suffixes);
    Warning::UnknownVariable {
        name: name_owned,
        nearest: near.map(variable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_its_key() {
        let keys = || keys::keys_of("grid");
        assert_eq!(nearest("rat", keys()), Some("rate"));
        assert_eq!(nearest("base-url", keys()), Some("base_url"));
        assert_eq!(nearest("baseUrl", keys()), Some("base_url"));
        assert_eq!(nearest("concurency", keys()), Some("concurrency"));
        assert_eq!(nearest("tiemout", keys()), Some("timeout"));
        assert_eq!(nearest("zebra", keys()), None);
    }

    #[test]
    fn a_key_in_the_wrong_section_is_sent_to_its_own() {
        assert_eq!(hint_for_key("source", "rate"), "`rate` belongs in [grid]");
        assert_eq!(hint_for_section("csv"), "`csv` belongs in [source]");
        assert_eq!(hint_for_section("field"), "did you mean [fields]?");
        assert_eq!(
            hint_for_key("state", "zebra"),
            "the keys of [state] are `path`"
        );
    }

    #[test]
    fn variables_without_effect_are_named_and_their_values_are_not() {
        let env = Env::default()
            .with("GRIDSYNC_RATE", "5/s")
            .with("GRIDSYNC_RAET", "5/s")
            .with("GRIDSYNC_YES", "1")
            .with("GRIDSYNC_CLIENT_SECRET", "hunter2")
            .with("GRIDSYNC_ZZZZZZZZZ", "1")
            .with("OTHER_RAET", "1");
        let warnings: Vec<_> = unknown_variables(&env)
            .iter()
            .map(ToString::to_string)
            .collect();
        insta::assert_snapshot!(warnings.join("\n"), @r"
        GRIDSYNC_CLIENT_SECRET has no effect: credentials are read from GRID_CLIENT_ID and GRID_CLIENT_SECRET
        GRIDSYNC_RAET is not known and has no effect; did you mean GRIDSYNC_RATE?
        GRIDSYNC_YES has no effect: --yes is said anew in each run
        GRIDSYNC_ZZZZZZZZZ is not known and has no effect
        ");
    }
}
