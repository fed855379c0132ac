//! Whom a full scan did not see, and was perhaps too early for: Grid is asked for each by its id before they
//! are forgotten.

use jiff::{SignedDuration, Timestamp};

use super::notice;
use crate::engine::context::Context;
use crate::engine::error::EngineError;
use crate::grid::Found;
use crate::model::{CustomerId, Key};

/// Customers that are asked for at a time.
const BATCH: usize = 500;

/// Keeps those that are there, and when Grid does not say, those that may be. Gives their number.
pub(super) async fn keep(
    context: &Context,
    began: Timestamp,
    lag: SignedDuration,
) -> Result<u64, EngineError> {
    let state = &context.state;
    let (mut count, mut answers, mut after) = (0, true, None);
    loop {
        let unlisted = state.unlisted(began, lag, after, BATCH).await?;
        let Some(last) = unlisted.last() else {
            break;
        };
        after = Some(last.clone());
        let mut kept = Vec::new();
        for (key, customer_id) in unlisted {
            let there = if answers {
                is_there(context, &key, &customer_id).await?
            } else {
                None
            };
            answers = there.is_some();
            if there != Some(false) {
                kept.push((key, customer_id));
            }
        }
        count += kept.len() as u64;
        state.keep_unlisted(kept).await?;
    }
    if count > 0 {
        let message =
            format!("customers that were made a moment ago and are in no list yet: {count}");
        notice(context, &message);
    }
    Ok(count)
}

/// Whether the customer is there and has that key; `None` if Grid does not say.
async fn is_there(
    context: &Context,
    key: &Key,
    customer_id: &CustomerId,
) -> Result<Option<bool>, EngineError> {
    let asking = context.reader.customer(customer_id);
    let answer = context.stop.unless(asking).await;
    match answer.ok_or(EngineError::Stopped)? {
        Ok(Found::Active(customer)) => Ok(Some(customer.key.is_none_or(|shown| shown == *key))),
        Ok(Found::Deleted | Found::Absent) => Ok(Some(false)),
        Err(error) if error.class().ends_the_run() => {
            Err(EngineError::grid("asked for a customer")(error))
        }
        Err(error) => {
            tracing::debug!(%error, "whom a list does not show is kept unseen");
            Ok(None)
        }
    }
}
