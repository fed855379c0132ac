//! The body of an answer on the wire: whole, in slow pieces, or cut off.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::reply::Delivery;
use super::trouble::first_half;

/// Pieces of a dribbled body.
const PIECES: usize = 16;

/// Between the first half of a body and the end of its connection: else the head would not leave either.
const BEFORE_THE_CUT: Duration = Duration::from_millis(2);

/// A body as it is sent.
#[derive(Debug)]
pub(crate) struct Payload {
    pieces: VecDeque<Bytes>,
    /// What the header promises, kept or not.
    promised: u64,
    is_cut: bool,
    pause: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl Payload {
    pub(crate) fn new(body: Bytes, delivery: Delivery) -> Self {
        let promised = body.len() as u64;
        let (pieces, pause) = match delivery {
            Delivery::Whole => (VecDeque::from([body]), None),
            Delivery::Cut => (
                VecDeque::from([first_half(&body)]),
                Some((BEFORE_THE_CUT, Box::pin(sleep(Duration::ZERO)))),
            ),
            Delivery::Dribble(pause) => (split(&body), Some((pause, Box::pin(sleep(pause))))),
        };
        Self {
            pieces,
            promised,
            is_cut: delivery == Delivery::Cut,
            pause,
        }
    }

    fn poll_pause(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some((length, sleeping)) = &mut self.pause else {
            return Poll::Ready(());
        };
        std::task::ready!(sleeping.as_mut().poll(context));
        *sleeping = Box::pin(sleep(*length));
        Poll::Ready(())
    }
}

fn split(body: &Bytes) -> VecDeque<Bytes> {
    let size = body.len().div_ceil(PIECES).max(1);
    body.chunks(size)
        .map(|piece| body.slice_ref(piece))
        .collect()
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        if this.pieces.is_empty() && !this.is_cut {
            return Poll::Ready(None);
        }
        std::task::ready!(this.poll_pause(context));
        let piece = this.pieces.pop_front().map(Frame::data);
        let cut = || io::Error::other("the fault cut-body ends the body here");
        Poll::Ready(Some(piece.ok_or_else(cut)))
    }

    fn is_end_stream(&self) -> bool {
        !self.is_cut && self.pieces.iter().all(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
