//! Ids written back into the platform's own database: after a run that was applied, and by
//! `export --write-back`. Never by a rehearsal, whose configuration has no such place.

use jiff::Timestamp;
use serde_json::json;

use super::ending::Ending;
use super::next_command::write_back_again;
use super::session::Session;
use super::write_back_place::WriteBackPlace;
use crate::config::WriteBack;
use crate::engine::{EngineError, WriteBackSettings, WrittenBack, write_back};
use crate::exit::{Exit, Failure, chain};
use crate::state::State;

/// The database can be named, as far as that can be told without it. Asked before a run that may take
/// days.
pub(super) fn can_be_named(session: &Session<'_>) -> Result<(), Failure> {
    match &session.config.write_back {
        Some(wanted) if wanted.after_apply => {
            WriteBackPlace::of(&wanted.database, session.env).map(drop)
        }
        _ => Ok(()),
    }
}

/// After a run that came to its end. The run is done whatever comes of this: what could not be written
/// waits for the next time.
pub(super) async fn after_apply(session: &Session<'_>, state: &State, ending: &mut Ending) {
    let Some(wanted) = session.config.write_back.as_ref() else {
        return;
    };
    if !wanted.after_apply {
        return;
    }
    if let Err(failure) = put(session, state, wanted, false, ending).await {
        match failure.exit() {
            exit @ Exit::State => ending.weigh(exit, chain(&failure)),
            _ => ending.weigh(Exit::Paused, chain(&failure)),
        }
    }
    let waits = session.stop.reason().is_some() || ending.exit == Exit::Paused;
    if waits {
        ending.next_command = Some(write_back_again(session.args));
    }
}

/// Whatever the database does not have yet; with `rewrite`, all.
pub(super) async fn put(
    session: &Session<'_>,
    state: &State,
    wanted: &WriteBack,
    rewrite: bool,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let place = WriteBackPlace::of(&wanted.database, session.env)?;
    let settings = WriteBackSettings {
        place: place.id(&wanted.into),
        batch: wanted.batch,
        rewrite,
        at: Timestamp::now(),
    };
    let (state, into) = (state.clone(), wanted.into.clone());
    let (sink, stop) = (session.sink.clone(), session.stop.clone());
    // A driver may wait for its server, and one of them has a runtime of its own.
    let work = move || write_back(&state, || place.open(&into), &settings, &sink, &stop);
    let (done, result) = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| EngineError::Panicked(error.to_string()))?;
    account(&done, ending);
    Ok(result?)
}

fn account(done: &WrittenBack, ending: &mut Ending) {
    let WrittenBack {
        written,
        unchanged,
        missing,
        missing_keys,
    } = done;
    let told = json!({
        "written": written,
        "unchanged": unchanged,
        "missing": missing,
    });
    let details = ending.details.get_or_insert_with(|| json!({}));
    details["write_back"] = told;
    if *missing > 0 {
        details["keys_without_row"] = json!(missing_keys);
        let reason = format!("{missing} keys have no row that could take their customer's id");
        ending.weigh(Exit::Rows, reason);
    }
}
