//! A message body on its way through, in either direction.
//!
//! It owns how long the sender of a body may pause and who is told when the
//! body is over. It never holds more than the frame in hand, so a slow reader
//! slows the sender down.

use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

/// How a body came to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ending {
    Complete,
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
    /// Armed while nothing comes; an idle body that never pauses has none.
    pause: Option<Pin<Box<Sleep>>>,
    at_end: Option<Box<dyn FnOnce(Ending)>>,
}

/// What is sent to a client: an answer relayed, or one made here.
pub(crate) enum Content {
    Relayed(Relayed),
    Own(Full<Bytes>),
}

impl Content {
    /// No content.
    pub(crate) fn empty() -> Self {
        Content::Relayed(Relayed::empty())
    }
}

impl Relayed {
    /// Passes on `incoming`; `at_end` is called once, unless the body is
    /// dropped before it is over.
    pub(crate) fn new(incoming: Incoming, patience: Duration, at_end: impl FnOnce(Ending) + 'static) -> Self {
        if incoming.is_end_stream() {
            at_end(Ending::Complete);
            return Relayed::empty();
        }
        let at_end: Option<Box<dyn FnOnce(Ending)>> = Some(Box::new(at_end));
        Relayed { incoming: Some(incoming), patience, pause: None, at_end }
    }

    /// No body.
    pub(crate) fn empty() -> Self {
        Relayed { incoming: None, patience: Duration::ZERO, pause: None, at_end: None }
    }

    fn end(&mut self, ending: Ending) {
        if let Some(at_end) = self.at_end.take() {
            at_end(ending);
        }
    }

    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let patience = self.patience;
        self.pause.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(cx)
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
        match Pin::new(incoming).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) if frame.is_data() => {
                let patience = self.patience;
                if let Some(pause) = &mut self.pause {
                    pause.as_mut().reset(Instant::now() + patience);
                }
                // hyper does not ask again behind the last byte of a known length.
                if self.is_end_stream() {
                    self.end(Ending::Complete);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            // RFC 9110 §6.5.1: trailers may be dropped, and nobody was
            // promised any, because TE ends at this hop.
            Poll::Ready(None | Some(Ok(_))) => {
                self.end(Ending::Complete);
                Poll::Ready(None)
            }
            Poll::Ready(Some(Err(error))) => {
                self.end(Ending::Broken);
                Poll::Ready(Some(Err(error.into())))
            }
            Poll::Pending => {
                ready!(self.poll_pause(cx));
                self.end(Ending::Stalled);
                Poll::Ready(Some(Err("the body stalled".into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.get_mut() {
            Content::Relayed(body) => Pin::new(body).poll_frame(cx),
            Content::Own(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Content::Relayed(body) => body.is_end_stream(),
            Content::Own(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Content::Relayed(body) => body.size_hint(),
            Content::Own(body) => body.size_hint(),
        }
    }
}
