//! What every command works with, and how the edges are made from the configuration.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::ending::Ending;
use super::sources::open_source;
use crate::config::{self, Config, Credentials, Env, credentials};
use crate::engine::{Context, EngineError, Feed, Stop, settle};
use crate::event::{Event, Sink};
use crate::exit::Failure;
use crate::grid::{self, Client, Lesson, Pace, PaceState, Reserve};
use crate::plan::{HashKey, Target};
use crate::report::{Output, Reporter, print_text};
use crate::source::Source;
use crate::state::{LearnedRate, Lock, LockError, Opening, RunNumber, State};

/// A limit that was not seen for so long is not believed any more.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(7 * 24);

/// One command's surroundings.
pub(super) struct Session<'a> {
    pub(super) config: &'a Config,
    pub(super) env: &'a Env,
    /// The command line as it was typed.
    pub(super) args: &'a [String],
    pub(super) reporter: &'a Reporter,
    pub(super) sink: Sink,
    pub(super) stop: Stop,
    pub(super) started: Instant,
    pub(super) now: Timestamp,
    /// Where a result goes that is no event.
    pub(super) output: Output,
    pub(super) quiet: bool,
    /// Whether somebody sits at the other end.
    pub(super) terminal: bool,
}

/// The edges of a run that talks to Grid.
pub(super) struct Connected {
    pub(super) context: Context,
    pub(super) client: Client,
    pub(super) target: Target,
    /// Held until the run is over: one for the state file, one for the target.
    pub(super) _locks: (Lock, Option<Lock>),
}

/// Two clocks that differ by less tell the same time: a run takes a while, and Grid's tells whole seconds.
const SAME_TIME: SignedDuration = SignedDuration::from_mins(5);

/// What time it is: our clock and Grid's need not agree, and either may be wrong.
#[derive(Clone, Copy)]
pub(super) struct Time {
    /// At the earliest: for whatever has to wait.
    pub(super) earliest: Timestamp,
    /// At the latest: for when a wait begins.
    pub(super) latest: Timestamp,
}

impl Connected {
    /// What time it is, by our clock when the run began and by Grid's when it answered last.
    pub(super) fn time(&self, session: &Session<'_>) -> Time {
        let ours = session.now;
        let grids = self.client.server_time().unwrap_or(ours);
        if ours.duration_since(grids).abs() < SAME_TIME {
            return Time {
                earliest: ours,
                latest: ours,
            };
        }
        Time {
            earliest: ours.min(grids),
            latest: ours.max(grids),
        }
    }

    /// Finds out what came of every request that an earlier run left open.
    pub(super) async fn settle(&self, session: &Session<'_>) -> Result<(), Failure> {
        let until = session.config.grid.settle;
        settle(&self.context, session.concurrency(), until).await?;
        Ok(())
    }

    /// Keeps the limit that was found for the next run, if this one learned anything of it.
    pub(super) async fn keep_pace(&self) -> Result<(), Failure> {
        let (state, throttle) = (&self.context.state, self.client.throttle());
        if let Lesson::New(limit) = throttle.lesson() {
            let at = Timestamp::now();
            let learned = limit.map(|per_second| LearnedRate { per_second, at });
            let kept = state.learn_rate(learned);
            kept.await.map_err(EngineError::State)?;
        }
        Ok(())
    }

    /// Records that a run is over, as the ending has it so far, and what was learned of the pace.
    pub(super) async fn end_run(&self, run: RunNumber, ending: &Ending) -> Result<(), Failure> {
        self.keep_pace().await?;
        let (exit_code, counts) = (ending.exit.code(), Some(ending.counts));
        let ended = self
            .context
            .state
            .end_run(run, Timestamp::now(), exit_code, counts);
        Ok(ended.await.map_err(EngineError::State)?)
    }

    /// Forgets the changes of a run that was not agreed to. That there was a plan stays recorded.
    pub(super) async fn discard_changes(&self, run: RunNumber) -> Result<(), Failure> {
        let discarded = self.context.state.discard_changes(run);
        Ok(discarded.await.map_err(EngineError::State)?)
    }

    /// What was sent to Grid so far, and how fast.
    pub(super) fn pace_state(&self) -> PaceState {
        self.client.throttle().state()
    }
}

impl Session<'_> {
    /// Prints a result that is text, unless the result is wanted as JSON.
    pub(super) fn print(&self, text: &str) -> Result<(), Failure> {
        if self.output != Output::Text || self.quiet {
            return Ok(());
        }
        print_text(text).map_err(|source| Failure::other("cannot write the result", source))
    }

    /// The source and its mapping.
    pub(super) fn feed(&self) -> Result<Feed, Failure> {
        let source = self.config.source()?;
        Ok(self.feed_of(open_source(source, &self.config.fields, self.env)?))
    }

    /// Another source with the same mapping.
    pub(super) fn feed_of(&self, source: Arc<dyn Source>) -> Feed {
        Feed {
            source,
            spec: self.config.fields.clone(),
            edition: self.config.grid.edition.value,
            scope: self.config.scope.clone(),
            today: self.now.to_zoned(TimeZone::UTC).date(),
        }
    }

    /// Lock, state file and client. The lock comes first: whoever lacks it touches nothing.
    pub(super) fn connect(&self, opening: Opening) -> Result<Connected, Failure> {
        let grid = &self.config.grid;
        let found = credentials(self.env, &grid.base_url.value)?;
        let target = Target {
            base_url: grid
                .base_url
                .value
                .as_str()
                .trim_end_matches('/')
                .to_owned(),
            client_id: found.token_id.expose().trim().to_owned(),
            edition: grid.edition.value.to_string(),
        };
        let path = self.config.state()?;
        let holder = self.holder();
        let locks = (
            Lock::take(path, &holder).map_err(EngineError::Lock)?,
            self.lock_target(&target, &holder)?,
        );
        let state =
            State::open(path, opening, &target, fresh_identity()?).map_err(EngineError::State)?;
        let client = self.client(found, state.learned_rate())?;
        self.tell_pauses(&client);
        let context = Context {
            state,
            reader: client.reader(),
            sink: self.sink.clone(),
            stop: self.stop.clone(),
        };
        Ok(Connected {
            context,
            client,
            target,
            _locks: locks,
        })
    }

    /// What others are told of who holds a lock.
    pub(super) fn holder(&self) -> String {
        format!("process {}, since {}", std::process::id(), self.now)
    }

    /// A client that remembers nothing: no state file, no lock.
    pub(super) fn stateless(&self) -> Result<Client, Failure> {
        let base_url = &self.config.grid.base_url.value;
        self.client(credentials(self.env, base_url)?, None)
    }

    fn client(&self, found: Credentials, learned: Option<LearnedRate>) -> Result<Client, Failure> {
        let credentials = grid::Credentials {
            token_id: found.token_id,
            client_secret: found.client_secret,
        };
        let settings = self.grid_settings(learned);
        Ok(Client::new(&settings, &credentials).map_err(EngineError::Setup)?)
    }

    /// Two state files must not be applied to one target at the same time. Where there is no folder
    /// to meet in (a read-only home), the lock of the state file has to do.
    fn lock_target(&self, target: &Target, holder: &str) -> Result<Option<Lock>, Failure> {
        let Some(folder) = &self.config.locks else {
            return Ok(None);
        };
        match Lock::take(&folder.join(target.id()), holder) {
            Ok(lock) => Ok(Some(lock)),
            Err(error @ LockError::Held { .. }) => Err(EngineError::Lock(error).into()),
            Err(error @ LockError::Io { .. }) => {
                tracing::debug!(%error, "runs with other state files for this target are not seen");
                Ok(None)
            }
        }
    }

    /// Every pause is told of once, in whichever phase it comes.
    fn tell_pauses(&self, client: &Client) {
        let sink = self.sink.clone();
        client.throttle().on_pause(move |state| {
            sink.emit(Event::Paused {
                pause: state.paused_for,
                rate: state.effective.unwrap_or(f64::INFINITY),
                rate_limited: state.rate_limited,
            });
        });
    }

    fn grid_settings(&self, learned: Option<LearnedRate>) -> grid::Settings {
        let grid = &self.config.grid;
        grid::Settings {
            base_url: grid.base_url.value.clone(),
            edition: grid.edition.value,
            timeout: grid.timeout,
            pace: pace(grid),
            concurrency: self.concurrency(),
            learned: learned.and_then(|learned| still_believed(learned, self.now)),
            retry: grid::Retry {
                attempts: grid.attempts,
                ..grid::Retry::default()
            },
            user_agent: concat!("gridsync/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

fn pace(grid: &config::Grid) -> Pace {
    Pace {
        rate: grid.rate.value.per_second(),
        burst: grid.burst,
        reserve: match grid.reserve {
            config::Reserve::Share(share) => Reserve::Share(share),
            config::Reserve::Rate(rate) => Reserve::Rate(rate.per_second()),
        },
        recovery: grid.recovery,
    }
}

/// A limit that was learned is where the next run begins, unless it is too old.
pub(super) fn still_believed(learned: LearnedRate, now: Timestamp) -> Option<f64> {
    let age = Duration::try_from(now.duration_since(learned.at)).unwrap_or_default();
    (age < FORGOTTEN_AFTER).then_some(learned.per_second)
}

/// What a new state file gets: an id, and a hash key from the operating system's random source.
pub(super) fn fresh_identity() -> Result<(String, HashKey), Failure> {
    let mut key = [0; 16];
    getrandom::fill(&mut key)
        .map_err(|error| Failure::other("the system has no random source", error.to_string()))?;
    Ok((uuid::Uuid::new_v4().to_string(), HashKey::new(key)))
}
