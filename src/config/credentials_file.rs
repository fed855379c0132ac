//! `~/.grid-credentials`, the file of Grid's own command line.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::secret_file::{self, Fault};
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
    match secret_file::read_own(path) {
        Ok(text) => parse(path, &text).map(Some),
        Err(Fault::Unreadable(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(CredentialsError::of_file(
            path,
            path.display().to_string(),
            fault,
        )),
    }
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
