//! The thread that owns the connection, and the grouping of commits.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::error::StateError;

/// The most jobs that share one commit: enough for every request under way, and few enough that
/// the first of them does not wait long.
const GROUP: usize = 512;

/// Tells a job's caller how the group's commit went.
type Reply = Box<dyn FnOnce(Result<(), StateError>) + Send>;

/// Work inside the group's transaction, or the error that there is none.
type Job =
    Box<dyn FnOnce(Result<&Connection, StateError>) -> (Result<(), StateError>, Reply) + Send>;

/// Sends jobs to the owner thread. The last clone to go waits until the file is closed, so that a
/// process that ends leaves no WAL behind.
#[derive(Clone)]
pub(super) struct Owner {
    desk: Arc<Desk>,
}

struct Desk {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // Every caller has heard of a panic by its closed channel.
            drop(thread.join());
        }
    }
}

impl Owner {
    /// Starts the thread.
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (jobs, queue) = channel();
        let thread = std::thread::Builder::new()
            .name("state".into())
            .spawn(move || serve(connection, &queue))?;
        Ok(Self {
            desk: Arc::new(Desk {
                jobs: Some(jobs),
                thread: Some(thread),
            }),
        })
    }

    /// Runs the work, commits it with whatever else is waiting, and only then answers.
    pub(super) async fn call<T, W>(&self, work: W) -> Result<T, StateError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, StateError> + Send + 'static,
    {
        self.submit(work).await.unwrap_or(Err(StateError::Closed))
    }

    /// The same for a caller outside the async runtime.
    pub(super) fn call_blocking<T, W>(&self, work: W) -> Result<T, StateError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, StateError> + Send + 'static,
    {
        self.submit(work)
            .blocking_recv()
            .unwrap_or(Err(StateError::Closed))
    }

    fn submit<T, W>(&self, work: W) -> oneshot::Receiver<Result<T, StateError>>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, StateError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = connection.and_then(work);
            let outcome = result.as_ref().map(|_| ()).map_err(Clone::clone);
            // A caller that is gone needs no answer.
            let reply =
                move |committed: Result<(), StateError>| drop(answer.send(committed.and(result)));
            (outcome, Box::new(reply) as Reply)
        });
        // A closed queue drops the job, and with it the sender of the answer.
        if let Some(jobs) = &self.desk.jobs {
            drop(jobs.send(job));
        }
        answered
    }
}

fn serve(connection: Connection, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let mut replies = Vec::new();
        let outcome = run_group(&connection, first, queue, &mut replies);
        for reply in replies {
            reply(outcome.clone());
        }
    }
    // Merges the WAL into the file; if that fails, the next run does it.
    drop(connection.close());
}

/// One transaction, all or nothing: a job that fails takes its group with it, and each caller
/// hears of it, for none of them may go on as if its record were on disk.
fn run_group(
    connection: &Connection,
    first: Job,
    queue: &Receiver<Job>,
    replies: &mut Vec<Reply>,
) -> Result<(), StateError> {
    let begun = execute(connection, "BEGIN IMMEDIATE", "begin a transaction");
    let mut next = Some(first);
    while let Some(job) = next {
        let (outcome, reply) = job(begun.clone().map(|()| connection));
        replies.push(reply);
        if outcome.is_err() {
            // Without a transaction there is nothing to roll back, and SQLite says so.
            let _ = connection.execute_batch("ROLLBACK");
            return outcome;
        }
        next = (replies.len() < GROUP)
            .then(|| queue.try_recv().ok())
            .flatten();
    }
    execute(connection, "COMMIT", "commit").inspect_err(|_| {
        let _ = connection.execute_batch("ROLLBACK");
    })
}

fn execute(connection: &Connection, sql: &str, action: &'static str) -> Result<(), StateError> {
    connection
        .execute_batch(sql)
        .map_err(StateError::sqlite(action))
}
