//! Where a setting's value was written, for texts that send the operator there.

use std::fmt;
use std::path::PathBuf;

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the command line: the flag with its dashes.
    Flag(String),
    /// In the environment: the variable's name.
    Env(String),
    /// In the configuration file.
    File {
        /// The key with its section, as `grid.rate`.
        key: String,
        /// The file, as it was found or named.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// In `~/.grid-credentials`.
    CredentialsFile(PathBuf),
    /// Nowhere: it is the default.
    Default,
}

impl Place {
    /// The order in which problems are listed: flags, variables, the file from top to bottom.
    pub(super) const fn order(&self) -> (u8, usize, usize) {
        match self {
            Self::Flag(_) => (0, 0, 0),
            Self::Env(_) => (1, 0, 0),
            Self::File { line, column, .. } => (2, *line, *column),
            Self::CredentialsFile(_) => (3, 0, 0),
            Self::Default => (4, 0, 0),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Env(name) => f.write_str(name),
            Self::File {
                key,
                path,
                line,
                column,
            } => {
                write!(f, "{key} ({}:{line}:{column})", path.display())
            }
            Self::CredentialsFile(path) => write!(f, "baseUrl ({})", path.display()),
            Self::Default => f.write_str("the default"),
        }
    }
}

impl Place {
    /// Where, without the key: for a text that names the key itself.
    pub fn short(&self) -> String {
        match self {
            Self::File {
                path, line, column, ..
            } => format!("{}:{line}:{column}", path.display()),
            other => other.to_string(),
        }
    }
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub place: Place,
}

impl<T> Setting<T> {
    /// A value that nobody wrote.
    pub const fn default_of(value: T) -> Self {
        Self {
            value,
            place: Place::Default,
        }
    }
}
