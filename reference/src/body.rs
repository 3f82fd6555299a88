//! A message body on its way through, in either direction.
//!
//! It owns how long the sender of a body may pause, and who is told when the
//! body is over. It never holds more than the frame in hand, so a slow reader
//! slows the sender down.

use std::task::{Context, Poll, ready};
use std::{cell::Cell, error::Error, fmt, pin::Pin, rc::Rc, time::Duration};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Instant;

use crate::alarm::{Exhausted, Stall};

/// How a body came to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ending {
    Complete,
    /// Complete, and there were trailers. hyper takes for them all up to an
    /// empty line with CRLF; behind one with a bare LF, that is the next message.
    Trailed,
    /// Nothing came for too long.
    Stalled,
    /// Its sender went away, or broke the framing.
    Broken,
}

/// How far the body of a request has come.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) octets: Cell<u64>,
    /// How it ended, and when; nothing while it is on its way.
    pub(crate) ended: Cell<Option<(Ending, Instant)>>,
}

impl Progress {
    /// How it ended; nothing while it is on its way.
    pub(crate) fn ending(&self) -> Option<Ending> {
        self.ended.get().map(|(ending, _)| ending)
    }
}

/// A body being passed on, frame by frame.
pub(crate) struct Relayed {
    /// None for a body that was empty from the start.
    incoming: Option<Incoming>,
    /// How long nothing may come.
    stall: Stall,
    listener: Option<Listener>,
}

/// Who is told of a body.
enum Listener {
    Request(Rc<Progress>),
    Answer(Box<dyn FnOnce(Ending)>),
}

impl Listener {
    fn end(self, ending: Ending) {
        match self {
            Listener::Request(progress) => progress.ended.set(Some((ending, Instant::now()))),
            Listener::Answer(at_end) => at_end(ending),
        }
    }
}

impl Relayed {
    /// Passes on the body of a request.
    pub(crate) fn request(incoming: Incoming, patience: Duration, progress: &Rc<Progress>) -> Self {
        Relayed::listened(incoming, patience, Listener::Request(progress.clone()))
    }

    /// Passes on the body of an answer; `at_end` is called once, unless the
    /// body is dropped before it is over.
    pub(crate) fn answer(
        incoming: Incoming,
        patience: Duration,
        at_end: impl FnOnce(Ending) + 'static,
    ) -> Self {
        Relayed::listened(incoming, patience, Listener::Answer(Box::new(at_end)))
    }

    fn listened(incoming: Incoming, patience: Duration, listener: Listener) -> Self {
        if incoming.is_end_stream() {
            listener.end(Ending::Complete);
            return Relayed::empty();
        }
        Relayed { incoming: Some(incoming), stall: Stall::new(patience), listener: Some(listener) }
    }

    pub(crate) fn empty() -> Self {
        Relayed { incoming: None, stall: Stall::new(Duration::ZERO), listener: None }
    }

    fn passed(&self, data: &Bytes) {
        if let Some(Listener::Request(progress)) = &self.listener {
            progress.octets.set(progress.octets.get() + data.len() as u64);
        }
    }

    fn end(&mut self, ending: Ending) {
        if let Some(listener) = self.listener.take() {
            listener.end(ending);
        }
    }
}

impl fmt::Debug for Relayed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Relayed").field("incoming", &self.incoming).finish_non_exhaustive()
    }
}

impl Body for Relayed {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(incoming) = &mut self.incoming else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(incoming).poll_frame(cx);
        let (ending, frame) = match ready!(self.stall.limit(cx, polled)) {
            Ok(Some(Ok(frame))) if frame.is_data() => {
                frame.data_ref().inspect(|data| self.passed(data));
                // hyper does not ask again behind the last byte of a known length.
                if self.is_end_stream() {
                    self.end(Ending::Complete);
                }
                return Poll::Ready(Some(Ok(frame)));
            }
            Ok(None) => (Ending::Complete, None),
            // RFC 9110 §6.5.1: trailers may be dropped, and nobody was
            // promised any, because TE ends at this hop.
            Ok(Some(Ok(_))) => (Ending::Trailed, None),
            Ok(Some(Err(error))) => (Ending::Broken, Some(Err(error.into()))),
            Err(Exhausted) => (Ending::Stalled, Some(Err("the body stalled".into()))),
        };
        self.end(ending);
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint)
    }
}
