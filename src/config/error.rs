//! What can be wrong with a configuration, all of it in one report.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::Place;

/// There is no usable configuration. Nothing was read from the source or sent to Grid.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Every problem that was found: flags, then variables, then the file from top to bottom.
    #[error("{}", Listed(.0))]
    Invalid(Vec<Problem>),
}

impl ConfigError {
    /// Whether the command line alone is to blame: a matter of usage, not of configuration.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Unreadable { .. } => false,
            Self::Invalid(problems) => problems.iter().all(Problem::is_usage),
        }
    }
}

struct Listed<'a>(&'a [Problem]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [only] => only.fmt(f),
            several => {
                write!(f, "{} problems in the configuration:", several.len())?;
                several
                    .iter()
                    .try_for_each(|problem| write!(f, "\n  - {problem}"))
            }
        }
    }
}

/// One thing wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file is not TOML.
    #[error("{}:{line}:{column}: not TOML: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// The parser's words, which quote no value.
        message: String,
    },
    /// A key that does not exist.
    #[error("{place}: unknown key; {hint}")]
    UnknownKey {
        /// Where it stands.
        place: Place,
        /// The nearest known key, or all of them.
        hint: String,
    },
    /// A credential in the file. It is not shown.
    #[error(
        "{place}: no secret in the config file: use GRID_CLIENT_ID and GRID_CLIENT_SECRET, \
         GRID_CLIENT_SECRET_FILE or ~/.grid-credentials"
    )]
    Secret {
        /// Where it stands.
        place: Place,
    },
    /// A value that is not accepted.
    #[error("{place}: found {found}, expected {expected}")]
    Value {
        /// Where it stands.
        place: Place,
        /// The value as it was written.
        found: String,
        /// What is accepted.
        expected: String,
    },
    /// A value that is refused for a reason of its own, or must not be shown.
    #[error("{place}: {reason}")]
    Refused {
        /// Where it stands.
        place: Place,
        /// Why, and what to do.
        reason: String,
    },
    /// A setting that this command cannot do without.
    #[error("{0}")]
    Needed(&'static str),
}

impl Problem {
    /// Where the problem stands, unless it is the file as a whole or something that is nowhere.
    pub(super) const fn place(&self) -> Option<&Place> {
        match self {
            Self::Syntax { .. } | Self::Needed(_) => None,
            Self::UnknownKey { place, .. }
            | Self::Secret { place }
            | Self::Value { place, .. }
            | Self::Refused { place, .. } => Some(place),
        }
    }

    /// Whether the command line is to blame.
    fn is_usage(&self) -> bool {
        matches!(self.place(), Some(Place::Flag(_)))
    }
}

/// Something that works and is probably not what was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A `GRIDSYNC_*` variable that no setting has.
    UnknownVariable {
        /// Its name.
        name: String,
        /// The nearest that exists.
        nearest: Option<String>,
    },
    /// A variable for what must be said anew in each run.
    FlagOnly {
        /// The variable.
        name: String,
        /// The flag, without its dashes.
        flag: String,
    },
    /// A `GRIDSYNC_*` variable that looks like a credential.
    CredentialVariable {
        /// Its name.
        name: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownVariable {
                name,
                nearest: Some(nearest),
            } => {
                write!(
                    f,
                    "{name} is not known and has no effect; did you mean {nearest}?"
                )
            }
            Self::UnknownVariable {
                name,
                nearest: None,
            } => {
                write!(f, "{name} is not known and has no effect")
            }
            Self::FlagOnly { name, flag } => {
                write!(f, "{name} has no effect: --{flag} is said anew in each run")
            }
            Self::CredentialVariable { name } => write!(
                f,
                "{name} has no effect: credentials are read from GRID_CLIENT_ID and \
                 GRID_CLIENT_SECRET"
            ),
        }
    }
}
