//! From arguments to [`Cli`], or to the text that is shown instead.

use std::ffi::OsString;

use clap::Parser;
use clap::error::ErrorKind;

use super::Cli;

/// Why there is no [`Cli`]: help or the version was asked for, or the usage is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct ParseFailure {
    /// What to show, without colour, with its final line break.
    pub text: String,
    /// Whether it was asked for: then it belongs on stdout and the exit code is 0.
    pub is_help: bool,
}

impl From<clap::Error> for ParseFailure {
    fn from(error: clap::Error) -> Self {
        let is_help = matches!(
            error.kind(),
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
        );
        Self {
            text: error.to_string(),
            is_help,
        }
    }
}

/// Parses the arguments, the program's name first. Never ends the process.
pub fn parse<I, T>(args: I) -> Result<Cli, ParseFailure>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    Ok(Cli::try_parse_from(args)?)
}
