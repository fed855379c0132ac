//! The environment as a value: the one place that reads it.

#![expect(
    clippy::disallowed_methods,
    reason = "edge: the one place that reads the environment"
)]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

/// A snapshot of the process's environment. An empty variable counts as unset.
#[derive(Clone, Default)]
pub struct Env {
    vars: BTreeMap<OsString, OsString>,
}

impl Env {
    /// The environment of this process, as it is now.
    pub fn from_process() -> Self {
        Self {
            vars: std::env::vars_os().collect(),
        }
    }

    /// The same environment with this variable set.
    #[must_use]
    pub fn with(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.vars.insert(name.into(), value.into());
        self
    }

    /// The variable as it is, unless it is unset or empty.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        let value = self.vars.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value.as_os_str())
    }

    /// The variable as a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from)
    }

    /// Names of all variables that begin with the prefix and are not empty, in order.
    pub fn names_with_prefix(&self, prefix: &str) -> Vec<&str> {
        self.vars
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .filter_map(|(name, _)| name.to_str())
            .filter(|name| name.starts_with(prefix))
            .collect()
    }
}

/// Names only: a value may be a credential.
impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env")
            .field("names", &self.vars.keys())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_unset() {
        let env = Env::default()
            .with("GRIDSYNC_RATE", "")
            .with("GRIDSYNC_CSV", "u.csv");
        assert_eq!(env.get("GRIDSYNC_RATE"), None);
        assert_eq!(env.names_with_prefix("GRIDSYNC_"), ["GRIDSYNC_CSV"]);
    }

    #[test]
    fn debug_shows_names_and_no_value() {
        let env = Env::default().with("GRID_CLIENT_SECRET", "hunter2");
        let shown = format!("{env:?}");
        assert!(shown.contains("GRID_CLIENT_SECRET"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
