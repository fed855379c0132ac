//! A configuration file for somebody to read and finish: the text of what `init` proposes.

mod page;
mod rule;
mod text;

pub use text::{Draft, Undecided};

use crate::model::Proposal;
use page::Page;

/// What the file is for.
#[derive(Clone, Debug)]
pub struct DraftSource {
    /// How the source is called in texts.
    pub label: String,
    /// The keys of `[source]`, with their values.
    pub keys: Vec<(&'static str, String)>,
}

/// Writes the file. `command` is what comes next.
pub fn draft(source: &DraftSource, proposal: &Proposal, command: &str) -> Draft {
    let mut page = Page::default();
    text::write(&mut page, source, proposal, command);
    page.into_draft()
}

#[cfg(test)]
mod tests;
