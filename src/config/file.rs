//! Finds and reads the configuration file.

#![expect(
    clippy::disallowed_methods,
    reason = "edge: reads the configuration file"
)]

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::{ConfigError, Env, paths};

/// The file's name in the current folder.
const LOCAL: &str = "gridsync.toml";

/// The text of a configuration file, and where it was found.
#[derive(Debug)]
pub(super) struct ConfigFile {
    /// As it was named or found.
    pub(super) path: PathBuf,
    /// Its content.
    pub(super) text: String,
}

/// Reads the file that was named, which must exist; else the first of the usual ones that does.
pub(super) fn find(named: Option<PathBuf>, env: &Env) -> Result<Option<ConfigFile>, ConfigError> {
    if let Some(path) = named {
        return read(path).map(Some);
    }
    let usual = [Some(PathBuf::from(LOCAL)), paths::config_file(env)];
    for path in usual.into_iter().flatten() {
        match read(path) {
            Err(ConfigError::Unreadable { source, .. }) if source.kind() == ErrorKind::NotFound => {
            }
            found => return found.map(Some),
        }
    }
    Ok(None)
}

fn read(path: PathBuf) -> Result<ConfigFile, ConfigError> {
    match fs::read_to_string(&path) {
        Ok(text) => Ok(ConfigFile { path, text }),
        Err(source) => Err(ConfigError::Unreadable { path, source }),
    }
}
