//! A plan that was made some time ago, or that a state file has which was put back from a copy: customers may
//! have been made since.

use super::planning::scan_settings;
use super::session::{Connected, Session};
use crate::config::ScanMode;
use crate::engine::{is_up_to_date, scan};
use crate::exit::Failure;
use crate::plan::Totals;

/// Lists what changed, if Grid counts other customers than are known: who is known by then is not created
/// unseen. Whether every user has to be looked up first nonetheless, because the count still differs.
pub(super) async fn catch_up(
    session: &Session<'_>,
    connected: &Connected,
    mapping: &str,
    totals: &Totals,
) -> Result<bool, Failure> {
    let context = &connected.context;
    if totals.create == 0 || is_up_to_date(context).await? {
        return Ok(false);
    }
    session.notice(
        "Grid counts other customers than were there when this was planned: listing what changed",
    );
    let settings = scan_settings(session, mapping, ScanMode::Due);
    let facts = scan(context, &settings, session.now).await?;
    Ok(facts.count_agrees != Some(true))
}
