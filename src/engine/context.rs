//! What every phase that talks to Grid works with.

use super::stop::Stop;
use crate::event::Sink;
use crate::grid::Reader;
use crate::state::State;

/// Ready-made edges. There is no writer among them: planning cannot write.
#[derive(Clone)]
pub struct Context {
    /// The state file.
    pub state: State,
    /// The half of the client that only reads.
    pub reader: Reader,
    /// Where events go.
    pub sink: Sink,
    /// The request to stop.
    pub stop: Stop,
}
