//! The access log: one line for each request and one for each tunnel.
//!
//! A line is begun with the exchange and goes with what the exchange becomes,
//! its answer's body or its tunnel. It is written when that is dropped, so
//! there is one however it ends. The query of a target stays out of it, since
//! tokens travel there.

use std::task::{Context, Poll, ready};
use std::{cell::Cell, error::Error, net::SocketAddr, pin::Pin, rc::Rc};

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::{Body, Frame, SizeHint};
use hyper::{Method, Response, StatusCode, http::request};
use tokio::time::Instant;
use tracing::{Level, enabled, info};

use crate::body::{Progress, Relayed};
use crate::refusal::Refusal;
use crate::tunnel::{End, Sides};

/// What a client gets: the origin's answer, or one made here.
pub(crate) type Answer = Response<Logged>;

/// Since when a client owes us the head of a request; nothing while one is
/// being answered.
pub(crate) type Owed = Rc<Cell<Option<Instant>>>;

/// A line to come.
#[derive(Debug)]
pub(crate) struct Entry {
    /// None for a tunnel, like the body of the request.
    owed: Option<Owed>,
    upload: Option<Rc<Progress>>,
    /// The octets that have passed from either side of a tunnel, or of an answer's body.
    pub(crate) passed: Sides<Cell<u64>>,
    /// None if nobody wants to read it.
    line: Option<Box<Line>>,
}

#[derive(Debug)]
struct Line {
    since: Instant,
    client: SocketAddr,
    method: Method,
    path: String,
    /// None if the exchange came to no answer.
    status: Option<u16>,
    /// Why we answered by ourselves.
    reason: Option<String>,
    ended: &'static str,
}

impl Entry {
    /// Begins the line of a request, which is not owed any more.
    pub(crate) fn begin(
        client: SocketAddr,
        owed: &Owed,
        head: &request::Parts,
        upload: Rc<Progress>,
    ) -> Self {
        owed.set(None);
        let line = enabled!(target: "access", Level::INFO).then(|| {
            Box::new(Line {
                since: Instant::now(),
                client,
                method: head.method.clone(),
                path: head.uri.path().to_owned(),
                status: None,
                reason: None,
                ended: "the client left",
            })
        });
        Entry { owed: Some(owed.clone()), upload: Some(upload), passed: Sides::default(), line }
    }

    /// Notes what is answered.
    pub(crate) fn answered(&mut self, status: StatusCode) {
        if let Some(line) = &mut self.line {
            line.status = Some(status.as_u16());
        }
    }

    /// Notes that we answer by ourselves, and why.
    pub(crate) fn refused(&mut self, refusal: &Refusal) {
        self.answered(refusal.status);
        if let Some(line) = &mut self.line {
            line.reason = Some(refusal.reason());
        }
    }

    /// Makes it the line of a tunnel, which goes on until it says otherwise.
    pub(crate) fn begin_tunnel(&mut self) {
        (self.owed, self.upload) = (None, None);
        self.ended("ended here");
    }

    /// Notes how a tunnel has ended.
    pub(crate) fn tunnel_ended(&mut self, end: End) {
        self.ended(match end {
            End::Closed => "closed by both",
            End::Silent => "the origin was silent for too long",
            End::Stalled => "a side took nothing for too long",
            End::ClientReset => "reset by the client",
            End::OriginReset => "reset by the origin",
        });
    }

    fn ended(&mut self, how: &'static str) {
        if let Some(line) = &mut self.line {
            line.ended = how;
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(owed) = &self.owed {
            owed.set(Some(Instant::now()));
        }
        let Some(line) = &self.line else { return };
        let Line { client, method, path, status, reason, ended, since } = &**line;
        let (kind, received) = match &self.upload {
            Some(upload) => ("request", upload.octets.get()),
            None => ("tunnel", self.passed.client.get()),
        };
        let sent = self.passed.origin.get();
        let ms = since.elapsed().as_micros() as f64 / 1e3;
        info!(target: "access", %client, %method, path, status, reason, received, sent, ms, ended, "{kind}");
    }
}

/// An answer's body on its way, and the line that is written behind it.
#[derive(Debug)]
pub(crate) struct Logged {
    body: Either<Relayed, Full<Bytes>>,
    /// None in front of a tunnel, which takes the line along.
    entry: Option<Entry>,
}

impl Logged {
    pub(crate) fn new(body: Either<Relayed, Full<Bytes>>, mut entry: Option<Entry>) -> Self {
        if let Some(entry) = entry.as_mut().filter(|_| body.is_end_stream()) {
            entry.ended("complete");
        }
        Logged { body, entry }
    }
}

impl Body for Logged {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let is_over = self.is_end_stream();
        if let Some(entry) = &mut self.entry {
            match &frame {
                Some(Ok(frame)) => {
                    let passed = &entry.passed.origin;
                    passed.set(passed.get() + frame.data_ref().map_or(0, Bytes::len) as u64);
                    if is_over {
                        entry.ended("complete");
                    }
                }
                Some(Err(_)) => entry.ended("the origin broke off"),
                None => entry.ended("complete"),
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
