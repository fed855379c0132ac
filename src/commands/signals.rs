//! SIGINT and SIGTERM: the first one drains, the second one quits at once.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::engine::{Stop, StopReason};
use crate::event::{Event, Sink};
use crate::exit::Exit;

/// Both signals, listened to from the moment this is made.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Begins to listen.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Asks the run to stop at the first signal, and returns at the second.
    pub(super) async fn until_second(mut self, stop: Stop, sink: Option<Sink>) -> Exit {
        stop.stop(self.next().await);
        if let Some(sink) = sink {
            sink.emit(Event::Draining);
        }
        Exit::from(self.next().await)
    }

    async fn next(&mut self) -> StopReason {
        tokio::select! {
            _ = self.interrupt.recv() => StopReason::Interrupt,
            _ = self.terminate.recv() => StopReason::Terminate,
        }
    }
}
