//! A message body on its way through, in either direction.
//!
//! It owns how long the sender of a body may pause, and who is told when the
//! body is over. It never holds more than the frame in hand, so a slow reader
//! slows the sender down.

use std::task::{Context, Poll, ready};
use std::{error::Error, pin::Pin, time::Duration};

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::Response;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

/// What a client gets: the origin's answer, or one made here.
pub(crate) type Answer = Response<Either<Relayed, Full<Bytes>>>;

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

/// A body being passed on, frame by frame.
pub(crate) struct Relayed {
    /// None for a body that was empty from the start.
    incoming: Option<Incoming>,
    patience: Duration,
    /// Armed while nothing comes.
    pause: Option<Pin<Box<Sleep>>>,
    at_end: Option<Box<dyn FnOnce(Ending)>>,
}

impl Relayed {
    /// Passes on `incoming`; `at_end` is called once, unless the body is
    /// dropped before it is over.
    pub(crate) fn new(incoming: Incoming, patience: Duration, at_end: impl FnOnce(Ending) + 'static) -> Self {
        if incoming.is_end_stream() {
            at_end(Ending::Complete);
            return Relayed::empty();
        }
        Relayed { incoming: Some(incoming), patience, pause: None, at_end: Some(Box::new(at_end)) }
    }

    pub(crate) fn empty() -> Self {
        Relayed { incoming: None, patience: Duration::ZERO, pause: None, at_end: None }
    }

    fn end(&mut self, ending: Ending) {
        if let Some(at_end) = self.at_end.take() {
            at_end(ending);
        }
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
        let (ending, frame) = match Pin::new(incoming).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) if frame.is_data() => {
                self.pause = None;
                // hyper does not ask again behind the last byte of a known length.
                if self.is_end_stream() {
                    self.end(Ending::Complete);
                }
                return Poll::Ready(Some(Ok(frame)));
            }
            Poll::Ready(None) => (Ending::Complete, None),
            // RFC 9110 §6.5.1: trailers may be dropped, and nobody was
            // promised any, because TE ends at this hop.
            Poll::Ready(Some(Ok(_))) => (Ending::Trailed, None),
            Poll::Ready(Some(Err(error))) => (Ending::Broken, Some(Err(error.into()))),
            Poll::Pending => {
                let patience = self.patience;
                ready!(self.pause.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(cx));
                (Ending::Stalled, Some(Err("the body stalled".into())))
            }
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
