//! Settle: changes and bank accounts whose outcome an earlier run left open are looked up before
//! anything is planned.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::look::{Looked, look};
use crate::engine::context::Context;
use crate::engine::error::EngineError;
use crate::engine::scan::listed;
use crate::event::{Event, Sink};
use crate::grid::{Class, Found};
use crate::plan::{Change, ChangeKind, FieldHashes, Owned, existed_before, is_as_sent};
use crate::state::{AccountRecord, OpenAccount, OpenChange, Record};

/// What Grid could not be, when it does not answer.
const ASKED: &str = "asked what became of an earlier request";

/// Until when an empty answer does not count. Whoever sent the requests is dead, so that none is waited for
/// any more; how long ago they left, only a clock could tell that may have been set since.
#[derive(Clone, Copy)]
struct Until(Instant);

/// Finds out what came of every open change, `concurrency` at a time; an empty answer counts when this has
/// taken as long as `settle` says. Afterwards none is open; if Grid cannot be asked, the error says so and
/// nothing else may begin.
pub async fn settle(
    context: &Context,
    concurrency: usize,
    settle: Duration,
) -> Result<u64, EngineError> {
    let until = Until(Instant::now() + settle);
    let open = context.state.open_changes().await?;
    let accounts = context.state.open_accounts().await?;
    let total = (open.len() + accounts.len()) as u64;
    if total == 0 {
        return Ok(0);
    }
    let mut settling = Settling {
        sink: &context.sink,
        until,
        tasks: JoinSet::new(),
        done: 0,
        total,
    };
    settling.tell();
    for change in open {
        settling.leave_room(concurrency).await?;
        let context = context.clone();
        let settled = async move { settle_one(&context, change, until).await };
        settling.tasks.spawn(settled);
    }
    for account in accounts {
        settling.leave_room(concurrency).await?;
        let context = context.clone();
        let settled = async move { settle_account(&context, account, until).await };
        settling.tasks.spawn(settled);
    }
    settling.leave_room(1).await?;
    Ok(total)
}

/// The look-ups that are under way, and how far they are.
struct Settling<'a> {
    sink: &'a Sink,
    until: Until,
    tasks: JoinSet<Result<(), EngineError>>,
    done: u64,
    total: u64,
}

impl Settling<'_> {
    /// Waits until fewer than so many are under way.
    async fn leave_room(&mut self, concurrency: usize) -> Result<(), EngineError> {
        while self.tasks.len() >= concurrency {
            if let Some(settled) = self.tasks.join_next().await {
                settled.map_err(EngineError::join)??;
                self.done += 1;
                self.tell();
            }
        }
        Ok(())
    }

    fn tell(&self) {
        self.sink.emit(Event::Settling {
            done: self.done,
            total: self.total,
            wait: self.until.0.saturating_duration_since(Instant::now()),
        });
    }
}

async fn settle_one(context: &Context, open: OpenChange, until: Until) -> Result<(), EngineError> {
    let OpenChange {
        run,
        change,
        attempted_at,
    } = open;
    let key = change.key.clone();
    let record = match change.kind {
        ChangeKind::Delete => settle_delete(context, change).await?,
        ChangeKind::Create
        | ChangeKind::CreateWithAccount
        | ChangeKind::Adopt
        | ChangeKind::AdoptDrifted
        | ChangeKind::Attach
        | ChangeKind::Replace => settle_create(context, change, attempted_at, until).await?,
    };
    Ok(context.state.record(run, key, record).await?)
}

/// An empty answer counts only once a late commit can be ruled out.
async fn settle_create(
    context: &Context,
    change: Change,
    attempted_at: Option<Timestamp>,
    until: Until,
) -> Result<Record, EngineError> {
    let mut waited = false;
    loop {
        match look(context, &change.key).await {
            // Somebody else's, who made the request come to nothing: adopted or left, as the run is told.
            Looked::Found(customer)
                if attempted_at
                    .is_some_and(|at| existed_before(customer.created_at.as_deref(), at)) =>
            {
                return Ok(Record::NotApplied);
            }
            Looked::Found(customer) => {
                let mut seen = listed(&customer, context.state.hash_key());
                seen.key = change.key;
                return Ok(Record::Created {
                    customer: Box::new(seen),
                    sent: None,
                    owned: Owned::Created,
                    account: None,
                });
            }
            Looked::Ambiguous => {
                return Ok(Record::Failed {
                    code: "AMBIGUOUS".into(),
                    fields: Vec::new(),
                });
            }
            Looked::Absent if waited => return Ok(Record::NotApplied),
            Looked::Absent => {}
            Looked::Stopped => return Err(EngineError::Stopped),
            Looked::Unanswered(error) => return Err(EngineError::grid(ASKED)(error)),
        }
        wait_out(context, until).await?;
        waited = true;
    }
}

async fn wait_out(context: &Context, until: Until) -> Result<(), EngineError> {
    let over = tokio::time::sleep_until(until.0.into());
    let waited = context.stop.unless(over).await;
    waited.ok_or(EngineError::Stopped)
}

/// What came of a bank account's request. Where it cannot be told, for the user's values are not at
/// hand, the step is to be done: whoever does it looks again, with the values, before anything is sent.
async fn settle_account(
    context: &Context,
    open: OpenAccount,
    until: Until,
) -> Result<(), EngineError> {
    let mut record = seen_account(context, &open).await?;
    if record.is_none() {
        wait_out(context, until).await?;
        record = seen_account(context, &open).await?;
    }
    let OpenAccount {
        key, customer_id, ..
    } = open;
    let record = record.unwrap_or(AccountRecord::NotApplied);
    let recorded = context.state.record_account(key, customer_id, record);
    Ok(recorded.await?)
}

/// What Grid's list of the customer's accounts proves of the request, if it proves anything.
async fn seen_account(
    context: &Context,
    open: &OpenAccount,
) -> Result<Option<AccountRecord>, EngineError> {
    let listing = context.reader.accounts(&open.customer_id);
    let listed = context.stop.unless(listing).await;
    let accounts = match listed.ok_or(EngineError::Stopped)? {
        Ok(accounts) => accounts,
        // The customer is gone, and no account of it is left to be found.
        Err(error) if matches!(error.class(), Class::Gone | Class::Refused) => Vec::new(),
        Err(error) => return Err(EngineError::grid(ASKED)(error)),
    };
    if let Some(old) = &open.account_id {
        let is_there = accounts.iter().any(|account| account.account_id == *old);
        return Ok((!is_there).then_some(AccountRecord::Detached));
    }
    let hash_key = context.state.hash_key();
    let ours = accounts.into_iter().find(|account| {
        let shown = FieldHashes::of(hash_key, &account.values());
        is_as_sent(&open.sent, &shown)
    });
    Ok(ours.map(|account| AccountRecord::Attached {
        account_id: account.account_id,
        agreed: open.sent.clone(),
        by_us: true,
    }))
}

async fn settle_delete(context: &Context, change: Change) -> Result<Record, EngineError> {
    let Some(customer_id) = change.customer_id else {
        return Ok(Record::NotApplied);
    };
    let asked = context
        .stop
        .unless(context.reader.customer(&customer_id))
        .await
        .ok_or(EngineError::Stopped)?;
    match asked.map_err(EngineError::grid(ASKED))? {
        Found::Deleted | Found::Absent => Ok(Record::Deleted {
            customer_id,
            by_us: true,
        }),
        Found::Active(_) => Ok(Record::NotApplied),
    }
}
