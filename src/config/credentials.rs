//! The credentials: looked for in a fixed order, first hit wins, never printed.
//!
//! 1. `GRID_CLIENT_ID` and `GRID_CLIENT_SECRET`
//! 2. `GRID_API_TOKEN_ID` and `GRID_API_CLIENT_SECRET`, the names of Grid's own command line
//! 3. the same names with `_FILE`, each naming a file that holds one half and that nobody else may read,
//!    unless it is mounted as it is (`config/secret_file.rs`)
//! 4. files of these names in systemd's `$CREDENTIALS_DIRECTORY`, in lower or upper case
//! 5. `~/.grid-credentials`, JSON, which nobody else may read
//! 6. for an address on this machine alone: `emulator` and `emulator`
//!
//! Half a pair is an error, not a reason to look further: the other half was forgotten, and going
//! on could use the credentials of another account.

use std::io;
use std::path::{Path, PathBuf};

use url::Url;

use crate::model::Secret;

use super::raw::Raw;
use super::secret_file::{self, Fault};
use super::{Env, Place, credentials_file, is_loopback};

/// The names of the two halves, Grid's documentation first, Grid's own command line second.
const PAIRS: [[&str; 2]; 2] = [
    ["GRID_CLIENT_ID", "GRID_CLIENT_SECRET"],
    ["GRID_API_TOKEN_ID", "GRID_API_CLIENT_SECRET"],
];

/// What the emulator is told when there are no credentials: it accepts any.
const EMULATOR: &str = "emulator";

/// What signs a request (HTTP Basic).
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The token's id.
    pub token_id: Secret,
    /// The token's secret.
    pub client_secret: Secret,
    /// Where both were found, for texts: names and paths, never content.
    pub origin: String,
}

/// There are no usable credentials. No text of it holds any part of one.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// One half is there, the other is not.
    #[error("{found} is set, but {missing} is not: set both")]
    Half {
        /// The half that is there.
        found: String,
        /// The half that is not.
        missing: String,
    },
    /// A file that was named, or that exists, cannot be read.
    #[error("cannot read the credentials from {from}")]
    Unreadable {
        /// The file, and the variable that names it.
        from: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others can read the file.
    #[error(
        "{} can be read or changed by others (mode {mode:04o}); run `chmod 600 {}` (or mount the secret \
         with mode 0400), and renew the token if others may have seen it",
        path.display(), path.display()
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is not JSON. The parser's message holds a position and no content.
    #[error("{} is not JSON", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Where it stops to be JSON.
        #[source]
        source: serde_json::Error,
    },
    /// The file is JSON without a value that is needed.
    #[error("{} has no text `{key}`", path.display())]
    Lacking {
        /// The file.
        path: PathBuf,
        /// The key.
        key: &'static str,
    },
    /// A value that HTTP Basic cannot carry.
    #[error("{origin} cannot be used: expected {expected}")]
    Unusable {
        /// Where it was found.
        origin: String,
        /// What is accepted.
        expected: &'static str,
    },
    /// None anywhere.
    #[error("no credentials for Grid; looked at:\n  - {}", looked.join("\n  - "))]
    Missing {
        /// Every place, in order.
        looked: Vec<String>,
    },
}

impl CredentialsError {
    pub(super) fn of_file(path: &Path, from: String, fault: Fault) -> Self {
        match fault {
            Fault::Unreadable(source) => Self::Unreadable { from, source },
            Fault::OpenToOthers(mode) => Self::OpenToOthers {
                path: path.to_owned(),
                mode,
            },
        }
    }
}

/// One half, and where it was found.
struct Half {
    text: String,
    from: String,
}

/// Finds the credentials for this address.
pub fn credentials(env: &Env, base_url: &Url) -> Result<Credentials, CredentialsError> {
    let found = match from_environment(env)? {
        Some(pair) => Some(pair),
        None => from_home(env)?,
    };
    match found {
        Some([id, secret]) => checked(id, secret),
        None if is_loopback(base_url) => Ok(for_the_emulator()),
        None => Err(CredentialsError::Missing {
            looked: looked(env),
        }),
    }
}

/// The address in `~/.grid-credentials`, if it is these credentials that will be used: an address
/// must not be joined with credentials from elsewhere. Faults of the file show when the
/// credentials are read.
pub(super) fn base_url_beside_credentials(env: &Env) -> Option<(Raw, Place)> {
    if !matches!(from_environment(env), Ok(None)) {
        return None;
    }
    let path = credentials_file::path(env)?;
    let url = credentials_file::read(&path).ok()??.base_url?;
    Some((Raw::Text(url), Place::CredentialsFile(path)))
}

fn from_environment(env: &Env) -> Result<Option<[Half; 2]>, CredentialsError> {
    for names in PAIRS {
        let elsewhere = |index: usize| env.get(&format!("{}_FILE", names[index])).is_some();
        match names.map(|name| variable(env, name)) {
            [Some(id), Some(secret)] => return Ok(Some([id, secret])),
            [Some(_), None] if !elsewhere(1) => return Err(half(names[0], names[1])),
            [None, Some(_)] if !elsewhere(0) => return Err(half(names[1], names[0])),
            _ => {}
        }
    }
    for names in PAIRS {
        let [id, secret] = names.map(|name| variable_or_file(env, name));
        if let Some(pair) = both(names.map(|name| format!("{name}_FILE")), id?, secret?)? {
            return Ok(Some(pair));
        }
    }
    from_systemd(env)
}

fn from_systemd(env: &Env) -> Result<Option<[Half; 2]>, CredentialsError> {
    let Some(folder) = env.path("CREDENTIALS_DIRECTORY") else {
        return Ok(None);
    };
    for names in PAIRS {
        let [id, secret] = names.map(|name| file_of_either_case(env, &folder, name));
        let paths = names.map(|name| folder.join(name.to_ascii_lowercase()).display().to_string());
        if let Some(pair) = both(paths, id?, secret?)? {
            return Ok(Some(pair));
        }
    }
    Ok(None)
}

fn from_home(env: &Env) -> Result<Option<[Half; 2]>, CredentialsError> {
    let Some(path) = credentials_file::path(env) else {
        return Ok(None);
    };
    let Some(content) = credentials_file::read(&path)? else {
        return Ok(None);
    };
    let from = path.display().to_string();
    let half = |text: Option<String>, key| match text {
        Some(text) => Ok(Half {
            text,
            from: from.clone(),
        }),
        None => Err(CredentialsError::Lacking {
            path: path.clone(),
            key,
        }),
    };
    let id = half(content.token_id, "apiTokenId")?;
    Ok(Some([id, half(content.client_secret, "apiClientSecret")?]))
}

/// Both halves, or neither.
fn both(
    names: [String; 2],
    id: Option<Half>,
    secret: Option<Half>,
) -> Result<Option<[Half; 2]>, CredentialsError> {
    let [id_name, secret_name] = names;
    match (id, secret) {
        (Some(id), Some(secret)) => Ok(Some([id, secret])),
        (Some(id), None) => Err(half(&id.from, &secret_name)),
        (None, Some(secret)) => Err(half(&secret.from, &id_name)),
        (None, None) => Ok(None),
    }
}

fn half(found: &str, missing: &str) -> CredentialsError {
    CredentialsError::Half {
        found: found.to_owned(),
        missing: missing.to_owned(),
    }
}

/// The variable's text without white space around it; nothing but white space is nothing.
fn variable(env: &Env, name: &str) -> Option<Half> {
    let text = env.get(name)?.to_string_lossy().trim().to_owned();
    (!text.is_empty()).then(|| Half {
        text,
        from: name.to_owned(),
    })
}

fn variable_or_file(env: &Env, name: &str) -> Result<Option<Half>, CredentialsError> {
    if let Some(half) = variable(env, name) {
        return Ok(Some(half));
    }
    let variable = format!("{name}_FILE");
    let Some(path) = env.path(&variable) else {
        return Ok(None);
    };
    let from = format!("{} (named by {variable})", path.display());
    match secret_file::read(&path, env) {
        Ok(text) => Ok(Some(Half {
            text: text.trim().to_owned(),
            from,
        })),
        Err(fault) => Err(CredentialsError::of_file(&path, from, fault)),
    }
}

fn file_of_either_case(
    env: &Env,
    folder: &Path,
    name: &str,
) -> Result<Option<Half>, CredentialsError> {
    for name in [name.to_ascii_lowercase(), name.to_owned()] {
        let path = folder.join(name);
        let from = path.display().to_string();
        match secret_file::read(&path, env) {
            Ok(text) => {
                return Ok(Some(Half {
                    text: text.trim().to_owned(),
                    from,
                }));
            }
            Err(Fault::Unreadable(error)) if error.kind() == io::ErrorKind::NotFound => {}
            Err(fault) => return Err(CredentialsError::of_file(&path, from, fault)),
        }
    }
    Ok(None)
}

/// Refuses what an HTTP Basic header cannot carry.
fn checked(id: Half, secret: Half) -> Result<Credentials, CredentialsError> {
    let unusable = |half: &Half, expected| CredentialsError::Unusable {
        origin: half.from.clone(),
        expected,
    };
    for half in [&id, &secret] {
        if half.text.is_empty() || !half.text.chars().all(|c| c.is_ascii_graphic()) {
            return Err(unusable(
                half,
                "one line of visible ASCII characters without spaces",
            ));
        }
    }
    if id.text.contains(':') {
        return Err(unusable(&id, "a token id without a colon"));
    }
    let origin = if id.from == secret.from {
        id.from
    } else {
        format!("{} and {}", id.from, secret.from)
    };
    let (token_id, client_secret) = (Secret::new(id.text), Secret::new(secret.text));
    Ok(Credentials {
        token_id,
        client_secret,
        origin,
    })
}

fn for_the_emulator() -> Credentials {
    Credentials {
        token_id: Secret::new(EMULATOR),
        client_secret: Secret::new(EMULATOR),
        origin: "the emulator's default".to_owned(),
    }
}

fn looked(env: &Env) -> Vec<String> {
    let mut places: Vec<_> = PAIRS
        .iter()
        .map(|[id, secret]| format!("{id} and {secret}"))
        .collect();
    places.push("the same names with _FILE, each naming a file".to_owned());
    places.push(match env.path("CREDENTIALS_DIRECTORY") {
        Some(folder) => format!(
            "grid_client_id and grid_client_secret in {}",
            folder.display()
        ),
        None => "$CREDENTIALS_DIRECTORY, which is not set".to_owned(),
    });
    places.push(match credentials_file::path(env) {
        Some(path) => format!("{}, which does not exist", path.display()),
        None => "~/.grid-credentials, but HOME is not set".to_owned(),
    });
    places
}
