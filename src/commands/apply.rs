//! `apply`: a saved plan, or the rest of an interrupted run.

use super::ending::Ending;
use super::resume::resume;
use super::saved_plan::apply_file;
use super::session::Session;
use super::write_back::can_be_named;
use crate::config::ApplyOptions;
use crate::exit::Failure;

pub(super) async fn apply(
    session: &Session<'_>,
    options: &ApplyOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    can_be_named(session)?;
    match &options.plan {
        Some(path) => apply_file(session, options, path, ending).await,
        None => resume(session, options, ending).await,
    }
}
