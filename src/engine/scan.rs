//! Scan: list Grid's customers into the mirror.

use jiff::{SignedDuration, Timestamp};

use super::context::Context;
use super::error::EngineError;
use crate::event::Event;
use crate::grid::{Class, ListFault, ListFilter, ListGuard, Page, Step};
use crate::model::{Customer, Key};
use crate::plan::{FieldHashes, HashKey, ScanFacts, ScanKind, count_agrees};
use crate::state::{Checkpoint, Listed, ScanMode};

mod unlisted;

/// How often a scan is begun anew within one run, when its cursor expired or its count is wrong.
const RESTARTS: u32 = 2;

/// An interrupted scan is taken up again for so long. After that the pages at its beginning are
/// too old to be called one picture.
const RESUME_WITHIN: SignedDuration = SignedDuration::from_hours(48);

/// What the operator chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanChoice {
    /// Full when it must be, else incremental.
    Auto,
    /// Full.
    Full,
    /// None: the mirror as it is.
    Skip,
}

/// What a scan goes by.
#[derive(Clone, Debug)]
pub struct ScanSettings {
    /// The choice.
    pub choice: ScanChoice,
    /// After so long the next scan is full.
    pub full_every: SignedDuration,
    /// How far the watermark stays behind the server's clock.
    pub lookback: SignedDuration,
    /// How late a list may be: see [`may_be_unlisted`](crate::plan::may_be_unlisted).
    pub lag: SignedDuration,
    /// Hash over the mapping: another one since the last scan asks for a full scan.
    pub mapping: String,
}

/// Why the next scan has to be full, if it has to.
pub fn full_because(
    checkpoint: &Checkpoint,
    mapping: &str,
    full_every: SignedDuration,
    now: Timestamp,
) -> Option<&'static str> {
    let Some(last_full) = checkpoint.last_full_at else {
        return Some("there was no full scan yet");
    };
    if checkpoint.watermark.is_none() {
        return Some("there is no watermark");
    }
    if checkpoint.count_agreed == Some(false) {
        return Some("the mirror and Grid's own count differ");
    }
    if checkpoint.mapping.as_deref() != Some(mapping) {
        return Some("the mapping changed");
    }
    (now.duration_since(last_full).abs() >= full_every)
        .then_some("the last full scan is too long ago")
}

/// Brings the mirror up to date.
pub async fn scan(
    context: &Context,
    settings: &ScanSettings,
    now: Timestamp,
) -> Result<ScanFacts, EngineError> {
    let checkpoint = context.state.checkpoint().await?;
    if settings.choice == ScanChoice::Skip {
        return Ok(ScanFacts {
            kind: ScanKind::None,
            at: checkpoint.last_scan_at,
            count_agrees: checkpoint.count_agreed,
        });
    }
    let full = settings.choice == ScanChoice::Full
        || full_because(&checkpoint, &settings.mapping, settings.full_every, now).is_some();
    if let (false, Some(watermark)) = (full, checkpoint.watermark) {
        let facts = incremental(context, settings, watermark, now).await?;
        if facts.count_agrees != Some(false) {
            return Ok(facts);
        }
        notice(
            context,
            "the mirror and Grid's own count of customers differ: scanning in full",
        );
    }
    complete(context, settings, now).await
}

async fn incremental(
    context: &Context,
    settings: &ScanSettings,
    watermark: Timestamp,
    now: Timestamp,
) -> Result<ScanFacts, EngineError> {
    let mode = ScanMode::Incremental {
        since: watermark.to_string(),
    };
    let end = run_to_end(context, settings, &mode, now).await?;
    let total = total_active(context).await?;
    conclude(context, &end, ScanKind::Incremental, total).await
}

async fn total_active(context: &Context) -> Result<Option<u64>, EngineError> {
    let total = context.reader.total_active();
    let total = context.stop.unless(total).await;
    total
        .ok_or(EngineError::Stopped)?
        .map_err(EngineError::grid("asked for its count"))
}

/// Whether Grid counts as many customers as the mirror has, so that nobody else was made since it was filled.
/// For a plan that was made some time ago, or by a state file that was put back from a copy.
pub async fn is_up_to_date(context: &Context) -> Result<bool, EngineError> {
    let known = context.state.active_customers().await?;
    Ok(total_active(context).await? == Some(known))
}

/// A full scan, and another if the first one's count is not Grid's: pages shift under a live list.
async fn complete(
    context: &Context,
    settings: &ScanSettings,
    now: Timestamp,
) -> Result<ScanFacts, EngineError> {
    let end = run_to_end(context, settings, &ScanMode::Full, now).await?;
    let facts = conclude(context, &end, ScanKind::Full, end.total).await?;
    if facts.count_agrees.is_none() {
        notice(
            context,
            "Grid does not tell how many customers it has: every user is looked up before it is created",
        );
    }
    if facts.count_agrees != Some(false) {
        return Ok(facts);
    }
    notice(
        context,
        "Grid counts other customers than it listed: scanning in full once more",
    );
    let end = run_to_end(context, settings, &ScanMode::Full, now).await?;
    let facts = conclude(context, &end, ScanKind::Full, end.total).await?;
    if facts.count_agrees == Some(false) {
        notice(
            context,
            "Grid's count still differs from its list: every user is looked up before it is created, and nothing is deleted",
        );
    }
    Ok(facts)
}

/// A scan that reached the last page.
struct End {
    began_at: Timestamp,
    customers: u64,
    active: u64,
    /// Those of them that no list shows yet.
    unlisted: u64,
    total: Option<u64>,
}

async fn conclude(
    context: &Context,
    end: &End,
    kind: ScanKind,
    total: Option<u64>,
) -> Result<ScanFacts, EngineError> {
    let count_agrees = count_agrees(total, end.active, end.unlisted);
    context.state.record_count(count_agrees).await?;
    context.sink.emit(Event::Scanned {
        kind,
        customers: end.customers,
        active: end.active,
        total,
    });
    Ok(ScanFacts {
        kind,
        at: Some(end.began_at),
        count_agrees,
    })
}

/// Scans to the last page, from where an interrupted scan of the same kind stopped, and from the
/// beginning when a cursor has expired or leads nowhere.
async fn run_to_end(
    context: &Context,
    settings: &ScanSettings,
    mode: &ScanMode,
    now: Timestamp,
) -> Result<End, EngineError> {
    let mut restarts = 0;
    loop {
        let fault = match pages(context, settings, mode, now).await? {
            Ok(end) => return Ok(end),
            Err(fault) => fault,
        };
        context.state.abandon_scan().await?;
        restarts += 1;
        if restarts > RESTARTS {
            return Err(EngineError::List { fault });
        }
        notice(
            context,
            "Grid's customer list broke off: scanning it again from the beginning",
        );
    }
}

async fn pages(
    context: &Context,
    settings: &ScanSettings,
    mode: &ScanMode,
    now: Timestamp,
) -> Result<Result<End, ListFault>, EngineError> {
    let resumed = resumable(context.state.checkpoint().await?, mode, now);
    let (mut began_at, mut cursor) = resumed.unzip();
    let mut guard = ListGuard::starting_at(cursor.as_deref());
    let filter = filter(mode);
    loop {
        let page = match fetch(context, &filter, cursor.as_deref()).await? {
            Ok(page) => page,
            Err(fault) => return Ok(Err(fault)),
        };
        let began = match began_at {
            Some(began) => began,
            None => begin(context, mode, &page, now, &mut began_at).await?,
        };
        let step = match guard.after(&page) {
            Step::Fault(fault) => return Ok(Err(fault)),
            step => step,
        };
        let total = page.total_count;
        cursor = if let Step::Next(next) = step {
            Some(next)
        } else {
            None
        };
        let customers = store(context, mode, page, cursor.clone()).await?;
        if cursor.is_none() {
            let (unlisted, active) = finish(context, settings, mode, began).await?;
            return Ok(Ok(End {
                began_at: began,
                customers,
                active,
                unlisted,
                total,
            }));
        }
    }
}

/// Completes a scan that reached its last page. Gives how many customers no list shows yet, and how many
/// are active, those included.
async fn finish(
    context: &Context,
    settings: &ScanSettings,
    mode: &ScanMode,
    began: Timestamp,
) -> Result<(u64, u64), EngineError> {
    let unlisted = match mode {
        ScanMode::Full => unlisted::keep(context, began, settings.lag).await?,
        ScanMode::Incremental { .. } => 0,
    };
    let active = context
        .state
        .finish_scan(began - settings.lookback, settings.mapping.clone())
        .await?;
    Ok((unlisted, active))
}

/// The place where an interrupted scan of this kind goes on.
fn resumable(
    checkpoint: Checkpoint,
    mode: &ScanMode,
    now: Timestamp,
) -> Option<(Timestamp, String)> {
    let scan = checkpoint.scan?;
    let same = match (&scan.mode, mode) {
        (ScanMode::Full, ScanMode::Full) => true,
        (ScanMode::Incremental { since: one }, ScanMode::Incremental { since: other }) => {
            one == other
        }
        _ => false,
    };
    let fresh = now.duration_since(scan.began_at).abs() < RESUME_WITHIN;
    (same && fresh).then_some(scan.began_at).zip(scan.cursor)
}

fn filter(mode: &ScanMode) -> ListFilter {
    match mode {
        ScanMode::Full => ListFilter::default(),
        ScanMode::Incremental { since } => ListFilter {
            updated_after: Some(since.clone()),
            including_deleted: true,
            ..ListFilter::default()
        },
    }
}

/// A page, or the news that the scan must begin anew: its cursor is refused. Stopping in between loses nothing: the pages so
/// far and the cursor are stored.
async fn fetch(
    context: &Context,
    filter: &ListFilter,
    cursor: Option<&str>,
) -> Result<Result<Page, ListFault>, EngineError> {
    let answer = context
        .stop
        .unless(context.reader.page(filter, cursor))
        .await
        .ok_or(EngineError::Stopped)?;
    match answer {
        Ok(page) => Ok(Ok(page)),
        Err(error) if cursor.is_some() && matches!(error.class(), Class::Refused | Class::Gone) => {
            Ok(Err(ListFault::CursorRefused))
        }
        Err(source) => Err(EngineError::Grid {
            doing: "listed",
            source,
        }),
    }
}

/// The scan begins with its first page, whose `Date` is Grid's clock. Without one, or with one that is ahead
/// of ours, our own has to do: what is listed twice does no harm, and what is skipped does.
async fn begin(
    context: &Context,
    mode: &ScanMode,
    page: &Page,
    now: Timestamp,
    began_at: &mut Option<Timestamp>,
) -> Result<Timestamp, EngineError> {
    let began = page.server_time.map_or(now, |server| server.min(now));
    context.state.begin_scan(mode.clone(), began).await?;
    *began_at = Some(began);
    Ok(began)
}

async fn store(
    context: &Context,
    mode: &ScanMode,
    page: Page,
    cursor: Option<String>,
) -> Result<u64, EngineError> {
    let total = page.total_count;
    let hash_key = context.state.hash_key();
    let listed = page
        .customers
        .iter()
        .map(|customer| listed(customer, hash_key))
        .collect();
    let facts = context.state.store_page(listed, cursor).await?;
    let kind = match mode {
        ScanMode::Full => ScanKind::Full,
        ScanMode::Incremental { .. } => ScanKind::Incremental,
    };
    context.sink.emit(Event::Scanning {
        kind,
        customers: facts.customers,
        pages: facts.pages,
        total,
    });
    Ok(facts.customers)
}

/// A customer as the mirror keeps it: its values hashed.
pub(super) fn listed(customer: &Customer, hash_key: &HashKey) -> Listed {
    Listed {
        key: customer.key.clone().unwrap_or_else(|| Key::new("")),
        customer_id: customer.customer_id.clone(),
        customer_type: customer.customer_type,
        status: customer.status.clone(),
        created_at: customer.created_at.clone().filter(|text| is_time(text)),
        updated_at: customer.updated_at.clone(),
        is_deleted: customer.is_deleted,
        shown: FieldHashes::of(hash_key, &customer.values),
    }
}

fn is_time(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok()
}

fn notice(context: &Context, message: &str) {
    context.sink.emit(Event::Notice {
        message: message.into(),
    });
}
