//! `~/.grid-credentials`, the file of Grid's own command line.

#![expect(
    clippy::disallowed_types,
    reason = "edge: reads a file that holds credentials, and who may read it"
)]

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{CredentialsError, Env, paths};

const NAME: &str = ".grid-credentials";

/// What the file holds; each text trimmed and not empty. Not `Debug`: it holds secrets.
pub(super) struct Content {
    pub(super) token_id: Option<String>,
    pub(super) client_secret: Option<String>,
    pub(super) base_url: Option<String>,
}

/// Where the file would be.
pub(super) fn path(env: &Env) -> Option<PathBuf> {
    Some(paths::home(env)?.join(NAME))
}

/// Reads the file; `None` if there is none.
pub(super) fn read(path: &Path) -> Result<Option<Content>, CredentialsError> {
    let unreadable = |source| CredentialsError::Unreadable {
        from: path.display().to_string(),
        source,
    };
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(unreadable)?,
    };
    refuse_if_open_to_others(path, &file)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    parse(path, &text).map(Some)
}

/// Parsed as any JSON first: an error about a value's type would quote the value.
fn parse(path: &Path, text: &str) -> Result<Content, CredentialsError> {
    let json: Value = serde_json::from_str(text).map_err(|source| CredentialsError::NotJson {
        path: path.to_owned(),
        source,
    })?;
    let first = |keys: &[&str]| {
        let mut texts = keys
            .iter()
            .filter_map(|key| json.get(key)?.as_str())
            .map(str::trim);
        texts.find(|text| !text.is_empty()).map(str::to_owned)
    };
    Ok(Content {
        token_id: first(&["apiTokenId", "clientId"]),
        client_secret: first(&["apiClientSecret", "clientSecret"]),
        base_url: first(&["baseUrl"]),
    })
}

#[cfg(unix)]
fn refuse_if_open_to_others(path: &Path, file: &File) -> Result<(), CredentialsError> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = file
        .metadata()
        .map_err(|source| CredentialsError::Unreadable {
            from: path.display().to_string(),
            source,
        })?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o044 == 0 {
        Ok(())
    } else {
        Err(CredentialsError::OpenToOthers {
            path: path.to_owned(),
            mode,
        })
    }
}

/// Elsewhere the home folder's own access rules are what protects the file.
#[cfg(not(unix))]
fn refuse_if_open_to_others(_: &Path, _: &File) -> Result<(), CredentialsError> {
    Ok(())
}
