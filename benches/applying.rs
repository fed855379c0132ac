//! What a create costs through the whole program, against what it costs without any of it.
//!
//! ```console
//! $ cargo bench --bench applying -- --users 20000
//! ```
//!
//! **Flat out.** The real program syncs N users into an emulator in this process: it reads, plans,
//! commits each create to the journal before and after its request, and keeps the mirror. The measure is a bare
//! loop of as many tasks, which posts the very bodies that the program sent to another, equally fresh emulator, and
//! remembers nothing. Both are timed by the emulator, from its first create to its last, so the first two rows
//! differ only in who asks. The third row is the whole run from outside: its start, its two passes over the source and
//! the scan are in it.
//!
//! "Of bare" is what is left of reqwest's own pace; the rest is the price of being killed at any moment. The number
//! to hold against an account's limit is creates/s. The keys are in no order, as a platform's are: each create then
//! touches pages of the journal and of the mirror that no other create touches, which is the dearest case and
//! grows with N. The emulator runs on one thread, and shares the processors with whoever asks.
//!
//! **Paced.** The same with a rate that the machine keeps easily. From the moment when the burst is spent, the
//! achieved rate over the configured one should be 1.00, and never more but for rounding.
//!
//! Peak memory is the program's resident set, sampled every 5 ms from the mark that Linux keeps; the bare
//! loop has none of its own to show. The journal stands on the disk of the build, not in a `/tmp` that may be memory.

#![expect(
    clippy::disallowed_types,
    reason = "edge: the bare loop is reqwest itself"
)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gridsync::emulator::{Emulator, Settings};
use gridsync::report::{Table, print_text, thousands};
use reqwest::header::CONTENT_TYPE;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use support::{
    COLUMNS, Finished, Outcome, ROUNDS, User, conditions, folder, median, megabytes, per_second,
    ratio, run, users_or, write_users,
};

const USERS: u32 = 20_000;
const CONCURRENCY: usize = 64;
const FLAT_OUT: &str =
    "sync --yes --csv users.csv --state state.sqlite --rate 100000/s --concurrency 64";

const RATE: u32 = 200;
const BURST: u32 = 5;
/// Five seconds at the rate.
const PACED_USERS: u32 = 1_000;
const PACED: &str = "sync --yes --csv users.csv --state state.sqlite --rate 200/s --burst 5";

/// A run of the program against an emulator of its own.
struct Synced {
    finished: Finished,
    emulator: Emulator,
}

/// Both ways to create the same customers, once.
struct Round {
    bare: Duration,
    creates: Duration,
    finished: Finished,
    /// Bytes of all bodies.
    sent: usize,
}

fn main() -> Outcome<()> {
    let users = users_or(USERS)?;
    let begun = conditions();
    let runtime = Runtime::new()?;
    let rounds = (0..ROUNDS)
        .map(|_| round(&runtime, users))
        .collect::<Outcome<Vec<_>>>()?;
    let paced = sync(PACED_USERS.min(users), PACED)?;
    print_text(&format!(
        "\napplying: {} users, {begun}\n{}{}",
        thousands(users.into()),
        flat_out_table(users, &rounds),
        paced_table(&paced)
    ))?;
    Ok(())
}

fn round(runtime: &Runtime, users: u32) -> Outcome<Round> {
    let Synced { finished, emulator } = sync(users, FLAT_OUT)?;
    let creates = span(&create_times(&emulator));
    let bodies = bodies(&emulator);
    drop(emulator);
    let sent = bodies.iter().map(Vec::len).sum();
    let bare = emulator_for(users)?;
    runtime.block_on(post_all(bare.base_url(), bodies))?;
    let times = create_times(&bare);
    let created = bare.active_by_key().len();
    assert_eq!((times.len(), created), (users as usize, users as usize));
    Ok(Round {
        bare: span(&times),
        creates,
        finished,
        sent,
    })
}

/// Runs the program, and makes sure that it created everybody.
fn sync(users: u32, command: &str) -> Outcome<Synced> {
    let folder = folder()?;
    let everybody = (0..users).map(|number| User {
        number,
        moved: false,
    });
    write_users(&folder.path().join("users.csv"), everybody)?;
    let emulator = emulator_for(users)?;
    let words = command
        .split(' ')
        .chain(["--base-url", emulator.base_url()]);
    let finished = run(folder.path(), &words.collect::<Vec<_>>())?;
    assert_eq!(finished.count("created"), Some(users.into()));
    Ok(Synced { finished, emulator })
}

/// A fresh emulator that remembers every request of a run.
fn emulator_for(users: u32) -> Outcome<Emulator> {
    let settings = Settings {
        remembered_requests: 2 * users as usize,
        ..Settings::default()
    };
    Ok(Emulator::start(settings, Vec::new())?)
}

/// When each create was received.
fn create_times(emulator: &Emulator) -> Vec<Instant> {
    let requests = emulator.requests().into_iter();
    requests
        .filter(|request| request.method == "POST")
        .map(|request| request.at)
        .collect()
}

/// From the first to the last.
fn span(times: &[Instant]) -> Duration {
    match times {
        [first, .., last] => *last - *first,
        _ => Duration::ZERO,
    }
}

/// What the program sent, body by body.
fn bodies(emulator: &Emulator) -> Vec<Vec<u8>> {
    let keys = emulator.active_by_key().into_keys();
    let body = |key: String| {
        emulator
            .stored_body(&key)
            .map(|body| body.to_string().into_bytes())
    };
    keys.filter_map(body).collect()
}

/// The bare loop: as many tasks as the program has requests under way, and nothing else.
async fn post_all(base_url: &str, bodies: Vec<Vec<u8>>) -> Outcome<()> {
    let client = bare_client()?;
    let url = format!("{base_url}/customers");
    let (bodies, next) = (Arc::new(bodies), Arc::new(AtomicUsize::new(0)));
    let mut tasks = JoinSet::new();
    for _ in 0..CONCURRENCY {
        let (client, url) = (client.clone(), url.clone());
        let (bodies, next) = (Arc::clone(&bodies), Arc::clone(&next));
        tasks.spawn(async move {
            while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                post(&client, &url, body.clone()).await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}

async fn post(client: &reqwest::Client, url: &str, body: Vec<u8>) -> Outcome<()> {
    let request = client
        .post(url)
        .basic_auth("bare", Some("loop"))
        .header(CONTENT_TYPE, "application/json")
        .body(body);
    request.send().await?.error_for_status()?.bytes().await?;
    Ok(())
}

fn bare_client() -> Outcome<reqwest::Client> {
    // An error would say that there is a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()?)
}

fn flat_out_table(users: u32, rounds: &[Round]) -> String {
    let bare = median(rounds.iter().map(|round| round.bare));
    let creates = median(rounds.iter().map(|round| round.creates));
    let whole = median(rounds.iter().map(|round| round.finished.took));
    let peak = rounds.iter().filter_map(|round| round.finished.peak).max();
    let sent = rounds.iter().map(|round| round.sent).max().unwrap_or(0);
    let mut table = Table::with_header(["", "creates/s", "of bare", "seconds", "peak memory"])
        .right(1)
        .right(2)
        .right(3)
        .right(4)
        .indented(2);
    let rows = [
        ("bare loop", bare, "-".to_owned()),
        ("gridsync, its creates", creates, megabytes(peak)),
        ("gridsync, the whole run", whole, String::new()),
    ];
    for (name, took, memory) in rows {
        table.row([
            name,
            &per_second(users, took),
            &ratio(bare, took),
            &format!("{:.2}", took.as_secs_f64()),
            &memory,
        ]);
    }
    format!(
        "\nflat out: {FLAT_OUT}\n  median of {ROUNDS}, {} columns, bodies of {} bytes, {CONCURRENCY} at once\n{table}",
        COLUMNS.len(),
        sent / users as usize
    )
}

fn paced_table(paced: &Synced) -> String {
    let times = create_times(&paced.emulator);
    // The first requests are the burst: they may leave at once.
    let steady = times.get(BURST as usize..).unwrap_or_default();
    let intervals = u32::try_from(steady.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let achieved = f64::from(intervals) / span(steady).as_secs_f64();
    let mut table = Table::with_header(["configured", "achieved", "of configured", "peak memory"])
        .right(0)
        .right(1)
        .right(2)
        .right(3)
        .indented(2);
    table.row([
        format!("{RATE}/s"),
        format!("{achieved:.1}/s"),
        format!("{:.3}", achieved / f64::from(RATE)),
        megabytes(paced.finished.peak),
    ]);
    format!("\npaced: {PACED}\n  {intervals} creates after the burst\n{table}")
}
